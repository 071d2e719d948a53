import type { ParseKeys, TFunction } from "i18next";
import { describeEvent } from "../../../../src/model/story.ts";
import type { Dutch } from "../../i18n/dutch.ts";
import { duration } from "../../lib/format.ts";
import type { RowSaying, RowValues } from "./row-saying.ts";

/** A sentence of a row in the words of `t`; `written`: how a phone number is shown. */
export function sayRow(
  t: TFunction<"calls">,
  said: RowSaying,
  dutch: Dutch | undefined,
  written: (number: string) => string,
): string {
  if ("event" in said) return capital(dutch?.eventInDutch(said.event) ?? describeEvent(said.event));
  if ("said" in said) return capital(dutch?.inDutch(said.said.code, said.said.args) ?? said.said.text);
  const word = (value: RowValues[string]): string | number => {
    if (typeof value !== "object") return value;
    if ("ms" in value) return duration(value.ms);
    if ("phone" in value) return written(value.phone);
    const { status, detail } = value.detail;
    return [status, dutch?.detailOf(value.detail) ?? detail].filter(Boolean).join(" ");
  };
  const values = Object.fromEntries(Object.entries(said.values).map(([name, value]) => [name, word(value)]));
  // That there are words for each key is known here; which values they have is the matter of rows.ts.
  const key: ParseKeys<"calls"> = `row.${said.key}`;
  return t(key as "row.answers", values as { readonly who: string });
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
