import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentCall } from "../agent-call.ts";
import { NUMBER, Scenario, says } from "../harness.ts";

// Whole calls over a network that loses 5 %, doubles 10 % and reorders: retransmission carries them all.

const PLAN = `- type: webhook
  webhook: CRM
  success:
    - { type: callerName, mode: webhook }
    - { type: variableDestination, ringSeconds: 60 }
  failed: [{ type: hangUp, as: busy }]`;
const WEATHER = { loss: 0.05, duplication: 0.1, delayMs: [1, 60] } as const;

async function inWeather(seed: number): Promise<Scenario> {
  const s = await Scenario.start({
    plan: PLAN,
    seed,
    webhook: () => ({ afterMs: 40, result: says.ack({ destination: "215", callerName: "ACME" }) }),
  });
  s.network.weather = WEATHER;
  return s;
}

/** Nothing is left, once the weather has cleared. */
async function clears(s: Scenario, calls: number): Promise<void> {
  s.network.weather = { loss: 0, duplication: 0, delayMs: [1, 1] };
  await s.assertClean();
  assert.equal(s.webhooks.asked.length, calls, "exactly one request a call");
  assert.equal(s.records.length, calls, "exactly one record a call");
  assert.equal(new Set(s.records.map(({ id }) => id)).size, calls);
}

for (const seed of [1, 2, 3]) {
  test(`40 answered calls, seed ${seed}: none fails`, async () => {
    const s = await inWeather(seed);
    s.at("215").onCall = (call) => {
      call.ring();
      s.clock.after(800, () => call.answer());
    };
    const calls: AgentCall[] = [];
    for (let at = 0; at < 40; at++) {
      calls.push(s.carrier.invite(NUMBER));
      await s.run(50);
    }
    await s.until(() => calls.every(({ last }) => last === 200), 60_000);
    await s.run(3000);
    for (const call of calls) call.bye();
    await s.until(() => s.records.length === 40, 60_000);
    assert.deepEqual([...new Set(s.records.map(({ result }) => result))], ["completed"]);
    assert.ok(s.records.every(({ missed }) => !missed));
    await s.run(40_000);
    assert.ok(s.at("215").calls.every((call) => call.got("BYE") === 1));
    await clears(s, 40);
  });
}

test("40 calls of which the phone hangs up, holds or resumes: none fails", async () => {
  const s = await inWeather(4);
  s.at("215").onCall = (call) => call.answer();
  const calls: AgentCall[] = [];
  for (let at = 0; at < 40; at++) {
    calls.push(s.carrier.invite(NUMBER));
    await s.run(50);
  }
  await s.until(() => calls.every(({ last }) => last === 200));
  await s.until(() => s.at("215").calls.every(({ acks }) => acks.length > 0));
  const holds = s
    .at("215")
    .calls.map((call) => call.reinvite(call.invite.body.toString().replace("sendrecv", "sendonly")));
  await s.until(() => holds.every(({ heard }) => heard.some((status) => status >= 200)), 60_000);
  assert.ok(holds.every(({ heard }) => heard.includes(200)));
  for (const call of s.at("215").calls) call.bye();
  await s.until(() => s.records.length === 40, 60_000);
  assert.deepEqual([...new Set(s.records.map(({ result }) => result))], ["completed"]);
  await clears(s, 40);
});

test("40 callers who give up at any moment: each gets its 487 or its call, and nothing is left", async () => {
  const s = await inWeather(5);
  s.at("215").onCall = (call) => {
    call.ring();
    s.clock.after(400, () => call.answer());
  };
  const calls: AgentCall[] = [];
  for (let at = 0; at < 40; at++) {
    const call = s.carrier.invite(NUMBER);
    calls.push(call);
    s.clock.after(at * 20, () => call.cancel());
  }
  await s.until(() => calls.every(({ last }) => last === 487 || last === 200), 60_000);
  await s.run(5000);
  for (const call of calls) if (call.last === 200) call.bye();
  await s.until(() => s.records.length === 40, 60_000);
  const results = new Set(s.records.map(({ result }) => result));
  assert.deepEqual([...results].toSorted(), ["cancelled", "completed"]);
  // A phone's device that answered while the caller gave up has been hung up.
  await s.run(60_000);
  for (const call of s.at("215").calls) {
    assert.ok(call.got("BYE") === 1 || call.cancelRequest !== undefined);
  }
  s.network.weather = { loss: 0, duplication: 0, delayMs: [1, 1] };
  await s.assertClean();
});

test("40 calls to a busy phone: each caller hears busy, none hears it twice as a call", async () => {
  const s = await inWeather(6);
  s.at("215").onCall = (call) => call.respond(486);
  const calls = Array.from({ length: 40 }, () => s.carrier.invite(NUMBER));
  await s.until(() => calls.every(({ last }) => last === 486), 60_000);
  await s.until(() => s.records.length === 40, 60_000);
  assert.deepEqual([...new Set(s.records.map(({ result }) => result))], ["busy"]);
  await clears(s, 40);
});
