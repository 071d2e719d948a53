import assert from "node:assert/strict";
import { test } from "node:test";
import type { Packet } from "../../fakes/loop-network.ts";
import type { Agent } from "../agent.ts";
import type { AgentCall, Exchange } from "../agent-call.ts";
import { CARRIER, NUMBER, Scenario } from "../harness.ts";
import { sdp } from "../sdp.ts";

type Kind = "tcp" | "tls";

/** What goes by on the stream to the trunk when it dies. */
const POINTS = ["100", "180", "200", "ACK", "re-INVITE", "BYE"] as const;

/** The trunk is named by host: nothing of its certificate or address is known but what its name leads to. */
const NAMED = "carrier.example";

function trunkBy(kind: Kind): Parameters<typeof Scenario.start>[0] {
  const port = kind === "tls" ? 5061 : 5060;
  const uri = `sip:${NAMED};transport=${kind}`;
  const target = { transport: kind, host: CARRIER, port, ...(kind === "tls" ? { serverName: NAMED } : {}) };
  return { carrierHosts: `"${uri}"`, names: { [uri]: [target] }, carrierKind: kind };
}

function isAt(packet: Packet, point: (typeof POINTS)[number], established: boolean): boolean {
  if (packet.from.host !== CARRIER && packet.to.host !== CARRIER) return false;
  const { message } = packet;
  if (message.kind === "response")
    return message.cseq.method === "INVITE" && String(message.status) === point;
  if (point === "re-INVITE") return message.method === "INVITE" && established && packet.to.host === CARRIER;
  return message.method === point;
}

/** Kills the stream to the trunk once, as this goes by: before it, so that it is lost, or right after it. */
function killAt(s: Scenario, point: (typeof POINTS)[number], when: "before" | "after"): () => boolean {
  let dead = false;
  let established = false;
  s.network.intercept = (packet) => {
    const { message, to, from } = packet;
    const isTrunks = to.host === CARRIER || from.host === CARRIER;
    const matches = !dead && isAt(packet, point, established);
    if (isTrunks && message.kind === "request" && message.method === "ACK") established = true;
    if (!matches) return undefined;
    dead = true;
    if (when === "before") s.carrier.transport.dropStreams();
    else s.clock.after(2, () => s.carrier.transport.dropStreams());
    return when === "before" ? "drop" : undefined;
  };
  return () => dead;
}

/** Nothing of it is up at this end: it was hung up, cancelled or refused, or it never came about. */
function isOver(call: AgentCall): boolean {
  if (call.ended) return true;
  if (call.direction === "out") return (call.last ?? 0) >= 300;
  return call.cancelRequest !== undefined;
}

function behave(agent: Agent): void {
  agent.onCall = (call) => {
    call.respond(100);
    agent.clock.after(500, () => call.ring());
    agent.clock.after(2_000, () => {
      if (call.cancelRequest === undefined) call.answer();
    });
  };
}

/** A phone talks for two minutes through the trunk, with a re-INVITE in between, and hangs up. */
async function talk(s: Scenario, near: AgentCall, trunk: Agent): Promise<void> {
  let bye: Exchange | undefined;
  await s.run(60_000);
  if (near.direction === "in" ? near.acks.length > 0 : near.last === 200)
    near.reinvite(sdp({ at: "10.1.1.215", version: 2 }));
  await s.run(60_000);
  const answered = near.direction === "in" ? near.acks.length > 0 : near.last === 200;
  if (!near.ended && answered) bye = near.bye();
  else if (!near.ended && near.direction === "out" && near.last !== undefined && near.last < 200)
    near.cancel();
  await s.run(32_000);
  assert.ok(bye?.heard.includes(200) === true || isOver(near), "the phone's leg is over");
  assert.ok(
    trunk.calls.every(isOver),
    `a leg is left at the trunk\n${s.ladder(({ to, from }) => to.host === CARRIER || from.host === CARRIER).join("\n")}`,
  );
}

for (const kind of ["tcp", "tls"] as const) {
  for (const point of POINTS) {
    for (const when of ["before", "after"] as const) {
      test(`T1: ${kind}, a call to the trunk: its stream dies ${when} ${point}`, async () => {
        const s = await Scenario.start(trunkBy(kind));
        behave(s.carrier);
        const died = killAt(s, point, when);
        const near = s.at("215").invite("+31612345678");
        await talk(s, near, s.carrier);
        assert.ok(died(), "the stream did not die there");
        assert.ok(near.last !== undefined && (near.last >= 300 || near.last === 200));
        await s.run(10_000);
        assert.equal(s.board.counts().calls, 0);
        assert.equal(s.board.counts().dialogs, 0);
        assert.equal(s.records.length, 1);
      });

      test(`T1: ${kind}, a call from the trunk: its stream dies ${when} ${point}`, async () => {
        const s = await Scenario.start(trunkBy(kind));
        behave(s.at("215"));
        const died = killAt(s, point, when);
        s.carrier.invite(NUMBER);
        await s.until(() => s.at("215").calls.length === 1 || s.records.length === 1);
        const near = s.at("215").call;
        await talk(s, near, s.carrier);
        assert.ok(died(), "the stream did not die there");
        await s.run(10_000);
        assert.equal(s.board.counts().calls, 0);
        assert.equal(s.board.counts().dialogs, 0);
      });
    }
  }
}

for (const kind of ["tcp", "tls"] as const) {
  test(`T1: ${kind}: a call of ten minutes whose stream the trunk closed is hung up at both sides`, async () => {
    const s = await Scenario.start(trunkBy(kind));
    s.carrier.onCall = (call) => call.answer();
    const near = s.at("215").invite("+31612345678");
    await s.until(() => near.last === 200);
    await s.run(60_000);
    s.carrier.transport.dropStreams("idle");
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
