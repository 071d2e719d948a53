import { type FormField, formOf } from "../../dialplan/form.ts";
import { type AnyKind, type KindName, kinds } from "./kinds.ts";

/** A kind of entity as a form needs it. */
export interface EntityForm {
  readonly kind: KindName;
  /** In a sentence: `There is no phone "217".` */
  readonly noun: string;
  /** The field that others refer to it by; undefined for what there is one of. */
  readonly keyField: string | undefined;
  readonly fields: readonly FormField[];
}

/** Every kind of entity with its fields; what a plan's steps have is in `stepForms`. */
export function entityForms(): readonly EntityForm[] {
  return kinds.map(entityForm);
}

/** One kind with its fields. */
export function entityForm(kind: AnyKind): EntityForm {
  return { kind: kind.kind, noun: kind.noun, keyField: kind.keyField, fields: formOf(kind.schema) };
}
