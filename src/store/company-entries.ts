import type { Company } from "../model/company.ts";
import type { Seal } from "./seal.ts";

/** A list of the company file as rows: what names an entry, and which part of it is secret. */
interface EntryCodec<Entry> {
  readonly name: (entry: Entry) => string;
  /** Takes the secret out: the entry without it, and the secret. */
  readonly split: (entry: Entry) => readonly [rest: Entry, secret: string | undefined];
  readonly join: (rest: Entry, secret: string) => Entry;
}

type Phone = Company["phones"][number];
type Trunk = Company["trunks"][number];
type Webhook = Company["webhooks"][number];

const phones: EntryCodec<Phone> = {
  name: (phone) => phone.extension,
  split: ({ password, ...rest }) => [rest, password],
  join: (rest, password) => ({ ...rest, password }),
};

const trunks: EntryCodec<Trunk> = {
  name: (trunk) => trunk.name,
  split(trunk) {
    if (trunk.credentials === undefined) return [trunk, undefined];
    const { password, ...credentials } = trunk.credentials;
    return [{ ...trunk, credentials }, password];
  },
  join: (rest, password) =>
    rest.credentials === undefined ? rest : { ...rest, credentials: { ...rest.credentials, password } },
};

/**
 * A URL may carry a key of the receiver, as a password or in its query; so it is a secret as a whole. So is what somebody
 * writes about it: behind the URL, which has no line end, and from there on. Older rows have the URL alone.
 */
const webhooks: EntryCodec<Webhook> = {
  name: (webhook) => webhook.name,
  split: ({ urlTemplate, description, ...rest }) => [
    { ...rest, urlTemplate: "", description: "" },
    description === "" ? urlTemplate : `${urlTemplate}\n${description}`,
  ],
  join(rest, secret) {
    const end = secret.indexOf("\n");
    if (end < 0) return { ...rest, urlTemplate: secret };
    return { ...rest, urlTemplate: secret.slice(0, end), description: secret.slice(end + 1) };
  },
};

/** The lists whose entries have a secret. */
export const secretCodecs = { phones, trunks, webhooks };

export interface EntryRow {
  readonly name: string;
  readonly position: number;
  readonly document: string;
}

export interface SecretEntryRow extends EntryRow {
  readonly secret: Uint8Array | null;
}

/** An entry without a secret as a row. */
export function entryRow(name: string, position: number, entry: object): EntryRow {
  return { name, position, document: JSON.stringify(entry) };
}

/** Entries as rows, each with its secret sealed for its own row. */
export function sealEntries<Entry>(
  table: string,
  codec: EntryCodec<Entry>,
  entries: readonly Entry[],
  seal: Seal,
): SecretEntryRow[] {
  return entries.map((entry, position) => {
    const [rest, secret] = codec.split(entry);
    const name = codec.name(entry);
    return {
      name,
      position,
      document: JSON.stringify(rest),
      secret: secret === undefined ? null : seal.close(secret, `${table} ${name}`),
    };
  });
}

/** Rows as entries; throws when a secret does not open, for then the key file is not this database's. */
export function openEntries<Entry>(
  table: string,
  codec: EntryCodec<Entry>,
  rows: readonly SecretEntryRow[],
  seal: Seal,
): Entry[] {
  return rows.map((row) => {
    const rest = JSON.parse(row.document) as Entry;
    if (row.secret === null) return rest;
    const secret = seal.open(row.secret, `${table} ${row.name}`);
    if (secret === undefined) {
      throw new Error(`the stored secret of ${table} "${row.name}" does not open with the key in secret.key`);
    }
    return codec.join(rest, secret);
  });
}
