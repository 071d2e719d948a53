import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

test("the story names the plan's own version, not the configuration's", async () => {
  const s = await Scenario.start();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  // The next configuration changes no plan: a phone is renamed, say.
  s.snapshot = { ...s.snapshot, version: s.snapshot.version + 1 };
  s.at("215").call.respond(486);
  await s.until(() => call.last === 486);
  const next = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 2);
  s.at("215").call.respond(486);
  await s.until(() => next.last === 486);
  await s.assertClean();
  assert.notEqual(s.snapshot.version, 3);
  const told = s.records.flatMap(({ story }) =>
    story.flatMap((event) => (event.type === "plan" ? [`${event.plan} ${event.version}`] : [])),
  );
  assert.deepEqual(told, ["main 3", "main 3"]);
});

test("what a phone dials has a plan without a version", async () => {
  const s = await Scenario.start();
  const call = s.at("215").invite("216");
  await s.until(() => s.at("216").calls.length === 1);
  s.at("216").call.respond(486);
  await s.until(() => call.last === 486);
  await s.assertClean();
  assert.match(s.story, /Dial plan "dialled by a phone" takes the call\./);
});
