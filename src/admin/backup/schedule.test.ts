import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { until } from "../../../test/support/process.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { BackupSchedule } from "./schedule.ts";

const HOUR_MS = 3_600_000;
const WHOLE = ok({ leftOut: [] });

interface Scene {
  readonly folder: string;
  readonly clock: VirtualClock;
  readonly schedule: BackupSchedule;
  readonly log: string[];
  readonly disk: { answer: Result<{ readonly leftOut: readonly string[] }, string>; writes: number };
  /** Lets the time pass, and waits for the log to say something. */
  readonly pass: (hours: number) => Promise<void>;
}

async function inFolder(work: (scene: Scene) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "switchhook-schedule-"));
  const folder = join(parent, "backups");
  const clock = new VirtualClock();
  const log: string[] = [];
  const disk: Scene["disk"] = { answer: WHOLE, writes: 0 };
  const schedule = new BackupSchedule({
    plan: { folder, everyHours: 24, keep: 3, passphraseFile: undefined },
    clock,
    write: async (file) => {
      disk.writes += 1;
      if (disk.answer.ok) writeFileSync(file, "whole");
      return disk.answer;
    },
    log: (level, text) => log.push(`${level}: ${text}`),
  });
  const pass = async (hours: number): Promise<void> => {
    const before = log.length;
    clock.advance(hours * HOUR_MS);
    await until("a line of the log", () => log.length > before);
  };
  try {
    await work({ folder, clock, schedule, log, disk, pass });
  } finally {
    await schedule.stop();
    rmSync(parent, { recursive: true, force: true });
  }
}

test("a backup a day, of which the newest three stay; what else lies there is nobody's business", () =>
  inFolder(async ({ folder, schedule, pass }) => {
    schedule.begin();
    await pass(1);
    writeFileSync(join(folder, "mine.backup"), "");
    writeFileSync(join(folder, ".switchhook-2020-01-01T00-00-00Z.backup.77.db"), "cut off");
    for (let day = 0; day < 4; day += 1) await pass(24);
    const listed = await schedule.list();
    assert.ok(listed.ok);
    assert.equal(listed.value.length, 3);
    assert.ok(listed.value.every(({ bytes }) => bytes === 5));
    const times = listed.value.map(({ madeAt }) => madeAt);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
      "the newest first",
    );
    assert.deepEqual(
      readdirSync(folder).filter((name) => !listed.value.some((one) => one.name === name)),
      ["mine.backup"],
    );
  }));

test("one that cannot be made is said, tried again in an hour, and takes no other away", () =>
  inFolder(async ({ clock, schedule, log, disk, pass }) => {
    schedule.begin();
    await pass(1);
    disk.answer = err("The disk is full.");
    await pass(24);
    assert.match(
      log.at(-1) ?? "",
      /^warn: No backup was made: The disk is full\. It is tried again in an hour\.$/,
    );
    const { lastFailure, nextAt, items } = await schedule.report();
    assert.deepEqual(lastFailure, { at: clock.wall(), sentence: "The disk is full." });
    assert.equal(nextAt, clock.wall() + HOUR_MS, "when it is tried again");
    assert.equal(items.length, 1);
    disk.answer = WHOLE;
    await pass(1);
    assert.equal((await schedule.report()).lastFailure, undefined);
    assert.match(log.at(-1) ?? "", /^info: A backup was made: switchhook-/);
    assert.equal(disk.writes, 3);
    const listed = await schedule.list();
    assert.equal(listed.ok && listed.value.length, 2);
  }));

test("a server that starts again makes one only when it is time; who asks gets one now", () =>
  inFolder(async ({ folder, clock, schedule, disk }) => {
    assert.equal(existsSync(folder), false);
    assert.deepEqual(await schedule.list(), ok([]));
    const [first, same] = await Promise.all([schedule.makeNow(), schedule.makeNow()]);
    assert.ok(first.ok && same.ok);
    assert.deepEqual(first.value, same.value);
    assert.equal(disk.writes, 1);
    const { items, nextAt, isBeingMade } = await schedule.report();
    assert.equal(isBeingMade, false);
    const { madeAt } = first.value;
    assert.equal(nextAt, madeAt + 24 * HOUR_MS);
    assert.deepEqual(items, [{ ...first.value, keptUntil: null }]);
    schedule.begin();
    clock.advance(2 * HOUR_MS);
    // Whatever was due has looked at the folder by now.
    await schedule.list();
    assert.equal(disk.writes, 1);
  }));

test("of a clock that was fast, backups are the first to go, and put off none", () =>
  inFolder(async ({ folder, clock, schedule, pass }) => {
    mkdirSync(folder, { recursive: true });
    for (const day of ["01", "02", "03"])
      writeFileSync(join(folder, `switchhook-2199-01-${day}T00-00-00Z.backup`), "early");
    schedule.begin();
    await pass(1);
    const { nextAt, items } = await schedule.report();
    assert.ok(nextAt <= clock.wall() + 24 * HOUR_MS);
    assert.deepEqual([items.length, items[0]?.bytes], [3, 5]);
    assert.ok((items[0]?.madeAt ?? Number.POSITIVE_INFINITY) <= clock.wall());
    await pass(24);
    await pass(24);
    const listed = await schedule.list();
    assert.ok(listed.ok && listed.value.length === 3);
    assert.ok(listed.value.every(({ madeAt }) => madeAt <= clock.wall()));
  }));

test("those made by hand push none of the clock's out, and of them too the newest three stay", () =>
  inFolder(async ({ clock, schedule, pass }) => {
    schedule.begin();
    await pass(1);
    await pass(24);
    for (let click = 0; click < 5; click += 1) {
      clock.advance(1000);
      assert.ok((await schedule.makeNow()).ok);
    }
    const { items, nextAt } = await schedule.report();
    assert.deepEqual(
      items.map(({ isByHand }) => isByHand),
      [true, true, true, false, false],
    );
    // Three are kept: the newer one goes with the third that comes, the older one with the second.
    assert.deepEqual(
      items.map(({ keptUntil }) => keptUntil),
      [null, null, null, nextAt + 2 * 24 * HOUR_MS, nextAt + 24 * HOUR_MS],
    );
  }));
