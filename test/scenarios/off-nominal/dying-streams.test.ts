import assert from "node:assert/strict";
import { test } from "node:test";
import { dyingStreams, trunkBy } from "../dying-streams.ts";
import { CARRIER, NUMBER, Scenario } from "../harness.ts";

// TLS is one with TCP in memory; dying-sockets.test.ts has both.
dyingStreams("tcp", "", (parts) => Scenario.start(parts));

for (const kind of ["tcp", "tls"] as const) {
  test(`T1: ${kind}: a call of ten minutes whose stream the trunk closed is hung up at both sides`, async () => {
    const s = await Scenario.start(trunkBy(kind));
    s.carrier.onCall = (call) => call.answer();
    const near = s.at("215").invite("+31612345678");
    await s.until(() => near.last === 200);
    await s.run(60_000);
    s.carrier.transport.dropStreams();
    await s.run(540_000);
    assert.equal(s.carrier.call.ended, false, "a closed stream is no closed call");
    const bye = near.bye();
    await s.until(() => s.carrier.call.ended);
    assert.deepEqual(bye.heard, [200]);
    const sent = s.network.log.findLast(({ to }) => to.host === CARRIER);
    assert.equal(sent?.transport, kind);
    await s.run(40_000);
    assert.equal(s.board.counts().dialogs, 0);
  });

  test(`T1: ${kind}: a phone that comes back on a new stream gets its BYE there (RFC 5626 §5.3)`, async () => {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 20 }` });
    const phone = await s.phone("217", 1, { kind });
    phone.onCall = (call) => call.answer();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200 && phone.call.acks.length === 1);
    phone.transport.dropStreams();
    await s.run(5_000);
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(200));
    const port = phone.flow().local.port;
    call.bye();
    await s.until(() => phone.call.got("BYE") === 1);
    const bye = s.network.log.findLast(
      ({ to, startLine }) => to.host === phone.address && startLine.startsWith("BYE"),
    );
    assert.equal(bye?.to.port, port, "over the stream that the phone has opened");
  });

  test(`T1: ${kind}: a phone that comes back after the other side has hung up gets its BYE then`, async () => {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 20 }` });
    const phone = await s.phone("217", 1, { kind });
    phone.onCall = (call) => call.answer();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200 && phone.call.acks.length === 1);
    phone.transport.up = false;
    phone.transport.dropStreams();
    s.network.remove(phone.transport);
    call.bye();
    await s.run(6_000);
    phone.transport.up = true;
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(200));
    await s.until(() => phone.call.got("BYE") === 1, 16_000);
    await s.run(40_000);
    assert.equal(s.board.counts().dialogs, 0);
  });

  test(`T1: ${kind}: a phone whose stream breaks while it rings answers on the new one`, async () => {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 60 }` });
    const phone = await s.phone("217", 1, { kind });
    phone.onCall = (call) => call.ring();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 180);
    phone.transport.dropStreams();
    await s.run(1_000);
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(200));
    await s.run(20_000);
    phone.call.answer();
    await s.until(() => call.last === 200 && phone.call.acks.length > 0);
    call.bye();
    await s.until(() => phone.call.ended);
  });

  test(`T1: ${kind}: a phone that calls and whose stream breaks gets its 200 on the new one`, async () => {
    const s = await Scenario.start();
    const phone = await s.phone("217", 1, { kind });
    s.at("215").onCall = (call) => call.ring();
    const call = phone.invite("215");
    await s.until(() => call.last === 180);
    phone.transport.dropStreams();
    await s.run(3_000);
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(200));
    s.at("215").call.answer();
    await s.until(() => call.last === 200 && s.at("215").call.acks.length === 1);
    s.at("215").call.bye();
    await s.until(() => call.ended);
  });
}

/** A firewall forgets the streams that there are to the trunk: nothing is said, and nothing passes any more. */
function forgetStreams(s: Scenario): void {
  const ports = new Set(s.network.log.filter(({ to }) => to.host === CARRIER).map(({ from }) => from.port));
  s.network.intercept = ({ to, from }) => (ports.has(to.port) || ports.has(from.port) ? "drop" : undefined);
}

for (const ends of ["phone", "trunk"] as const) {
  test(`T1: a stream that died without a word in mid-call, then the ${ends} hangs up: both legs end, on a new one`, async () => {
    const s = await Scenario.start(trunkBy("tcp"));
    s.carrier.onCall = (call) => call.answer();
    const near = s.at("215").invite("+31612345678");
    await s.until(() => near.last === 200);
    await s.run(1_000);
    forgetStreams(s);
    if (ends === "phone") {
      near.bye();
    } else {
      s.carrier.transport.dropStreams();
      s.carrier.call.bye();
      await s.until(() => near.ended);
    }
    await s.run(40_000);
    assert.equal(ends === "phone" ? s.carrier.call.ended : near.ended, true);
    assert.equal(s.board.counts().dialogs, 0);
  });
}

test("T1: a stream that died without a word in mid-call ends no call: what refreshes it goes over a new one", async () => {
  const s = await Scenario.start(trunkBy("tcp"));
  s.carrier.onCall = (call) => call.answer();
  const near = s.at("215").invite("+31612345678");
  await s.until(() => near.last === 200);
  forgetStreams(s);
  await s.run(3_600_000);
  assert.equal(near.ended, false);
  assert.ok(s.carrier.others.length + s.carrier.call.requests.length > 0, "the trunk was asked");
  near.bye();
  await s.until(() => s.carrier.call.ended);
});

test("T1: a phone whose stream died without a word, and that is back on another one, gets its BYE there", async () => {
  const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 20 }` });
  const phone = await s.phone("217", 1, { kind: "tcp" });
  phone.onCall = (call) => call.answer();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 200 && phone.call.acks.length === 1);
  const forgotten = phone.flow();
  const { port } = forgotten.local;
  s.network.intercept = ({ to, from }) => (to.port === port || from.port === port ? "drop" : undefined);
  // The phone has found it out by itself; we hear nothing of that.
  assert.equal(forgotten.endIfSilent?.(Number.POSITIVE_INFINITY), true);
  const heard = phone.register(36_000);
  await s.until(() => heard.includes(200));
  call.bye();
  await s.until(() => phone.call.ended, 33_000);
  await s.run(40_000);
  assert.equal(s.board.counts().dialogs, 0);
});

for (const cancelled of ["after it is back", "before it is back"] as const) {
  test(`T1: a ringing phone whose stream died without a word hears on another one that nobody waits, ${cancelled}`, async () => {
    const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 60 }` });
    const phone = await s.phone("217", 1, { kind: "tcp" });
    phone.onCall = (call) => call.ring();
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 180);
    const forgotten = phone.flow();
    const { port } = forgotten.local;
    s.network.intercept = ({ to, from }) => (to.port === port || from.port === port ? "drop" : undefined);
    assert.equal(forgotten.endIfSilent?.(Number.POSITIVE_INFINITY), true);
    await s.run(4_000);
    if (cancelled === "before it is back") call.cancel();
    await s.run(1_000);
    const heard = phone.register(36_000);
    await s.until(() => heard.includes(200));
    if (cancelled === "after it is back") call.cancel();
    await s.until(() => phone.call.cancelRequest !== undefined, 2_000);
  });
}

test("T1: a stream that died without a word costs no call: the first asks again over a new one, in time", async () => {
  for (const probeSeconds of [0, 50]) {
    const s = await Scenario.start({ ...trunkBy("tcp"), probeSeconds });
    s.carrier.onCall = (call) => call.answer();
    const answeredAfter = async (): Promise<number> => {
      const asked = s.clock.now();
      const call = s.at("215").invite("+31612345678");
      await s.until(() => call.last === 200, 10_000);
      const after = s.clock.now() - asked;
      call.bye();
      await s.run(1_000);
      return after;
    };
    assert.ok((await answeredAfter()) < 1_000);
    forgetStreams(s);
    if (probeSeconds > 0) await s.run(70_000);
    const after = await answeredAfter();
    assert.ok(probeSeconds > 0 ? after < 1_000 : after < 5_000, `answered after ${after} ms`);
    assert.ok((await answeredAfter()) < 1_000);
    assert.equal(s.carrier.calls.length, 3, "the trunk was rung once a call");
    await s.run(40_000);
    assert.equal(s.board.counts().dialogs, 0);
    assert.equal(s.board.stack.transactions.counts().inviteClient, 0);
  }
});

/** A scenario in which the trunk has answered a call, which is over: there is a stream to it. */
async function usedStream(parts: Parameters<typeof Scenario.start>[0]): Promise<Scenario> {
  const s = await Scenario.start(parts);
  s.carrier.onCall = (call) => call.answer();
  const call = s.at("215").invite("+31612345678");
  await s.until(() => call.last === 200);
  call.bye();
  await s.run(1_000);
  return s;
}

/** What the carrier was sent, by method; `since`: a length that the log had. */
function askedOf(s: Scenario, since = 0): string[] {
  return s.network.log
    .slice(since)
    .flatMap(({ to, message }) => (to.host === CARRIER && message.kind === "request" ? message.method : []));
}

test("T1: a host whose stream died without a word is asked again over a new one before the next host is", async () => {
  const uri = "sip:carrier.example;transport=tcp";
  const dead = { transport: "tcp", host: "192.0.2.66", port: 5060 } as const;
  const s = await usedStream({
    carrierHosts: `"${uri}"`,
    names: { [uri]: [{ transport: "tcp", host: CARRIER, port: 5060 }, dead] },
    carrierKind: "tcp",
    probeSeconds: 0,
  });
  forgetStreams(s);
  const second = s.at("215").invite("+31612345678");
  await s.until(() => second.last === 200, 5_000);
  assert.equal(s.network.connects.filter(({ host }) => host === dead.host).length, 0);
});

test("T1: who only was slow hears CANCEL before it is asked anew, so that no phone rings twice", async () => {
  const s = await usedStream({ ...trunkBy("tcp"), probeSeconds: 0 });
  // It takes the next one without a word.
  s.carrier.onCall = () => {};
  const near = s.at("215").invite("+31612345679");
  await s.until(() => s.carrier.calls.length === 3, 5_000);
  const [, silent, anew] = s.carrier.calls;
  assert.ok(silent?.cancelRequest !== undefined, "the first one was taken back");
  assert.deepEqual(askedOf(s).slice(-3), ["INVITE", "CANCEL", "INVITE"]);
  anew?.ring();
  await s.until(() => near.last === 180);
  anew?.answer();
  await s.until(() => near.last === 200);
  near.bye();
  await s.until(() => anew?.ended === true);
  await s.run(40_000);
  assert.equal(s.board.counts().dialogs, 0);
});

test("T1: another call that had just gone out on the stream that one ends is taken back too, and rings once", async () => {
  const s = await usedStream({ ...trunkBy("tcp"), probeSeconds: 0 });
  s.carrier.onCall = () => {};
  const sent = s.network.log.length;
  const one = s.at("215").invite("+31612345679");
  await s.run(3_900);
  const other = s.at("216").invite("+31612345680");
  await s.until(() => s.carrier.calls.length === 5, 5_000);
  const [, ...calls] = s.carrier.calls;
  const silent = calls.slice(0, 2);
  const anew = calls.slice(2);
  assert.ok(
    silent.every(({ cancelRequest }) => cancelRequest !== undefined),
    "both were taken back",
  );
  assert.deepEqual(askedOf(s, sent), ["INVITE", "INVITE", "CANCEL", "INVITE", "CANCEL", "INVITE"]);
  for (const call of anew) call.answer();
  await s.until(() => one.last === 200 && other.last === 200);
  for (const call of [one, other]) call.bye();
  await s.until(() => anew.every(({ ended }) => ended));
  await s.run(40_000);
  assert.equal(s.board.counts().dialogs, 0);
  assert.equal(s.board.stack.transactions.counts().inviteClient, 0);
});

test("T1: a caller who gives up while the old stream is silent leaves no call behind", async () => {
  for (const afterMs of [1_000, 4_500]) {
    const s = await usedStream({ ...trunkBy("tcp"), probeSeconds: 0 });
    s.carrier.onCall = () => {};
    const near = s.at("215").invite("+31612345679");
    await s.run(afterMs);
    near.cancel();
    await s.until(() => near.last === 487, 40_000);
    for (const call of s.carrier.calls.slice(1)) call.ring();
    const sent = (method: string): number => askedOf(s).filter((one) => one === method).length;
    await s.until(() => sent("CANCEL") === sent("INVITE") - 1, 2_000);
    await s.run(40_000);
    assert.equal(s.board.counts().calls, 0);
    assert.equal(s.board.stack.transactions.counts().inviteClient, 0);
  }
});

test("T1: who is there and does not answer keeps its stream: others speak on it", async () => {
  const s = await Scenario.start(trunkBy("tcp"));
  s.carrier.onCall = (call) => call.answer();
  const talks = s.at("215").invite("+31612345678");
  await s.until(() => talks.last === 200);
  s.carrier.onCall = () => {};
  const waits = s.at("216").invite("+31612345679");
  await s.run(3_000);
  talks.info("application/dtmf-relay", "Signal=5\r\n");
  await s.until(() => waits.last === 480);
  assert.equal(s.network.connects.filter(({ host }) => host === CARRIER).length, 1);
  talks.bye();
  await s.until(() => s.carrier.calls[0]?.ended === true);
  assert.equal(s.network.connects.filter(({ host }) => host === CARRIER).length, 1);
});

test("T1: one OPTIONS without an answer takes no stream from the calls on it; the second in a row does", async () => {
  const s = await Scenario.start({ ...trunkBy("tcp"), probeSeconds: 50 });
  s.carrier.onCall = (call) => call.answer();
  await s.until(() => s.carrier.others.length > 0, 60_000);
  const talks = s.at("215").invite("+31612345678");
  await s.until(() => talks.last === 200);
  const streams = (): number => s.network.connects.filter(({ host }) => host === CARRIER).length;
  const lost = new Set<string>();
  const loseOnly = (most: number): void => {
    lost.clear();
    s.network.intercept = ({ to, message }) => {
      const id = message.headers.get("call-id") ?? "";
      if (to.host !== CARRIER || message.kind !== "request" || message.method !== "OPTIONS") return undefined;
      if (lost.size < most) lost.add(id);
      return lost.has(id) ? "drop" : undefined;
    };
  };
  loseOnly(1);
  await s.run(100_000);
  assert.deepEqual([lost.size, streams()], [1, 1]);
  loseOnly(2);
  await s.run(100_000);
  assert.deepEqual([lost.size, streams()], [2, 2]);
  talks.bye();
  await s.until(() => s.carrier.call.ended);
});

test("T1: a phone whose stream broke before it said a word hears on another one that nobody waits", async () => {
  const s = await Scenario.start({ plan: `- { type: phone, phone: "217", ringSeconds: 60 }` });
  const phone = await s.phone("217", 1, { kind: "tcp" });
  phone.onCall = () => {};
  s.network.intercept = ({ from, startLine }) =>
    from.host === phone.address && startLine.startsWith("SIP/2.0 100") ? "drop" : undefined;
  const call = s.carrier.invite(NUMBER);
  await s.until(() => phone.calls.length > 0);
  phone.transport.dropStreams();
  await s.until(() => (call.last ?? 0) >= 300, 10_000);
  const heard = phone.register(36_000);
  await s.until(() => heard.includes(200));
  phone.call.ring();
  await s.until(() => phone.call.cancelRequest !== undefined, 2_000);
});
