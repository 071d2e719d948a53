import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../agent.ts";
import { BOARD, CARRIER, CARRIER_TWO, NUMBER, Scenario } from "../harness.ts";

const OUT = `- { type: fixedDestination, number: "+31201234567", ringSeconds: 60 }
- { type: phone, phone: "215", ringSeconds: 20 }`;

/** The carrier's two hosts; calls come in through the second. */
async function twoHosts(parts: Parameters<typeof Scenario.start>[0] = {}): Promise<{
  readonly s: Scenario;
  readonly one: Agent;
  readonly two: Agent;
}> {
  const s = await Scenario.start({ plan: OUT, ...parts });
  return { s, one: s.carrier, two: s.trunk("two", CARRIER_TWO) };
}

for (const status of [408, 500, 502, 503, 504]) {
  test(`the first host says ${status}: the second is tried`, async () => {
    const { s, one, two } = await twoHosts();
    one.onCall = (call) => call.respond(status);
    two.onCall = (call) => call.answer();
    const call = two.invite(NUMBER);
    await s.until(() => call.last === 200);
    assert.equal(one.calls.length, 1);
    call.bye();
    await s.assertClean();
  });
}

for (const status of [486, 600, 603, 404, 480]) {
  test(`the first host says ${status}: a person's answer, the second is not tried`, async () => {
    const { s, one, two } = await twoHosts();
    one.onCall = (call) => call.respond(status);
    two.onCall = (call) => call.answer();
    s.at("215").onCall = (call) => call.answer();
    const call = two.invite(NUMBER);
    await s.until(() => call.last === 200);
    assert.equal(two.calls.length, 1, "only its own call");
    call.bye();
    await s.assertClean();
  });
}

test("the first host is silent: the second after 4 s; when the first wakes up it is cancelled", async () => {
  const { s, one, two } = await twoHosts();
  two.onCall = (call) => call.answer();
  const call = two.invite(NUMBER);
  const began = s.clock.now();
  await s.until(() => call.last === 200);
  assert.equal(Math.round((s.clock.now() - began) / 1000), 4);
  one.call.ring();
  await s.until(() => one.call.cancelRequest !== undefined);
  await s.run(1000);
  assert.equal(call.last, 200);
  call.bye();
  await s.assertClean();
});

test("the silent first host answers after all: ACK and BYE, the second keeps the call", async () => {
  const { s, one, two } = await twoHosts();
  two.onCall = (call) => call.ring();
  const call = two.invite(NUMBER);
  await s.until(() => two.calls.length === 2);
  one.call.answer();
  await s.until(() => one.call.got("BYE") === 1);
  assert.equal(one.call.acks.length, 1);
  two.calls[1]?.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => two.calls[1]?.got("BYE") === 1);
  await s.assertClean();
});

test("a 100 from the first host stops the four seconds", async () => {
  const { s, one, two } = await twoHosts();
  one.onCall = (call) => call.respond(100);
  two.onCall = (call) => call.answer();
  const call = two.invite(NUMBER);
  await s.run(10_000);
  assert.equal(two.calls.length, 1);
  one.call.answer();
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});

test("a host that rang and then fails is not failed over from", async () => {
  const { s, one, two } = await twoHosts();
  one.onCall = (call) => {
    call.ring();
    call.respond(503);
  };
  two.onCall = (call) => call.answer();
  s.at("215").onCall = (call) => call.answer();
  const call = two.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.equal(two.calls.length, 1);
  assert.equal(s.at("215").calls.length, 1);
  call.bye();
  await s.assertClean();
});

test("H5: both hosts silent: given up after 9 s, the next step rings", async () => {
  const { s, one, two } = await twoHosts();
  s.at("215").onCall = (call) => call.answer();
  const began = s.clock.now();
  const call = two.invite(NUMBER);
  await s.until(() => call.last === 200, 60_000);
  assert.equal(Math.round((s.clock.now() - began) / 1000), 9);
  call.bye();
  await s.run(40_000);
  assert.deepEqual(s.board.counts(), { calls: 0, dialogs: 0, taps: 0, transactions: 0, outsideCalls: 0 });
  for (const agent of [one, two])
    for (const rung of agent.calls) if (rung.direction === "in") rung.respond(487);
  await s.assertClean();
});

const CREDENTIALS = "credentials: { username: acct, password: trunk-secret }";
const CHALLENGE = 'Digest realm="carrier.example", nonce="abc", algorithm=MD5, qop="auth"';

for (const [status, challenge, answer] of [
  [401, "WWW-Authenticate", "authorization"],
  [407, "Proxy-Authenticate", "proxy-authorization"],
] as const) {
  test(`${status} from the trunk: answered with its credentials, which the ACK and the BYE carry too`, async () => {
    const { s, one, two } = await twoHosts({ carrier: CREDENTIALS });
    one.onCall = (call) => {
      if (call.header(answer) === undefined) call.respond(status, { headers: [[challenge, CHALLENGE]] });
      else call.answer();
    };
    const call = two.invite(NUMBER);
    await s.until(() => call.last === 200);
    assert.equal(one.calls.length, 2);
    assert.match(one.call.header(answer) ?? "", /username="acct"/);
    assert.equal(one.call.invite.cseq.number, 2);
    await s.until(() => one.call.acks.length === 1);
    assert.match(one.call.acks[0]?.headers.get(answer) ?? "", /username="acct"/, "RFC 3261 §22.1");
    one.call.on.set("BYE", (transaction) => {
      const known = transaction.request.headers.has(answer);
      one.call.reply(transaction, known ? 200 : status, "", known ? [] : [[challenge, CHALLENGE]]);
    });
    call.bye();
    await s.until(() => one.call.got("BYE") === 2);
    await s.assertClean();
    assert.doesNotMatch(JSON.stringify(s.record), /trunk-secret/);
  });
}

test("a call from the trunk: its challenge to our BYE is answered with its credentials", async () => {
  const s = await Scenario.start({ carrier: CREDENTIALS });
  const phone = s.at("215");
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200 && phone.call.acks.length > 0);
  call.on.set("BYE", (transaction) => {
    const known = transaction.request.headers.has("proxy-authorization");
    call.reply(transaction, known ? 200 : 407, "", known ? [] : [["Proxy-Authenticate", CHALLENGE]]);
  });
  phone.call.bye();
  await s.until(() => call.got("BYE") === 2);
  const proof = call.requests[1]?.request.headers.get("proxy-authorization") ?? "";
  assert.match(proof, /username="acct"/);
  await s.assertClean();
});

test("a trunk that changes its nonce for ever sees three INVITEs, and the caller no 401", async () => {
  const { s, one, two } = await twoHosts({ carrier: CREDENTIALS });
  one.onCall = (call) =>
    call.respond(401, {
      headers: [["WWW-Authenticate", `Digest realm="r", nonce="n${one.calls.length}", stale=true`]],
    });
  s.at("215").onCall = (call) => call.answer();
  const call = two.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.ok(one.calls.length <= 3, `${one.calls.length} INVITEs`);
  assert.ok(!call.heard.includes(401));
  call.bye();
  await s.assertClean();
});

test("each host of a trunk may challenge: what the host before it asked for does not count", async () => {
  const { s, one, two } = await twoHosts({ carrier: CREDENTIALS });
  one.onCall = (call) => {
    const asked = one.calls.length;
    if (asked > 2) return call.respond(503);
    call.respond(407, {
      headers: [["Proxy-Authenticate", `Digest realm="r", nonce="n${asked}", stale=true`]],
    });
  };
  two.onCall = (call) => {
    if (two.calls.length > 2) return call.answer();
    call.respond(407, { headers: [["Proxy-Authenticate", CHALLENGE]] });
  };
  const call = two.invite(NUMBER);
  await s.until(() => call.last === 200);
  call.bye();
  await s.assertClean();
});

test("a trunk without credentials that challenges: a failure of that step, never shown to the caller", async () => {
  const { s, one, two } = await twoHosts();
  one.onCall = (call) => call.respond(407, { headers: [["Proxy-Authenticate", CHALLENGE]] });
  s.at("215").onCall = (call) => call.answer();
  const call = two.invite(NUMBER);
  await s.until(() => call.last === 200);
  assert.equal(one.calls.length, 1);
  call.bye();
  await s.assertClean();
});

test("the caller gives up while a silent host is being tried: no second host", async () => {
  const { s, one, two } = await twoHosts();
  const call = two.invite(NUMBER);
  await s.until(() => one.calls.length === 1);
  await s.run(1000);
  call.cancel();
  await s.until(() => call.last === 487);
  await s.run(40_000);
  assert.equal(two.calls.length, 1);
  assert.equal(s.board.counts().transactions, 0);
  one.call.respond(487);
  await s.assertClean();
  assert.equal(CARRIER, one.options.address);
});

for (const kind of ["udp", "tcp"] as const) {
  const transport = kind === "tcp" ? ";transport=tcp" : "";
  test(`T9: ${kind}: a trunk with this server's own address among others is called at the others, not refused by ourselves`, async () => {
    for (const named of [true, false]) {
      const own = { transport: kind, host: BOARD, port: 5060 } as const;
      const name = `sip:carrier.example${transport}`;
      const hosts = named ? [name] : [`sip:${BOARD}${transport}`, `sip:${CARRIER}${transport}`];
      const s = await Scenario.start({
        carrierHosts: hosts.map((host) => `"${host}"`).join(", "),
        names: { [name]: [own, { transport: kind, host: CARRIER, port: 5060 }] },
        carrierKind: kind,
      });
      s.carrier.onCall = (call) => call.answer();
      const near = s.at("215").invite("+31612345678");
      await s.until(() => near.last === 200);
      assert.ok(s.network.log.every(({ from, to }) => from.host !== BOARD || to.host !== BOARD));
      // Once for each configuration, however often the name is looked up.
      const [host] = hosts;
      const place = `${kind}:${BOARD}:5060`;
      assert.deepEqual(s.trunkWarnings, [
        `Trunk "carrier": ${host} leads to this server itself (${place}). Its other addresses are used, where it has any.`,
      ]);
      near.bye();
      await s.until(() => s.carrier.call.ended);
      await s.assertClean();
    }
  });
}
