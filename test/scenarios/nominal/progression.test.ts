import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../agent.ts";
import { NUMBER, Scenario } from "../harness.ts";

// dialplan.md, "Progression at a ringing step", row by row.

const TWO_STEPS = `- { type: phone, phone: "215", ringSeconds: 20 }
- { type: phone, phone: "216", ringSeconds: 20 }`;

/** A call through a plan of two steps, of which the first ends as the scenario says and the second answers. */
async function firstStep(
  act: (first: Agent) => void,
  parts: { readonly phones?: Readonly<Record<string, number>> } = {},
): Promise<Scenario> {
  const s = await Scenario.start({ plan: TWO_STEPS, ...parts });
  const first = s.agents.find(({ options }) => options.name === "215");
  if (first !== undefined) act(first);
  s.at("216").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.result, "completed");
  assert.match(s.record.answeredBy ?? "", /216/);
  return s;
}

test("answered: connected, and routing ends", async () => {
  const s = await Scenario.start({ plan: TWO_STEPS });
  s.at("215").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  await s.run(60_000);
  assert.equal(s.at("216").calls.length, 0);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.deepEqual(s.trace, [
    "1 phone: Rings 215 (Reception) for 20 s, without a name.",
    "1 phone: 215 (Reception) answered: connected.",
  ]);
  assert.equal(s.record.missed, false);
  await s.assertClean();
});

test("ring time over: the phone is cancelled and the next step rings", async () => {
  const s = await firstStep((phone) => {
    phone.onCall = (call) => call.ring();
  });
  const first = s.at("215").call;
  assert.ok(first.cancelRequest);
  assert.equal(first.cancelRequest.headers.has("reason"), false, "nobody else has answered");
  const rungAt = s.record.story.filter(({ type }) => type === "leg").map(({ atMs }) => atMs);
  assert.equal(Math.round((rungAt[1] ?? 0) - (rungAt[0] ?? 0)), 20_000);
  assert.match(s.story, /did not answer within 20 s/);
  await s.assertClean();
});

test("not registered: the next step at once", async () => {
  const s = await firstStep(() => {}, { phones: { "216": 1 } });
  assert.match(s.story, /phone 215 is not registered/i);
  await s.assertClean();
});

const rows: readonly (readonly [number, string, RegExp])[] = [
  [480, "do not disturb", /not registered, or wants no calls now/],
  [486, "busy", /: busy \(486\)/],
  [600, "busy everywhere", /: busy \(600\)/],
  [603, "declined", /: rejected the call \(603\)/],
  [500, "a fault of the phone", /could not be reached \(500\)/],
  [503, "a phone that is overloaded", /could not be reached \(503\)/],
  [404, "not known there", /could not be reached \(404\)/],
  [488, "no codec in common", /could not be reached \(488\)/],
  [401, "a phone that wants a password of us", /could not be reached \(401\)/],
];
for (const [status, what, sentence] of rows) {
  test(`${status}, ${what}: the next step`, async () => {
    const s = await firstStep((phone) => {
      phone.onCall = (call) => call.respond(status);
    });
    assert.match(s.story, sentence);
    assert.deepEqual(
      s.carrier.call.heard.filter((heard) => heard !== 100),
      [200],
      "the caller hears nothing of it",
    );
    await s.assertClean();
  });
}

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

test("a group of which one member is unavailable: the others ring", async () => {
  const s = await Scenario.start({
    plan: `- { type: group, group: "300", ringSeconds: 20 }`,
    phones: { "216": 1 },
  });
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  s.at("216").call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.match(s.story, /phone 215 is not registered/i);
  await s.assertClean();
});

test("a group that rings at once: the first to answer wins, the other is told why", async () => {
  const s = await Scenario.start({ plan: `- { type: group, group: "300", ringSeconds: 20 }` });
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
  await s.run(2000);
  s.at("216").call.answer();
  await s.until(() => s.at("215").call.cancelRequest !== undefined);
  // RFC 3326: a phone that lost need not show a missed call.
  assert.equal(
    s.at("215").call.cancelRequest?.headers.get("reason"),
    'SIP;cause=200;text="Call completed elsewhere"',
  );
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.answeredBy, s.record.story.find((one) => one.type === "answered")?.target);
  await s.assertClean();
});

test("a group where one is busy and one rejects: the plan goes on when the last has said no", async () => {
  const s = await Scenario.start({ plan: `- { type: group, group: "300", ringSeconds: 20 }` });
  s.at("215").onCall = (call) => call.respond(486);
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.run(3000);
  assert.equal(call.last, 180, "one still rings");
  s.at("216").call.respond(603);
  await s.until(() => call.last === 486, 1000);
  await s.assertClean();
  assert.equal(s.record.result, "busy");
});

test("a group in order: each member in turn, for the whole ring time", async () => {
  const s = await Scenario.start({ plan: `- { type: group, group: "301", ringSeconds: 15 }` });
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.run(14_000);
  assert.equal(s.at("216").calls.length, 0);
  await s.until(() => s.at("216").calls.length === 1, 2000);
  assert.ok(s.at("215").call.cancelRequest);
  await s.run(3000);
  s.at("216").call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  await s.assertClean();
});

test("a phone with two devices: both ring, one answers, the other stops", async () => {
  const s = await Scenario.start({ phones: { "215": 2 } });
  s.at("215").onCall = (call) => call.ring();
  s.at("215/2").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("215/2").calls.length === 1);
  await s.run(1000);
  s.at("215/2").call.answer();
  await s.until(() => s.at("215").call.cancelRequest !== undefined);
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  await s.assertClean();
});

test("caller hangs up while two phones ring: both are cancelled, the call is missed", async () => {
  const s = await Scenario.start({ plan: `- { type: group, group: "300", ringSeconds: 20 }` });
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  await s.run(3000);
  call.cancel();
  await s.until(() => call.last === 487);
  await s.until(() => s.records.length === 1);
  assert.ok(s.at("215").call.cancelRequest);
  assert.ok(s.at("216").call.cancelRequest);
  assert.equal(s.record.result, "cancelled");
  assert.equal(s.record.missed, true);
  assert.match(s.story, /The caller hung up before anybody answered\./);
  await s.assertClean();
});

test("end of the plan: 486 where the last outcome was busy", async () => {
  const s = await Scenario.start({ plan: TWO_STEPS });
  s.at("215").onCall = (call) => call.respond(480);
  s.at("216").onCall = (call) => call.respond(486);
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 486);
  await s.assertClean();
  assert.equal(s.record.result, "busy");
});

test("end of the plan: 480 where an earlier one was busy and the last did not answer", async () => {
  const s = await Scenario.start({ plan: TWO_STEPS });
  s.at("215").onCall = (call) => call.respond(486);
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480);
  await s.assertClean();
  assert.equal(s.record.result, "noAnswer");
  assert.equal(s.record.missed, true);
});

test("hang up as a step: the caller gets its status", async () => {
  for (const [as, status] of [
    ["busy", 486],
    ["rejected", 603],
    ["notFound", 404],
    ["normal", 480],
  ] as const) {
    const s = await Scenario.start({ plan: `- { type: hangUp, as: ${as} }` });
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === status);
    await s.assertClean();
  }
});

test("a number without a plan and a number that is not ours: 404, with what would fix it", async () => {
  const s = await Scenario.start();
  const first = s.carrier.invite("+31501234568");
  await s.until(() => first.last === 404);
  const second = s.carrier.invite("+31509999999");
  await s.until(() => second.last === 404);
  assert.deepEqual(
    s.records.map(({ result, reason }) => `${result}: ${reason}`),
    [
      'refused: +31501234568 has no dial plan; give it one under "numbers"',
      'refused: +31509999999 is not a number of this installation; add it under "numbers"',
    ],
  );
  await s.assertClean();
});
