import type { z } from "zod";

/** How a text is asked for, where a plain line would not do. */
export type TextControl = "multiline" | "secret" | "urlTemplate" | "country" | "timeZone";

/** What a person reads about a key: a form beside it, the reference pages in their tables. */
export interface FieldText {
  readonly label: string;
  readonly help: string;
  readonly unit?: string;
  /** The kind of thing that the value names; of a list, each of its values. */
  readonly names?: string;
  /** What the values of an enumeration are called. */
  readonly choices?: Readonly<Record<string, string>>;
  readonly as?: TextControl;
  /** What somebody might write. */
  readonly example?: string;
}

/** What the settings of `CallerIdForwarding` are called. */
export const SHOWN_NUMBERS = {
  caller: "Caller's number",
  called: "Called number",
  suppressed: "Suppressed (privacy)",
} as const;

/** A key with what a person reads about it. */
export function field<Schema extends z.ZodType>(schema: Schema, text: FieldText): Schema {
  return schema.meta({ ...text });
}
