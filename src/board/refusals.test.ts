import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { createCounters } from "../lib/counters.ts";
import type { CallRecord } from "../model/call-record.ts";
import { type EndReason, endReason } from "../model/end-words.ts";
import { loginRefused, Refusals, type RefusedCall } from "./refusals.ts";
import { boardSaid } from "./words.ts";

const refused = (address: string, change: Partial<RefusedCall> = {}): RefusedCall => ({
  kind: "stranger",
  source: `udp:${address}:5060`,
  address,
  from: "100",
  to: "+31501234567",
  status: 403,
  why: () => endReason("refused.stranger", { address }),
  ...change,
});

/** Refusals on a virtual clock, and the rows as a store would keep them. */
function scene() {
  const clock = new VirtualClock();
  const rows = new Map<string, CallRecord>();
  const counters = createCounters();
  let writes = 0;
  const tape = {
    put: (row: CallRecord): void => {
      writes += 1;
      rows.set(row.id, row);
    },
  };
  const log: string[] = [];
  const onRefusedLogin = (text: string): void => void log.push(text);
  const refusals = new Refusals({ clock, ids: seededIds(), tape, counters, onRefusedLogin });
  return {
    clock,
    counters,
    refusals,
    log,
    rows: () => [...rows.values()],
    attempts: () => [...rows.values()].reduce((sum, row) => sum + row.attempts, 0),
    writes: () => writes,
  };
}

test("N15: every attempt of a stranger is told: one row for each source and answer, with its number of attempts", () => {
  const { clock, counters, refusals, rows } = scene();
  for (let at = 0; at < 4; at++) refusals.stranger(refused("203.0.113.1"));
  refusals.stranger(refused("203.0.113.1", { status: 482 }));
  refusals.stranger(refused("203.0.113.2"));
  assert.equal(rows().length, 3, "the first of each at once");
  clock.advance(3_000);
  assert.deepEqual(
    rows().map(({ attempts }) => attempts),
    [4, 1, 1],
  );
  const [row] = rows();
  assert.deepEqual(
    [row?.kind, row?.result, row?.missed, row?.reason, row?.origin],
    [
      "stranger",
      "refused",
      false,
      endReason("refused.stranger", { address: "203.0.113.1" }).reason,
      "stranger at 203.0.113.1",
    ],
  );
  assert.equal(counters.get("calls_refused_stranger"), 6);
  assert.equal(clock.pending, 0);
});

test("X8: 100,000 strangers make 60 rows an hour and one that counts the rest", () => {
  const { clock, refusals, rows, attempts, writes } = scene();
  for (let at = 0; at < 100_000; at++) {
    const kind = at % 2 === 0 ? "stranger" : "registration";
    refusals.stranger(refused(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, { kind }));
    if (at % 1000 === 0) clock.advance(100);
  }
  clock.advance(60_000);
  assert.equal(rows().length, 61);
  assert.equal(attempts(), 100_000);
  const rest = rows().filter(({ origin }) => origin === "other strangers");
  assert.deepEqual(
    rest.map(({ attempts: counted }) => counted),
    [99_940],
  );
  assert.ok(writes() < 200, `${writes()} writes`);
  assert.equal(clock.pending, 0);
  clock.advance(3_600_000);
  refusals.stranger(refused("203.0.113.9"));
  assert.equal(rows().length, 62, "the next hour has its own");
});

test("X8: neither calls nor logins of strangers take all rows of an hour", () => {
  for (const [flood, hidden] of [
    ["stranger", "registration"],
    ["registration", "stranger"],
  ] as const) {
    const { refusals, rows } = scene();
    for (let at = 0; at < 1000; at++)
      refusals.stranger(refused(`10.0.${at >> 8}.${at & 255}`, { kind: flood }));
    for (let at = 0; at < 20; at++)
      refusals.stranger(refused(`192.0.2.${at}`, { kind: hidden, from: "shown" }));
    assert.equal(rows().filter(({ caller }) => caller === "shown").length, 20, hidden);
    assert.equal(rows().length, 61);
  }
});

test("X8: the addresses of one IPv6 /64 are one source, the next /64 is another", () => {
  const { clock, refusals, rows } = scene();
  for (let at = 0; at < 1000; at++) refusals.stranger(refused(`2001:db8:0:1::${at.toString(16)}`));
  refusals.stranger(refused("2001:db8:0:2::1"));
  clock.advance(3_000);
  assert.deepEqual(
    rows().map(({ attempts }) => attempts),
    [1000, 1],
  );
});

test("X8: a count that goes on growing is written now and then, at last in full", () => {
  const { clock, refusals, rows, writes } = scene();
  for (let second = 0; second < 600; second++) {
    for (let at = 0; at < 10; at++) refusals.stranger(refused("203.0.113.1"));
    clock.advance(1_000);
  }
  assert.ok(writes() <= 45, `${writes()} writes`);
  clock.advance(60_000);
  assert.equal(rows()[0]?.attempts, 6_000);
  refusals.stranger(refused("203.0.113.1"));
  refusals.flush();
  assert.equal(rows()[0]?.attempts, 6_001);
  assert.equal(clock.pending, 0, "a flush takes its timer along");
});

test("S2: a first step that its proof follows leaves no row; one without a proof does, after 3 s", () => {
  const { clock, refusals, rows } = scene();
  refusals.stranger(refused("203.0.113.1", { mayProve: true }));
  refusals.stranger(refused("203.0.113.2", { mayProve: true }));
  assert.equal(rows().length, 0);
  clock.advance(200);
  refusals.proved("203.0.113.1");
  clock.advance(10_000);
  assert.deepEqual(
    rows().map(({ origin }) => origin),
    ["stranger at 203.0.113.2"],
  );
  assert.equal(clock.pending, 0);
});

test("S2: a proof takes back only what is not written: a stranger behind the same address keeps its row", () => {
  const { clock, refusals, rows } = scene();
  refusals.stranger(refused("203.0.113.1", { status: 403 }));
  refusals.stranger(refused("203.0.113.1", { status: 401, mayProve: true }));
  refusals.proved("203.0.113.1");
  clock.advance(10_000);
  assert.deepEqual(
    rows().map(({ story }) => story.at(-1)),
    [
      {
        atMs: 0,
        seq: 2,
        type: "ended",
        by: "switchhook",
        status: 403,
        ...endReason("refused.stranger", { address: "203.0.113.1" }),
      },
    ],
  );
});

test("N9: a login that is refused is one line of the log and one row, whatever follows; what is meant is asked once", () => {
  const { clock, refusals, rows, log } = scene();
  let asked = 0;
  const why = (): EndReason => {
    asked += 1;
    const meant = boardSaid("login.meant", { one: "201", other: "202" });
    return loginRefused("wrongCredentials", 'There is no phone "210". Add it to the configuration.', meant);
  };
  for (let at = 0; at < 500; at++)
    refusals.stranger(refused("203.0.113.1", { kind: "registration", status: 401, from: "210", why }));
  refusals.flush();
  const told = 'There is no phone "210". Did you mean 201 or 202? Add it to the configuration.';
  assert.deepEqual(
    rows().map((row) => [row.kind, row.attempts, row.reason]),
    [["registration", 500, told]],
  );
  assert.equal(asked, 1);
  assert.equal(log.length, 1);
  assert.ok(log[0]?.startsWith(`A login from 203.0.113.1 as "210" was refused: ${told}`), log[0]);
  assert.equal(clock.pending, 0);
});

test("N9, X8: the first names that one source tries have rows of their own, 1,000 more names have one; so has the log", () => {
  const { refusals, rows, log } = scene();
  for (let at = 0; at < 1_000; at++)
    refusals.stranger(refused("203.0.113.1", { kind: "registration", status: 401, from: `${at}\u001b[2J` }));
  refusals.stranger(refused("203.0.113.2", { kind: "registration", status: 401 }));
  refusals.flush();
  assert.deepEqual(
    rows().map(({ attempts }) => attempts),
    [1, 1, 1, 1, 996, 1],
  );
  assert.equal(log.length, 6);
  assert.ok(!log.join("").includes("\u001b"));
});

test("N9, X8: 10,000 sources that log in make 41 lines of the log an hour", () => {
  const { refusals, log } = scene();
  for (let at = 0; at < 10_000; at++)
    refusals.stranger(refused(`10.0.${at >> 8}.${at & 255}`, { kind: "registration", status: 401 }));
  assert.equal(log.length, 41);
});
