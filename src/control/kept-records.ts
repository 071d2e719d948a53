import { Turns } from "../admin/turns.ts";
import { reasonOf } from "../lib/failure.ts";
import type { FromControl, ToControl } from "../link/link.ts";
import type { PlannedChange } from "../model/entities/change.ts";
import type { Entities } from "../model/entities/entities.ts";
import { allSecrets, movedSecrets } from "../model/entities/secrets.ts";
import { type FindPlan, PlanPaths } from "../model/plan-path.ts";
import type { CallRow } from "../model/repositories.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { Store } from "../store/store.ts";
import { CallKeeper } from "./call-keeper.ts";
import { RecordSecrets } from "./record-secrets.ts";

const PURGE_EVERY_MS = 60_000;
/** Rows of one purge step: a few milliseconds of writing. */
const PURGE_ROWS = 500;
/** What plans leave behind goes with the first of so many purges. */
const PURGES_A_SWEEP = 60;
const DAY_MS = 86_400_000;
/** A clock that is a year fast would have all calls deleted at once: where that may be, somebody has so long to look (docs/adr/0112). */
const DOUBT_MS = DAY_MS;

export interface KeptRecordsParts {
  readonly store: Pick<Store, "calls" | "plans" | "registrations">;
  /** A plan of what is stored, by its name. */
  readonly findPlan: FindPlan;
  readonly clock: Clock;
  /** Asked each time that old calls go (docs/adr/0103). */
  callsKeepDays(): number;
  readonly send: (message: FromControl) => void;
}

/** What the signalling thread hands over to be kept: calls, masked, and registrations. Old calls go. */
export class KeptRecords {
  readonly #parts: KeptRecordsParts;
  /** Knows the secrets of what is stored. */
  readonly #secrets = new RecordSecrets();
  /** Batches wait for each other; the store makes changes and batches wait for one another. */
  readonly #writes = new Turns();
  readonly #calls: CallKeeper;
  readonly #paths: PlanPaths;
  #purgeTimer: Timer | undefined;
  #purges = 0;
  /** What the wall says beyond the time that went by, when old calls were deleted last. */
  #aheadMs: number | undefined;
  /** When the newest call began that is from before this run. */
  #newestBefore: Promise<number | undefined> = Promise.resolve(undefined);
  /** Nothing is deleted before then, in the clock's `now`. */
  #doubtedUntil = 0;
  #stopping = false;

  constructor(parts: KeptRecordsParts) {
    this.#parts = parts;
    const { store, clock, send, findPlan } = parts;
    this.#paths = new PlanPaths(findPlan);
    const masker = () => this.#secrets;
    const calls = { ...store.calls, insertMany: (rows: readonly CallRow[]) => this.#keepCalls(rows) };
    this.#calls = new CallKeeper({ calls, clock, send, masker, writes: this.#writes });
  }

  /** Old calls are deleted from now on. */
  begin(): void {
    // Asked before a call of this run can be written: its time is what may be wrong. What cannot be read says nothing here.
    const newest = this.#parts.store.calls.list({ limit: 1 });
    this.#newestBefore = newest.then(
      ([call]) => call?.startedAt,
      () => undefined,
    );
    this.#purgeTimer = this.#parts.clock.after(PURGE_EVERY_MS, () => this.#purge());
  }

  /** Records are masked by this configuration from now on; `change`: what made it, undefined where that is not known. */
  follow(entities: Entities, change: PlannedChange | undefined): void {
    if (change === undefined) return this.#secrets.become(allSecrets(entities));
    const { gone, came } = movedSecrets(change);
    this.#secrets.change(gone, came);
  }

  /** A text of our own, for the log. */
  masked(text: string): string {
    return this.#secrets.text(text);
  }

  /** Calls that are up, and those that have ended until they are written. */
  get calls(): CallKeeper {
    return this.#calls;
  }

  keep({ batch, changes }: Extract<ToControl, { type: "bindings" }>): void {
    void this.#write(batch, () => this.#parts.store.registrations.apply(changes));
  }

  async #keepCalls(rows: readonly CallRow[]): Promise<void> {
    const paths = rows.flatMap((row) => this.#paths.of(row));
    await this.#parts.store.calls.insertMany(rows, paths);
    this.#paths.written(rows);
  }

  /** Resolves when all that has arrived is written. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#purgeTimer?.cancel();
    this.#calls.stop();
    await this.#writes.last;
  }

  #write(batch: number, work: () => Promise<void>): Promise<void> {
    return this.#writes.take(async () => {
      let failure: string | undefined;
      try {
        await work();
      } catch (error) {
        failure = reasonOf(error);
      }
      this.#parts.send({ type: "stored", batch, failure });
    });
  }

  #purge(): void {
    const { store, clock, send } = this.#parts;
    const again = (delayMs: number): void => {
      if (!this.#stopping) this.#purgeTimer = clock.after(delayMs, () => this.#purge());
    };
    const step = async (): Promise<void> => {
      const before = clock.wall() - this.#parts.callsKeepDays() * DAY_MS;
      if (await this.#isClockDoubted(before)) return again(PURGE_EVERY_MS);
      const isMoreOfCalls = await store.calls.purge(before, PURGE_ROWS);
      const isMoreOfPlans = await store.plans.purge(before, 2 * PURGE_ROWS);
      this.#purges += 1;
      if (this.#purges % PURGES_A_SWEEP === 1) await store.plans.sweep();
      // More to do: soon, but batches that arrived meanwhile go first.
      again(isMoreOfCalls || isMoreOfPlans ? 50 : PURGE_EVERY_MS);
    };
    this.#writes.take(step).catch((error: unknown) => {
      send({ type: "log", level: "error", text: `Old calls could not be deleted: ${reasonOf(error)}.` });
      again(PURGE_EVERY_MS);
    });
  }

  /** The clock has leapt by more than a day, or no call that is kept is young enough to stay: that is said, and waited for once. */
  async #isClockDoubted(before: number): Promise<boolean> {
    const { clock, send } = this.#parts;
    const aheadMs = clock.wall() - clock.now();
    const isFirst = this.#aheadMs === undefined;
    const leptMs = aheadMs - (this.#aheadMs ?? aheadMs);
    this.#aheadMs = aheadMs;
    const newest = isFirst ? await this.#newestBefore : undefined;
    if (leptMs > DAY_MS || (newest !== undefined && newest < before)) {
      this.#doubtedUntil = clock.now() + DOUBT_MS;
      const why =
        newest === undefined
          ? `and leapt by ${Math.round(leptMs / DAY_MS)} days`
          : `and the newest call was on ${new Date(newest).toISOString().slice(0, 10)}`;
      const text = `The clock says ${new Date(clock.wall()).toISOString().slice(0, 10)}, ${why}: no old call is deleted for a day. Is it right? switchhook doctor`;
      send({ type: "log", level: "warn", text });
    }
    return clock.now() < this.#doubtedUntil;
  }
}
