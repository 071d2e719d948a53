import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

test("a phone calls another: challenged, connected, with its own name and number shown", async () => {
  const s = await Scenario.start();
  s.at("216").onCall = (call) => call.answer();
  const call = s.at("215").invite("216", { from: '"Forged" <sip:215@office.example>' });
  await s.until(() => call.last === 200);
  assert.equal(call.heard[0], 401);
  assert.match(s.at("216").call.header("from") ?? "", /^"Reception" <sip:215@office\.example>/);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.origin, "phone 215");
  assert.equal(s.record.caller, "215");
  await s.assertClean();
  assert.equal(s.records.length, 1, "the challenge is no call");
});

test("a phone calls a group, and its own company's number", async () => {
  const s = await Scenario.start({ phones: { "215": 1, "216": 1, "217": 1 } });
  for (const name of ["215", "216"]) s.at(name).onCall = (call) => call.ring();
  const group = s.at("217").invite("300");
  await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
  s.at("215").call.answer();
  await s.until(() => group.last === 200);
  group.bye();
  await s.run(1000);
  const own = s.at("217").invite("0501234567");
  await s.until(() => s.at("215").calls.length === 2);
  s.at("215").call.answer();
  await s.until(() => own.last === 200);
  own.bye();
  await s.assertClean();
  assert.equal(s.records[1]?.called, NUMBER);
  assert.equal(s.records[1]?.plan, "main");
});

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

test("a phone calls outside: through the trunk, with the company's number", async () => {
  const s = await Scenario.start();
  s.carrier.onCall = (call) => call.answer();
  const call = s.at("215").invite("0201234567");
  await s.until(() => call.last === 200);
  assert.equal(s.carrier.call.invite.uri, "sip:+31201234567@10.0.0.9");
  assert.match(s.carrier.call.header("from") ?? "", new RegExp(`^"Reception" <sip:\\${NUMBER}@`));
  assert.equal(s.carrier.call.header("diversion"), undefined, "nobody diverted it");
  call.bye();
  await s.assertClean();
});

test("a phone calls what it may not: 403, with the reason in the record", async () => {
  const s = await Scenario.start();
  for (const [dialled, status, reason] of [
    ["0900123456", 403, /premium|never called/],
    ["+4930123456", 403, /dialCountries/],
    ["+8816512345", 403, /satellite/],
    ["not-a-number", 404, /not a number/],
    ["500&SIP/x", 404, /not a number/],
  ] as const) {
    const before = s.records.length;
    const call = s.at("215").invite(`sip:${dialled.replaceAll("&", "%26").replaceAll("/", "%2F")}@10.0.0.1`);
    await s.until(() => call.last === status);
    await s.until(() => s.records.length === before + 1);
    assert.match(s.records.at(-1)?.reason ?? "", reason, dialled);
    assert.equal(s.records.at(-1)?.result, "refused");
  }
  assert.equal(s.carrier.calls.length, 0);
  await s.assertClean();
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
