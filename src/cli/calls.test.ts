import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { command } from "../../test/support/command.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { CallRecord } from "../model/call-record.ts";
import { toCallRow } from "../model/call-row.ts";
import { openStore } from "../store/store.ts";
import { runApply } from "./apply.ts";
import { type CallListOptions, runCallList, runCallShow } from "./calls.ts";
import type { Failure } from "./failure.ts";
import { followAll, runCallFollow, tellCall } from "./follow.ts";
import type { Installation } from "./installation-port.ts";
import { createOutput } from "./output.ts";

const folder = mkdtempSync(join(tmpdir(), "switchhook-calls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, "d");
const JULY = Date.UTC(2026, 6, 31, 22, 30);

function captured(isHeard?: () => boolean) {
  const said: { out: string; err: string } = { out: "", err: "" };
  const output = createOutput(
    (text) => (said.out += text),
    (text) => (said.err += text),
    100,
    isHeard,
  );
  return { said, output };
}

/** The first line of standard error, and of each call its time and id. */
async function list(options: Partial<CallListOptions>): Promise<string> {
  const { said, output } = captured();
  const all = { data, limit: 20, missed: false, refused: false, utc: false, json: false, ...options };
  assert.equal(await runCallList(all, output), 0);
  const lines = said.out.split("\n").filter((line) => /^\d/.test(line));
  const ids = lines.map((line) => `${line.slice(0, 16)} ${/\[(\w+)\]$/.exec(line)?.[1]}`);
  return [said.err.split("\n")[0], ...ids].join(", ");
}

test("N2, N8: calls in the company's time; missed ones, those that are up, and a number however it is written", async () => {
  process.env["TZ"] = "Asia/Tokyo";
  const file = join(folder, "good.yaml");
  writeFileSync(file, COMPANY_TEXT);
  const how = { speechCommand: undefined, overwrite: false };
  assert.equal(await runApply(file, data, how, captured().output), 0);
  const store = await openStore(data);
  assert.ok(store.ok);
  const missed = { result: "noAnswer", missed: true, answeredAt: undefined, answeredBy: undefined } as const;
  const answeredBy = "phone 215 at udp:192.0.2.1:5060";
  const shown = { shownName: "", shownNumber: "" };
  const leg = { type: "leg", seq: 3, atMs: 1, leg: "B1", target: answeredBy, ...shown } as const;
  const other = { caller: "+33123456789", called: "+31501234568" };
  await store.value.calls.insertMany(
    [
      callRecord("aa", JULY, { caller: "+31612345678", called: "+31501234567", answeredBy, story: [leg] }),
      callRecord("bb", JULY + 1, { ...other, ...missed, story: [leg] }),
      callRecord("cc", JULY + 2, { ...other, ...missed, result: "handled", missed: false }),
      callRecord("dd", JULY + 3, { ...other, ...missed, result: "ongoing" }),
      callRecord("ee", JULY + 4, { ...other, ...missed, result: "rejected", missed: false }),
    ].map(toCallRow),
  );
  await store.value.close();

  const home = "Times are those of Europe/Amsterdam; --utc for UTC.";
  const local = (id: string): string => `${home}, 2026-08-01 00:30 ${id}`;
  for (const party of ["0612345678", "06-12 34 56 78", "0031612345678", "215", "+31501234567"])
    assert.equal(await list({ party }), local("aa"), party);
  for (const party of [
    "sip:0612345678@carrier.example:5060",
    "<sip:%2B31612345678@c;user=phone>",
    "tel:+31612345678",
    '"Jan <1>" <sip:0612345678@carrier.example>;tag=a',
    "Jan <sip:0612345678:secret@carrier.example>",
  ])
    assert.equal(await list({ party }), local("aa"), party);
  assert.equal(await list({ party: "sip:215" }), "No calls.", "there is no user in it");
  const from = "2026-08-01T00:30";
  assert.match(await list({ from, to: "2026-08-01T00:31" }), / ee, .* dd, .* cc, .* bb, .* aa$/);
  assert.equal(await list({ from, to: from }), "No calls.", "what begins at the end is not in it");
  assert.equal(await list({ from, utc: true }), "No calls.", "half past midnight in UTC is later");
  assert.equal(await list({ missed: true }), local("bb"));
  assert.equal(await list({ result: "missed" }), local("bb"));
  assert.equal(await list({ result: "handled" }), local("cc"));
  assert.equal(await list({ result: "now" }), local("dd"));
  assert.equal(await list({ result: "now", utc: true }), "Times are UTC., 2026-07-31 22:30 dd");

  const { said, output } = captured();
  await runCallShow("aa", { data, utc: false, json: false, messages: false, ascii: true }, output);
  assert.match(said.out, /^Call aa, 2026-08-01 00:30:00 \(Europe\/Amsterdam\)/);
});

test("a call that is followed is asked for behind what is told, by its whole id; what came and went meanwhile is said", async () => {
  const note = (seq: number) =>
    ({ type: "note", seq, atMs: seq, leg: undefined, text: `note ${seq}` }) as const;
  const left = (seq: number, entries: number) => ({ type: "leftOut", seq, atMs: seq, entries }) as const;
  const states = [
    [note(1)],
    [note(1), left(2, 3), note(5)],
    [note(1), left(2, 8), note(10)],
    [note(1), left(2, 8), note(10), note(11)],
  ];
  const asked: unknown[] = [];
  const isRunning = true;
  const call = async (id: string, behind?: number) => {
    asked.push([id, behind]);
    const result = asked.length < states.length ? "ongoing" : "completed";
    return ok(callRecord("abcdef", JULY, { result, sip: [], story: states[asked.length - 1] ?? [] }));
  };
  const { said, output } = captured();
  const how = { tells: "story", zone: "UTC" } as const;
  const told = await tellCall("abc", { isRunning, call } as unknown as Installation, output, how);
  assert.ok(told.ok);
  assert.deepEqual(asked, [
    ["abc", undefined],
    ["abcdef", 1],
    ["abcdef", 5],
    ["abcdef", 10],
  ]);
  const lines = said.out.split("\n").flatMap((line) => / s {2}(\S+ \S+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(lines, ["Note 1.", "3 messages", "Note 5.", "4 messages", "Note 10.", "Note 11."]);
});

test("where no server runs nothing is waited for: a call that was cut off is told, and no call begins", async () => {
  const { said, output } = captured();
  const call = async () => ok(callRecord("abc", JULY, { result: "ongoing" }));
  const installation = { isRunning: false, call } as unknown as Installation;
  const told = await tellCall("abc", installation, output, { tells: "story", zone: "UTC" });
  assert.ok(told.ok && told.value.result === "ongoing");
  assert.equal(await runCallFollow(undefined, { data, utc: true }, output), 3);
  assert.match(said.err, /No server runs in .*, so that no call begins/);
});

test("N12: a call that is followed is told to its end though the server is silent for a moment; a longer silence is said", async () => {
  const call = callRecord("ff", JULY, { answeredBy: undefined });
  const silent: Result<CallRecord | undefined, Failure> = err({
    type: "unavailable",
    sentence: "The server does not answer.",
  });
  const following = async (
    answers: readonly Result<CallRecord | undefined, Failure>[],
    patienceMs: number,
  ): Promise<readonly string[]> => {
    const left = [...answers];
    const installation = {
      isRunning: true,
      call: async () => left.shift() ?? silent,
    } as unknown as Installation;
    const { said, output } = captured();
    const told = await tellCall("ff", installation, output, { tells: "story", zone: "UTC", patienceMs });
    return [told.ok ? "told" : told.error.type, ...said.err.trim().split("\n")];
  };
  assert.deepEqual(await following([silent, ok(call)], 10_000), [
    "told",
    "The server does not answer. It is asked again for 10 s …",
    "It answers again.",
  ]);
  assert.deepEqual(await following([ok({ ...call, result: "ongoing" })], 0), [
    "unavailable",
    "The server does not answer. It is asked again for 0 s …",
  ]);
  assert.deepEqual(
    await following([ok(undefined)], 10_000),
    ["rejected", ""],
    "it answers, and has no such call",
  );
});

test("calls now lists all that are up, unless somebody asks for few", async () => {
  const many = join(folder, "many");
  const store = await openStore(many);
  assert.ok(store.ok);
  const up = (at: number) => callRecord(`up${at}`, JULY + at, { result: "ongoing", answeredAt: undefined });
  await store.value.calls.insertMany(Array.from({ length: 25 }, (_, at) => toCallRow(up(at))));
  await store.value.close();
  const lines = async (...args: readonly string[]): Promise<number> => {
    const said = await command("calls", "--data", many, ...args);
    assert.equal(said.code, 0, said.stderr);
    return said.stdout.match(/\[up\d+\]$/gm)?.length ?? 0;
  };
  assert.equal(await lines("now"), 25);
  assert.equal(await lines("--limit", "3", "now"), 3);
  assert.equal(await lines(), 20);
});

test("calls that are followed: the end is told of those too that are no longer among the newest; until nobody reads it", async () => {
  const up = (id: string, at: number) =>
    callRecord(id, JULY + at, { result: "ongoing", answeredAt: undefined });
  const over = (id: string, at: number) => callRecord(id, JULY + at, { result: "completed" });
  const summaries = (records: readonly CallRecord[]) =>
    ok({ items: records, refused: { calls: 0, registrations: 0 } });
  // What is among the newest, and what is up; the lists hold one and all.
  const states = [
    { newest: over("old", 9), up: [up("late", 1), up("long", 0)] },
    { newest: up("new", 10), up: [up("new", 10), up("long", 0)] },
    { newest: over("new", 10), up: [] },
  ];
  const asked: string[] = [];
  let at = -1;
  const installation = {
    isRunning: true,
    calls: async ({ results }: { readonly results?: readonly string[] }) => {
      if (results === undefined) at += 1;
      const state = states[Math.min(at, states.length - 1)] ?? assert.fail();
      return summaries(results === undefined ? [state.newest] : state.up);
    },
    call: async (id: string) => {
      asked.push(id);
      return ok(id === "late" ? over("late", 1) : undefined);
    },
  } as unknown as Installation;
  const { said, output } = captured(() => at < states.length - 1);
  assert.equal(await followAll(installation, "UTC", output), 0);
  const told = said.out.trim().split("\n");
  assert.deepEqual(
    told.map((line) => `${/\w+(?=\]$)/.exec(line)?.[0]} ${line.includes("completed") ? "ended" : "up"}`),
    ["long up", "late up", "late ended", "new up", "new ended"],
  );
  assert.deepEqual(asked, ["late", "long"]);
});
