// What the Dutch sentences of the core are made with (docs/adr/0095). Arguments come as words already: a sentence inside a sentence was made before
// (said-nl.ts).

export type Args = Readonly<Record<string, unknown>>;
export type Sentence = (args: Args) => string;
export type Sentences = Readonly<Record<string, Sentence>>;

/** An argument in words; empty for what is none. */
export function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** With a full stop, unless it ends a sentence already. */
export function stop(value: unknown): string {
  return text(value).replace(/(?<![.!?])$/, ".");
}

/** With its first letter as a capital. */
export function capital(sentence: string): string {
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

export function named(name: unknown): string {
  return `“${text(name)}”`;
}

/** The word for one of several values; a value that has none stands for itself. */
export function wordIn(table: Readonly<Record<string, string>>, value: unknown): string {
  const key = text(value);
  return Object.hasOwn(table, key) ? (table[key] ?? key) : key;
}

/** `1.2` as `1,2`. */
export function decimal(number: string): string {
  return number.replace(".", ",");
}

/** `1 gesprek`, `2 gesprekken`. */
export function counted(count: unknown, one: string, many: string): string {
  return `${text(count)} ${count === 1 ? one : many}`;
}
