// How a call is told to have ended: what the plan served by itself, and what led a call where it ended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMBER, Scenario, type ScenarioParts, says } from "../harness.ts";

/** A call that ends by itself, or whose caller hangs up after a while. */
async function ended(parts: ScenarioParts, hangsUpAfterMs?: number): Promise<Scenario> {
  const s = await Scenario.start(parts);
  s.at("215").onCall = (call) => call.respond(180);
  const a = s.carrier.invite(NUMBER);
  if (hangsUpAfterMs === undefined) await s.until(() => (a.last ?? 0) >= 300 || a.got("BYE") === 1, 200_000);
  else {
    await s.until(() => a.last === 200);
    await s.run(hangsUpAfterMs);
    a.bye();
  }
  await s.assertClean();
  return s;
}

const MESSAGE = "- { type: audio, message: hello }";
const PHONE = `- { type: phone, phone: "215", ringSeconds: 5 }`;
const gate = (success: string, failed = "[]"): string =>
  `- { type: webhook, webhook: CRM, success: ${success}, failed: ${failed} }`;

for (const [name, parts, afterMs] of [
  ["a message is heard to its end", { plan: MESSAGE }, undefined],
  [
    "two messages, and the plan hangs up",
    { plan: `${MESSAGE}\n- { type: audio, message: late }\n- { type: hangUp, as: normal }` },
    undefined,
  ],
  ["a gate opens", { plan: gate("[{ type: hangUp, as: normal }]") }, undefined],
  ["a webhook is told of the call, and nothing else is to do", { plan: gate("[]") }, undefined],
  [
    "a code is right, and its message heard",
    {
      plan: "- { type: webhook, webhook: code, success: [{ type: audio, message: hello }], failed: [] }",
      ivr: "timeoutSeconds: 1, attempts: 1, codeLength: 1",
    },
    undefined,
  ],
  [
    "the caller hangs up in the message of a plan that rings nobody",
    { plan: `${MESSAGE}\n- { type: audio, message: late }` },
    1000,
  ],
] as const)
  test(`N8: ${name}: handled, and not missed`, async () => {
    const isCode = name.startsWith("a code");
    const s = isCode ? await coded(parts) : await ended(parts, afterMs);
    assert.equal(s.record.result, "handled", s.record.reason);
    assert.equal(s.record.missed, false);
    assert.match(s.story, /: handled by the plan\./);
  });

async function coded(parts: ScenarioParts): Promise<Scenario> {
  const s = await Scenario.start(parts);
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200 && s.media.calls.length > 0);
  await s.run(100);
  s.media.call.press("1");
  await s.until(() => a.got("BYE") === 1, 20_000);
  await s.assertClean();
  return s;
}

for (const [name, parts, result, afterMs] of [
  ["nobody answers behind a message", { plan: `${MESSAGE}\n${PHONE}` }, "noAnswer", undefined],
  [
    "the caller hangs up in a message that a phone would ring behind",
    { plan: `${MESSAGE}\n${PHONE}` },
    "cancelled",
    500,
  ],
  ["a gate stays shut", { plan: gate("[]"), webhook: () => ({ result: says.nak() }) }, "noAnswer", undefined],
  [
    "a gate's server is down",
    { plan: gate("[]"), webhook: () => ({ result: says.broken() }) },
    "noAnswer",
    undefined,
  ],
  [
    "the plan has nothing for it",
    { plan: "- { type: callerName, mode: prepend, text: x }" },
    "noAnswer",
    undefined,
  ],
  [
    "nobody is where a phone was to ring",
    { plan: gate("[{ type: variableDestination, ringSeconds: 5 }]") },
    "noAnswer",
    undefined,
  ],
] as const)
  test(`N8: ${name}: ${result}, and missed`, async () => {
    const s = await ended(parts, afterMs);
    assert.equal(s.record.result, result, s.record.reason);
    assert.equal(s.record.missed, true);
  });

for (const [name, parts, why] of [
  [
    "a webhook that failed, though a phone was tried after it",
    {
      plan: gate("[]", `[{ type: phone, phone: "215", ringSeconds: 2 }]`),
      webhook: () => ({ result: says.broken() }),
    },
    /^Step 1, Webhook "CRM": Failed after 20 ms: Nothing answered\. Nobody answered\. Last tried: step 1\.2\.1 /,
  ],
  [
    "the first of two webhooks that failed",
    {
      plan: gate("[]", `[{ type: webhook, webhook: hides, success: [], failed: [] }]`),
      webhook: () => ({ result: says.broken() }),
    },
    /^Step 1, Webhook "CRM": Failed /,
  ],
  [
    "a destination that may not be called",
    {
      plan: gate("[{ type: variableDestination, ringSeconds: 5 }]"),
      webhook: () => ({ result: says.ack({ destination: "+12125550123" }) }),
    },
    /^Step 1\.1\.1, Variable destination: .*\+12125550123.* Skipped\./,
  ],
  [
    "a premium number that a webhook names",
    {
      plan: gate(`[{ type: variableDestination, ringSeconds: 5 }, ${PHONE.slice(2)}]`),
      webhook: () => ({ result: says.ack({ destination: "09001234" }) }),
    },
    /^Step 1\.1\.1, Variable destination: .* Skipped\. Nobody answered\./,
  ],
  [
    "an answer without a destination",
    { plan: gate("[{ type: variableDestination, ringSeconds: 5 }]") },
    /^Step 1\.1\.1, Variable destination: The webhook returned no destination: skipped\./,
  ],
] as const)
  test(`N7: the Why names ${name}`, async () => {
    const s = await ended(parts);
    assert.match(s.record.reason, why);
    assert.match(s.story, /\nWhy: Step 1/);
  });

test("N7: the Why names the last wrong code, and a call that somebody answered what led it there", async () => {
  const plan = `- { type: webhook, webhook: code, success: [], failed: [{ type: phone, phone: "215", ringSeconds: 5 }] }`;
  const s = await Scenario.start({
    plan,
    ivr: "timeoutSeconds: 5, attempts: 2, codeLength: 1",
    webhook: () => ({ result: says.nak() }),
  });
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200 && s.media.calls.length > 0);
  await s.run(100);
  s.media.call.press("1");
  await s.run(1000);
  s.media.call.press("2");
  await s.until(() => s.media.call.hears("A") === "B1", 60_000);
  a.bye();
  await s.assertClean();
  assert.match(
    s.record.reason,
    /^Step 1, Webhook "code": The code is not accepted \(attempt 2 of 2\), .* Step 1\.2\.1 \(Phone 215\) was answered; the caller hung up\.$/,
  );
  assert.equal(s.record.missed, false);
});
