import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import type { Standing } from "../model/standing.ts";
import { StandingTeller } from "./standing-teller.ts";

test("what stands otherwise is told together, each once, and a flood of it not at all beyond a hundred", () => {
  const clock = new VirtualClock();
  const told: (readonly Standing[])[] = [];
  const teller = new StandingTeller(clock, (standings) => told.push(standings));
  const carrier = { kind: "trunk", name: "Carrier" } as const;
  const login = { kind: "login", extension: "215" } as const;
  for (const standing of [carrier, login, carrier]) teller.put(standing);
  assert.equal(told.length, 0);
  clock.advance(500);
  assert.deepEqual(told, [[carrier, login]]);
  clock.advance(5_000);
  assert.equal(told.length, 1, "nothing is told when nothing happens");
  for (let extension = 0; extension < 500; extension += 1)
    teller.put({ kind: "login", extension: `${extension}` });
  clock.advance(500);
  assert.equal(told[1]?.length, 100);
  teller.put(carrier);
  teller.stop();
  clock.advance(5_000);
  assert.equal(told.length, 2);
});
