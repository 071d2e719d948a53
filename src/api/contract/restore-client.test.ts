import assert from "node:assert/strict";
import { test } from "node:test";
import { err, ok, type Result } from "../../lib/result.ts";
import type { jobRoutes } from "./jobs.ts";
import type { restoreRoutes } from "./restore.ts";
import { checkBackup, isNoWord, sendBackup } from "./restore-client.ts";
import type { AnswerOf } from "./route.ts";

type Upload = AnswerOf<typeof restoreRoutes.state>["upload"];
type Content = AnswerOf<typeof restoreRoutes.check>;
type Job = AnswerOf<typeof jobRoutes.get>;

const MIB = 1024 * 1024;
const FILE = { file: "office.backup", size: 10 * MIB, made: "2026-11-30T08:00:00.000Z" };
const LOST = "lost";
const BUSY = "busy";

/** A server that has so much of an upload; `fates` say how much of each part arrives before the line breaks, undefined: all of it. */
function server(upload: Upload, fates: readonly (number | undefined)[] = []) {
  let time = 0;
  let has = upload;
  const left = [...fates];
  const sent: [offset: number, end: number][] = [];
  const told: (readonly [received: number, trouble: string | undefined])[] = [];
  return {
    sent,
    told,
    forget: () => void (has = null),
    takeAway: () => void (has = { ...whole(has), file: "other.backup", received: 5 }),
    door: {
      patienceMs: 60_000,
      partBytes: 4 * MIB,
      now: () => time,
      wait: async (ms: number) => void (time += ms),
      isLost: (fault: string) => fault === LOST,
      isNotNow: (fault: string) => fault === BUSY,
      another: () => "another",
      upload: async (): Promise<Result<Upload, string>> => ok(has),
      async send(offset: number, end: number): Promise<Result<{ received: number }, string>> {
        sent.push([offset, end]);
        const before = offset === 0 ? 0 : (has?.received ?? 0);
        if (before !== offset) return err("wrongOffset");
        const fate = left.shift();
        const received = fate === undefined ? end : offset + fate;
        if (received > 0) has = { ...whole(has), received };
        return fate === undefined ? ok({ received }) : err(LOST);
      },
      told: (received: number, trouble: string | undefined) => void told.push([received, trouble]),
    },
  };
}

function whole(upload: Upload): NonNullable<Upload> {
  const { file, size, made } = FILE;
  return upload ?? { file, size, made, version: "1", isSealed: false, received: 0 };
}

test("a break costs what was on its way: the next part begins with what the server has, and is smaller", async () => {
  const there = server(null, [undefined, MIB, 0]);
  assert.deepEqual(await sendBackup(FILE, there.door), ok(undefined));
  assert.deepEqual(there.sent, [
    [0, 4 * MIB],
    [4 * MIB, 8 * MIB],
    [5 * MIB, 7 * MIB],
    [5 * MIB, 6 * MIB],
    [6 * MIB, 7 * MIB],
    [7 * MIB, 8 * MIB],
    [8 * MIB, 9 * MIB],
    [9 * MIB, 10 * MIB],
  ]);
  assert.deepEqual(there.told.slice(0, 6), [
    [0, undefined],
    [4 * MIB, undefined],
    [4 * MIB, LOST],
    [5 * MIB, undefined],
    [5 * MIB, LOST],
    [5 * MIB, LOST],
  ]);
});

test("a server that still has to do with the part before makes the next ones no smaller", async () => {
  const there = server(null, [undefined, MIB]);
  const { send } = there.door;
  let busy = 8;
  there.door.send = async (offset, end) => {
    if (offset === 5 * MIB && busy > 0) {
      busy -= 1;
      return err(BUSY);
    }
    return send(offset, end);
  };
  assert.deepEqual(await sendBackup(FILE, there.door), ok(undefined));
  // Halved once, by the break.
  assert.deepEqual(there.sent.slice(2), [
    [5 * MIB, 7 * MIB],
    [7 * MIB, 9 * MIB],
    [9 * MIB, 10 * MIB],
  ]);
});

const BEFORE: readonly (readonly [says: string, has: Upload, begins: number])[] = [
  ["nothing", null, 0],
  ["a part of it", { ...whole(null), received: 3 * MIB }, 3 * MIB],
  ["too little to know it", { ...whole(null), made: null, received: 100 }, 0],
  ["a file of that name made at another time", { ...whole(null), made: "then", received: MIB }, 0],
  ["a file of another size", { ...whole(null), size: 7, received: 7 }, 0],
];
for (const [says, has, begins] of BEFORE)
  test(`where the server has ${says}, it begins at ${begins}`, async () => {
    const there = server(has);
    assert.deepEqual(await sendBackup(FILE, there.door), ok(undefined));
    assert.equal(there.sent[0]?.[0], begins);
  });

test("what the server has whole is not sent again", async () => {
  const there = server({ ...whole(null), received: FILE.size });
  assert.deepEqual(await sendBackup(FILE, there.door), ok(undefined));
  assert.deepEqual(there.sent, []);
});

test("a server that was started anew gets it from the beginning; one that takes another's file is left to that", async () => {
  for (const [change, result] of [
    ["forget", ok(undefined)],
    ["takeAway", err("another")],
  ] as const) {
    const there = server(null, [undefined, 0]);
    const wait = there.door.wait;
    there.door.wait = async (ms) => {
      there[change]();
      await wait(ms);
    };
    assert.deepEqual(await sendBackup(FILE, there.door), result);
    assert.equal(there.sent[2]?.[0], change === "forget" ? 0 : undefined);
  }
});

test("it is given up after the time of patience without an octet, and at once where it is refused", async () => {
  const dead = server(null, Array<number>(1000).fill(0));
  assert.deepEqual(await sendBackup(FILE, dead.door), err(LOST));
  assert.ok(dead.door.now() >= 60_000 && dead.door.now() < 70_000, String(dead.door.now()));
  const refusing = server(null);
  refusing.door.send = async () => err("backupUnusable");
  assert.deepEqual(await sendBackup(FILE, refusing.door), err("backupUnusable"));
  assert.equal(refusing.door.now(), 0);
});

const CONTENT = { id: "7" } as Content;
const JOB = { id: "new", kind: "checkBackup", state: "running", done: 0, of: 1000 } as Job;

/** A check that takes so many looks; its answer is lost at one of them. */
function checking({
  looks,
  answerAt,
  ends = "done",
  stopsAt = looks,
}: Record<"looks" | "answerAt", number> & { readonly ends?: "done" | "failed"; readonly stopsAt?: number }) {
  let [time, look, asked] = [0, 0, 0];
  const answer = Promise.withResolvers<Result<Content, string>>();
  const old = { ...JOB, id: "old", state: "failed" as const };
  return {
    seconds: () => time / 1000,
    asked: () => asked,
    door: {
      patienceMs: 300_000,
      now: () => time,
      async wait(ms: number) {
        time += ms;
        look += 1;
        if (look === answerAt) answer.resolve(err(LOST));
        await Promise.resolve();
      },
      isLost: (fault: string) => fault === LOST,
      async check() {
        asked += 1;
        return answer.promise;
      },
      content: async (): Promise<Result<Content | null, string>> =>
        ok(look >= looks && ends === "done" ? CONTENT : null),
      async jobs(): Promise<Result<readonly Job[], string>> {
        if (asked === 0) return ok([old]);
        const job =
          look >= looks
            ? { ...JOB, state: ends, sentence: "It is damaged." }
            : { ...JOB, done: Math.min(look, stopsAt) };
        return ok([job, old]);
      },
      failed: (sentence: string) => sentence,
      told() {},
    },
  };
}

test("a check is waited for as long as it goes on, though its answer is lost", async () => {
  const long = checking({ looks: 900, answerAt: 300 });
  assert.deepEqual(await checkBackup(long.door), ok(CONTENT));
  assert.ok(long.seconds() >= 900);
  assert.equal(long.asked(), 1);
  const failed = checking({ looks: 900, answerAt: 300, ends: "failed" });
  assert.deepEqual(await checkBackup(failed.door), err("It is damaged."));
  const stuck = checking({ looks: 10_000, answerAt: 300, stopsAt: 400 });
  assert.deepEqual(await checkBackup(stuck.door), err(LOST));
  assert.ok(stuck.seconds() >= 700 && stuck.seconds() < 710, String(stuck.seconds()));
});

test("a check of before is not taken for this one, though the first look is lost", async () => {
  const there = checking({ looks: 3, answerAt: 2 });
  const { jobs } = there.door;
  let looks = 0;
  there.door.jobs = async () => (++looks === 1 ? err(LOST) : jobs());
  assert.deepEqual(await checkBackup(there.door), ok(CONTENT));
  assert.equal(there.asked(), 1);
});

test("a check that never came there is asked for again, and a refusal is the answer", async () => {
  const there = checking({ looks: 1, answerAt: 0 });
  const answers: Result<Content, string>[] = [err(LOST), err("wrong passphrase")];
  const { jobs } = there.door;
  there.door.check = async () => answers.shift() ?? ok(CONTENT);
  there.door.jobs = async () => {
    const all = await jobs();
    return all.ok ? ok(all.value.slice(-1)) : all;
  };
  assert.deepEqual(await checkBackup(there.door), err("wrong passphrase"));
});

test("only what says nothing about the question counts as lost", () => {
  const rows: readonly (readonly [status: number, code: string | undefined, isLost: boolean])[] = [
    [0, "notReached", true],
    [408, undefined, true],
    [504, undefined, true],
    [503, undefined, true],
    [503, "notRestored", false],
    [422, "backupUnusable", false],
    [401, "notSignedIn", false],
  ];
  for (const [status, code, isLost] of rows)
    assert.equal(isNoWord(status, code), isLost, `${status} ${code}`);
});
