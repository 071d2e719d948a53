import type { ParseKeys, TFunction } from "i18next";
import { duration } from "../../lib/format.ts";
import type { RowSaying } from "./row-saying.ts";

/** The sentence in the language of the interface. */
export function saying(t: TFunction<"calls">, said: RowSaying): string {
  if ("text" in said) return said.text;
  const values = Object.fromEntries(
    Object.entries(said.values).map(([name, value]) => [
      name,
      typeof value === "object" ? duration(value.ms) : value,
    ]),
  );
  // That there are words for each key is known here; which values they have is the matter of rows.ts.
  const key: ParseKeys<"calls"> = `row.${said.key}`;
  return t(key as "row.answers", values as { readonly who: string });
}
