// What a 302 does to a group is the plan's to decide (dialplan.md, Progression): here with phones that ring.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario, type ScenarioParts } from "../harness.ts";

const PHONES = { "215": 1, "216": 1, "217": 1 };
const PHONE = `- { type: phone, phone: "217", ringSeconds: 20 }`;
const GROUP = `- { type: group, group: "300", ringSeconds: 20 }`;

const to = (user: string): { readonly headers: readonly (readonly [string, string])[] } => ({
  headers: [["Contact", `<sip:${user}@10.0.0.1>`]],
});

function start(plan: string, strategy: ScenarioParts["strategy"]): Promise<Scenario> {
  return Scenario.start({ plan, strategy, phones: PHONES });
}

const rung = (s: Scenario): readonly number[] => Object.keys(PHONES).map((name) => s.at(name).calls.length);

test("302 to a group in order: its phones ring one after the other", async () => {
  const s = await start(PHONE, "inOrder");
  s.at("217").onCall = (call) => call.respond(302, to("300"));
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  await s.run(10_000);
  assert.deepEqual(rung(s), [1, 0, 1], "the second waits for the first");
  await s.until(() => call.last === 200);
  assert.deepEqual(rung(s), [1, 1, 1]);
  call.bye();
  await s.assertClean();
  assert.match(s.story, /217.* sends the call on: rings 215 \(Reception\), then in order 216\./);
});

test("a chain of 302s that leads over a group in order ends after five as any other", async () => {
  const s = await start(PHONE, "inOrder");
  s.at("217").onCall = (call) => call.respond(302, to("300"));
  s.at("215").onCall = (call) => call.respond(486);
  s.at("216").onCall = (call) => call.respond(302, to("217"));
  const call = s.carrier.invite(NUMBER);
  await s.until(() => (call.last ?? 0) >= 300);
  await s.assertClean();
  assert.deepEqual(rung(s), [3, 3, 3]);
  assert.match(
    s.story,
    /216.* sends the call on, which is not followed: redirected too often, 5 times already/,
  );
});

test("302 to a group all at once: all its phones ring", async () => {
  const s = await start(PHONE, "all");
  s.at("217").onCall = (call) => call.respond(302, to("300"));
  for (const name of ["215", "216"]) s.at(name).onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
  s.at("216").call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});

for (const strategy of ["all", "inOrder"] as const) {
  test(`a phone of a group (${strategy}) forwards outside: its place is taken, the others ring as they would`, async () => {
    const s = await start(GROUP, strategy);
    s.at("215").onCall = (call) => call.respond(302, to("0201234567"));
    s.at("216").onCall = (call) => call.ring();
    s.carrier.onCall = (call) => call.ring();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => s.carrier.calls.length === 2);
    assert.equal(s.at("216").calls.length, strategy === "all" ? 1 : 0);
    if (strategy === "inOrder") {
      s.carrier.calls[1]?.respond(486);
      await s.until(() => s.at("216").calls.length === 1);
    }
    s.at("216").call.answer();
    await s.until(() => call.last === 200);
    call.bye();
    await s.assertClean();
  });

  test(`a phone of a group (${strategy}) forwards to another of it: that one rings once`, async () => {
    const s = await start(GROUP, strategy);
    s.at("216").onCall = (call) => call.ring();
    s.at("215").onCall = (call) => call.respond(302, to("216"));
    const call = s.carrier.invite(NUMBER);
    await s.until(() => s.at("216").calls.length === 1);
    await s.until(() => call.last === 480);
    assert.deepEqual(rung(s), [1, 1, 0]);
    await s.assertClean();
  });

  test(`a phone of a group (${strategy}) forwards to one that is not in it`, async () => {
    const s = await start(GROUP, strategy);
    s.at("216").onCall = (call) => call.ring();
    s.at("215").onCall = (call) => call.respond(302, to("217"));
    s.at("217").onCall = (call) => call.answer();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200);
    assert.deepEqual(rung(s), [1, strategy === "all" ? 1 : 0, 1]);
    call.bye();
    await s.assertClean();
  });
}

test("two phones of a group forward to the same number outside: it is called once", async () => {
  const s = await start(GROUP, "all");
  for (const name of ["215", "216"]) s.at(name).onCall = (call) => call.respond(302, to("0201234567"));
  s.carrier.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.carrier.calls.length > 1);
  await s.run(1000);
  assert.equal(s.carrier.calls.length, 2, "the caller, and one who is called");
  assert.equal(s.board.outsideCalls.up, 1);
  s.carrier.calls[1]?.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
  assert.match(s.story, /\+31201234567 answered: connected\./);
});

test("a phone that is busy counts before one that rings out", async () => {
  const s = await start(GROUP, "all");
  s.at("215").onCall = (call) => call.respond(486);
  s.at("216").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => (call.last ?? 0) >= 300);
  assert.equal(call.last, 486);
  await s.assertClean();
});

test("a phone that a forward led to does not answer in time: the ring time is the step's", async () => {
  const s = await start(`${PHONE}\n- { type: phone, phone: "216", ringSeconds: 20 }`, "all");
  s.at("217").onCall = (call) => call.respond(302, to("215"));
  s.at("215").onCall = (call) => call.ring();
  s.at("216").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  const begun = s.clock.now();
  await s.until(() => call.last === 200);
  assert.ok(s.clock.now() - begun < 21_000);
  call.bye();
  await s.assertClean();
});

test("S8: several Contacts are one list in the order of their q, in one field or in many, bare or in brackets, of a 300 too", async () => {
  const lists: readonly (readonly [number, readonly string[]])[] = [
    [302, ["<sip:217@10.0.0.1>;q=0.2, <sip:216@10.0.0.1>;q=0.9"]],
    [300, ["sip:217@10.0.0.1;q=0.1", "sip:216@10.0.0.1"]],
    [300, ['"Second" <sip:217@10.0.0.1>;q=0', "<sip:216@10.0.0.1>;expires=60;q=0.001"]],
    [301, ["<sip:216@10.0.0.1>;q=nonsense,sip:217@10.0.0.1;q=0.999"]],
  ];
  for (const [status, contacts] of lists) {
    const s = await start(`- { type: phone, phone: "215", ringSeconds: 20 }`, "all");
    const headers = contacts.map((value) => ["Contact", value] as const);
    s.at("215").onCall = (call) => call.respond(status, { headers });
    s.at("217").onCall = (call) => call.ring();
    s.at("216").onCall = (call) => call.answer();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200);
    call.bye();
    await s.assertClean();
    assert.match(
      s.story,
      new RegExp(`sent the call elsewhere \\(${status}\\): to 216, 217\\.`),
      contacts.join(),
    );
    assert.deepEqual(rung(s), [1, 1, 1]);
  }
});
