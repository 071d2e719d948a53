import { err, ok, type Result } from "../../lib/result.ts";
import { EQUALS, isBlank, QUOTE, SEMICOLON, skipBlanks, skipToken } from "./chars.ts";
import { skipQuoted } from "./quoted-string.ts";

interface Param {
  readonly name: string;
  readonly value: string | undefined;
  next: Param | undefined;
}

/** Beyond so many a name is looked up instead of looked for: a peer may send thousands, and the cost must stay linear. */
const MANY = 16;

/**
 * Parameters by lower-case name, in their order; a flag has no value. Values stand as they were written, quotes included
 * (`unquote` reads them). They never change. A list rather than a `Map`: there are one to three of them as a rule and
 * a dozen such lists a message, and a list takes a third of the memory and hashes nothing.
 */
export class Params implements Iterable<readonly [name: string, value: string | undefined]> {
  /** Each parameter knows the next. Not private, so that two lists can be compared by what is in them. */
  readonly first: Param | undefined;
  #index: ReadonlyMap<string, Param> | undefined = undefined;

  /** By a builder. */
  constructor(first: Param | undefined) {
    this.first = first;
  }

  /** From names in lower case and values. */
  static of(entries: Iterable<readonly [name: string, value: string | undefined]>): Params {
    const builder = new ParamsBuilder();
    for (const [name, value] of entries) builder.add(name, value);
    return builder.build();
  }

  /** The value; undefined for a flag and for none. */
  get(name: string): string | undefined {
    return this.#find(name)?.value;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  get size(): number {
    let size = 0;
    for (let param = this.first; param !== undefined; param = param.next) size++;
    return size;
  }

  /** A copy in which these parameters have these values, each in its place or else at the end. */
  with(...changes: readonly (readonly [name: string, value: string | undefined])[]): Params {
    const changed = Params.of(changes);
    const builder = new ParamsBuilder();
    for (let param = this.first; param !== undefined; param = param.next) {
      builder.add(param.name, (changed.#find(param.name) ?? param).value);
    }
    for (let param = changed.first; param !== undefined; param = param.next) {
      builder.add(param.name, param.value);
    }
    return builder.build();
  }

  /** A copy without the parameter. */
  without(name: string): Params {
    const builder = new ParamsBuilder();
    for (let param = this.first; param !== undefined; param = param.next) {
      if (param.name !== name) builder.add(param.name, param.value);
    }
    return builder.build();
  }

  *[Symbol.iterator](): Generator<readonly [name: string, value: string | undefined]> {
    for (let param = this.first; param !== undefined; param = param.next) yield [param.name, param.value];
  }

  /** `;name=value;flag`, empty for no parameters. */
  toString(): string {
    let text = "";
    for (let param = this.first; param !== undefined; param = param.next) {
      text += param.value === undefined ? `;${param.name}` : `;${param.name}=${param.value}`;
    }
    return text;
  }

  #find(name: string): Param | undefined {
    let param = this.first;
    for (let steps = 0; steps < MANY && param !== undefined; steps++) {
      if (param.name === name) return param;
      param = param.next;
    }
    if (param === undefined) return undefined;
    this.#index ??= indexOf(param);
    return this.#index.get(name);
  }
}

function indexOf(first: Param): ReadonlyMap<string, Param> {
  const index = new Map<string, Param>();
  for (let param: Param | undefined = first; param !== undefined; param = param.next)
    index.set(param.name, param);
  return index;
}

export const noParams: Params = new Params(undefined);

/** Collects parameters in their order. */
export class ParamsBuilder {
  #first: Param | undefined;
  #last: Param | undefined;
  #count = 0;
  #names: Set<string> | undefined;

  /** Adds a parameter; of a name that comes twice the first counts. */
  add(name: string, value: string | undefined): void {
    if (this.#has(name)) return;
    const param = { name, value, next: undefined };
    if (this.#last === undefined) this.#first = param;
    else this.#last.next = param;
    this.#last = param;
    this.#count += 1;
    this.#names?.add(name);
  }

  /** What was collected; the next one begins with nothing. */
  build(): Params {
    const first = this.#first;
    this.#first = undefined;
    this.#last = undefined;
    this.#count = 0;
    this.#names = undefined;
    return first === undefined ? noParams : new Params(first);
  }

  #has(name: string): boolean {
    if (this.#count >= MANY) {
      this.#names ??= new Set(Array.from(new Params(this.#first), ([known]) => known));
      return this.#names.has(name);
    }
    let param = this.#first;
    while (param !== undefined && param.name !== name) param = param.next;
    return param !== undefined;
  }
}

const NONE = ok(noParams);

/** By length: names that nearly every message has. They are given as they stand here, not as one more text each time. */
const USUAL: readonly (readonly string[])[] = [
  [],
  ["q"],
  ["lr", "ob"],
  ["tag"],
  ["user"],
  ["rport", "alias"],
  ["branch", "reg-id"],
  ["expires"],
  ["received"],
  ["transport"],
];

function nameAt(text: string, from: number, to: number): string {
  const usual = USUAL[to - from];
  if (usual !== undefined) {
    for (let at = 0; at < usual.length; at++) {
      const name = usual[at];
      if (name !== undefined && text.startsWith(name, from)) return name;
    }
  }
  return text.slice(from, to).toLowerCase();
}

/**
 * Reads `*( SEMI generic-param )` (RFC 3261 §25.1) from `from` to the end of the text, white space allowed
 * around `;` and `=`. Of a name that comes twice the first counts. The error is a clause without a full stop.
 */
export function parseParams(text: string, from = 0): Result<Params, string> {
  let at = skipBlanks(text, from);
  if (at >= text.length) return NONE;
  const params = new ParamsBuilder();
  while (at < text.length) {
    if (text.charCodeAt(at) !== SEMICOLON) return err("something other than a parameter follows");
    const start = skipBlanks(text, at + 1);
    at = skipToken(text, start);
    if (at === start) return err("a parameter has no name");
    const name = nameAt(text, start, at);
    at = skipBlanks(text, at);
    let value: string | undefined;
    if (text.charCodeAt(at) === EQUALS) {
      const valueAt = skipBlanks(text, at + 1);
      const end = endOfParamValue(text, valueAt);
      if (end < 0) return err("a quoted parameter value is not closed");
      if (end === valueAt) return err(`the parameter ${name} has an empty value`);
      value = text.slice(valueAt, end);
      at = skipBlanks(text, end);
    }
    params.add(name, value);
  }
  return ok(params.build());
}

// gen-value = token / host / quoted-string; read liberally: anything up to white space or `;`.
function endOfParamValue(text: string, from: number): number {
  if (text.charCodeAt(from) === QUOTE) return skipQuoted(text, from);
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON || isBlank(code) || code === QUOTE) break;
  }
  return at;
}
