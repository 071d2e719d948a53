import type { Said, ToldEntry, TraceArgs, TraceEntry, Why } from "./trace.ts";

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
) => ToldEntry {
  return (subject, label, code, args) =>
    new Told(subject, label, code, args, words[code] as (args: TraceArgs) => string);
}

/** The sentence of a code. */
export function speechOf<Table extends Words, Code extends keyof Table & string>(
  words: Table,
  code: Code,
  args: ArgsOf<Table[Code]>,
): string {
  return (words[code] as (args: TraceArgs) => string)(args);
}

/** A sentence of a table as a value. JSON leaves the English out, as it does of a `Told`. */
export function said<Table extends Words, Code extends keyof Table & string>(
  words: Table,
  code: Code,
  args: ArgsOf<Table[Code]>,
): Said {
  return new Sentence(code, args, words[code] as (args: TraceArgs) => string);
}

/** What an entry says, without of whom. JSON leaves the English out. */
export function saidOf(entry: ToldEntry): Said {
  return new Sentence(entry.code, entry.args, () => entry.text);
}

/** A sentence, or words that somebody has only as such, in English. */
export function wordsOf(why: Why): string {
  return typeof why === "string" ? why : why.text;
}

class Sentence implements Said {
  readonly code: string;
  readonly args: TraceArgs;
  readonly #sentence: (args: TraceArgs) => string;

  constructor(code: string, args: TraceArgs, sentence: (args: TraceArgs) => string) {
    this.code = code;
    this.args = args;
    this.#sentence = sentence;
  }

  get text(): string {
    return this.#sentence(this.args);
  }
}

/**
 * An entry whose sentence is made when somebody reads it: a call makes ten, and few are ever read. JSON leaves the
 * sentence out; `sentenceOf` (sentences.ts) makes it again from code and arguments.
 */
class Told implements ToldEntry {
  readonly step: string;
  readonly type: string;
  readonly label: string;
  readonly code: string;
  readonly args: TraceArgs;
  readonly #sentence: (args: TraceArgs) => string;

  constructor(
    { number, type }: Subject,
    label: string,
    code: string,
    args: TraceArgs,
    sentence: (args: TraceArgs) => string,
  ) {
    this.step = number;
    this.type = type;
    this.label = label;
    this.code = code;
    this.args = args;
    this.#sentence = sentence;
  }

  get text(): string {
    return this.#sentence(this.args);
  }

  placed(plan: string): TraceEntry {
    const { step: number, type, label, code, args } = this;
    return Object.assign(new Told({ number, type }, label, code, args, this.#sentence), { plan });
  }
}

/** The entry as one of a step in this plan. */
export function placedIn(plan: string, entry: TraceEntry): TraceEntry {
  return entry instanceof Told ? entry.placed(plan) : { ...entry, plan };
}
