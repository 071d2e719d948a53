import type { TFunction } from "i18next";
import { duration } from "../../lib/format.ts";
import type en from "./words/en.ts";

type Leaves<Tree, Before extends string = ""> = {
  readonly [Key in keyof Tree & string]: Tree[Key] extends string
    ? `${Before}${Plain<Key>}`
    : Leaves<Tree[Key], `${Before}${Key}.`>;
}[keyof Tree & string];
/** Plural forms are one key. */
type Plain<Key extends string> = Key extends `${infer Own}_${"one" | "other"}` ? Own : Key;

/** Milliseconds are written as the language has them. */
type Values = Readonly<Record<string, string | number | { readonly ms: number }>>;

/** A sentence of ours by its key, or one that the record itself says. */
export type RowSaying =
  | { readonly key: Leaves<(typeof en)["row"]>; readonly values: Values }
  | { readonly text: string };

/** The sentence in the language of the interface. */
export function saying(t: TFunction<"calls">, said: RowSaying): string {
  if ("text" in said) return said.text;
  // Which values belong to which key is the matter of rows.ts; the words are held to each other by words.test.ts.
  const values = Object.fromEntries(
    Object.entries(said.values).map(([name, value]) => [
      name,
      typeof value === "object" ? duration(value.ms) : value,
    ]),
  );
  return t(`row.${said.key}` as "row.answers", values as { readonly who: string });
}
