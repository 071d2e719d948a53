import { compileRead } from "../../dialplan/compile.ts";
import { type PlanDocument, planDocument } from "../../dialplan/plan.ts";
import { placedSteps, referencesOf } from "../../dialplan/references.ts";
import type { DocumentPath, Problem } from "../problem.ts";
import { asName } from "./fields.ts";
import {
  type Around,
  type EntityKind,
  type ListPlace,
  noSecrets,
  problem,
  seenByName,
  warning,
} from "./kind.ts";

// A number or a trunk could not name another one. What an older release has taken may have such a name, and loads.
const schema = planDocument.extend({ name: asName(planDocument.shape.name) });

export const plan: EntityKind<"plan", PlanDocument, ListPlace<"plans">> = {
  kind: "plan",
  noun: "plan",
  place: { type: "list", key: "plans", most: 5000 },
  schema,
  storedSchema: planDocument,
  key: (document) => document.name,
  keyField: "name",
  keySpace: "Plan",
  builtIn: [],
  references: ({ steps }) => [
    // Which numbers may be dialled, and how national ones are read.
    { kind: "settings", key: "", path: [], weak: true },
    // Whether calls can leave at all.
    { kind: "outbound", key: "", path: [], weak: true },
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
  check(document, around) {
    const compiled = compileRead(document, around.directory);
    return compiled.ok
      ? laterFailures(document, around)
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

/** What a plan that is right would do in vain, said at the first step of its kind. */
function laterFailures({ steps }: PlanDocument, around: Around): readonly Problem[] {
  const found: Problem[] = [];
  const canLeave = around.has("outbound", "");
  const mayCall = around.directory.security.dialCountries.length > 0;
  if (canLeave && mayCall) return found;
  const first = new Map<string, DocumentPath>();
  for (const { type, path } of placedSteps(steps)) if (!first.has(type)) first.set(type, path);
  const fixed = first.get("fixedDestination");
  const variable = first.get("variableDestination");
  if (!canLeave && fixed !== undefined) {
    const text = `No call to an outside number can leave: name the trunk that takes them under "outbound".`;
    found.push(warning([...fixed, "number"], "noOutboundTrunk", text));
  }
  if (!mayCall && variable !== undefined) {
    const text =
      "What a webhook returns can only be a phone or group of ours: no country may be called (security.dialCountries).";
    found.push(warning(variable, "noCountries", text));
  }
  return found;
}
