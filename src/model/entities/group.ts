import { z } from "zod";
import { field } from "../../dialplan/field.ts";
import { strictObject } from "../strict-object.ts";
import { emergencyWarnings } from "./emergency-extension.ts";
import { extension, name } from "./fields.ts";
import { type EntityKind, type ListPlace, noSecrets, problem } from "./kind.ts";

/** One INVITE may make so many legs at once (reliability B8). */
const MAX_RING_TOGETHER = 20;

const schema = strictObject({
  extension: field(extension, {
    label: "Extension",
    help: "The group's internal number, which phones can dial.",
    example: "300",
  }),
  name: field(name, { label: "Name", help: "What the group is called.", example: "Sales" }),
  members: field(z.array(extension).min(1, "A group has at least 1 member.").max(60), {
    label: "Members",
    help: "The phones that ring, by their extensions; in order, the first rings first.",
    names: "phone",
    example: '["215", "216"]',
  }),
  strategy: field(z.enum(["all", "inOrder", "smart"]).default("all"), {
    label: "Ring",
    help: "All members at once, or one after the other. `smart` (who spoke with this caller last) is not available yet.",
    choices: { all: "All at once", inOrder: "In order", smart: "Smart" },
  }),
});

/** Phones that ring for one number, as it is written. */
export type GroupDocument = z.output<typeof schema>;

export const group: EntityKind<"group", GroupDocument, ListPlace<"groups">> = {
  kind: "group",
  noun: "group",
  place: { type: "list", key: "groups", most: 2000 },
  schema,
  key: (document) => document.extension,
  keyField: "extension",
  keySpace: "Extension",
  builtIn: [],
  references: ({ members }) => members.map((key, at) => ({ kind: "phone", key, path: ["members", at] })),
  seen: ({ strategy }) => strategy,
  check({ extension: own, members, strategy }, around) {
    const twice = members.flatMap((member, at) =>
      members.indexOf(member) < at
        ? [
            problem(
              ["members", at],
              "givenTwice",
              `Member "${member}" is given a second time; it must be unique.`,
            ),
          ]
        : [],
    );
    const problems = [...emergencyWarnings(own, around), ...twice];
    if (strategy === "inOrder" || members.length <= MAX_RING_TOGETHER) return problems;
    const text = `At most ${MAX_RING_TOGETHER} phones can ring at once; with strategy inOrder 60.`;
    return [...problems, problem(["members"], "tooManyAtOnce", text)];
  },
  secrets: noSecrets,
  project: {
    part: "groups",
    entry: (document) => ({ part: "groups", key: document.extension, value: document }),
  },
};
