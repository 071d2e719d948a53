import { visible } from "../../lib/failure.ts";
import { type Field, FieldCollector, type Fields, type ReplyKey, reaches, replyKey } from "./fields.ts";
import { type Repeat, type Steering, writtenOut } from "./repeats.ts";
import { decodeForm, trimAscii } from "./text.ts";

/** Reads `key=value` pairs joined with `&`, given one character a byte. Walks them once. */
export function readForm(bytes: string, steering: Steering | undefined): Fields {
  return new FormReader(bytes, steering).read();
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

  constructor(bytes: string, steering: Steering | undefined) {
    this.#bytes = bytes;
    this.#steering = steering;
    this.#repeat = steering?.find(bytes, "form");
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
    if (keyStart > start) this.#noteWrittenOut();
    this.#nameOpen = false;
    if (this.#found.isDuplicate(key)) return end;
    const valueStart = keyStart + equals + 1;
    return key === "callername" ? this.#beginName(valueStart, end) : this.#value(key, valueStart, end);
  }

  #value(key: ReplyKey, start: number, end: number): number | undefined {
    if (reaches(end, this.#repeat)) return this.#stop(this.#repeat.placeholder);
    this.#found.add(key, formField(this.#bytes.slice(start, end)));
    return end;
  }

  /** A name that repeats a sent one goes on to that one's end: all of it is what the caller is called. */
  #beginName(start: number, pairEnd: number): number {
    const repeat = this.#repeat;
    const end = repeat !== undefined && pairEnd >= repeat.start ? this.#pairEnd(repeat.end) : pairEnd;
    const repeated = this.#bytes.slice(Math.min(end, pairEnd), end).split(/&(?:amp;|#38;)*/);
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
    if (!this.#nameOpen || this.#name === undefined || trimAscii(text) === "") return;
    const equals = text.indexOf("=");
    if (equals >= 0 && PROGRAMS_KEY.test(text.slice(0, equals))) this.#nameOpen = false;
    else this.#name.end = end;
  }

  #finishName(): void {
    if (this.#name === undefined) return;
    const raw = this.#bytes.slice(this.#name.start, this.#name.end);
    const field = formField(raw.replace(/&(?:amp;|#38;)+/g, "&"));
    this.#found.add("callername", field);
    if (!raw.includes("&")) return;
    const line = encodeURIComponent(field.value.slice(0, MAX_SHOWN).toWellFormed());
    this.#found.warnings.push(
      `The \`callername\` holds a raw \`&\`, which must be sent as \`%26\`. Correct would be: \`callername=${visible(line)}\`.`,
    );
  }

  #noteWrittenOut(): void {
    const note = "The reply has `&amp;` between its keys; it was read as `&`, which is what must be sent.";
    if (!this.#found.warnings.includes(note)) this.#found.warnings.push(note);
  }

  #stop(placeholder: string): undefined {
    this.#found.steered(placeholder);
  }
}

/** No pair of ours is longer. */
const MAX_PAIR = 512;
/** As much of a name as a corrected line shows. */
const MAX_SHOWN = 40;

function formField(raw: string): Field {
  const trimmed = trimAscii(raw);
  const rawPlus = /^\+\d/.test(trimmed);
  return { value: trimAscii(decodeForm(rawPlus ? trimmed.slice(1) : trimmed)), rawPlus };
}
