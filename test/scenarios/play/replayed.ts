import assert from "node:assert/strict";
import { takenSteps } from "../../../src/dialplan/taken-steps.ts";
import type { CallRecord } from "../../../src/model/call-record.ts";
import { callAgain } from "../../../src/simulate/replay.ts";
import { simulate } from "../../../src/simulate/simulate.ts";
import type { World } from "../../../src/simulate/world.ts";

/** A call that is replayed through the plan that took it takes the same steps, and somebody answers or nobody does. */
export function assertReplays(record: CallRecord, world: World): void {
  const { plan, story, answeredBy } = record;
  if (plan === undefined || !world.plans.has(plan)) return;
  const { path, verdict } = simulate(world, callAgain(record, plan));
  assert.deepEqual(path, takenSteps(story.flatMap((event) => (event.type === "step" ? event.entry : []))));
  assert.equal(verdict?.answeredBy === undefined, answeredBy === undefined);
}
