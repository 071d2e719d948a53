import { Input, PasswordInput, Select, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { FormField } from "../../../src/dialplan/form.ts";
import { DEFAULT_PROMPTS } from "../../../src/model/default-prompts.ts";
import { useCoreText } from "../i18n/core-text.ts";
import type { ListKind } from "../lib/entities.ts";
import { valueAt, withValue } from "../lib/merge.ts";
import style from "./auto-form.module.css";
import { CountryMultiSelect, CountrySelect, TimeZoneSelect } from "./country-select.tsx";
import { EntityMultiSelect, EntitySelect } from "./entity-select.tsx";
import { NumberField } from "./number-field.tsx";

const PROMPTS = DEFAULT_PROMPTS.map(({ name }) => name);

/** What all fields of a form share. */
export interface FormTie {
  /** The document, or the step. */
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  /** What is wrong at a path: `ivr.attempts`. */
  readonly errorAt?: (path: string) => string | undefined;
  /** A field was left. */
  readonly onBlur?: (path: string) => void;
  /** Nothing can be changed: the role may not, or a file keeps it. */
  readonly readOnly?: boolean;
}

/** A control of one's own for a field; undefined leaves it to the form. */
export type Instead = (field: FormField, path: string) => ReactNode | undefined;

/** The fields that a schema describes, each with its label, its help and the control that fits; `children` stands in place of one field. */
export function AutoForm({
  fields,
  tie,
  at = "",
  instead,
}: {
  readonly fields: readonly FormField[];
  readonly tie: FormTie;
  readonly at?: string;
  readonly instead?: Instead;
}) {
  return (
    <div className={style["fields"]}>
      {fields.map((field) => {
        const path = at === "" ? field.key : `${at}.${field.key}`;
        const own = instead?.(field, path);
        return (
          <div key={path} className={style["field"]} data-control={field.control}>
            {own === undefined ? <AutoField field={field} path={path} tie={tie} /> : own}
          </div>
        );
      })}
    </div>
  );
}

/** One field of a schema. */
export function AutoField({
  field,
  path,
  tie,
}: {
  readonly field: FormField;
  readonly path: string;
  readonly tie: FormTie;
}) {
  const text = useCoreText();
  const value = valueAt(tie.value, path);
  const set = (next: unknown): void => tie.onChange(withValue(tie.value, path, next));
  const common = {
    label: text(field.label),
    description: text(field.help),
    error: tie.errorAt?.(path),
    required: field.required,
    withAsterisk: field.required,
    disabled: tie.readOnly === true,
    onBlur: () => tie.onBlur?.(path),
    "data-path": path,
  };
  const placeholder = field.example ?? "";
  const asText = typeof value === "string" ? value : "";
  const optional = (next: string): string | undefined => (next === "" && !field.required ? undefined : next);
  switch (field.control) {
    case "number":
      return (
        <NumberField
          {...common}
          required={false}
          value={typeof value === "number" ? value : undefined}
          otherwise={field.default}
          {...(field.min === undefined ? {} : { min: field.min })}
          {...(field.max === undefined ? {} : { max: field.max })}
          suffix={field.unit === undefined ? "" : ` ${UNITS[field.unit] ?? text(field.unit)}`}
          onValue={set}
        />
      );
    case "boolean":
      return (
        <Switch
          label={common.label}
          description={common.description}
          error={common.error}
          disabled={common.disabled}
          checked={(value ?? field.default) === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
      );
    case "select":
      return (
        <Select
          {...common}
          clearable={!field.required && field.default === undefined}
          data={field.choices.map((choice) => ({ value: choice.value, label: text(choice.label) }))}
          value={asText === "" ? (field.default ?? null) : asText}
          onChange={(next) => set(next ?? undefined)}
        />
      );
    case "reference":
      return (
        <EntitySelect
          {...common}
          kind={field.kind as ListKind}
          extra={field.kind === "audioMessage" ? PROMPTS : []}
          clearable={!field.required}
          value={asText === "" ? undefined : asText}
          onChange={set}
        />
      );
    case "list":
      return <ListField field={field} common={common} value={value} set={set} />;
    case "group":
      return <GroupField field={field} path={path} tie={tie} error={common.error} />;
    case "multiline":
      return (
        <Textarea
          {...common}
          autosize
          maxRows={8}
          value={asText}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "secret":
      return (
        <PasswordInput
          {...common}
          autoComplete="new-password"
          value={asText}
          onChange={(event) => set(optional(event.currentTarget.value))}
        />
      );
    case "country":
      return <CountrySelect {...common} value={asText} onChange={set} />;
    case "timeZone":
      return <TimeZoneSelect {...common} value={asText} onChange={set} />;
    default:
      return (
        <TextInput
          {...common}
          placeholder={placeholder}
          value={asText}
          onChange={(event) => set(optional(event.currentTarget.value))}
        />
      );
  }
}

const UNITS: Readonly<Record<string, string>> = { seconds: "s", milliseconds: "ms" };

type Common = Readonly<{
  label: string;
  description: string;
  error: string | undefined;
  required: boolean;
  disabled: boolean;
}>;

function ListField({
  field,
  common,
  value,
  set,
}: {
  readonly field: Extract<FormField, { readonly control: "list" }>;
  readonly common: Common;
  readonly value: unknown;
  readonly set: (next: unknown) => void;
}) {
  const list = Array.isArray(value) ? (value as readonly string[]) : (field.default ?? []);
  if (field.of === "reference" && field.kind !== undefined)
    return <EntityMultiSelect {...common} kind={field.kind as ListKind} value={list} onChange={set} />;
  if (field.of === "country") return <CountryMultiSelect {...common} value={list} onChange={set} />;
  return (
    <TagsInput
      {...common}
      placeholder={list.length === 0 ? (field.example ?? "") : ""}
      value={[...list]}
      onChange={set}
      {...(field.most === undefined ? {} : { maxTags: field.most })}
    />
  );
}

/** An object of its own: a box with its fields, switched on and off where it may be left out. */
function GroupField({
  field,
  path,
  tie,
  error,
}: {
  readonly field: Extract<FormField, { readonly control: "group" }>;
  readonly path: string;
  readonly tie: FormTie;
  /** Of the object as a whole. */
  readonly error: string | undefined;
}) {
  const text = useCoreText();
  const value = valueAt(tie.value, path);
  const isOn = value !== undefined;
  const blank = (): Record<string, unknown> =>
    Object.fromEntries(
      field.fields.flatMap((one) =>
        "default" in one && one.default !== undefined ? [[one.key, one.default]] : [],
      ),
    );
  return (
    <fieldset className={style["group"]}>
      {field.required ? (
        <legend>
          <strong>{text(field.label)}</strong>
          <small>{text(field.help)}</small>
        </legend>
      ) : (
        <Switch
          label={text(field.label)}
          description={text(field.help)}
          disabled={tie.readOnly === true}
          checked={isOn}
          onChange={(event) =>
            tie.onChange(withValue(tie.value, path, event.currentTarget.checked ? blank() : undefined))
          }
        />
      )}
      {error === undefined ? undefined : <Input.Error>{error}</Input.Error>}
      {isOn || field.required ? <AutoForm fields={field.fields} tie={tie} at={path} /> : undefined}
    </fieldset>
  );
}
