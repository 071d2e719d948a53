import type { TraceArgs, TraceEntry } from "./trace.ts";

/**
 * Sentences by code, each a function of its arguments. The code is what lasts (records, translations, programs that
 * read a trace); the English stands here once. Codes are unique in the whole dial plan: `webhook.asks`.
 */
export type Words = Readonly<Record<string, (args: never) => string>>;

/** The word for one of several values; the reference page, which has no value, shows the argument's name. */
export function wordFor<Value extends string>(table: Readonly<Record<Value, string>>, value: Value): string {
  return Object.hasOwn(table, value) ? table[value] : value;
}

/** Of what a decision is told: a step, or the plan as a whole. */
export interface Subject {
  readonly number: string;
  readonly type: string;
}

/** What a sentence of a table needs; nothing for one that is always the same. */
export type ArgsOf<Sentence> = Sentence extends () => string
  ? Readonly<Record<string, never>>
  : Sentence extends (args: infer Args) => string
    ? Args & TraceArgs
    : never;

/** Makes the trace entries of a table of words: `say(step, label, code, args)`. */
export function speaker<Table extends Words>(
  words: Table,
): <Code extends keyof Table & string>(
  subject: Subject,
  label: string,
  code: Code,
  args: ArgsOf<Table[Code]>,
) => TraceEntry {
  return ({ number, type }, label, code, args) => {
    const sentence = words[code] as (args: TraceArgs) => string;
    return { step: number, type, label, code, text: sentence(args), args };
  };
}
