import { z } from "zod";
import type { FieldText, TextControl } from "./field.ts";
import { type AnyStepKind, stepKinds } from "./steps/registry.ts";

interface FieldBase extends Pick<FieldText, "label" | "help" | "unit" | "example"> {
  /** The key of the document, or of the group that the field is in. */
  readonly key: string;
  /** It has no default and cannot be left out. */
  readonly required: boolean;
}

/** One of several values, and what it is called. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** A key of a document as a form asks for it. */
export type FormField =
  | (FieldBase & {
      readonly control: "text" | TextControl;
      readonly default?: string;
      readonly maxLength?: number;
    })
  | (FieldBase & {
      readonly control: "number";
      readonly default?: number;
      readonly min?: number;
      readonly max?: number;
    })
  | (FieldBase & { readonly control: "boolean"; readonly default?: boolean })
  | (FieldBase & {
      readonly control: "select";
      readonly default?: string;
      readonly choices: readonly Choice[];
    })
  /** The name or number of a thing of this kind: one of those that there are. */
  | (FieldBase & { readonly control: "reference"; readonly kind: string; readonly default?: string })
  /** Several values; `kind`: each names a thing of it. */
  | (FieldBase & {
      readonly control: "list";
      readonly of: "text" | "reference" | TextControl;
      readonly kind?: string;
      readonly most?: number;
      readonly default?: readonly string[];
    })
  /** An object of its own; one that is not required is switched on and off as a whole. */
  | (FieldBase & { readonly control: "group"; readonly fields: readonly FormField[] });

/** A kind of step as a form and a menu of steps need it. */
export interface StepForm {
  readonly type: string;
  readonly title: string;
  readonly help: string;
  /** Whether steps may follow on the same level (steps/step.ts). */
  readonly follow: AnyStepKind["follow"];
  /** In their order, of a step that has nothing filled in. */
  readonly branches: readonly { readonly path: readonly string[]; readonly label: string }[];
  readonly fields: readonly FormField[];
}

/** Every kind of step that a plan may have, with its fields. */
export function stepForms(): readonly StepForm[] {
  return stepKinds.map((kind) => ({
    type: kind.type,
    title: kind.title,
    help: kind.help,
    follow: kind.follow,
    branches: kind.branches({ type: kind.type }).map(({ path, label }) => ({ path, label })),
    fields: stepFields(kind),
  }));
}

/** The keys of a kind of step that have a text for people: all but its type and its branches. */
export function stepFields(kind: AnyStepKind): readonly FormField[] {
  return formOf(kind.schema(z.array(z.object({ type: z.string() })).readonly()));
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** The fields of a document, in the order of its schema: the keys that have a label and a help. */
export function formOf(schema: z.ZodType): readonly FormField[] {
  return fieldsIn(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

function fieldsIn({ properties = {}, required = [] }: JsonSchema): readonly FormField[] {
  return Object.entries(properties).flatMap(([key, value]) => {
    if (typeof value === "boolean") return [];
    const text = value as Partial<FieldText>;
    const { label, help, unit, example } = text;
    if (label === undefined || help === undefined) return [];
    const base: FieldBase = {
      key,
      label,
      help,
      ...(unit === undefined ? {} : { unit }),
      ...(example === undefined ? {} : { example }),
      required: required.includes(key),
    };
    return [fieldOf(base, value, text)];
  });
}

function fieldOf(base: FieldBase, schema: JsonSchema, { names, choices, as }: Partial<FieldText>): FormField {
  const standard = schema.default === undefined ? {} : { default: schema.default as never };
  if (schema.enum !== undefined) {
    const values = schema.enum.map(String);
    const named = values.map((value) => ({ value, label: choices?.[value] ?? value }));
    return { ...base, control: "select", choices: named, ...standard };
  }
  switch (schema.type) {
    case "object":
      return { ...base, control: "group", fields: fieldsIn(schema) };
    case "array": {
      const most = bound("most", schema.maxItems);
      if (names !== undefined)
        return { ...base, control: "list", of: "reference", kind: names, ...most, ...standard };
      return { ...base, control: "list", of: as ?? "text", ...most, ...standard };
    }
    case "boolean":
      return { ...base, control: "boolean", ...standard };
    case "integer":
    case "number":
      return {
        ...base,
        control: "number",
        ...bound("min", schema.minimum),
        ...bound("max", schema.maximum),
        ...standard,
      };
    default:
      if (names !== undefined) return { ...base, control: "reference", kind: names, ...standard };
      return { ...base, control: as ?? "text", ...bound("maxLength", schema.maxLength), ...standard };
  }
}

function bound<Key extends string>(key: Key, value: number | undefined): { readonly [Name in Key]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [Name in Key]?: number });
}
