import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

// dialplan.md, "Progression at a ringing step"; the other rows are data: ring-time-over, phone-says-486, group-at-once …

test("no route: an outside number that no host of the trunk answers for", async () => {
  const s = await Scenario.start({
    plan: `- { type: fixedDestination, number: "+31201234567", ringSeconds: 100 }
- { type: phone, phone: "216", ringSeconds: 20 }`,
  });
  // Nobody at either of the carrier's hosts: silence.
  s.carrier.onCall = () => {};
  s.at("216").onCall = (call) => call.answer();
  const caller = s.trunk("caller", "10.0.0.10");
  s.carrier.transport.up = false;
  const call = caller.invite(NUMBER);
  caller.onCall = (leg) => leg.respond(503);
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.match(s.story, /could not be reached \(503\)/);
  await s.assertClean();
});
