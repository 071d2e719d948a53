import type { Repeat } from "./repeats.ts";
import { decodeForm, trimAscii } from "./text.ts";

/** A value of the reply, decoded. */
export interface Field {
  readonly value: string;
  /** The value began with a raw `+`, which form decoding would have made a space. */
  readonly rawPlus: boolean;
}

/** What a reply's three keys hold. */
export interface Fields {
  readonly status: Field | undefined;
  readonly destination: Field | undefined;
  readonly callerName: Field | undefined;
  readonly warnings: readonly string[];
  /** A sent value that the reply repeats, and behind which keys were passed over: its placeholder. */
  readonly steeredBy: string | undefined;
}

/** `value` is a legacy alias of `destination`. */
export type ReplyKey = "status" | "destination" | "callername" | "value";

const KEYS: ReadonlySet<string> = new Set<ReplyKey>(["status", "destination", "callername", "value"]);
/** A key longer than ours, even with each letter percent-encoded and some white space, is not ours. */
const MAX_WRITTEN_KEY = 64;

/** The key of ours that is written so; undefined for any other. */
export function replyKey(written: string): ReplyKey | undefined {
  if (written.length === 0 || written.length > MAX_WRITTEN_KEY) return undefined;
  const key = trimAscii(decodeForm(written)).toLowerCase();
  return KEYS.has(key) ? (key as ReplyKey) : undefined;
}

/** Collects the fields of a reply: the first of duplicates wins, with a note. */
export class FieldCollector {
  readonly warnings: string[] = [];
  readonly #fields = new Map<ReplyKey, Field | undefined>();
  #steeredBy: string | undefined;

  /** Undefined: the key is there, but holds nothing. */
  add(key: ReplyKey, field: Field | undefined): void {
    this.#fields.set(key, field);
  }

  /** Whether the key came before; then a note is made of it. */
  isDuplicate(key: ReplyKey): boolean {
    if (!this.#fields.has(key)) return false;
    const note = `The reply has \`${key}\` more than once; the first one counts.`;
    if (!this.warnings.includes(note)) this.warnings.push(note);
    return true;
  }

  /** Keys were passed over because the reply repeats what the caller chose. */
  steered(placeholder: string): void {
    if (this.#steeredBy !== undefined) return;
    this.#steeredBy = placeholder;
    this.warnings.push(
      `The reply repeats {${placeholder}} as it was sent, and nothing from there on is read as a key: else a caller ` +
        "could choose where the call goes. The receiver must encode what it repeats (`&` as `%26`, `=` as `%3D`, in JSON " +
        '`"` as `\\"`), or write it last.',
    );
  }

  fields(): Fields {
    return {
      status: this.#fields.get("status"),
      destination: this.#fields.has("destination")
        ? this.#fields.get("destination")
        : this.#fields.get("value"),
      callerName: this.#fields.get("callername"),
      warnings: this.warnings,
      steeredBy: this.#steeredBy,
    };
  }
}

/** Whether text from `start` to `end` has a part of the repeat in it or stands behind its beginning. */
export function reaches(end: number, repeat: Repeat | undefined): repeat is Repeat {
  return repeat !== undefined && end > repeat.start;
}
