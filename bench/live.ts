import { setTimeout as sleep } from "node:timers/promises";
import { SOURCE_IDLE_MS } from "../src/admin/events/event-bus.ts";
import { GOALS, type PartResult } from "./goals.ts";
import { complaintsOf } from "./load.ts";
import { type LoadRun, measureLoad } from "./measure-load.ts";
import { median, percentile } from "./median.ts";
import { ratiosOf } from "./peers.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";

const ROUNDS = 4;
const LOAD = { rate: 200, calls: 1000 };
const MOST_DELAY_MS = 250;
const MOST_PRICE = 0.03;

/** What an event says of a call (src/control/call-events.ts); signs of life say nothing. */
interface Told {
  readonly call?: { readonly id: string; readonly startedAt: number };
  readonly entries?: readonly { readonly seq: number; readonly atMs: number }[];
  readonly isReset?: boolean;
}

/** Whoever follows all calls: when does each entry come, and what do calls cost meanwhile? */
export async function livePart(rig: Rig): Promise<PartResult> {
  const [alone, read]: [LoadRun[], LoadRun[]] = [[], []];
  const delays: number[] = [];
  let missing = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const isRead of round % 2 === 0 ? [false, true] : [true, false]) {
      // Until then the server goes on preparing what its reader may come back for; whoever has rested is dearer, so both have.
      await sleep(SOURCE_IDLE_MS + 1000);
      progress(`live: ${isRead ? "read" : "alone"}, round ${round + 1} of ${ROUNDS}`);
      const reader = isRead ? await LiveReader.open(rig) : undefined;
      // Not counted in the price.
      await measureLoad(rig, LOAD);
      (isRead ? read : alone).push(await measureLoad(rig, LOAD));
      await reader?.close();
      for (const delay of reader?.delays ?? []) delays.push(delay);
      missing += reader?.missing ?? 0;
    }
  }
  const price = median(ratiosOf(read, alone)) - 1;
  const [p50, p99] = [50, 99].map((percent) => percentile(delays, percent));
  return {
    rows: [
      {
        ...GOALS.liveDelay,
        measured: `${p50?.toFixed(0)} / ${p99?.toFixed(0)} ms; ${missing} of ${delays.length + missing}`,
        holds: (p99 ?? Number.NaN) <= MOST_DELAY_MS && missing === 0,
      },
      { ...GOALS.livePrice, measured: `${(100 * price).toFixed(1)} %`, holds: price <= MOST_PRICE },
    ],
    notes: [...complaintsOf(alone), ...complaintsOf(read)],
    failed: delays.length === 0 || [...alone, ...read].some(({ failed }) => failed > 0),
  };
}

/** Reads the events of all calls, and keeps how late each entry was. */
class LiveReader {
  readonly delays: number[] = [];
  readonly #aborting = new AbortController();
  readonly #seen = new Map<string, Set<number>>();
  readonly #reading: Promise<void>;

  static async open(rig: Rig): Promise<LiveReader> {
    const aborting = new AbortController();
    const answer = await rig.follow("call.started,call.updated,call.ended", aborting.signal);
    if (!answer.ok || answer.body === null) throw new Error(`events: ${answer.status}`);
    return new LiveReader(answer.body, aborting);
  }

  private constructor(body: ReadableStream<Uint8Array>, aborting: AbortController) {
    this.#aborting = aborting;
    this.#reading = this.#read(body);
  }

  /** Entries below the highest of their call that were never told. */
  get missing(): number {
    let missing = 0;
    for (const seen of this.#seen.values()) missing += Math.max(0, ...seen) - seen.size;
    return missing;
  }

  async close(): Promise<void> {
    this.#aborting.abort();
    await this.#reading;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        for (const line of lines)
          if (line.startsWith("data: ")) this.#told(JSON.parse(line.slice(6)) as Told);
      }
    } catch (error) {
      if (!this.#aborting.signal.aborted) throw error;
    }
  }

  #told({ call, entries = [] }: Told): void {
    if (call === undefined) return;
    const now = Date.now();
    const seen = this.#seen.get(call.id) ?? new Set();
    this.#seen.set(call.id, seen);
    for (const { seq, atMs } of entries) {
      seen.add(seq);
      this.delays.push(now - (call.startedAt + atMs));
    }
  }
}
