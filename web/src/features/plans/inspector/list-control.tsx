import { MultiSelect, TagsInput } from "@mantine/core";
import type { FormField } from "../../../../../src/dialplan/form.ts";
import { usePlanView } from "../editor/view.ts";
import { choicesOf } from "./choices.ts";
import type { FieldProps, Said } from "./field-props.ts";

/** Several values of one key. Fetched when a kind of step first has such a field. */
export default function ListControl({
  field,
  value,
  said,
  onChange,
}: Omit<FieldProps, "field"> & {
  readonly field: Extract<FormField, { readonly control: "list" }>;
  readonly said: Said;
}) {
  const { things } = usePlanView();
  const list = Array.isArray(value) ? value.map(String) : [];
  if (field.of !== "reference")
    return <TagsInput {...said} value={list} onChange={(next) => onChange(next, false)} />;
  const data = choicesOf(field.kind ?? "", things);
  return (
    <MultiSelect {...said} searchable data={data} value={list} onChange={(next) => onChange(next, false)} />
  );
}
