import type { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { strictObject } from "../strict-object.ts";
import { name } from "./fields.ts";
import { type EntityKind, noSecrets, type SinglePlace, seenByName } from "./kind.ts";

const schema = strictObject({
  trunk: field(name, {
    label: "Outbound trunk",
    help: "The trunk that takes calls to outside numbers.",
    names: "trunk",
    example: "provider",
  }),
});

/** Which way calls leave, as it is written. */
export type OutboundDocument = z.output<typeof schema>;

export const outbound: EntityKind<"outbound", OutboundDocument, SinglePlace<"outbound">> = {
  kind: "outbound",
  noun: "outbound",
  place: { type: "single", key: "outbound" },
  schema,
  key: () => "",
  keyField: undefined,
  keySpace: "Outbound",
  builtIn: [],
  references: (document) => [{ kind: "trunk", key: document.trunk, path: ["trunk"] }],
  seen: seenByName,
  check: () => [],
  secrets: noSecrets,
  project: { whole: ([document]) => ({ outboundTrunk: document?.trunk }) },
};
