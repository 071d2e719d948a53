import assert from "node:assert/strict";
import { test } from "node:test";
import type { AgentCall, ReplyOptions } from "../agent-call.ts";
import { BOARD, NUMBER, Scenario, type ScenarioParts, says } from "../harness.ts";
import { media, originLine, sdp } from "../sdp.ts";

const PHONE = "10.1.1.215";
const HERE = sdp({ at: PHONE });
const ANCHORED = { phone215: "media: anchored" };

/** The phone's way of answering: what it sends before its 200, which has no SDP. */
const WAYS: Readonly<Record<string, ReplyOptions & { readonly status: number }>> = {
  "a reliable 183": { status: 183, rseq: 71, sdp: HERE },
  "a reliable 180": { status: 180, rseq: 71, sdp: HERE },
  "an unreliable 183": { status: 183, sdp: HERE },
};

/** Sends the description before the answer, and 200 without it once that has been acknowledged. */
async function answers(
  s: Scenario,
  call: AgentCall,
  way: ReplyOptions & { readonly status: number },
): Promise<void> {
  call.respond(way.status, way);
  if (way.rseq !== undefined) await s.until(() => call.got("PRACK") === 1);
  call.respond(200);
}

async function hungUp(s: Scenario, a: AgentCall, b: AgentCall): Promise<void> {
  a.bye();
  await s.until(() => b.got("BYE") === 1);
  await s.assertClean();
  assert.equal(s.record.result, "completed");
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`S1: the answer of the phone stands in ${name}: the caller's own 200 has it, directly`, async () => {
    const s = await Scenario.start();
    const a = s.carrier.invite(NUMBER);
    await s.until(() => s.at("215").calls.length === 1);
    await answers(s, s.at("215").call, way);
    await s.until(() => a.last === 200);
    const answer = a.responses.at(-1)?.body ?? "";
    assert.equal(media(answer), `${PHONE}:4000 sendrecv`);
    const early = a.responses.find(({ status, body }) => status < 200 && body.length > 0);
    assert.equal(
      originLine(answer),
      originLine(early?.body ?? ""),
      "the same in one dialog (RFC 3261 §13.2.1)",
    );
    await hungUp(s, a, s.at("215").call);
  });

  test(`S1: the answer of the phone stands in ${name}: the same with the sound through us`, async () => {
    const s = await Scenario.start(ANCHORED);
    const a = s.carrier.invite(NUMBER);
    await s.until(() => s.at("215").calls.length === 1);
    await answers(s, s.at("215").call, way);
    await s.until(() => a.last === 200);
    assert.equal(media(a.responses.at(-1)?.body ?? ""), "10.0.0.1:20002 sendrecv");
    assert.equal(s.media.call.hears("A"), "B1");
    await hungUp(s, a, s.at("215").call);
  });

  for (const parts of [{}, ANCHORED] satisfies readonly ScenarioParts[]) {
    test(`S1: ${name} in a group, whose early sound is not passed on ${JSON.stringify(parts)}`, async () => {
      const s = await Scenario.start({ ...parts, plan: `- { type: group, group: "300", ringSeconds: 20 }` });
      s.at("216").onCall = (call) => call.respond(183, { rseq: 5, sdp: sdp({ at: "10.1.1.216" }) });
      const a = s.carrier.invite(NUMBER);
      await s.until(() => s.at("215").calls.length === 1 && s.at("216").calls.length === 1);
      await answers(s, s.at("215").call, way);
      await s.until(() => a.last === 200);
      assert.ok(a.responses.every(({ status, body }) => status === 200 || body.length === 0));
      const where = parts === ANCHORED ? /^10\.0\.0\.1:/ : /^10\.1\.1\.215:4000 /;
      assert.match(media(a.responses.at(-1)?.body ?? ""), where);
      await hungUp(s, a, s.at("215").call);
    });
  }

  test(`S1: ${name} after a code was asked`, async () => {
    const plan = `- { type: webhook, webhook: code, success: [{ type: phone, phone: "215", ringSeconds: 20 }] }`;
    const s = await Scenario.start({ plan, webhook: () => ({ result: says.ack() }) });
    const a = s.carrier.invite(NUMBER);
    await s.until(() => s.media.calls.length > 0 && s.media.call.hears("A") !== "");
    s.media.call.press("1#");
    await s.until(() => s.at("215").calls.length === 1);
    await answers(s, s.at("215").call, way);
    await s.until(() => s.at("215").call.acks.length === 1);
    await s.run(100);
    assert.equal(s.media.call.hears("A"), "B1");
    await hungUp(s, a, s.at("215").call);
  });
}

test("S1: phones behind a forking proxy: the one that answers is heard, not the one that described itself last", async () => {
  const s = await Scenario.start();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  const { call } = s.at("215");
  call.respond(183, { tag: "one", rseq: 1, sdp: sdp({ at: "10.1.1.1" }) });
  call.respond(183, { tag: "two", rseq: 9, sdp: sdp({ at: "10.1.1.2" }) });
  await s.until(() => call.got("PRACK") === 2);
  call.respond(200, { tag: "one" });
  await s.until(() => a.last === 200);
  assert.equal(media(a.responses.at(-1)?.body ?? ""), "10.1.1.1:4000 sendrecv");
  await hungUp(s, a, call);
});

test("S1: what stands unreliably after a reliable answer is none; the 2xx's own comes before all", async () => {
  for (const own of [false, true]) {
    const s = await Scenario.start();
    const a = s.carrier.invite(NUMBER);
    await s.until(() => s.at("215").calls.length === 1);
    const { call } = s.at("215");
    call.respond(183, { rseq: 1, sdp: HERE });
    await s.until(() => call.got("PRACK") === 1);
    call.respond(183, { sdp: sdp({ at: "10.1.1.7" }) });
    call.respond(200, own ? { sdp: sdp({ at: "10.1.1.8" }) } : {});
    await s.until(() => a.last === 200);
    assert.equal(media(a.responses.at(-1)?.body ?? ""), `${own ? "10.1.1.8" : PHONE}:4000 sendrecv`);
    await hungUp(s, a, call);
  }
});

test("S1: an answer in a 183 without a To tag", async () => {
  const s = await Scenario.start();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  s.network.intercept = ({ text, from, to }) => {
    const tagless = text.replace(/^(To: [^\r]*?);tag=[^\r]*/m, "$1");
    if (!text.startsWith("SIP/2.0 183") || from.host === BOARD || tagless === text) return undefined;
    s.network.inject(tagless, from, to);
    return "drop";
  };
  const { call } = s.at("215");
  call.respond(183, { sdp: HERE });
  await s.until(() => a.last === 183);
  call.respond(200);
  await s.until(() => a.last === 200);
  assert.equal(media(a.responses.at(-1)?.body ?? ""), `${PHONE}:4000 sendrecv`);
  await hungUp(s, a, call);
});

test("S1: a caller that requires 100rel of us and a phone that answers reliably: both legs for themselves", async () => {
  const s = await Scenario.start();
  const a = s.carrier.invite(NUMBER, { headers: [["Require", "100rel"]] });
  await s.until(() => s.at("215").calls.length === 1);
  await answers(s, s.at("215").call, { status: 183, rseq: 3, sdp: HERE });
  await s.until(() => a.last === 200);
  assert.equal(media(a.remoteSdp), `${PHONE}:4000 sendrecv`);
  await hungUp(s, a, s.at("215").call);
});

test("S1: the answer to a re-INVITE stands in its 183", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER);
  await s.until(() => a.last === 200 && s.at("215").call.acks.length === 1);
  const b = s.at("215").call;
  b.on.set("INVITE", (transaction) => {
    b.reply(transaction, 183, sdp({ at: PHONE, direction: "recvonly", version: 2 }));
    b.reply(transaction, 200);
  });
  const hold = a.reinvite(sdp({ at: "10.0.0.9", direction: "sendonly", version: 2 }));
  await s.until(() => hold.heard.includes(200));
  assert.equal(media(hold.responses.at(-1)?.body ?? ""), `${PHONE}:4000 recvonly`);
  await hungUp(s, a, b);
});

test("S1: a phone that answers and describes itself nowhere is hung up, and the plan goes on", async () => {
  for (const parts of [{}, ANCHORED]) {
    const s = await Scenario.start({
      ...parts,
      plan: `- { type: phone, phone: "215", ringSeconds: 20 }\n- { type: phone, phone: "216", ringSeconds: 20 }`,
    });
    s.at("215").onCall = (call) => call.respond(200);
    s.at("216").onCall = (call) => call.answer();
    const a = s.carrier.invite(NUMBER);
    await s.until(() => a.last === 200);
    assert.equal(s.at("215").call.acks.length, 1);
    assert.equal(s.at("215").call.got("BYE"), 1);
    await hungUp(s, a, s.at("216").call);
    assert.match(s.story, /described no sound/);
  }
});
