// YAML as nearly everybody writes it, read ten times as fast as by the yaml library: block maps and lists, flow ones in one
// line, plain and quoted scalars in one line. Whatever goes beyond that is not taken, and read by the library; what is
// taken means the same to both (a property test).

const NOT_TAKEN = Symbol("not taken");
type Read = unknown;

/** Deeper than this nobody writes; the library has its own limit. */
const MAX_DEPTH = 64;

interface Line {
  readonly indent: number;
  readonly text: string;
}

/** The data of a document; undefined: it is not taken. */
export function readSimpleYaml(text: string): unknown {
  const lines = linesOf(text);
  if (lines === undefined || lines.length === 0) return undefined;
  const reader = new BlockReader(lines);
  const data = reader.node(0);
  return data === NOT_TAKEN || !reader.isAtEnd ? undefined : data;
}

/** Without what says nothing; undefined: with octets that need a closer look. */
function linesOf(text: string): Line[] | undefined {
  // Tabs, carriage returns and other controls, and line ends of Unicode.
  if (/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(text)) return undefined;
  const lines: Line[] = [];
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    let start = at;
    while (start < end && text.charCodeAt(start) === SPACE) start += 1;
    if (start < end && text.charCodeAt(start) !== HASH)
      lines.push({ indent: start - at, text: text.slice(start, end).trimEnd() });
    at = end + 1;
  }
  return lines;
}

const [SPACE, HASH] = [0x20, 0x23];
const KEY = /^([A-Za-z][\w-]*):(?: +(.*))?$/;
/** Keys that YAML takes for something else than text. */
const VALUE_WORD = /^(?:true|false|null)$/i;

class BlockReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#lines.length;
  }

  node(depth: number): Read {
    const line = this.#lines[this.#at];
    if (line === undefined || depth > MAX_DEPTH) return NOT_TAKEN;
    if (isItem(line)) return this.#list(line.indent, depth);
    return KEY.test(line.text) ? this.#map(line.indent, depth) : NOT_TAKEN;
  }

  #list(indent: number, depth: number): Read {
    const items: unknown[] = [];
    for (
      let line = this.#lines[this.#at];
      line?.indent === indent && isItem(line);
      line = this.#lines[this.#at]
    ) {
      const rest = line.text.slice(1).trimStart();
      const inner = { indent: indent + line.text.length - rest.length, text: rest };
      const item =
        rest === "" || rest.startsWith("#")
          ? this.#below(indent, depth, false)
          : isItem(inner) || KEY.test(rest)
            ? this.#inPlace(inner, depth)
            : this.#inline(rest, indent);
      if (item === NOT_TAKEN) return NOT_TAKEN;
      items.push(item);
    }
    return this.#endsAt(indent) ? items : NOT_TAKEN;
  }

  #map(indent: number, depth: number): Read {
    const map: Record<string, unknown> = {};
    for (
      let line = this.#lines[this.#at];
      line?.indent === indent && !isItem(line);
      line = this.#lines[this.#at]
    ) {
      const [, key, rest = ""] = KEY.exec(line.text) ?? [];
      if (key === undefined || VALUE_WORD.test(key) || Object.hasOwn(map, key)) return NOT_TAKEN;
      const value =
        rest === "" || rest.startsWith("#") ? this.#below(indent, depth, true) : this.#inline(rest, indent);
      if (value === NOT_TAKEN) return NOT_TAKEN;
      map[key] = value;
    }
    return this.#endsAt(indent) ? map : NOT_TAKEN;
  }

  /** What is written in the lines below; a list of a key may stand as far left as the key. */
  #below(indent: number, depth: number, ofKey: boolean): Read {
    this.#at += 1;
    const next = this.#lines[this.#at];
    if (next === undefined || next.indent < indent) return null;
    if (next.indent > indent) return this.node(depth + 1);
    return ofKey && isItem(next) ? this.#list(indent, depth + 1) : null;
  }

  /** A map or list that begins behind the dash of an item. */
  #inPlace(inner: Line, depth: number): Read {
    this.#lines[this.#at] = inner;
    return this.node(depth + 1);
  }

  /** A value in the same line, which goes on in no other. */
  #inline(text: string, indent: number): Read {
    const value = inlineValue(text);
    this.#at += 1;
    return (this.#lines[this.#at]?.indent ?? 0) > indent ? NOT_TAKEN : value;
  }

  /** Nothing that stands deeper follows. */
  #endsAt(indent: number): boolean {
    return (this.#lines[this.#at]?.indent ?? 0) <= indent;
  }
}

function isItem({ text }: Line): boolean {
  return text === "-" || text.startsWith("- ");
}

const DOUBLE = /^"([^"\\]*)"(?: +#.*)?$/;
const SINGLE = /^'([^']*)'(?: +#.*)?$/;
/** Begins so that it can be nothing but plain text or a number. */
const PLAIN = /^[A-Za-z0-9/_\u00a1-\ud7ff\ue000-\ufefe]/;

function inlineValue(text: string): Read {
  switch (text.charAt(0)) {
    case '"':
      return DOUBLE.exec(text)?.[1] ?? NOT_TAKEN;
    case "'":
      return SINGLE.exec(text)?.[1] ?? NOT_TAKEN;
    case "{":
    case "[":
      return new FlowReader(text).whole();
    default: {
      const comment = text.indexOf(" #");
      const plain = (comment < 0 ? text : text.slice(0, comment)).trimEnd();
      return PLAIN.test(plain) && !plain.includes(": ") && !plain.endsWith(":") ? scalar(plain) : NOT_TAKEN;
    }
  }
}

const INTEGER = /^(?:0|[1-9]\d*)$/;

/** By the core schema of YAML 1.2 (§10.3.2), as far as it is about usual spellings. */
function scalar(text: string): Read {
  if (INTEGER.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : NOT_TAKEN;
  switch (text.toLowerCase()) {
    case "true":
      return text === "true" ? true : NOT_TAKEN;
    case "false":
      return text === "false" ? false : NOT_TAKEN;
    case "null":
      return text === "null" ? null : NOT_TAKEN;
    default:
      // 1.5, 1e3, 0x1f, 007, and what only looks like it.
      return /^\d[\d.]*(?:[exo][\d+a-f-]*)?$/i.test(text) ? NOT_TAKEN : text;
  }
}

/** A text of a flow collection ends at any of these. */
const FLOW_PLAIN = /[^,[\]{}:#"'&*!|>%@`]*/y;
const FLOW_KEY = /([A-Za-z][\w-]*): +/y;
const FLOW_DOUBLE = /"([^"\\]*)"/y;
const FLOW_SINGLE = /'([^']*)'/y;

/** `{ key: value, … }` and `[value, …]` in one line. */
class FlowReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Read {
    const value = this.#value(0);
    const rest = this.#text.slice(this.#at);
    return rest === "" || /^ +#/.test(rest) ? value : NOT_TAKEN;
  }

  #value(depth: number): Read {
    if (depth > MAX_DEPTH) return NOT_TAKEN;
    switch (this.#text.charAt(this.#at)) {
      case "{":
        return this.#map(depth);
      case "[":
        return this.#list(depth);
      case '"':
        return this.#match(FLOW_DOUBLE)?.[1] ?? NOT_TAKEN;
      case "'":
        return this.#match(FLOW_SINGLE)?.[1] ?? NOT_TAKEN;
      default: {
        const plain = (this.#match(FLOW_PLAIN)?.[0] ?? "").trimEnd();
        return PLAIN.test(plain) ? scalar(plain) : NOT_TAKEN;
      }
    }
  }

  #map(depth: number): Read {
    const map: Record<string, unknown> = {};
    return this.#members("}", () => {
      const key = this.#match(FLOW_KEY)?.[1];
      if (key === undefined || VALUE_WORD.test(key) || Object.hasOwn(map, key)) return false;
      const value = this.#value(depth + 1);
      map[key] = value;
      return value !== NOT_TAKEN;
    })
      ? map
      : NOT_TAKEN;
  }

  #list(depth: number): Read {
    const items: unknown[] = [];
    return this.#members("]", () => {
      const value = this.#value(depth + 1);
      items.push(value);
      return value !== NOT_TAKEN;
    })
      ? items
      : NOT_TAKEN;
  }

  /** From the opening bracket to behind the closing one; false: not taken. */
  #members(closing: string, read: () => boolean): boolean {
    this.#at += 1;
    this.#skipSpaces();
    if (this.#text.charAt(this.#at) === closing) {
      this.#at += 1;
      return true;
    }
    for (;;) {
      if (!read()) return false;
      this.#skipSpaces();
      const next = this.#text.charAt(this.#at);
      this.#at += 1;
      if (next === closing) return true;
      if (next !== ",") return false;
      this.#skipSpaces();
    }
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #skipSpaces(): void {
    while (this.#text.charCodeAt(this.#at) === SPACE) this.#at += 1;
  }
}
