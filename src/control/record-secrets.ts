import { formsOf, MANY_SECRETS, MASK, type Masker, plainFormsOf } from "../lib/masker.ts";
import { NeedleIndex, replaceFound, type Search } from "../lib/secret-search.ts";
import { mayHoldUriPassword, withoutUriPasswords } from "../lib/uri-passwords.ts";
import { EntryKind, type RawEntry, withPayload } from "../model/record-entries.ts";
import type { CallRow } from "../model/repositories.ts";
import { mapTrace } from "../model/trace-bytes.ts";
import type { EntryMasker } from "../record/up-calls.ts";

/** Takes secrets out of what is kept and logged. */
export interface RecordMasker extends EntryMasker {
  /** A text of our own, for the log. */
  readonly text: Masker;
}

/** What a person reads in a row, apart from its story. */
const TEXTS = ["caller", "callerName", "called", "origin", "reason", "answeredBy"] as const;
/** A word of letters alone may be a name that the story's own form gives (`received`); it is left as it is. */
const WORD = /^[A-Za-z]*$/;

/** Fewer than this many, and all forms are looked for again: not at each edit about `MANY_SECRETS`. */
const FEW = MANY_SECRETS / 2;

/**
 * The secrets of a company for its records: what a peer wrote into any header or reply is masked where it is one of them, in
 * all the forms of lib/masker.ts that have 8 characters or more; and whatever is a password by its place in an address.
 * Digits alone are not looked for: they would be telephone numbers. A row without any costs some microseconds on the control
 * thread, and so does a change of one secret among thousands.
 */
export class RecordSecrets implements RecordMasker {
  #index = new NeedleIndex();
  /** How many of each: two phones may have the same password. */
  #secrets = new Map<string, number>();
  #plainOnly = false;

  /** These are all there are. */
  become(secrets: readonly string[]): void {
    this.#secrets = new Map();
    for (const secret of secrets) this.#secrets.set(secret, (this.#secrets.get(secret) ?? 0) + 1);
    this.#rebuild();
  }

  /** Some went, and some came. */
  change(gone: readonly string[], came: readonly string[]): void {
    for (const secret of came) {
      const times = this.#secrets.get(secret) ?? 0;
      this.#secrets.set(secret, times + 1);
      if (times === 0) for (const form of this.#forms(secret)) this.#index.add(form);
    }
    for (const secret of gone) {
      const times = this.#secrets.get(secret) ?? 0;
      if (times > 1) this.#secrets.set(secret, times - 1);
      else if (this.#secrets.delete(secret)) for (const form of this.#forms(secret)) this.#index.remove(form);
    }
    if (
      this.#secrets.size > MANY_SECRETS !== this.#plainOnly &&
      !(this.#plainOnly && this.#secrets.size > FEW)
    )
      this.#rebuild();
  }

  readonly text: Masker = (shown) => withoutUriPasswords(replaceFound(shown, this.#index.search, () => MASK));

  in(octets: Uint8Array): ((entry: RawEntry) => Uint8Array) | undefined {
    const { search } = this.#index;
    return mayHold(octets, this.#index) ? (entry) => maskEntry(entry, search, this.text) : undefined;
  }

  row(row: CallRow): CallRow {
    const trace = maskTrace(row.trace, this.#index, this.text);
    const shown: Partial<Record<(typeof TEXTS)[number], string>> = {};
    let isSame = trace === row.trace;
    for (const key of TEXTS) {
      const value = row[key];
      const masked = value === undefined ? undefined : this.text(value);
      if (masked === undefined || masked === value) continue;
      shown[key] = masked;
      isSame = false;
    }
    const requests = row.requests.map((one) => {
      const [reason, args] = [this.text(one.reason), this.#unlessSecret(one.args)];
      return reason === one.reason && args === one.args ? one : { ...one, reason, args };
    });
    if (requests.some((one, index) => one !== row.requests[index])) isSame = false;
    const said = this.#unlessSecret(row.said);
    if (said !== row.said) isSame = false;
    return isSame ? row : { ...row, ...shown, said, requests, trace };
  }

  /** Arguments of a sentence that hold a secret are left out: the sentence itself, masked, has to do. */
  #unlessSecret<Value>(value: Value | undefined): Value | undefined {
    if (value === undefined) return undefined;
    // One look at all of it, which is enough for nearly every call; where JSON writes a character otherwise, at each text.
    const json = JSON.stringify(value);
    if (!json.includes("\\") && this.text(json) === json) return value;
    let isSecret = false;
    JSON.stringify(value, (_key, one: unknown) => {
      if (typeof one === "string" && this.text(one) !== one) isSecret = true;
      return one;
    });
    return isSecret ? undefined : value;
  }

  #rebuild(): void {
    this.#index = new NeedleIndex();
    this.#plainOnly = this.#secrets.size > MANY_SECRETS;
    for (const secret of this.#secrets.keys()) for (const form of this.#forms(secret)) this.#index.add(form);
  }

  /** As texts, and as octets that are looked at one a character. */
  *#forms(secret: string): Generator<string> {
    for (const form of this.#plainOnly ? plainFormsOf([secret]) : formsOf([secret]).long) {
      if (/^\+?\d+$/.test(form)) continue;
      yield form;
      const octets = Buffer.from(form, "utf8").toString("latin1");
      if (octets !== form) yield octets;
    }
  }
}

function maskTrace(trace: Uint8Array, index: NeedleIndex, text: Masker): Uint8Array {
  if (!mayHold(trace, index)) return trace;
  return mapTrace(trace, {
    story: (value) => (WORD.test(value) ? value : text(value)),
    octets: (messages) => starred(messages, index.search),
  });
}

function mayHold(octets: Uint8Array, index: NeedleIndex): boolean {
  return mayHoldUriPassword(octets) || index.isIn(octets);
}

/** As long as it was: what is before it says how long. Addresses in messages are masked by call/tap.ts. */
function starred(octets: Uint8Array, search: Search): Uint8Array {
  const latin = Buffer.from(octets).toString("latin1");
  return Buffer.from(
    replaceFound(latin, search, (found) => "*".repeat(found.length)),
    "latin1",
  );
}

function maskEntry(entry: RawEntry, search: Search, text: Masker): Uint8Array {
  const { kind, payload } = entry;
  if (kind === EntryKind.message) return withPayload(entry, starred(payload, search));
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    return entry.octets;
  }
  const shown = JSON.stringify(value, (_key, one: unknown) => {
    return typeof one === "string" && !WORD.test(one) ? text(one) : one;
  });
  return withPayload(entry, Buffer.from(shown, "utf8"));
}
