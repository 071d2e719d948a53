import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario } from "../harness.ts";

const to = (...uris: readonly string[]): { readonly headers: readonly (readonly [string, string])[] } => ({
  headers: uris.map((uri) => ["Contact", `<${uri}>`] as const),
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

test("a Contact of a 302 that cannot be read spoils no other", async () => {
  const s = await Scenario.start();
  const headers = [["Contact", "<sip:216@10.0.0.1>, <sip:999@10.0.0.1"]] as const;
  s.at("215").onCall = (call) => call.respond(302, { headers });
  const phone = s.at("216");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  await s.assertClean();
});
