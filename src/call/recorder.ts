import { flowText } from "../board/flow-text.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import { withoutCode } from "../lib/hidden-digits.ts";
import type { CallHead, Happening, StoryEvent } from "../model/call-record.ts";
import type { RecordTape, Stamp } from "../model/record-tape.ts";
import { withSentence } from "../model/trace-bytes.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Flow } from "../sip/index.ts";
import type { EndVerdict } from "./call-end.ts";
import { HiddenNames } from "./hidden-names.ts";

/** Who called whom, as far as it is understood when a record is opened. */
export type RecordHead = Omit<CallHead, "kind" | "startedAt">;

/** Follows calls while they happen: the demo prints what it hears. */
export interface StoryListener {
  onStory(callId: string, event: StoryEvent): void;
}

/** Writes one call's story and messages down while they happen, each with its number and time, and keeps none of them. */
export class Recorder {
  readonly #clock: Clock;
  readonly #tape: RecordTape;
  readonly #startedAtMs: number;
  readonly #listener: StoryListener | undefined;
  /** The id of the call's record. */
  readonly callId: string;
  /** The Call-IDs (RFC 3261 §20.8) whose messages come here; MessageTaps notes them, in a list that is as long as it is. */
  sipCallIds: readonly string[] = [];
  /** Of what was told last, written or not. */
  readonly #stamp: Stamp;
  #endedAtMs: number | undefined;
  #isClosed = false;
  /** Names that a receiver returned with the typed code in them, which phones show and the record does not. */
  #hidden: HiddenNames | undefined;

  constructor(clock: Clock, head: RecordHead, tape: RecordTape, listener?: StoryListener) {
    this.#clock = clock;
    this.#tape = tape;
    this.#startedAtMs = clock.now();
    this.#listener = listener;
    this.callId = head.id;
    const { id, caller, callerName, called, origin, plan } = head;
    // Field by field: what is added to a copy lies in an object of its own, and this one stays for as long as the call.
    const call = tape.open({
      id,
      kind: "call",
      startedAt: clock.wall(),
      caller,
      callerName,
      called,
      origin,
      plan,
    });
    this.#stamp = { call, seq: 0, atMs: 0, leg: 0, isOut: false };
  }

  /** From now on a name is told without the code that the caller typed (docs/adr/0107). */
  hideCode(name: string, code: string): void {
    if (withoutCode(name, code) === name) return;
    this.#hidden ??= new HiddenNames();
    this.#hidden.add(name, code);
  }

  /** Adds an event with the present time. */
  add(happening: Happening): void {
    if (this.#isClosed) return;
    const event = this.#hidden === undefined ? happening : this.#hidden.inEvent(happening);
    const stamp = this.#next();
    if (event.type === "ended") this.#endedAtMs = stamp.atMs;
    this.#tape.event(stamp, event);
    if (this.#listener === undefined) return;
    // Completed in place, once it is written: nobody else has this one.
    const { seq, atMs } = stamp;
    const told = Object.assign(event, { atMs, seq });
    // A copy has lost the sentences that are made when they are read.
    this.#listener.onStory(this.callId, this.#hidden === undefined ? told : withSentence(told));
  }

  /** Adds what the walk decided. */
  trace(entries: readonly TraceEntry[]): void {
    for (const entry of entries) this.add({ type: "step", entry });
  }

  /** Adds a SIP message of a leg: 0 is the caller's, n is Bn. */
  packet(leg: number, direction: "in" | "out", flow: Flow, octets: Buffer): void {
    if (this.#isClosed) return;
    const stamp = this.#next();
    stamp.leg = leg;
    stamp.isOut = direction === "out";
    const kept = this.#hidden === undefined ? octets : this.#hidden.inMessage(octets);
    this.#tape.message(stamp, flowText(flow), kept);
  }

  /** The record is closed; what comes later is not in it. */
  finish(end: EndVerdict): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#tape.close(this.#next(), { ...end, endedAtMs: this.#endedAtMs });
  }

  #next(): Stamp {
    const stamp = this.#stamp;
    stamp.seq += 1;
    stamp.atMs = Math.round((this.#clock.now() - this.#startedAtMs) * 100) / 100;
    return stamp;
  }
}
