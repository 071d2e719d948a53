import type { FormField } from "../../../src/dialplan/form.ts";

/** What the fields on the way to a path are called, in English: `["Security", "Networks for webhooks"]`. */
export function labelsAt(fields: readonly FormField[], path: string): readonly string[] {
  const [first, ...rest] = path.split(".");
  const field = fields.find(({ key }) => key === first);
  if (field === undefined) return [];
  return field.control === "group" ? [field.label, ...labelsAt(field.fields, rest.join("."))] : [field.label];
}
