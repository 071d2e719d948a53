import type { CallRecord, CallResult, HeardSound, HeardUntil } from "./call-record.ts";
import { type Entry, timeline } from "./timeline.ts";

/** From one entry to another; of a call that is up the end is not known. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly fromSeq: number;
  readonly toSeq: number | undefined;
  readonly leg: string;
}

type What =
  | { readonly kind: "heard"; readonly sound: HeardSound; readonly by: HeardUntil | undefined }
  /** A leg rings, or sends early media. */
  | { readonly kind: "ringing" }
  /** From the answer of the leg that was connected. */
  | { readonly kind: "talk" }
  /** `leg`: whoever holds the other. */
  | { readonly kind: "hold" };

/** What lasted in a call: spans of one kind and leg never overlap, and all have ended when the call has. */
export type Span = Stretch & What;

/**
 * The spans of a call in the order in which they began. Pure; whatever the entries, every span ends after it began. A call that
 * is over, of which the end was never told (the power failed), ends with the last that is known of it.
 */
export function spans(
  record: Pick<CallRecord, "story" | "sip"> & { readonly result?: CallResult },
): readonly Span[] {
  const reader = new SpanReader();
  const entries = timeline(record);
  for (const entry of entries) reader.take(entry);
  const last = entries.at(-1);
  if (last !== undefined && record.result !== undefined && record.result !== "ongoing") reader.finish(last);
  return reader.spans;
}

class SpanReader {
  readonly #spans: Span[] = [];
  /** By kind and leg: where in the list. */
  readonly #open = new Map<string, number>();
  #isOver = false;

  get spans(): readonly Span[] {
    return this.#spans;
  }

  take(entry: Entry): void {
    switch (entry.type) {
      case "soundBegins":
        return this.#begin(entry, "heard", entry.leg, { kind: "heard", sound: entry.sound, by: undefined });
      case "soundEnds":
        return this.#end(entry, "heard", entry.leg, entry.by);
      case "legEvent":
        if (entry.what !== "ringing" && entry.what !== "earlyMedia")
          return this.#end(entry, "ringing", entry.leg);
        // Ringing first and early media then are one.
        if (this.#open.has(`ringing ${entry.leg}`)) return;
        return this.#begin(entry, "ringing", entry.leg, { kind: "ringing" });
      case "answered":
        this.#endAll(entry, "ringing");
        return this.#begin(entry, "talk", entry.leg, { kind: "talk" });
      case "note":
        return this.#held(entry);
      case "ended":
        return this.finish(entry);
      default:
        return;
    }
  }

  /** All that lasts ends with this entry. */
  finish(entry: Entry): void {
    this.#endAll(entry, "");
    this.#isOver = true;
  }

  #held(entry: Extract<Entry, { readonly type: "note" }>): void {
    const { leg, code } = entry;
    if (leg === undefined || !this.#hasTalk()) return;
    if (code === "note.hold" && !this.#open.has(`hold ${leg}`))
      this.#begin(entry, "hold", leg, { kind: "hold" });
    if (code === "note.mediaChanged") this.#end(entry, "hold", leg);
  }

  #hasTalk(): boolean {
    return [...this.#open.keys()].some((key) => key.startsWith("talk "));
  }

  #begin(entry: Entry, kind: Span["kind"], leg: string, what: What): void {
    if (this.#isOver) return;
    this.#end(entry, kind, leg, "replaced");
    this.#open.set(`${kind} ${leg}`, this.#spans.length);
    const { atMs, seq } = entry;
    this.#spans.push({ ...what, leg, fromMs: atMs, fromSeq: seq, toMs: undefined, toSeq: undefined });
  }

  #end(entry: Entry, kind: Span["kind"], leg: string, by?: HeardUntil): void {
    const key = `${kind} ${leg}`;
    const index = this.#open.get(key);
    const span = index === undefined ? undefined : this.#spans[index];
    this.#open.delete(key);
    if (index === undefined || span === undefined) return;
    const end = { toMs: Math.max(span.fromMs, entry.atMs), toSeq: entry.seq };
    this.#spans[index] = span.kind === "heard" ? { ...span, ...end, by } : { ...span, ...end };
  }

  #endAll(entry: Entry, kind: string): void {
    for (const key of this.#open.keys()) {
      const [name = "", leg = ""] = key.split(" ");
      if (name.startsWith(kind)) this.#end(entry, name as Span["kind"], leg, "hangup");
    }
  }
}
