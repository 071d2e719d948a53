import { type Field, FieldCollector, type Fields, type ReplyKey, reaches, replyKey } from "./fields.ts";
import { withoutEntities } from "./html-entities.ts";
import { AMPERSANDS, type Repeat, type Steering, writtenOut } from "./repeats.ts";
import { decodeBytes, decodeForm, trimAscii } from "./text.ts";

/**
 * Reads `key=value` pairs joined with `&`, given one character a byte, up to `end`: what stands behind it is looked at
 * only for repeats. Walks them once.
 */
export function readForm(bytes: string, end: number, steering: Steering | undefined): Fields {
  const text = end === bytes.length ? bytes : bytes.slice(0, end);
  return new FormReader(text, steering, steering?.find(bytes, "form")).read();
}

/** A key that a program wrote: it is passed over, and not taken for the rest of a name. */
const PROGRAMS_KEY = /^[a-z][\w.-]*$/;

class FormReader {
  readonly #bytes: string;
  readonly #steering: Steering | undefined;
  readonly #repeat: Repeat | undefined;
  readonly #found = new FieldCollector();
  #name: { readonly start: number; end: number } | undefined;
  /** The name may go on: nothing but text has come since. */
  #nameOpen = false;

  constructor(bytes: string, steering: Steering | undefined, repeat: Repeat | undefined) {
    this.#bytes = bytes;
    this.#steering = steering;
    this.#repeat = repeat;
  }

  read(): Fields {
    for (let start = 0; start <= this.#bytes.length; ) {
      const end = this.#pairEnd(start);
      const next = this.#pair(start, end);
      if (next === undefined) break;
      start = next + 1;
    }
    this.#finishName();
    return this.#found.fields();
  }

  #pairEnd(from: number): number {
    const ampersand = this.#bytes.indexOf("&", from);
    return ampersand < 0 ? this.#bytes.length : ampersand;
  }

  /** Reads the pair from `start` to `end`; returns where it really ended, undefined where reading stops. */
  #pair(start: number, end: number): number | undefined {
    const keyStart = start + (start === 0 ? 0 : writtenOut(this.#bytes, start));
    const pair = this.#bytes.slice(keyStart, end);
    const equals = pair.indexOf("=");
    const key = replyKey(pair.slice(0, Math.max(0, equals)));
    if (key === undefined) {
      this.#text(pair, end);
      return end;
    }
    const owner = reaches(keyStart + equals + 1, this.#repeat)
      ? this.#repeat.placeholder
      : this.#steering?.owner(pair.slice(0, MAX_PAIR));
    if (owner !== undefined) return this.#stop(owner);
    if (keyStart > start) this.#found.noteOnce({ code: "writtenOutAmpersand" });
    this.#nameOpen = false;
    if (this.#found.isDuplicate(key)) return end;
    const valueStart = keyStart + equals + 1;
    return key === "callername" ? this.#beginName(valueStart, end) : this.#value(key, valueStart, end);
  }

  #value(key: ReplyKey, start: number, end: number): number | undefined {
    if (reaches(end, this.#repeat)) return this.#stop(this.#repeat.placeholder);
    const raw = this.#bytes.slice(start, end);
    const inside = unquoted(raw);
    if (inside !== undefined)
      this.#found.note({ code: "quotedValue", key, value: decodeBytes(trimAscii(raw)) });
    this.#found.add(key, formField(inside ?? raw));
    return end;
  }

  /** A name that repeats a sent one goes on to that one's end: all of it is what the caller is called. */
  #beginName(start: number, pairEnd: number): number {
    const repeat = this.#repeat;
    const end = repeat !== undefined && pairEnd >= repeat.start ? this.#pairEnd(repeat.end) : pairEnd;
    const repeated = this.#bytes.slice(Math.min(end, pairEnd), end).split(AMPERSANDS);
    if (
      repeat !== undefined &&
      repeated.some((pair) => replyKey(pair.split("=", 1)[0] ?? "") !== undefined)
    ) {
      this.#found.steered(repeat.placeholder);
    }
    this.#name = { start, end };
    this.#nameOpen = true;
    this.#found.add("callername", undefined);
    return end;
  }

  /** A pair without a key of ours: the rest of a name that holds a raw `&`, or something that is passed over. */
  #text(text: string, end: number): void {
    const equals = text.indexOf("=");
    const isKey = equals >= 0 && PROGRAMS_KEY.test(text.slice(0, equals));
    const inName = this.#nameOpen && this.#name !== undefined;
    if (isKey || !inName) {
      this.#nameOpen = false;
      // A key of the caller's own is not looked at: it must not make a reply fail.
      if (equals > 0 && equals <= MAX_STRANGE && !reaches(end, this.#repeat))
        this.#strange(text.slice(0, equals), text.slice(equals + 1));
    } else if (this.#name !== undefined && trimAscii(text) !== "") this.#name.end = end;
  }

  #finishName(): void {
    if (this.#name === undefined) return;
    const raw = this.#bytes.slice(this.#name.start, this.#name.end);
    const inside = unquoted(raw);
    if (inside !== undefined)
      this.#found.note({ code: "quotedValue", key: "callername", value: decodeBytes(trimAscii(raw)) });
    const field = formField((inside ?? raw).replace(AMPERSANDS, "&"));
    this.#found.add("callername", field);
    if (!raw.includes("&")) return;
    const meant = withoutEntities(field.value);
    // Where all of them are HTML's, that is what is said (read-reply.ts).
    if (!meant.includes("&") && meant !== field.value) return;
    this.#found.note({ code: "rawAmpersand", line: shownLine(meant) });
  }

  #strange(written: string, value: string): void {
    const key = trimAscii(decodeForm(written));
    this.#found.strange(key, trimAscii(decodeForm(value.slice(0, MAX_PAIR))));
  }

  #stop(placeholder: string): undefined {
    this.#found.steered(placeholder);
  }
}

const APOSTROPHE = 0x27;
/** No pair of ours is longer. */
const MAX_PAIR = 512;
/** No key that was meant to be ours is. */
const MAX_STRANGE = 40;
/** As much of a name as a corrected line shows. */
const MAX_SHOWN = 40;

/** A name as a corrected line has it. */
export function shownLine(name: string): string {
  return encodeURIComponent(name.slice(0, MAX_SHOWN).toWellFormed());
}

/** What stands between raw quotes around a whole value; undefined where there are none. */
function unquoted(raw: string): string | undefined {
  const first = raw.charCodeAt(0);
  // Nearly every value begins with a letter or a digit.
  if (first > APOSTROPHE) return undefined;
  const text = trimAscii(raw);
  const quote = text[0];
  if ((quote !== '"' && quote !== "'") || text.length < 2 || !text.endsWith(quote)) return undefined;
  const inside = text.slice(1, -1);
  return inside.includes(quote) ? undefined : inside;
}

function formField(raw: string): Field {
  const trimmed = trimAscii(raw);
  const rawPlus = /^\+\d/.test(trimmed);
  return { value: trimAscii(decodeForm(rawPlus ? trimmed.slice(1) : trimmed)), rawPlus };
}
