import type { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { strictObject } from "../strict-object.ts";
import { emergencyWarnings } from "./emergency-extension.ts";
import { extension, mediaField, name, password } from "./fields.ts";
import { type EntityKind, KEPT_SECRET, type ListPlace, seenByName, storedPassword, warning } from "./kind.ts";

const schema = strictObject({
  extension: field(extension, {
    label: "Extension",
    help: "The phone's internal number: others dial it, and it is the user name of its login.",
    example: "215",
  }),
  name: field(name, {
    label: "Name",
    help: "Shown to the phone's user and to those it calls.",
    example: "Reception",
  }),
  password: field(password.optional(), {
    label: "Password",
    help: "What the phone logs in with. Left out or `***`: the stored one is kept.",
    as: "secret",
    example: "correct-horse-battery",
  }),
  media: mediaField,
});

/** A SIP account as it is written. */
export type PhoneDocument = z.output<typeof schema>;

const WEAK = {
  published: "is one that examples are published with",
  extension: "contains its extension; scanners try that first",
  fewCharacters: "has fewer than 4 different characters",
} as const;

/** From this length on a short extension stands in a random password by chance, and is no help to who guesses. */
const LONG = 12;

/** Why a phone's password is easily guessed; undefined: it is not, as far as can be seen. */
export function weaknessOf(extension: string, password: string): keyof typeof WEAK | undefined {
  if (/^change-?me/i.test(password)) return "published";
  if (password.length < LONG && password.includes(extension)) return "extension";
  return new Set(password).size < 4 ? "fewCharacters" : undefined;
}

export const phone: EntityKind<"phone", PhoneDocument, ListPlace<"phones">> = {
  kind: "phone",
  noun: "phone",
  place: { type: "list", key: "phones", most: 20_000 },
  schema,
  key: (document) => document.extension,
  keyField: "extension",
  keySpace: "Extension",
  builtIn: [],
  references: () => [],
  seen: seenByName,
  check({ extension: own, password: given }, around) {
    const problems = emergencyWarnings(own, around);
    const weak = given === undefined || given === KEPT_SECRET ? undefined : weaknessOf(own, given);
    if (weak === undefined) return problems;
    return [
      ...problems,
      warning(["password"], "weakPassword", `The password of phone ${own} ${WEAK[weak]}.`),
    ];
  },
  secrets: {
    values: (document) => (document.password === undefined ? [] : [document.password]),
    masked: (document) => ({ ...document, password: KEPT_SECRET }),
    kept: (document, stored, keep) => ({
      ...document,
      password: keep.secret(document.password, stored?.password, ["password"]),
    }),
    split: ({ password: secret, ...rest }) => [rest, secret],
    join: (rest, secret) => ({ ...rest, password: secret }),
  },
  project: {
    part: "phones",
    entry(document, { realm, ha1 }) {
      const { extension: own, name: shown, media: way } = document;
      const secret = storedPassword(document.password, `phone ${own}`);
      const value = {
        extension: own,
        name: shown,
        ha1: ha1(own, secret),
        ha1WithDomain: ha1(`${own}@${realm}`, secret),
        media: way,
      };
      return { part: "phones", key: own, value };
    },
  },
};
