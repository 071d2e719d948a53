import type { CallRecord } from "../../src/model/call-record.ts";
import { toCallRecord } from "../../src/model/call-row.ts";
import type { CallRow } from "../../src/model/repositories.ts";
import { SLAB_LIMITS, type SlabLimits, SlabWriter } from "../../src/record/slab-writer.ts";
import { type EntryMasker, UpCalls } from "../../src/record/up-calls.ts";
import type { Clock } from "../../src/runtime/clock.ts";

export const maskNothing: EntryMasker = { in: () => undefined, row: (row) => row };

/** The way of records from the calls to the store, in one thread: what is written can be read at once. */
export class TestTape {
  readonly writer: SlabWriter;
  readonly up = new UpCalls(() => maskNothing);
  readonly #clock: Clock;
  /** As a store keeps them. */
  readonly #rows = new Map<string, CallRow>();

  constructor(clock: Clock, limits: Partial<SlabLimits> = {}) {
    this.#clock = clock;
    this.writer = new SlabWriter(
      clock,
      (portion) => {
        this.up.take(portion, clock.now());
        this.#keep();
      },
      { ...SLAB_LIMITS, ...limits },
    );
  }

  /** Records of calls that are over, in the order in which they ended. */
  get records(): CallRecord[] {
    this.writer.flush();
    this.#keep();
    const over = [...this.#rows.values()].filter(({ result }) => result !== "ongoing");
    return over.map(({ trace, ...summary }) => toCallRecord(summary, trace));
  }

  #keep(): void {
    const jobs = this.up.jobs(this.#clock.now(), Number.POSITIVE_INFINITY);
    for (const { row } of jobs) {
      const before = this.#rows.get(row.id);
      this.#rows.delete(row.id);
      const isLonger = before !== undefined && row.attempts === 1;
      // A copy: its memory is used anew once it is written.
      const trace = Buffer.concat(isLonger ? [before.trace, row.trace] : [row.trace]);
      this.#rows.set(row.id, { ...row, trace });
    }
    this.up.written(jobs);
    this.writer.settle(this.up.settled);
  }
}
