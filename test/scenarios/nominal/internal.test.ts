import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

test("a phone calls a group whose strategy is not there yet: all ring, and the story says so", async () => {
  const s = await Scenario.start({ phones: { "215": 1, "216": 1, "217": 1 }, strategy: "smart" });
  for (const name of ["215", "216"]) s.at(name).onCall = (call) => call.ring();
  const group = s.at("217").invite("300");
  await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
  s.at("215").call.answer();
  await s.until(() => group.last === 200);
  group.bye();
  await s.assertClean();
  const steps = s.record.story.flatMap((entry) => (entry.type === "step" ? [entry.entry.code] : []));
  assert.ok(steps.includes("ring.smartNotYet"), steps.join());
});

test("a phone with a wrong password reaches nobody, and the row says what to do", async () => {
  const s = await Scenario.start();
  const thief = await s.phone("217", 1);
  const call = s.stranger().invite("216", { from: "<sip:215@office.example>" });
  await s.until(() => call.last === 401);
  assert.equal(s.at("216").calls.length, 0);
  assert.equal(thief.calls.length, 0);
  await s.run(100_000);
});

test("a stranger who calls our number is challenged, and leaves one row, however often", async () => {
  const s = await Scenario.start();
  const stranger = s.stranger();
  for (let at = 0; at < 5; at++) {
    const call = stranger.invite(NUMBER);
    await s.until(() => call.last !== undefined);
    assert.equal(call.last, 401);
  }
  await s.run(10_000);
  assert.equal(s.records.length, 1);
  assert.deepEqual([s.record.kind, s.record.attempts], ["stranger", 5]);
  assert.match(s.record.reason, /acceptFrom/);
  assert.equal(s.counters.get("calls_refused_stranger"), 5);
  await s.assertClean();
});

test("the called phone's answer is what a calling phone hears", async () => {
  for (const [theirs, ours] of [
    [486, 486],
    [600, 486],
    [603, 603],
    [480, 480],
    [404, 404],
    [488, 488],
    [401, 480],
    [407, 480],
    [503, 480],
    [305, 480],
  ] as const) {
    const s = await Scenario.start();
    s.at("216").onCall = (call) => call.respond(theirs);
    const call = s.at("215").invite("216");
    await s.until(() => (call.last ?? 0) >= 402);
    assert.equal(call.last, ours, `for ${theirs}`);
    await s.assertClean();
  }
});
