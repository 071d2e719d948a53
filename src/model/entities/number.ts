import { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { strictObject } from "../strict-object.ts";
import { name } from "./fields.ts";
import { type EntityKind, type ListPlace, noSecrets, seenByName, warning } from "./kind.ts";

const e164 = z
  .string()
  .regex(/^\+[1-9][0-9]{6,14}$/, 'A phone number is + and the country code, only digits: "+31501234567".');

const schema = strictObject({
  number: field(e164, {
    label: "Number",
    help: "A phone number of yours, with + and the country code.",
    example: "+31501234567",
  }),
  plan: field(name.optional(), {
    label: "Dial plan",
    help: "What calls to this number do. Left out: they are refused with 404 and the reason.",
    names: "plan",
    example: "main",
  }),
});

/** A phone number of ours, as it is written. */
export type NumberDocument = z.output<typeof schema>;

export const number: EntityKind<"number", NumberDocument, ListPlace<"numbers">> = {
  kind: "number",
  noun: "number",
  place: { type: "list", key: "numbers", most: 20_000 },
  schema,
  key: (document) => document.number,
  keyField: "number",
  keySpace: "Phone number",
  builtIn: [],
  references: ({ plan }) => (plan === undefined ? [] : [{ kind: "plan", key: plan, path: ["plan"] }]),
  seen: seenByName,
  check: (document) =>
    document.plan === undefined
      ? [warning([], "numberWithoutPlan", `Calls to ${document.number} are refused (404): it has no plan.`)]
      : [],
  secrets: noSecrets,
  project: {
    part: "numbers",
    entry: ({ number: own, plan }) => ({ part: "numbers", key: own, value: { number: own, plan } }),
    whole: ([first]) => ({ ownNumber: first?.number }),
  },
};
