import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import { BOARD, NUMBER, Scenario } from "../harness.ts";
import { media, sdp } from "../sdp.ts";

const REQUIRED = [["Require", "100rel"]] as const;

/** The phone sends a 183 with SDP and answers at once; the caller requires 100rel and sends no PRACK by itself. */
async function answeredWithoutPrack(): Promise<{ s: Scenario; phone: Agent; call: AgentCall }> {
  const s = await Scenario.start();
  const phone = s.at("215");
  const body = sdp({ at: "10.1.1.215" });
  phone.onCall = (call) => {
    call.respond(183, { sdp: body });
    call.answer({ sdp: body });
  };
  return { s, phone, call: s.carrier.invite(NUMBER, { headers: REQUIRED, prack: false }) };
}

test("a reliable 183 of the phone gets its PRACK, on its own leg; the caller hears a plain 183", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => {
    assert.match(call.header("supported") ?? "", /100rel/);
    call.respond(183, { rseq: 7001, sdp: sdp({ at: "10.1.1.215" }) });
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 183);
  const early = call.responses.at(-1);
  assert.equal(early?.headers.get("rseq"), undefined, "RSeq is never relayed");
  assert.equal(media(early?.body ?? ""), "10.1.1.215:4000 sendrecv");
  await s.until(() => phone.call.got("PRACK") === 1);
  assert.equal(phone.call.requests[0]?.request.headers.get("rack"), "7001 1 INVITE");
  phone.call.respond(180, { rseq: 7002 });
  await s.until(() => phone.call.got("PRACK") === 2);
  phone.call.respond(180, { rseq: 7004 });
  await s.run(1000);
  assert.equal(phone.call.got("PRACK"), 2, "a gap is not acknowledged (RFC 3262 §4)");
  phone.call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  const sequence = phone.call.requests.map(({ request }) => request.cseq.number);
  assert.deepEqual(sequence, [2, 3, 4], "CSeq goes on after the PRACKs");
  await s.assertClean();
});

test("the caller requires 100rel: our 180 is reliable, repeated until the PRACK, and then the 200 comes", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER, { headers: REQUIRED, prack: false });
  await s.run(4000);
  const rung = call.responses.filter(({ status }) => status === 180);
  assert.equal(rung.length, 4, "at 0, 0.5, 1.5 and 3.5 s");
  const first = rung[0];
  assert.ok(first);
  assert.equal(first.headers.get("require"), "100rel");
  for (const rack of ["1 1 INVITE", `${first.headers.get("rseq")} 9 INVITE`, "x", ""]) {
    const wrong = call.prack(first, { rack });
    await s.until(() => wrong.heard.includes(481));
  }
  const prack = call.prack(first);
  await s.until(() => prack.heard.includes(200));
  await s.run(20_000 - 4100);
  assert.equal(call.responses.filter(({ status }) => status === 180).length, 4);
  await s.until(() => call.last === 480, 10_000);
  await s.assertClean();
});

test("a 200 waits for the PRACK of a 183 that carried SDP", async () => {
  const { s, phone, call } = await answeredWithoutPrack();
  await s.run(3000);
  assert.equal(call.last, 183, "RFC 3262 §5");
  const early = call.responses.at(-1);
  assert.ok(early);
  call.prack(early);
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  await s.assertClean();
});

test("the caller cancels while its 200 waits for a PRACK: 487, and the phone is hung up", async () => {
  const { s, phone, call } = await answeredWithoutPrack();
  await s.until(() => call.last === 183);
  await s.run(200);
  call.cancel();
  await s.until(() => call.last === 487);
  await s.until(() => phone.call.got("BYE") === 1);
  await s.assertClean();
});

test("the phone hangs up while the caller's 200 waits for a PRACK: the caller is refused, not sent a BYE", async () => {
  const { s, phone, call } = await answeredWithoutPrack();
  await s.until(() => phone.calls[0]?.acks.length === 1);
  phone.call.bye();
  await s.until(() => call.last === 480);
  assert.equal(call.got("BYE"), 0);
  await s.assertClean();
});

test("the phone changes the call while the caller's 200 waits for a PRACK: the change waits too", async () => {
  const { s, phone, call } = await answeredWithoutPrack();
  await s.until(() => phone.calls[0]?.acks.length === 1);
  const change = phone.call.reinvite(sdp({ at: "10.1.1.215", direction: "sendonly", version: 2 }));
  await s.run(1000);
  assert.equal(call.requests.length, 0, "nothing goes out in an early dialog");
  const early = call.responses.at(-1);
  assert.ok(early);
  call.prack(early);
  await s.until(() => change.heard.includes(200));
  assert.equal(call.got("INVITE"), 1);
  call.bye();
  await s.assertClean();
});

test("no PRACK within 64*T1: 504 to the caller, the phone is cancelled or hung up", async () => {
  for (const answers of [false, true]) {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "215", ringSeconds: 120 }` });
    const phone = s.at("215");
    const body = sdp({ at: "10.1.1.215" });
    phone.onCall = (call) => {
      call.respond(183, { sdp: body });
      if (answers) call.answer({ sdp: body });
    };
    const call = s.carrier.invite(NUMBER, { headers: REQUIRED, prack: false });
    const began = s.clock.now();
    await s.until(() => call.last === 504, 70_000);
    assert.equal(Math.round((s.clock.now() - began) / 1000), 32);
    await s.until(() => (answers ? phone.call.got("BYE") === 1 : phone.call.cancelRequest !== undefined));
    await s.assertClean();
    assert.match(s.story, /PRACK/);
  }
});

test("two phones ring for a caller that requires 100rel: each early dialog has an RSeq of its own, without gaps", async () => {
  const s = await Scenario.start({ plan: `- { type: group, group: "300", ringSeconds: 20 }` });
  for (const name of ["215", "216"]) {
    s.at(name).onCall = (call) => {
      call.ring();
      s.clock.after(1000, () => call.respond(182));
    };
  }
  const call = s.carrier.invite(NUMBER, { headers: REQUIRED });
  await s.run(3000);
  const byTag = new Map<string, number[]>();
  for (const { to, headers } of call.responses) {
    const rseq = headers.get("rseq");
    if (rseq === undefined) continue;
    byTag.set(to.tag ?? "", [...(byTag.get(to.tag ?? "") ?? []), Number(rseq)]);
  }
  assert.equal(byTag.size, 2);
  for (const numbers of byTag.values()) assert.equal((numbers[1] ?? 0) - (numbers[0] ?? 0), 1);
  s.at("216").call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});

test("an offer in a PRACK is refused, the PRACK counts", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER, { headers: REQUIRED, prack: false });
  await s.until(() => call.last === 180);
  const first = call.responses.at(-1);
  assert.ok(first);
  const prack = call.prack(first, { body: sdp({ at: "10.0.0.9" }) });
  await s.until(() => prack.heard.includes(488));
  await s.run(5000);
  assert.equal(call.responses.filter(({ status }) => status === 180).length, 1);
  call.cancel();
  await s.assertClean();
});

test("M2: an offer in the PRACK for our answer is answered in its 2xx, where the sound passes through us", async () => {
  const s = await Scenario.start({ phone215: "media: anchored" });
  const a = s.carrier.invite(NUMBER, { headers: REQUIRED, prack: false });
  await s.until(() => s.at("215").calls.length === 1);
  s.at("215").call.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
  await s.until(() => a.last === 183);
  const early = a.responses.at(-1);
  assert.ok(early);
  const prack = a.prack(early, { body: sdp({ at: "10.0.0.9", port: 4100, version: 2 }) });
  await s.until(() => prack.heard.includes(200));
  const reply = prack.responses.at(-1);
  assert.equal(reply?.headers.get("content-type"), "application/sdp");
  assert.equal(media(reply?.body ?? ""), "10.0.0.1:20002 sendrecv");
  assert.equal(s.media.call.log.filter((entry) => entry === "remoteOffer A").length, 2);
  s.at("215").call.answer();
  await s.until(() => a.last === 200);
  assert.equal(s.media.call.hears("A"), "B1");
  a.bye();
  await s.assertClean();
});

test("M2: an offer in a PRACK where the sound passes us by, or while the 200 waits for it, is 488; the call goes on", async () => {
  for (const answered of [false, true]) {
    const s = await Scenario.start(answered ? { phone215: "media: anchored" } : {});
    const a = s.carrier.invite(NUMBER, { headers: REQUIRED, prack: false });
    await s.until(() => s.at("215").calls.length === 1);
    const b = s.at("215").call;
    b.respond(183, { sdp: sdp({ at: "10.1.1.215" }) });
    await s.until(() => a.last === 183);
    if (answered) b.answer();
    await s.run(200);
    const early = a.responses.at(-1);
    assert.ok(early);
    const prack = a.prack(early, { body: sdp({ at: "10.0.0.9", version: 2 }) });
    await s.until(() => prack.heard.includes(488));
    if (!answered) b.answer();
    await s.until(() => a.last === 200);
    a.bye();
    await s.until(() => b.got("BYE") === 1);
    await s.assertClean();
  }
});

test("PRACK where nothing was reliable: 481", async () => {
  const s = await Scenario.start();
  s.at("215").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  const first = call.responses.at(-1);
  assert.ok(first);
  assert.equal(first.headers.get("require"), undefined);
  const prack = call.prack(first, { rack: "1 1 INVITE" });
  await s.until(() => prack.heard.includes(481));
  call.cancel();
  await s.assertClean();
});

test("a lost PRACK is repeated by its transaction", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.respond(183, { rseq: 1, sdp: sdp({ at: "10.1.1.215" }) });
  let lost = 0;
  s.network.intercept = ({ startLine, from }) => {
    if (!startLine.startsWith("PRACK") || from.host !== BOARD || lost === 2) return undefined;
    lost += 1;
    return "drop";
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => phone.calls[0]?.got("PRACK") === 1);
  phone.call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});

test("an UPDATE of either side before the answer is put off", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 180);
  const theirs = phone.call.update(sdp({ at: "10.1.1.215" }));
  const ours = call.update(sdp({ at: "10.0.0.9", version: 2 }));
  await s.until(() => theirs.heard.includes(491) && ours.heard.includes(500));
  phone.call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});
