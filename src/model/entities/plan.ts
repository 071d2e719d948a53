import { compileRead } from "../../dialplan/compile.ts";
import { type PlanDocument, planDocument } from "../../dialplan/plan.ts";
import { referencesOf } from "../../dialplan/references.ts";
import { type EntityKind, type ListPlace, noSecrets, problem, seenByName } from "./kind.ts";

export const plan: EntityKind<"plan", PlanDocument, ListPlace<"plans">> = {
  kind: "plan",
  noun: "plan",
  place: { type: "list", key: "plans", most: 5000 },
  schema: planDocument,
  key: (document) => document.name,
  keyField: "name",
  keySpace: "Plan",
  builtIn: [],
  references: ({ steps }) => [
    // Which numbers may be dialled, and how national ones are read.
    { kind: "settings", key: "", path: [], weak: true },
    ...referencesOf(steps).map(({ thing, name, path, weak }) => ({
      kind: thing,
      key: name,
      path,
      ...(weak === true && { weak }),
    })),
  ],
  seen: seenByName,
  // With the number of the step that names it.
  tellsOfMissing: true,
  check(document, { directory }) {
    const compiled = compileRead(document, directory);
    return compiled.ok
      ? []
      : compiled.error.map(({ path, code, message, suggestion }) => ({
          ...problem(path, code, message),
          ...(suggestion === undefined ? {} : { suggestion }),
        }));
  },
  secrets: noSecrets,
  project: {
    part: "plans",
    entry(document, { directory }, { id, revision }) {
      const compiled = compileRead(document, directory, revision);
      if (compiled.ok) return { part: "plans", key: document.name, value: { ...compiled.value, id } };
      throw new Error(`plan "${document.name}" was saved with problems: ${JSON.stringify(compiled.error)}`);
    },
  },
};
