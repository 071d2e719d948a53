import type { FormField } from "../../../../../src/dialplan/form.ts";

/** What a field of a form gets. */
export interface FieldProps {
  readonly field: FormField;
  readonly text: { readonly label: string; readonly help: string };
  readonly value: unknown;
  readonly isWrong: boolean;
  readonly problem: string | undefined;
  readonly isFixed: boolean;
  /** What an optional choice is where the step does not say it; undefined: the words of its kind. */
  readonly unset: string | undefined;
  /** `joins`: the change goes on with the one before, as the next letter does. */
  readonly onChange: (value: unknown, joins: boolean) => void;
}

/** What every control gets. */
export interface Said {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: boolean;
  readonly disabled: boolean;
}
