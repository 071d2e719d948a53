import { Select, Switch, Textarea, TextInput } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { FormField } from "../../../../../src/dialplan/form.ts";
import { NumberField } from "../../../components/number-field.tsx";
import { usePlanView } from "../editor/view.ts";
import { choiceText } from "./choice-text.ts";
import { choicesOf } from "./choices.ts";
import type { FieldProps, Said } from "./field-props.ts";
import { ReferenceAside } from "./reference-aside.tsx";

const ListControl = lazy(() => import("./list-control.tsx"));

/** One field of a step's form, by the control that its schema asks for. */
export function FieldControl(props: FieldProps) {
  const { field, text, value, isWrong, isFixed, onChange } = props;
  const { label, help } = text;
  const said = { label, description: help === "" ? undefined : help, error: isWrong, disabled: isFixed };
  switch (field.control) {
    case "number":
      return (
        <NumberField
          {...said}
          value={typeof value === "number" ? value : undefined}
          otherwise={field.default}
          min={field.min ?? undefined}
          max={field.max ?? undefined}
          clampBehavior="blur"
          suffix={field.unit === "seconds" ? " s" : ""}
          onValue={(next) => onChange(next, true)}
        />
      );
    case "boolean":
      return (
        <Switch
          {...said}
          checked={value === true || (value === undefined && field.default === true)}
          onChange={({ currentTarget }) => onChange(currentTarget.checked, false)}
        />
      );
    case "select":
      return <Choice {...props} field={field} said={said} />;
    case "reference":
      return <Reference {...props} field={field} said={said} />;
    case "list":
      return (
        <Suspense>
          <ListControl {...props} field={field} said={said} />
        </Suspense>
      );
    case "multiline":
      return (
        <Textarea
          {...said}
          rows={3}
          value={typeof value === "string" ? value : ""}
          onChange={({ currentTarget }) => onChange(currentTarget.value, true)}
        />
      );
    case "group":
      return undefined;
    default:
      return (
        <TextInput
          {...said}
          placeholder={field.example ?? ""}
          maxLength={field.maxLength ?? undefined}
          value={typeof value === "string" ? value : ""}
          onChange={({ currentTarget }) => onChange(currentTarget.value, true)}
        />
      );
  }
}

type Of<Control extends FormField["control"]> = Omit<FieldProps, "field"> & {
  readonly field: Extract<FormField, { readonly control: Control }>;
  readonly said: Said;
};

const UNSET = "";

function Choice({ field, value, said, unset, onChange }: Of<"select">) {
  const { t } = useTranslation("plans");
  const word = (choice: string, otherwise: string): string => choiceText(t, field.key, choice, otherwise);
  const data = field.choices.map((choice) => ({
    value: choice.value,
    label: word(choice.value, choice.label),
  }));
  const isOptional = !field.required && field.default === undefined;
  return (
    <Select
      {...said}
      data={isOptional ? [{ value: UNSET, label: unset ?? word("unset", "–") }, ...data] : data}
      value={typeof value === "string" ? value : (field.default ?? UNSET)}
      onChange={(next) => onChange(next === UNSET || next === null ? undefined : next, false)}
    />
  );
}

/** One of the things that there are: a phone, a webhook. One that is gone is shown, and is wrong. */
function Reference({ field, value, said, onChange }: Of<"reference">) {
  const { t } = useTranslation("plans");
  const { things } = usePlanView();
  const data = choicesOf(field.kind, things);
  const name = typeof value === "string" ? value : "";
  const isGone = name !== "" && !data.some((one) => one.value === name);
  return (
    <div>
      <Select
        {...said}
        searchable
        error={said.error || isGone}
        placeholder={t("inspector.choose")}
        data={isGone ? [{ value: name, label: t("inspector.gone", { value: name }) }, ...data] : data}
        value={name === "" ? null : name}
        onChange={(next) => {
          if (next !== null && next !== name) onChange(next, false);
        }}
      />
      <ReferenceAside kind={field.kind} name={name} />
    </div>
  );
}
