import type { FormField } from "../../../../../src/dialplan/form.ts";

/** The words of the page, and what to say where it has none. */
export type Words = (key: string, options: { readonly defaultValue: string; readonly number: "" }) => string;

/** What a choice of a field is called; `unset`: what leaving it out means. */
export function choiceText(t: Words, key: string, choice: string, otherwise: string): string {
  return t(`choices.${key}.${choice}`, { defaultValue: otherwise, number: "" });
}

/** A value of a step's document in the words of the form that asks for it; undefined: the key is left out. */
export function valueText(t: Words, field: FormField | undefined, value: unknown): string {
  const said = (key: "nothing" | "on" | "off"): string =>
    t(`difference.${key}`, { defaultValue: key, number: "" });
  if (field?.control === "boolean") return said((value ?? field.default ?? false) === true ? "on" : "off");
  const chosen = field?.control === "select" ? choice(t, field, value) : undefined;
  if (chosen !== undefined && chosen !== "") return `“${chosen}”`;
  if (value === undefined || value === "") return said("nothing");
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}

function choice(
  t: Words,
  { key, choices, default: standard }: Extract<FormField, { readonly control: "select" }>,
  value: unknown,
): string | undefined {
  const chosen = value ?? standard;
  if (chosen === undefined) return choiceText(t, key, "unset", "");
  const known = choices.find((one) => one.value === chosen);
  return known === undefined ? undefined : choiceText(t, key, known.value, known.label);
}
