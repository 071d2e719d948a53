import type { ArgsOf, Said, Words } from "../lib/said.ts";
import type { ToldEntry, TraceArgs, TraceEntry } from "./trace.ts";

/** Of what a decision is told: a step, or the plan as a whole. */
export interface Subject {
  readonly number: string;
  readonly type: string;
}

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

/** What an entry says, without of whom. JSON leaves the English out. */
export function saidOf(entry: ToldEntry): Said {
  return new SaidOfEntry(entry);
}

class SaidOfEntry implements Said {
  readonly code: string;
  readonly args: TraceArgs;
  readonly #entry: ToldEntry;

  constructor(entry: ToldEntry) {
    this.code = entry.code;
    this.args = entry.args;
    this.#entry = entry;
  }

  get text(): string {
    return this.#entry.text;
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
