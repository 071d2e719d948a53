import assert from "node:assert/strict";
import { test } from "node:test";
import { Bans } from "./bans.ts";

test("X3: bans are listed with their end, those that are over are not, and what is listed can be lifted", () => {
  const bans = new Bans(10);
  bans.add("192.0.2.1", 1_000, 0);
  bans.add("2001:db8:1:2::7", 5_000, 0);
  assert.deepEqual(
    bans.list(1_000).map(({ until }) => until),
    [5_000],
  );
  for (const { address } of bans.list(0)) bans.lift(address);
  assert.deepEqual([bans.list(0), bans.size], [[], 0]);
});
