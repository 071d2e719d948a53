import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

const to = (...uris: readonly string[]): { readonly headers: readonly (readonly [string, string])[] } => ({
  headers: uris.map((uri) => ["Contact", `<${uri}>`] as const),
});

test("302 from a phone is followed to another phone, whatever host it names", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.respond(302, to("sip:216@198.51.100.7"));
  s.at("216").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
  assert.ok(!s.ladder().some((line) => line.includes("198.51.100.7")));
  assert.match(s.story, /sent the call elsewhere \(302\): to 216/i);
});

test("302 to an outside number goes through the trunk", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.respond(302, to("tel:+31201234567"));
  s.carrier.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.match(s.carrier.calls[1]?.invite.uri ?? "", /\+31201234567/);
  call.bye();
  await s.assertClean();
});

test("S3: 302 to a number with telephone parameters, in either form", async () => {
  for (const contact of [
    "sip:+31201234567;npdi;rn=+31970123456@10.0.0.1;user=phone",
    "sips:020-1234567;phone-context=+31@10.0.0.1",
    "tel:+31-20-1234567;ext=9",
    "sip:+31201234567;tgrp=a;trunk-context=b.example@10.0.0.1",
  ]) {
    const s = await Scenario.start();
    s.at("215").onCall = (call) => call.respond(302, to(contact));
    s.carrier.onCall = (call) => call.answer();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200);
    assert.match(s.carrier.calls[1]?.invite.uri ?? "", /^sip:\+31201234567@/, contact);
    call.bye();
    await s.assertClean();
  }
});

test("302 to a number that may not be dialled is not followed, and the plan goes on", async () => {
  const s = await Scenario.start({
    plan: `- { type: phone, phone: "215", ringSeconds: 20 }
- { type: phone, phone: "216", ringSeconds: 20 }`,
  });
  s.at("215").onCall = (call) =>
    call.respond(302, to("sip:0900123456@10.0.0.1", "sip:112@10.0.0.1", "sip:evil%0d%0aX:1@10.0.0.1"));
  s.at("216").onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.equal(s.carrier.calls.length, 1);
  call.bye();
  await s.assertClean();
  assert.match(s.story, /which is not followed/);
});

test("a group that ignores forwarding: 302 is a failure", async () => {
  const s = await Scenario.start({
    plan: `- { type: group, group: "300", ringSeconds: 20, ignoreForwarding: true }`,
    phones: { "215": 1, "217": 1 },
  });
  s.at("215").onCall = (call) => call.respond(302, to("sip:217@10.0.0.1"));
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480);
  assert.equal(s.at("217").calls.length, 0);
  await s.assertClean();
});

test("phones that forward to each other: five times, then it is a failure", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.respond(302, to("sip:216@10.0.0.1"));
  s.at("216").onCall = (call) => call.respond(302, to("sip:215@10.0.0.1"));
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480);
  assert.equal(s.at("215").calls.length + s.at("216").calls.length, 6);
  await s.assertClean();
  assert.match(s.story, /redirected too often/);
});

test("302 with many contacts: five are tried", async () => {
  const s = await Scenario.start({ phones: { "215": 1, "216": 1 } });
  s.at("215").onCall = (call) =>
    call.respond(302, to(...Array.from({ length: 40 }, () => "sip:216@10.0.0.1")));
  s.at("216").onCall = (call) => call.respond(486);
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 486);
  assert.equal(s.at("216").calls.length, 5);
  await s.assertClean();
});

test("302 with its contacts in one header field (RFC 3261 §7.3.1): each is tried", async () => {
  const s = await Scenario.start({ phones: { "215": 1, "216": 1, "217": 1 } });
  const contact = '"Sales, first floor" <sip:216@10.0.0.1>;q=0.9, <sip:217@10.0.0.1;user=phone>';
  s.at("215").onCall = (call) => call.respond(302, { headers: [["Contact", contact]] });
  for (const name of ["216", "217"]) s.at(name).onCall = (call) => call.respond(486);
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 486);
  assert.deepEqual([s.at("216").calls.length, s.at("217").calls.length], [1, 1]);
  await s.assertClean();
});

test("302 without a Contact: a failure", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.respond(302, { headers: [] });
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480);
  await s.assertClean();
});

test("the trunk redirects: never followed", async () => {
  const s = await Scenario.start({
    plan: `- { type: fixedDestination, number: "+31201234567", ringSeconds: 20 }`,
  });
  s.carrier.onCall = (call) => call.respond(302, to("sip:215@10.0.0.1"));
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480);
  assert.equal(s.at("215").calls.length, 0);
  await s.assertClean();
});
