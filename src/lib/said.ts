// Sentences as values. What a person reads has a code and arguments beside it: those last (records, translations, programs
// that read an answer), and the English is made of them by the table of the room that says it (docs/adr/0065).

/** The arguments of a sentence; one of them may be a sentence itself. */
export interface SaidArgs {
  readonly [name: string]: string | number | boolean | undefined | Said;
}

/** A sentence as a value: its code, its arguments, and the English. */
export interface Said {
  readonly code: string;
  readonly args: SaidArgs;
  readonly text: string;
}

/** A sentence of ours, or of somebody who has only words. */
export type Why = string | Said;

/** Sentences by code, each a function of its arguments. Codes are unique in the whole house: `webhook.asks`. */
export type Words = Readonly<Record<string, (args: never) => string>>;

/** What a sentence of a table needs; nothing for one that is always the same. */
export type ArgsOf<Sentence> = Sentence extends () => string
  ? Readonly<Record<string, never>>
  : Sentence extends (args: infer Args) => string
    ? Args & SaidArgs
    : never;

/** The sentence of a code. */
export function speechOf<Table extends Words, Code extends keyof Table & string>(
  words: Table,
  code: Code,
  args: ArgsOf<Table[Code]>,
): string {
  return (words[code] as (args: SaidArgs) => string)(args);
}

/** A sentence of a table as a value, whose English is made when it is read and is not stored: whoever reads a record has the table. */
export function said<Table extends Words, Code extends keyof Table & string>(
  words: Table,
  code: Code,
  args: ArgsOf<Table[Code]>,
): Said {
  return new Sentence(code, args, words[code] as (args: SaidArgs) => string);
}

/** Makes the same of a table, with their English beside them wherever they go: to another thread, or to readers without the table. */
export function saying<Table extends Words>(
  words: Table,
): <Code extends keyof Table & string>(code: Code, args: ArgsOf<Table[Code]>) => Said {
  return (code, args) => ({ code, args, text: speechOf(words, code, args) });
}

/** A sentence, or words that somebody has only as such, in English. */
export function wordsOf(why: Why): string {
  return typeof why === "string" ? why : why.text;
}

/** The word for one of several values; a reference page, which has no value, shows the argument's name. */
export function wordFor<Value extends string>(table: Readonly<Record<Value, string>>, value: Value): string {
  return Object.hasOwn(table, value) ? table[value] : value;
}

class Sentence implements Said {
  readonly code: string;
  readonly args: SaidArgs;
  readonly #sentence: (args: SaidArgs) => string;

  constructor(code: string, args: SaidArgs, sentence: (args: SaidArgs) => string) {
    this.code = code;
    this.args = args;
    this.#sentence = sentence;
  }

  get text(): string {
    return this.#sentence(this.args);
  }
}
