import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { createCounters } from "../lib/counters.ts";
import type { CallRecord } from "../model/call-record.ts";
import { Refusals } from "./refusals.ts";

const refused = (address: string, status = 401): Parameters<Refusals["stranger"]>[0] => ({
  source: `udp:${address}:5060`,
  address,
  from: "100",
  to: "+31501234567",
  status,
  reason: "nobody knows it",
});

test("a stranger's attempts make one row a minute for each address and status, and are all counted", () => {
  const clock = new VirtualClock();
  const rows: CallRecord[] = [];
  const counters = createCounters();
  const refusals = new Refusals({
    clock,
    ids: seededIds(),
    sink: { put: (row) => void rows.push(row) },
    counters,
  });
  for (let at = 0; at < 100; at++) refusals.stranger(refused("203.0.113.1"));
  assert.equal(rows.length, 1);
  refusals.stranger(refused("203.0.113.1", 403));
  refusals.stranger(refused("203.0.113.2"));
  assert.equal(rows.length, 3);
  clock.advance(60_000);
  refusals.stranger(refused("203.0.113.1"));
  assert.equal(rows.length, 4);
  assert.equal(counters.get("calls_refused_stranger"), 103);
  const [row] = rows;
  assert.deepEqual(
    [row?.result, row?.missed, row?.reason, row?.origin],
    ["refused", true, "nobody knows it", "stranger at 203.0.113.1"],
  );
  assert.equal(new Set(rows.map(({ id }) => id)).size, 4);
});

test("a flood from ever new addresses keeps no ever growing memory of them", () => {
  const clock = new VirtualClock();
  let rows = 0;
  const refusals = new Refusals({
    clock,
    ids: seededIds(),
    sink: { put: () => void rows++ },
    counters: createCounters(),
  });
  for (let at = 0; at < 50_000; at++)
    refusals.stranger(refused(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`));
  assert.equal(rows, 50_000);
  assert.equal(clock.pending, 0);
});
