import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../../lib/failure.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import { makeFolder } from "../../runtime/folder.ts";
import type { BackedUp } from "./backup.ts";

/** How backups are made by themselves (docs/adr/0099); the settings say so. */
export interface BackupPlan {
  readonly folder: string;
  readonly everyHours: number;
  /** So many are kept, the newest; as many again of those that were made by hand. */
  readonly keep: number;
  /** A file whose first line is the passphrase; undefined: they are not sealed. */
  readonly passphraseFile: string | undefined;
}

/** A backup in the folder. */
export interface KeptBackup {
  readonly name: string;
  /** When it was begun, in milliseconds since the epoch. */
  readonly madeAt: number;
  readonly bytes: number;
  /** Somebody asked for it; it takes the place of none that the clock made. */
  readonly isByHand: boolean;
}

/** How the backups by the clock are doing. Times are milliseconds since the epoch. */
export interface ScheduleReport extends Pick<BackupPlan, "folder" | "everyHours" | "keep"> {
  readonly isSealed: boolean;
  readonly isBeingMade: boolean;
  /** When the next one is due, or is tried again. */
  readonly nextAt: number;
  /** Since the last one that was made; forgotten by a restart. */
  readonly lastFailure: { readonly at: number; readonly sentence: string } | undefined;
  /** The newest first; `keptUntil`: when so many newer ones are there that it goes; nobody knows it of those made by hand. */
  readonly items: readonly (KeptBackup & { readonly keptUntil: number | null })[];
}

export interface ScheduleParts {
  readonly plan: BackupPlan;
  readonly clock: Clock;
  /** Writes one, off this thread; an error is a sentence. Never rejects. */
  write(file: string): Promise<Result<Pick<BackedUp, "leftOut">, string>>;
  log(level: "info" | "warn", text: string): void;
}

const HOUR_MS = 3_600_000;
/** The first one does not meet the start of the server, and one that failed is tried again. */
const FIRST_MS = 60_000;
const AGAIN_MS = HOUR_MS;
/** `switchhook-2026-11-29T02-00-00Z.backup`, by hand `…Z.hand.backup`: others in the folder are nobody's business here. */
const NAME = /^switchhook-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z(\.hand)?\.backup$/;
/** What a backup that was cut off has left. */
const DRAFT = /^\.switchhook-[\dTZ-]+(\.hand)?\.backup\.\d+(\.db)?$/;

/** Whether the clock or somebody has it made, as its name says it. */
type Maker = "" | ".hand";

/** Makes backups by the clock and keeps the newest; lists them, and makes one now for who asks. */
export class BackupSchedule {
  readonly #parts: ScheduleParts;
  #timer: Timer | undefined;
  #isOver = false;
  #dueAt = 0;
  #lastFailure: ScheduleReport["lastFailure"];
  #present: Promise<Result<KeptBackup, string>> | undefined;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#in(FIRST_MS);
  }

  /** No more of them; resolves when the one that is being made is over. */
  async stop(): Promise<void> {
    this.#isOver = true;
    this.#timer?.cancel();
    await this.#present;
  }

  /** Those in the folder, the newest first; last those of a clock that was fast. An error is a sentence. */
  async list(): Promise<Result<readonly KeptBackup[], string>> {
    const { folder } = this.#parts.plan;
    try {
      const names = (await readdir(folder)).filter((name) => NAME.test(name));
      const all = await Promise.all(
        names.map(async (name) => ({
          name,
          madeAt: timeIn(name),
          bytes: (await stat(join(folder, name))).size,
          isByHand: isByHand(name),
        })),
      );
      const now = this.#parts.clock.wall();
      const ageMs = ({ madeAt }: KeptBackup): number => (madeAt > now ? Number.MAX_VALUE : now - madeAt);
      return ok(all.toSorted((a, b) => ageMs(a) - ageMs(b)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return ok([]);
      return err(`The backups in ${folder} cannot be listed: ${reasonOf(error)}.`);
    }
  }

  /** What there is to see of them. */
  async report(): Promise<ScheduleReport> {
    const { plan, clock } = this.#parts;
    const { folder, everyHours, keep, passphraseFile } = plan;
    const everyMs = everyHours * HOUR_MS;
    const listed = await this.list();
    const kept = listed.ok ? listed.value : [];
    const byClock = kept.filter((one) => !one.isByHand);
    // One that was made by hand puts the next one off.
    const newest = kept.find(({ madeAt }) => madeAt <= clock.wall());
    const nextAt = Math.max(this.#dueAt, (newest?.madeAt ?? 0) + everyMs);
    return {
      folder,
      everyHours,
      keep,
      isSealed: passphraseFile !== undefined,
      isBeingMade: this.#present !== undefined,
      nextAt,
      lastFailure: listed.ok ? this.#lastFailure : { at: clock.wall(), sentence: listed.error },
      items: kept.map((one) => ({
        ...one,
        keptUntil: one.isByHand ? null : nextAt + Math.max(0, keep - byClock.indexOf(one) - 1) * everyMs,
      })),
    };
  }

  /** Makes one for who asks, or waits for the one that is being made; then those that are too many go. */
  makeNow(): Promise<Result<KeptBackup, string>> {
    return this.#begin(".hand");
  }

  #begin(by: Maker): Promise<Result<KeptBackup, string>> {
    this.#present ??= this.#make(by)
      .then((made) => {
        this.#lastFailure = made.ok ? undefined : { at: this.#parts.clock.wall(), sentence: made.error };
        return made;
      })
      .finally(() => {
        this.#present = undefined;
      });
    return this.#present;
  }

  async #make(by: Maker): Promise<Result<KeptBackup, string>> {
    const { plan, clock } = this.#parts;
    const name = nameAt(clock.wall(), by);
    try {
      makeFolder(plan.folder);
    } catch (error) {
      return err(`The folder of backups ${plan.folder} cannot be made: ${reasonOf(error)}.`);
    }
    const written = await this.#parts.write(join(plan.folder, name));
    if (!written.ok) return written;
    const { leftOut } = written.value;
    if (leftOut.length > 0)
      this.#parts.log("warn", `Not in ${name}, for it cannot be read as a file: ${leftOut.join(", ")}.`);
    const listed = await this.list();
    if (!listed.ok) return listed;
    const others = listed.value.filter((one) => one.isByHand === isByHand(name) && one.name !== name);
    await this.#drop(others.slice(plan.keep - 1));
    const made = listed.value.find((one) => one.name === name);
    return made === undefined ? err(`The backup ${name} is gone already.`) : ok(made);
  }

  async #drop(old: readonly KeptBackup[]): Promise<void> {
    const { folder } = this.#parts.plan;
    try {
      const drafts = (await readdir(folder)).filter((name) => DRAFT.test(name));
      await Promise.all(
        [...old.map(({ name }) => name), ...drafts].map((name) => rm(join(folder, name), { force: true })),
      );
    } catch (error) {
      this.#parts.log("warn", `Old backups in ${folder} stay: ${reasonOf(error)}.`);
    }
  }

  #in(delayMs: number): void {
    if (this.#isOver) return;
    this.#dueAt = this.#parts.clock.wall() + delayMs;
    this.#timer = this.#parts.clock.after(delayMs, () => void this.#look());
  }

  /** Makes one where it is time; when the next one is due follows from the newest that is there. */
  async #look(): Promise<void> {
    const { plan, clock } = this.#parts;
    const listed = await this.list();
    const newest = listed.ok ? listed.value[0] : undefined;
    // A clock that was fast once must not keep them from being made.
    const agoMs = newest === undefined ? Number.POSITIVE_INFINITY : Math.abs(clock.wall() - newest.madeAt);
    const leftMs = plan.everyHours * HOUR_MS - agoMs;
    if (leftMs > 0) return this.#in(leftMs);
    const made = await this.#begin("");
    if (made.ok)
      this.#parts.log("info", `A backup was made: ${made.value.name}, ${made.value.bytes} octets.`);
    else this.#parts.log("warn", `No backup was made: ${made.error} It is tried again in an hour.`);
    this.#in(made.ok ? plan.everyHours * HOUR_MS : Math.min(AGAIN_MS, plan.everyHours * HOUR_MS));
  }
}

function nameAt(time: number, by: Maker): string {
  return `switchhook-${new Date(time).toISOString().slice(0, 19).replaceAll(":", "-")}Z${by}.backup`;
}

function isByHand(name: string): boolean {
  return name.endsWith(".hand.backup");
}

function timeIn(name: string): number {
  const [, day, hour, minute, second] = NAME.exec(name) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}
