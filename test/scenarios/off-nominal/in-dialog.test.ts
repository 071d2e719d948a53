import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, finish } from "../connected.ts";
import { BOARD, NUMBER, Scenario } from "../harness.ts";
import { media, sdp } from "../sdp.ts";

const HELD = sdp({ at: "10.0.0.9", direction: "sendonly", version: 2 });

test("glare: both sides change the call at once, both get 491, and the next try goes through", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const ours = a.reinvite(HELD);
  b.on.set("INVITE", (transaction) => b.reply(transaction, 491));
  const theirs = b.reinvite(sdp({ at: "10.1.1.215", direction: "sendonly", version: 2 }));
  await s.until(() => ours.heard.includes(491) && theirs.heard.includes(491));
  b.on.delete("INVITE");
  // RFC 3261 §14.1: each side tries again after a time of its own.
  await s.run(1200);
  const again = b.reinvite(sdp({ at: "10.1.1.215", direction: "sendonly", version: 2 }));
  await s.until(() => again.heard.includes(200));
  await finish(call);
});

test("a second re-INVITE before the first is answered: 500 with Retry-After", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", () => {});
  const first = a.reinvite(HELD);
  await s.until(() => b.got("INVITE") === 1);
  const second = a.reinvite(sdp({ at: "10.0.0.9", version: 3 }));
  await s.until(() => second.heard.includes(500));
  const wait = Number(second.responses.at(-1)?.headers.get("retry-after"));
  assert.ok(wait >= 0 && wait <= 10);
  const waiting = b.requests[0];
  assert.ok(waiting);
  b.reply(waiting, 200, sdp({ at: "10.1.1.215", version: 2 }));
  await s.until(() => first.heard.includes(200));
  await finish(call);
});

test("a request with a lower CSeq than the last: 500", async () => {
  const call = await connected();
  const { s, a } = call;
  const info = a.info("text/plain", "x");
  await s.until(() => info.heard.includes(200));
  const old = a.send("INVITE", { body: HELD, sequence: 1 });
  await s.until(() => old.heard.includes(500));
  await finish(call);
});

test("a re-INVITE that the other side refuses changes nothing: the call goes on", async () => {
  const call = await connected();
  const { s, a, b } = call;
  for (const [theirs, ours] of [
    [488, 488],
    [603, 603],
    [401, 488],
    [302, 488],
    [422, 488],
  ] as const) {
    b.on.set("INVITE", (transaction) => b.reply(transaction, theirs));
    const change = a.reinvite(sdp({ at: "10.0.0.9", port: 4000 + theirs, version: theirs }));
    await s.until(() => change.heard.includes(ours));
  }
  b.on.delete("INVITE");
  const hold = a.reinvite(HELD);
  await s.until(() => hold.heard.includes(200));
  assert.equal(b.got("BYE") + a.got("BYE"), 0);
  await finish(call);
});

test("a re-INVITE that the other side does not know any more: 481, and both are hung up", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", (transaction) => b.reply(transaction, 481));
  const change = a.reinvite(HELD);
  await s.until(() => change.heard.some((status) => status >= 300));
  await s.until(() => a.got("BYE") === 1 && b.got("BYE") === 1);
  await s.assertClean();
  assert.match(s.story, /The called side was lost: the other side no longer knows the call/i);
});

test("a re-INVITE that the other side never answers: BYE to both", async () => {
  const call = await connected();
  const { s, a, b, phone } = call;
  phone.transport.up = false;
  const change = a.reinvite(HELD);
  await s.until(() => a.got("BYE") === 1, 40_000);
  assert.ok(change.heard.some((status) => status >= 400));
  await s.run(40_000);
  phone.transport.up = true;
  assert.equal(b.got("BYE"), 0);
  await s.assertClean();
});

test("the caller hangs up while its re-INVITE waits: 200 to BYE, 487 to the re-INVITE, the phone's 200 is acknowledged", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", () => {});
  const change = a.reinvite(HELD);
  await s.until(() => b.got("INVITE") === 1);
  const bye = a.bye();
  await s.until(() => bye.heard.includes(200) && change.heard.includes(487));
  await s.until(() => b.got("BYE") === 1);
  const waiting = b.requests[0];
  assert.ok(waiting);
  b.reply(waiting, 200, sdp({ at: "10.1.1.215", version: 2 }));
  await s.until(() => b.acks.length === 2);
  await s.assertClean();
});

test("a re-INVITE that the phone only says 100 to is cancelled after 32 s: the call goes on, and the next one goes through", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", (transaction) => {
    b.onCancel = () => b.reply(transaction, 487);
    b.reply(transaction, 100);
  });
  const change = a.reinvite(HELD);
  await s.until(() => change.heard.includes(487), 40_000);
  b.on.delete("INVITE");
  const again = a.reinvite(sdp({ at: "10.0.0.9", direction: "sendonly", version: 3 }));
  await s.until(() => again.heard.includes(200));
  await finish(call);
});

test("a phone that says 100 to a re-INVITE and is gone: BYE to both", async () => {
  const call = await connected();
  const { s, a, b, phone } = call;
  b.on.set("INVITE", (transaction) => b.reply(transaction, 100));
  const change = a.reinvite(HELD);
  await s.until(() => s.ladder().includes("215 > us 100 INVITE"));
  phone.transport.up = false;
  await s.until(() => a.got("BYE") === 1, 80_000);
  assert.ok(change.heard.some((status) => status >= 400));
  await s.run(40_000);
  phone.transport.up = true;
  const waiting = b.requests[0];
  assert.ok(waiting);
  b.reply(waiting, 487);
  await s.assertClean();
});

test("a hang-up while the phone has only said 100 to a re-INVITE: CANCEL and BYE, and nothing is left", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", (transaction) => b.reply(transaction, 100));
  b.onCancel = () => {};
  const change = a.reinvite(HELD);
  await s.until(() => s.ladder().includes("215 > us 100 INVITE"));
  a.bye();
  await s.until(() => change.heard.includes(487) && b.got("BYE") === 1);
  assert.notEqual(b.cancelRequest, undefined);
  await s.run(70_000);
  assert.equal(s.board.counts().transactions, 0);
  const waiting = b.requests[0];
  assert.ok(waiting);
  b.reply(waiting, 487);
  await s.assertClean();
});

test("the caller cancels its re-INVITE: so is that to the phone, 487 to the caller, and the call goes on", async () => {
  const call = await connected();
  const { s, a, b } = call;
  b.on.set("INVITE", (transaction) => {
    b.onCancel = () => b.reply(transaction, 487);
    b.reply(transaction, 100);
  });
  const change = a.reinvite(HELD);
  await s.until(() => s.ladder().includes("215 > us 100 INVITE"));
  change.cancel();
  await s.until(() => change.heard.includes(487));
  assert.notEqual(b.cancelRequest, undefined);
  assert.equal(b.got("BYE") + a.got("BYE"), 0);
  await finish(call);
});

test("our 200 to a re-INVITE is repeated until its ACK; without it both are hung up", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const change = a.send("INVITE", { body: HELD, ack: false });
  await s.until(() => b.got("BYE") === 1, 40_000);
  assert.ok(change.heard.filter((status) => status === 200).length > 5);
  await s.until(() => a.got("BYE") === 1);
  await s.assertClean();
});

test("the ACK for our 200 is overtaken by a re-INVITE: it is taken, as it says the same", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.last === 200);
  const hold = a.reinvite(HELD);
  await s.until(() => hold.heard.includes(200));
  assert.equal(media(phone.call.requests[0]?.request.body ?? ""), "10.0.0.9:4000 sendonly");
  a.bye();
  await s.assertClean();
});

test("the phone changes the call before the caller has acknowledged its 200: the change waits for the ACK", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => phone.calls[0]?.acks.length === 1);
  const early = phone.call.reinvite(sdp({ at: "10.1.1.215", direction: "sendonly", version: 2 }));
  await s.run(3000);
  assert.equal(a.got("INVITE"), 0);
  a.ack();
  await s.until(() => early.heard.includes(200));
  assert.equal(media(a.requests[0]?.request.body ?? ""), "10.1.1.215:4000 sendonly");
  a.bye();
  await s.assertClean();
});

test("both hang up at once: each BYE gets 200", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const first = a.bye();
  const second = b.bye();
  await s.until(() => first.heard.includes(200) && second.heard.includes(200));
  await s.assertClean();
  assert.equal(s.records.length, 1);
});

test("BYE crosses BYE on one leg: 200, not 481", async () => {
  const call = await connected();
  const { s, a, b } = call;
  a.bye();
  // Our BYE is on its way to the phone while the phone's is on its way to us.
  await s.until(() => s.ladder().includes("us > 215 BYE"));
  const second = b.bye();
  await s.until(() => second.heard.length > 0);
  assert.deepEqual(second.heard, [200]);
  await s.assertClean();
});

test("a BYE that nobody answers: given up, nothing is left, the record is written at once", async () => {
  const call = await connected();
  const { s, a, phone } = call;
  phone.transport.up = false;
  a.bye();
  await s.until(() => s.records.length === 1, 1000);
  await s.run(40_000);
  assert.deepEqual(s.board.counts(), { calls: 0, dialogs: 0, taps: 0, transactions: 0, outsideCalls: 0 });
  phone.transport.up = true;
  await s.assertClean();
});

test("the phone hangs up before the caller's ACK: the caller's BYE waits for it", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const a = s.carrier.invite(NUMBER, { ack: false });
  await s.until(() => a.last === 200 && phone.call.acks.length === 1);
  phone.call.bye();
  await s.run(3000);
  assert.equal(a.got("BYE"), 0, "RFC 3261 §15: not before the ACK");
  a.ack();
  await s.until(() => a.got("BYE") === 1);
  await s.assertClean();
});

test("requests in dialogs that nobody knows: 481, and no state is kept", async () => {
  const call = await connected();
  const { s, a, b } = call;
  for (const method of ["BYE", "INFO", "UPDATE", "INVITE", "PRACK", "OPTIONS"]) {
    const lost = a.send(method, { tag: "nobody", ack: false });
    await s.until(() => lost.heard.includes(481));
  }
  assert.equal(b.requests.length, 0);
  await finish(call);
});

test("a BYE with another From tag than the peer's: 481, the call goes on", async () => {
  const call = await connected();
  const { s, a, b } = call;
  const to = a.responses.at(-1)?.headers.get("to") ?? "";
  s.network.inject(
    [
      `BYE sip:${BOARD} SIP/2.0`,
      "Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKforged",
      "Max-Forwards: 70",
      "From: <sip:x@10.0.0.9>;tag=forged",
      `To: ${to}`,
      `Call-ID: ${a.id}`,
      "CSeq: 50 BYE",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n"),
    { host: "10.0.0.9", port: 5060 },
    { host: BOARD, port: 5060 },
  );
  await s.until(() => s.ladder().includes("us > carrier 481 BYE"));
  assert.equal(b.got("BYE"), 0);
  await finish(call);
});
