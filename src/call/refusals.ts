import type { Counters } from "../lib/counters.ts";
import { GenerationCache } from "../lib/generation-cache.ts";
import type { CallRecord, RecordSink } from "../model/call-record.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";

/** A call (or a login) that never entered a plan. */
export interface RefusedCall {
  /** `udp:192.0.2.7:5060`. */
  readonly source: string;
  readonly address: string;
  readonly from: string;
  readonly to: string;
  readonly status: number;
  /** A sentence: why, and what would fix it. */
  readonly reason: string;
}

/** A stranger's attempts are rows too, but one a minute for each address and reason, so that a flood fills no disk. */
const QUIET_MS = 60_000;

/** Writes refused calls as rows of the call list. */
export class Refusals {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #recent: GenerationCache<string, true>;

  constructor(parts: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly sink: RecordSink;
    readonly counters: Counters;
  }) {
    this.#clock = parts.clock;
    this.#ids = parts.ids;
    this.#sink = parts.sink;
    this.#counters = parts.counters;
    this.#recent = new GenerationCache(4096);
  }

  /** A row for a source that nobody vouches for; repeated ones are only counted. */
  stranger(refused: RefusedCall): void {
    const key = `${refused.address} ${refused.status} ${Math.floor(this.#clock.now() / QUIET_MS)}`;
    this.#counters.add("calls_refused_stranger");
    if (this.#recent.get(key) !== undefined) return;
    this.#recent.set(key, true);
    this.#sink.put(this.#record(refused, `stranger at ${refused.address}`));
  }

  #record(refused: RefusedCall, origin: string): CallRecord {
    const now = this.#clock.wall();
    return {
      id: this.#ids.hex(128),
      startedAt: now,
      answeredAt: undefined,
      endedAt: now,
      caller: refused.from,
      callerName: "",
      called: refused.to,
      origin,
      plan: undefined,
      result: "refused",
      reason: refused.reason,
      missed: true,
      answeredBy: undefined,
      story: [
        { atMs: 0, type: "received", source: refused.source, origin, from: refused.from, to: refused.to },
        { atMs: 0, type: "ended", by: "switchhook", status: refused.status, reason: refused.reason },
      ],
      sip: [],
    };
  }
}
