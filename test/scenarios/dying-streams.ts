import assert from "node:assert/strict";
import { test } from "node:test";
import type { Packet } from "../fakes/loop-network.ts";
import type { Agent } from "./agent.ts";
import type { AgentCall } from "./agent-call.ts";
import { CARRIER, NUMBER, type Scenario } from "./harness.ts";
import { sdp } from "./sdp.ts";

type Kind = "tcp" | "tls";

/** What goes by on the stream to the trunk when it dies. */
export const POINTS = ["100", "180", "200", "ACK", "re-INVITE", "BYE"] as const;
export type Point = (typeof POINTS)[number];

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

/** A moment of a call: this goes by on the stream to the trunk. */
interface Moment {
  readonly point: Point;
  readonly when: "before" | "after";
  /** To the trunk or from it. */
  readonly isTrunks: (packet: Packet) => boolean;
  readonly toTrunk: (packet: Packet) => boolean;
}

/** Acts once, before that goes by, which is lost if `act` says "drop", or right after it. The answer: has it acted? */
export function onceAt(
  s: Scenario,
  { point, when, isTrunks, toTrunk }: Moment,
  act: () => "drop" | undefined,
): () => boolean {
  let done = false;
  let established = false;
  s.network.intercept = (packet) => {
    if (!isTrunks(packet)) return undefined;
    const matches = !done && isAt(packet, point, toTrunk(packet), established);
    if (packet.message.kind === "request" && packet.message.method === "ACK") established = true;
    if (!matches) return undefined;
    done = true;
    if (when === "before") return act();
    s.clock.after(2, act);
    return undefined;
  };
  return () => done;
}

/** Kills the stream to the trunk once, as this goes by: before it, so that it is lost, or right after it. */
function killAt(s: Scenario, point: Point, when: "before" | "after"): () => boolean {
  const { address, transport } = s.carrier;
  const toTrunk = ({ to }: Packet): boolean => to.host === address;
  const isTrunks = (packet: Packet): boolean => toTrunk(packet) || packet.from.host === address;
  return onceAt(s, { point, when, isTrunks, toTrunk }, () => {
    transport.dropStreams();
    return "drop";
  });
}

/** Nothing of it is up at this end: it was hung up, cancelled or refused, or it never came about. */
export function isOver(call: AgentCall): boolean {
  if (call.ended) return true;
  if (call.direction === "out") return (call.last ?? 0) >= 300;
  return call.cancelRequest !== undefined;
}

export function behave(agent: Agent): void {
  agent.onCall = (call) => {
    call.respond(100);
    agent.clock.after(500, () => call.ring());
    agent.clock.after(2_000, () => {
      if (call.cancelRequest === undefined) call.answer();
    });
  };
}

/**
 * A phone talks for two minutes through the trunk, with a re-INVITE in between, and hangs up.
 * The answer, `settleMs` later: is its leg over?
 */
export async function talk(s: Scenario, near: AgentCall, settleMs: number): Promise<boolean> {
  const isUp = (): boolean =>
    !near.ended && (near.direction === "in" ? near.acks.length > 0 : near.last === 200);
  await s.run(60_000);
  if (isUp()) near.reinvite(sdp({ at: "10.1.1.215", version: 2 }));
  await s.run(60_000);
  const bye = isUp() ? near.bye() : undefined;
  if (!near.ended && near.direction === "out" && near.last !== undefined && near.last < 200) near.cancel();
  await s.run(settleMs);
  return bye?.heard.includes(200) === true || isOver(near);
}

/** No leg is left at either side of a call through the trunk. */
async function talksToTheEnd(s: Scenario, near: AgentCall): Promise<void> {
  const { address, calls } = s.carrier;
  assert.ok(await talk(s, near, 32_000), "the phone's leg is over");
  assert.ok(
    calls.every(isOver),
    `a leg is left at the trunk\n${s.ladder(({ to, from }) => [to.host, from.host].includes(address)).join("\n")}`,
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
        await talksToTheEnd(s, near);
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
        await talksToTheEnd(s, near);
        assert.ok(died(), "the stream did not die there");
        await s.run(10_000);
        assert.equal(s.board.counts().calls, 0);
        assert.equal(s.board.counts().dialogs, 0);
      });
    }
  }
}
