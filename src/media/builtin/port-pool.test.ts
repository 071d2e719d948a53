import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { PortPool } from "./port-pool.ts";

function poolOf(min: number, max: number, clock = new VirtualClock(), seed = 1): PortPool {
  return new PortPool({ min, max }, 30_000, clock, seededIds(seed));
}

function all(pool: PortPool): number[] {
  const taken: number[] = [];
  for (let port = pool.take(); port !== undefined; port = pool.take()) taken.push(port);
  return taken;
}

const ordered = (ports: readonly number[]): number[] => ports.toSorted((a, b) => a - b);

test("even ports, each with its odd one in the range, in an order that differs", () => {
  assert.deepEqual(ordered(all(poolOf(10_001, 10_008))), [10_002, 10_004, 10_006]);
  const one = all(poolOf(10_000, 10_199, new VirtualClock(), 1));
  const other = all(poolOf(10_000, 10_199, new VirtualClock(), 2));
  assert.deepEqual(ordered(one), ordered(other));
  assert.equal(one.length, 100);
  assert.notDeepEqual(one, other);
});

test("C4: a port that came back is not given out for 30 s", () => {
  const clock = new VirtualClock();
  const pool = poolOf(10_000, 10_003, clock);
  const first = pool.take() as number;
  const second = pool.take() as number;
  assert.deepEqual([pool.take(), pool.used], [undefined, 2]);
  pool.giveBack(first);
  assert.deepEqual([pool.take(), pool.used, pool.resting], [undefined, 1, 1]);
  clock.advance(29_999);
  pool.giveBack(second);
  assert.equal(pool.take(), undefined);
  clock.advance(1);
  assert.deepEqual([pool.take(), pool.take(), pool.used], [first, undefined, 1]);
});

test("while there are others, a port that rested waits for its turn behind them", () => {
  const clock = new VirtualClock();
  const pool = poolOf(10_000, 10_009, clock);
  const port = pool.take() as number;
  pool.giveBack(port);
  clock.advance(40_000);
  assert.equal(all(pool).at(-1), port);
});
