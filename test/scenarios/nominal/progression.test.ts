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

for (const [kind, headers] of [
  ["a caller", []],
  ["a caller that requires 100rel", [["Require", "100rel"]]],
] as const) {
  test(`RFC 3261 §13.3.1.1: ${kind} hears at each minute that the phone still rings, until the answer`, async () => {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "215", ringSeconds: 180 }` });
    s.at("215").onCall = (call) => call.ring();
    const call = s.carrier.invite(NUMBER, { headers });
    await s.until(() => call.last === 180);
    await s.run(130_000);
    const rung = call.responses.filter(({ status }) => status === 180);
    assert.equal(rung.length, 3, "at 0, 60 and 120 s");
    const numbers = rung.map((response) => Number(response.headers.get("rseq") ?? 0));
    const step = headers.length > 0 ? 1 : 0;
    assert.deepEqual(
      numbers,
      [0, step, 2 * step].map((past) => (numbers[0] ?? 0) + past),
    );
    s.at("215").call.answer();
    await s.until(() => call.last === 200);
    await s.run(70_000);
    assert.equal(call.responses.filter(({ status }) => status === 180).length, 3);
    call.bye();
    await s.assertClean();
  });
}
