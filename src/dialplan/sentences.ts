import type { Words } from "../lib/said.ts";
import { kindOf, type Step, stepTypes } from "./steps/registry.ts";
import type { Weight } from "./steps/step.ts";
import type { TraceArgs } from "./trace.ts";
import { walkWeights, walkWords } from "./walk-words.ts";

/** Every sentence of the dial plan by its code. */
export const sentences: ReadonlyMap<string, Words[string]> = new Map(
  [walkWords, ...stepTypes.map((type: Step["type"]) => kindOf(type).words)].flatMap((words) =>
    Object.entries(words),
  ),
);

const weights: ReadonlyMap<string, Weight> = new Map(
  [walkWeights, ...stepTypes.map((type: Step["type"]) => kindOf(type).weights ?? {})].flatMap((table) =>
    Object.entries(table),
  ),
);

/** What a decision means for the whole call, by the code of its sentence; undefined: that it goes on. */
export function weightOf(code: string): Weight | undefined {
  return weights.get(code);
}

/** The English for a code, as a stored trace has it; undefined for a code that there is not, or arguments that do not fit. */
export function sentenceOf(code: string, args: TraceArgs): string | undefined {
  return sentenceIn(sentences.get(code), args);
}

/** The same of one sentence of whatever table. */
export function sentenceIn(sentence: Words[string] | undefined, args: TraceArgs): string | undefined {
  if (sentence === undefined) return undefined;
  try {
    return sentence(args as never);
  } catch {
    // Arguments from a record that is damaged, or of a release that had others.
    return undefined;
  }
}
