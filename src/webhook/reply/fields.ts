import { nearKey } from "./near-keys.ts";
import { noteOf, type ReadFault, type ReplyNote } from "./notes.ts";
import type { Repeat } from "./repeats.ts";
import { decodeForm, trimAscii } from "./text.ts";

/** A value of the reply, decoded. */
export interface Field {
  readonly value: string;
  /** The value began with a raw `+`, which form decoding would have made a space. */
  readonly rawPlus: boolean;
}

/** A key that is none of ours, but probably one of them was meant. */
export interface NearKey {
  readonly written: string;
  readonly meant: ReplyKey;
  readonly value: string;
}

/** What a reply's three keys hold. */
export interface Fields {
  readonly status: Field | undefined;
  readonly destination: Field | undefined;
  readonly callerName: Field | undefined;
  readonly notes: readonly ReplyNote[];
  /** A sent value that the reply repeats, and behind which keys were passed over: its placeholder. */
  readonly steeredBy: string | undefined;
  /** The first key whose value would be lost, for the one that was meant is not there. */
  readonly near: NearKey | undefined;
}

/** `value` is a legacy alias of `destination`. */
export type ReplyKey = "status" | "destination" | "callername" | "value";

const KEYS: ReadonlySet<string> = new Set<ReplyKey>(["status", "destination", "callername", "value"]);
/** A key longer than ours, even with each letter percent-encoded and some white space, is not ours. */
const MAX_WRITTEN_KEY = 64;
/** So many keys that are not ours are looked at for what was meant. */
const MAX_STRANGE_KEYS = 16;
const ASCII = /^[\0-\x7f]*$/;

/** The key of ours that is written so; undefined for any other. */
export function replyKey(written: string): ReplyKey | undefined {
  if (written.length === 0 || written.length > MAX_WRITTEN_KEY) return undefined;
  const key = trimAscii(decodeForm(written)).toLowerCase();
  if (KEYS.has(key)) return key as ReplyKey;
  if (ASCII.test(key)) return undefined;
  const seen = key.replace(/\p{Cf}/gu, "").trim();
  return KEYS.has(seen) ? (seen as ReplyKey) : undefined;
}

/** Collects the fields of a reply: the first of duplicates wins, with a note. */
export class FieldCollector {
  readonly notes: ReplyNote[] = [];
  readonly #fields = new Map<ReplyKey, Field | undefined>();
  readonly #strange: { readonly written: string; readonly value: string }[] = [];
  #steeredBy: string | undefined;

  /** Undefined: the key is there, but holds nothing. */
  add(key: ReplyKey, field: Field | undefined): void {
    this.#fields.set(key, field);
  }

  /** Whether the key came before; then a note is made of it. */
  isDuplicate(key: ReplyKey): boolean {
    if (!this.#fields.has(key)) return false;
    this.noteOnce({ code: "duplicateKey", key });
    return true;
  }

  /** A key that is none of ours, with its value, both decoded. */
  strange(written: string, value: string): void {
    if (value !== "" && this.#strange.length < MAX_STRANGE_KEYS) this.#strange.push({ written, value });
  }

  note(fault: ReadFault): void {
    this.notes.push(noteOf(fault));
  }

  noteOnce(fault: ReadFault): void {
    const made = noteOf(fault);
    if (!this.notes.some(({ text }) => text === made.text)) this.notes.push(made);
  }

  /** Keys were passed over because the reply repeats what the caller chose. */
  steered(placeholder: string): void {
    if (this.#steeredBy !== undefined) return;
    this.#steeredBy = placeholder;
    this.note({ code: "repeatsSent", placeholder });
  }

  fields(): Fields {
    const fields = this.#fields;
    return {
      status: fields.get("status"),
      destination: fields.has("destination") ? fields.get("destination") : fields.get("value"),
      callerName: fields.get("callername"),
      notes: this.notes,
      steeredBy: this.#steeredBy,
      near: this.#strange.length === 0 ? undefined : this.#near(),
    };
  }

  #near(): NearKey | undefined {
    for (const { written, value } of this.#strange) {
      const meant = nearKey(written, value);
      if (meant === undefined) continue;
      if (this.#fields.has(meant)) continue;
      if (meant === "destination" && this.#fields.has("value")) continue;
      return { written, meant, value };
    }
    return undefined;
  }
}

/** Whether text from `start` to `end` has a part of the repeat in it or stands behind its beginning. */
export function reaches(end: number, repeat: Repeat | undefined): repeat is Repeat {
  return repeat !== undefined && end > repeat.start;
}
