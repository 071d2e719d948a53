import assert from "node:assert/strict";
import { test } from "node:test";
import type { Packet } from "../fakes/loop-network.ts";
import type { Agent } from "./agent.ts";
import type { AgentCall, Exchange } from "./agent-call.ts";
import { CARRIER, NUMBER, type Scenario } from "./harness.ts";
import { sdp } from "./sdp.ts";

type Kind = "tcp" | "tls";

/** What goes by on the stream to the trunk when it dies. */
const POINTS = ["100", "180", "200", "ACK", "re-INVITE", "BYE"] as const;
type Point = (typeof POINTS)[number];

/** The trunk is named by host: nothing of its certificate or address is known but what its name leads to. */
const NAMED = "carrier.example";

export function trunkBy(kind: Kind): Parameters<typeof Scenario.start>[0] {
  const port = kind === "tls" ? 5061 : 5060;
  const uri = `sip:${NAMED};transport=${kind}`;
  const target = { transport: kind, host: CARRIER, port, ...(kind === "tls" ? { serverName: NAMED } : {}) };
  return { carrierHosts: `"${uri}"`, names: { [uri]: [target] }, carrierKind: kind };
}

function isAt({ message }: Packet, point: Point, toTrunk: boolean, established: boolean): boolean {
  if (message.kind === "response")
    return message.cseq.method === "INVITE" && String(message.status) === point;
  if (point === "re-INVITE") return message.method === "INVITE" && established && toTrunk;
  return message.method === point;
}

/** Kills the stream to the trunk once, as this goes by: before it, so that it is lost, or right after it. */
function killAt(s: Scenario, point: Point, when: "before" | "after"): () => boolean {
  let dead = false;
  let established = false;
  s.network.intercept = (packet) => {
    const { message, to, from } = packet;
    const toTrunk = to.host === s.carrier.address;
    const isTrunks = toTrunk || from.host === s.carrier.address;
    const matches = !dead && isTrunks && isAt(packet, point, toTrunk, established);
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
    `a leg is left at the trunk\n${s.ladder(({ to, from }) => [to.host, from.host].includes(trunk.address)).join("\n")}`,
  );
}

/** The table of T1: a stream to a trunk that dies at each of twelve points, in calls of both directions. */
export function dyingStreams(kind: Kind, where: string, start: typeof Scenario.start): void {
  for (const point of POINTS) {
    for (const when of ["before", "after"] as const) {
      test(`T1: ${kind}${where}, a call to the trunk: its stream dies ${when} ${point}`, async () => {
        const s = await start(trunkBy(kind));
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

      test(`T1: ${kind}${where}, a call from the trunk: its stream dies ${when} ${point}`, async () => {
        const s = await start(trunkBy(kind));
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
