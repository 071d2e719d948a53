import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { createCounters } from "../lib/counters.ts";
import { LoopDelay } from "./loop-delay.ts";
import { statusOf } from "./status.ts";

test("the status has the event loop's delay of the last minute, the same for all who ask, however long the process runs", () => {
  const clock = new VirtualClock();
  let turnsMs: number[] = [];
  const histogram = {
    enable: () => true,
    disable: () => true,
    percentile: () => Math.max(0, ...turnsMs) * 1e6,
    reset: () => void (turnsMs = []),
  };
  const loopDelay = new LoopDelay(clock, histogram);
  const counters = createCounters();
  const shown = (): unknown =>
    statusOf({ board: undefined, media: undefined, control: undefined, counters, loopDelay }).gauges[
      "switchhook_event_loop_delay_p99_seconds"
    ];
  turnsMs.push(2);
  assert.equal(shown(), 0.002, "there is no minute yet");
  clock.advance(60_000);
  assert.deepEqual([shown(), shown()], [0.002, 0.002]);
  turnsMs.push(80);
  clock.advance(59_000);
  assert.equal(shown(), 0.002);
  clock.advance(1000);
  assert.deepEqual([shown(), shown()], [0.08, 0.08]);
  turnsMs.push(1);
  clock.advance(60_000);
  assert.equal(shown(), 0.001, "the bad minute is over");
});
