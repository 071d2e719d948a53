import { DEFAULT_PROMPTS } from "../../../../../src/model/default-prompts.ts";
import type { Things } from "../state/directory.ts";

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** The things of a kind that a step may name, as a field shows them: "215 Reception". */
export function choicesOf(kind: string, things: Things): Option[] {
  const numbered = (
    list: readonly { readonly document: { readonly extension: string; readonly name: string } }[],
  ): Option[] =>
    list.map(({ document: { extension, name } }) => ({ value: extension, label: `${extension} ${name}` }));
  const named = (list: readonly { readonly document: { readonly name: string } }[]): Option[] =>
    list.map(({ document: { name } }) => ({ value: name, label: name }));
  switch (kind) {
    case "phone":
      return numbered(things.phones);
    case "group":
      return numbered(things.groups);
    case "webhook":
      return named(things.webhooks);
    case "audioMessage":
      return [...named(things.audioMessages), ...named(DEFAULT_PROMPTS.map((document) => ({ document })))];
    case "plan":
      return named(things.plans);
    default:
      return [];
  }
}
