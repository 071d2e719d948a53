import { flowText } from "../board/flow-text.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import type {
  CallRecord,
  Happening,
  Moment,
  RecordSink,
  SipTrace,
  StoryEvent,
} from "../model/call-record.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Flow } from "../sip/index.ts";
import type { EndVerdict } from "./call-end.ts";

/** Who called whom, as far as it is understood when a record is opened. */
export interface RecordHead {
  readonly id: string;
  readonly caller: string;
  readonly callerName: string;
  readonly called: string;
  readonly origin: string;
  readonly plan: string | undefined;
}

/** Follows calls while they happen: the demo prints what it hears. */
export interface StoryListener {
  onStory(callId: string, event: StoryEvent): void;
}

/** More than this many messages or events of one call are not kept. */
const MAX_MESSAGES = 400;
const MAX_EVENTS = 1000;

/** A SIP message on its way into a record: octets until somebody wants to read it. */
class Packet implements SipTrace {
  readonly atMs: number;
  readonly seq: number;
  readonly leg: string;
  readonly direction: "in" | "out";
  readonly octets: Buffer;
  readonly #flow: Flow;

  constructor(
    { atMs, seq }: Required<Moment>,
    leg: string,
    direction: "in" | "out",
    flow: Flow,
    octets: Buffer,
  ) {
    this.atMs = atMs;
    this.seq = seq;
    this.leg = leg;
    this.direction = direction;
    this.octets = octets;
    this.#flow = flow;
  }

  get peer(): string {
    return flowText(this.#flow);
  }

  get text(): string {
    return this.octets.toString("utf8");
  }
}

/** Collects one call's story and messages, and hands over the record once, at the end. */
export class Recorder {
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  readonly #startedWall: number;
  readonly #listener: StoryListener | undefined;
  #story: StoryEvent[] = [];
  #packets: Packet[] = [];
  /** Of what was told last, kept or not. */
  #seq = 0;
  readonly #head: RecordHead;
  #answeredWall: number | undefined;
  #endedWall: number | undefined;

  constructor(clock: Clock, head: RecordHead, listener?: StoryListener) {
    this.#clock = clock;
    this.#startedAtMs = clock.now();
    this.#startedWall = clock.wall();
    this.#listener = listener;
    this.#head = head;
  }

  /** Adds an event with the present time. */
  add(item: Happening): void {
    // Completed in place: twenty events a call, and nobody else has this one.
    const event = item as Happening & { atMs: number; seq: number };
    event.atMs = this.#now();
    event.seq = ++this.#seq;
    if (item.type === "answered") this.#answeredWall = this.#clock.wall();
    if (item.type === "ended") this.#endedWall = this.#startedWall + Math.round(event.atMs);
    // What the record itself says (answered, ended) is read above, so that it is right also when the story is full.
    if (this.#story.length >= MAX_EVENTS) return;
    this.#story.push(event);
    this.#listener?.onStory(this.#head.id, event);
  }

  /** Adds what the walk decided. */
  trace(entries: readonly TraceEntry[]): void {
    for (const entry of entries) this.add({ type: "step", entry });
  }

  /** Adds a SIP message of a leg. */
  packet(leg: string, direction: "in" | "out", flow: Flow, octets: Buffer): void {
    const seq = ++this.#seq;
    if (this.#packets.length >= MAX_MESSAGES) return;
    this.#packets.push(new Packet({ atMs: this.#now(), seq }, leg, direction, flow, octets));
  }

  /** Hands over what there is so far, and forgets it: a call that is up for long should not keep its past in memory. */
  spill(sink: RecordSink, answeredBy: string | undefined): void {
    const missed = answeredBy === undefined;
    sink.put(this.#record({ result: "ongoing", reason: "the call is up", missed, answeredBy }));
    this.#story = [];
    this.#packets = [];
  }

  /** The finished record, or the rest of it, to the sink. */
  finish(sink: RecordSink, end: EndVerdict): void {
    sink.put(this.#record(end));
  }

  #record(end: EndVerdict): CallRecord {
    return {
      ...this.#head,
      kind: "call",
      attempts: 1,
      startedAt: this.#startedWall,
      answeredAt: this.#answeredWall,
      endedAt: this.#endedWall ?? this.#startedWall + Math.round(this.#now()),
      ...end,
      story: this.#story,
      sip: this.#packets,
    };
  }

  #now(): number {
    return Math.round((this.#clock.now() - this.#startedAtMs) * 100) / 100;
  }
}
