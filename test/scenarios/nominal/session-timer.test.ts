import assert from "node:assert/strict";
import { test } from "node:test";
import { connected, finish } from "../connected.ts";
import { NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

const POLICY = { intervalSeconds: 600, minSeconds: 90 };
const TIMER = ["Supported", "timer"] as const;

test("the caller asks for less than we accept: 422 with Min-SE, and nobody rings", async () => {
  const s = await Scenario.start();
  const call = s.carrier.invite(NUMBER, { headers: [TIMER, ["Session-Expires", "60"]] });
  await s.until(() => call.last === 422);
  assert.equal(call.responses.at(-1)?.headers.get("min-se"), "90");
  assert.equal(s.at("215").calls.length, 0);
  await s.assertClean();
});

test("the phone wants more than we asked for: once more with its Min-SE", async () => {
  const s = await Scenario.start({ sessionTimer: POLICY });
  const phone = s.at("215");
  phone.onCall = (call) => {
    if (phone.calls.length === 1) call.respond(422, { headers: [["Min-SE", "1200"]] });
    else call.answer();
  };
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.equal(phone.calls.length, 2);
  assert.equal(phone.call.header("session-expires"), "1200");
  assert.equal(phone.call.header("min-se"), "1200");
  call.bye();
  await s.assertClean();
});

test("the caller refreshes: the timer runs on, each leg by itself", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    { headers: [TIMER, ["Session-Expires", "600;refresher=uac"]] },
  );
  const { s, a, b } = call;
  const agreed = a.responses.find(({ status }) => status === 200)?.headers;
  assert.equal(agreed?.get("session-expires"), "600;refresher=uac");
  assert.equal(agreed?.get("require"), "timer");
  for (let turn = 0; turn < 4; turn++) {
    await s.run(300_000);
    const refresh = a.update("", [TIMER, ["Session-Expires", "600;refresher=uac"]]);
    await s.until(() => refresh.heard.includes(200));
  }
  assert.equal(b.got("UPDATE") + b.got("INVITE"), 0);
  await finish(call);
});

test("the caller was to refresh and does not: BYE to both, 32 s before the end", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    { headers: [TIMER, ["Session-Expires", "600;refresher=uac"]] },
  );
  const { s, a, b } = call;
  const began = s.clock.now();
  await s.until(() => a.got("BYE") === 1 && b.got("BYE") === 1, 700_000);
  assert.equal(Math.round((s.clock.now() - began + 1000) / 1000), 600 - 32);
  await s.assertClean();
  assert.match(s.records.at(-1)?.reason ?? "", /session timer ran out/);
});

test("we refresh towards the caller, by UPDATE where it takes that", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    {
      headers: [
        TIMER,
        ["Session-Expires", "600;refresher=uas"],
        ["Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"],
      ],
    },
  );
  const { s, a, b } = call;
  await s.run(1_300_000);
  assert.equal(a.got("UPDATE"), 4);
  assert.equal(a.requests[0]?.request.body.length, 0);
  assert.match(a.requests[0]?.request.headers.get("session-expires") ?? "", /^600;refresher=uac$/);
  assert.equal(a.got("BYE") + b.got("BYE"), 0);
  await finish(call);
});

test("we refresh towards the phone, by re-INVITE with the very same SDP where it does not take UPDATE", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    { reply: { headers: [["Session-Expires", "600;refresher=uac"]], allow: "INVITE, ACK, BYE, CANCEL" } },
  );
  const { s, b } = call;
  await s.run(310_000);
  assert.equal(b.got("INVITE"), 1);
  assert.deepEqual(b.requests[0]?.request.body, b.invite.body);
  assert.equal(b.acks.length, 2);
  await finish(call);
});

test("a refresh that meets 491 is tried again after 2.1 to 4 s", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    { reply: { headers: [["Session-Expires", "600;refresher=uac"]] } },
  );
  const { s, b } = call;
  let refused = 0;
  const refuse = (transaction: Parameters<typeof b.reply>[0]): void => {
    refused += 1;
    b.reply(transaction, refused === 1 ? 491 : 200);
  };
  b.on.set("UPDATE", refuse);
  await s.until(() => b.got("UPDATE") === 2, 400_000);
  const [first, second] = s.network.log.filter(({ startLine }) => startLine.startsWith("UPDATE"));
  const gap = (second?.at ?? 0) - (first?.at ?? 0);
  assert.ok(gap >= 2100 && gap <= 4100, `${gap} ms`);
  await finish(call);
});

test("a refresh towards the caller that meets 491 is tried again within 2 s, as the Call-ID is the caller's", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    {
      headers: [
        TIMER,
        ["Session-Expires", "600;refresher=uas"],
        ["Allow", "INVITE, ACK, BYE, CANCEL, UPDATE"],
      ],
    },
  );
  const { s, a } = call;
  let refused = 0;
  a.on.set("UPDATE", (transaction) => {
    refused += 1;
    a.reply(transaction, refused === 1 ? 491 : 200);
  });
  await s.until(() => a.got("UPDATE") === 2, 400_000);
  const [first, second] = s.network.log.filter(({ startLine }) => startLine.startsWith("UPDATE"));
  assert.ok((second?.at ?? 0) - (first?.at ?? 0) <= 2100);
  await finish(call);
});

test("a refresh that nobody answers: BYE to both", async () => {
  const call = await connected(
    { sessionTimer: POLICY },
    { reply: { headers: [["Session-Expires", "600;refresher=uac"]] } },
  );
  const { s, a, b, phone } = call;
  phone.transport.up = false;
  await s.until(() => a.got("BYE") === 1, 700_000);
  await s.run(40_000);
  phone.transport.up = true;
  await s.assertClean();
  assert.equal(b.got("BYE"), 0);
});

test("a phone without session timers that vanishes is noticed by an OPTIONS inside the dialog", async () => {
  const call = await connected({ sessionTimer: POLICY });
  const { s, a, b, phone } = call;
  await s.run(310_000);
  assert.equal(b.got("OPTIONS"), 1);
  assert.equal(a.got("OPTIONS"), 1);
  phone.transport.up = false;
  await s.until(() => a.got("BYE") === 1, 400_000);
  await s.run(40_000);
  phone.transport.up = true;
  await s.assertClean();
  assert.match(s.records.at(-1)?.reason ?? "", /the called side was lost/);
});

test("a phone that was restarted says 481 to that OPTIONS: both are hung up", async () => {
  const call = await connected({ sessionTimer: POLICY });
  const { s, a, b } = call;
  b.on.set("OPTIONS", (transaction) => b.reply(transaction, 481));
  await s.until(() => a.got("BYE") === 1, 400_000);
  await s.assertClean();
});

test("after a delayed offer the refresh repeats the caller's answer", async () => {
  const s = await Scenario.start({ sessionTimer: POLICY });
  const phone = s.at("215");
  phone.onCall = (call) =>
    call.answer({
      headers: [["Session-Expires", "600;refresher=uac"]],
      allow: "INVITE, ACK, BYE, CANCEL",
    });
  const answer = sdp({ at: "10.0.0.9", port: 5000 });
  const a = s.carrier.invite(NUMBER, { sdp: "", answer });
  await s.until(() => phone.calls[0]?.acks.length === 1);
  await s.until(() => phone.call.got("INVITE") === 1, 400_000);
  assert.deepEqual(phone.call.requests[0]?.request.body, phone.call.acks[0]?.body);
  await s.run(1000);
  a.bye();
  await s.until(() => phone.call.got("BYE") === 1);
  await s.assertClean();
});
