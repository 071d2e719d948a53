// T1 on real sockets: peers that shut down one direction of a stream, or read nothing, at each state of a call.
// Over 5 s: some hundred calls over real streams.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Packet } from "../../fakes/loop-network.ts";
import { SOCKET_NAME, SocketNetwork } from "../../fakes/socket-network.ts";
import { type Misdeed, StreamShim } from "../../fakes/stream-shim.ts";
import { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import { behave, isOver, onceAt, POINTS, type Point, talk } from "../dying-streams.ts";
import { BOARD, CALLER, CARRIER, CARRIER_TWO, NUMBER, Scenario } from "../harness.ts";
import { REALM } from "../virtual-board.ts";

type Kind = "tcp" | "tls";

/** Where the trunk really is; the switchboard sees it at the second address of the carrier. */
const BEHIND = "10.0.0.77";
/** What the trunk takes for the switchboard. */
const INSIDE = "10.0.0.78";

let before: SocketNetwork | undefined;
let shim: StreamShim | undefined;

after(async () => {
  shim?.close();
  await before?.close();
});

async function scene(kind: Kind) {
  shim?.close();
  await before?.close();
  const sockets = new SocketNetwork(before);
  before = sockets;
  await sockets.open([BOARD, CARRIER, "10.1.1.215", "10.1.1.216", BEHIND]);
  const at = (address: string): string => sockets.address(address);
  shim = await StreamShim.open({
    at: at(CARRIER_TWO),
    inside: at(INSIDE),
    board: at(BOARD),
    peer: at(BEHIND),
  });
  const uri = `sip:${SOCKET_NAME};transport=${kind}`;
  const target = { transport: kind, host: CARRIER_TWO, port: kind === "tls" ? 5061 : 5060 };
  const s = await Scenario.start({
    carrierHosts: `"${uri}"`,
    names: { [uri]: [kind === "tls" ? { ...target, serverName: SOCKET_NAME } : target] },
    sockets,
  });
  const trunk = new Agent({
    clock: s.clock,
    transport: sockets.host(at(BEHIND)),
    name: "trunk",
    address: at(BEHIND),
    user: CALLER,
    board: at(INSIDE),
    realm: REALM,
    kind,
  });
  return { s, trunk, streams: shim, outside: at(CARRIER_TWO) };
}

interface Deed {
  readonly kind: Kind;
  readonly misdeed: Misdeed;
  readonly point: Point;
  readonly when: "before" | "after";
}

/** A call in which it happens once; the phone refreshes it and hangs up at the end. */
async function callWith({ kind, misdeed, point, when }: Deed, direction: "to" | "from"): Promise<void> {
  const { s, trunk, streams, outside } = await scene(kind);
  const what = `${kind} ${direction} ${misdeed} ${when} ${point}`;
  behave(trunk);
  behave(s.at("215"));
  const toTrunk = ({ to }: Packet): boolean => to.host === outside;
  const isTrunks = (packet: Packet): boolean => toTrunk(packet) || packet.from.host === trunk.address;
  const done = onceAt(s, { point, when, isTrunks, toTrunk }, () => {
    streams.do(misdeed, kind === "tls");
    return undefined;
  });
  let near: AgentCall;
  if (direction === "to") near = s.at("215").invite("+31612345678");
  else {
    trunk.invite(NUMBER);
    await s.until(() => s.at("215").calls.length === 1 || s.records.length === 1);
    near = s.at("215").call;
  }
  // A peer that reads nothing is asked on another stream when Timer F is over, and so is a BYE of a call without ACK.
  const over = await talk(s, near, misdeed === "reads nothing" ? 110_000 : 33_000);
  assert.ok(done(), `${what}: it never happened`);
  assert.ok(over, `${what}: the phone's leg is up`);
  if (misdeed !== "reads nothing")
    assert.ok(trunk.calls.every(isOver), `${what}: a leg is left at the trunk\n${s.ladder().join("\n")}`);
  await s.run(40_000);
  assert.deepEqual([s.board.counts().calls, s.board.counts().dialogs], [0, 0], what);
  assert.equal(s.records.length, 1, what);
  assert.ok(streams.streams <= 3, `${what}: ${streams.streams} streams are left`);
}

for (const kind of ["tcp", "tls"] as const) {
  for (const misdeed of ["half-closes", "breaks off in mid-message", "reads nothing"] as const) {
    for (const direction of ["to", "from"] as const) {
      test(`T1: ${kind}: a trunk that ${misdeed} at each state of a call ${direction} it: both legs end, no stream is left over`, async () => {
        const points = kind === "tcp" ? POINTS : (["180", "ACK", "BYE"] as const);
        for (const point of points)
          for (const when of kind === "tcp" ? (["before", "after"] as const) : (["after"] as const))
            await callWith({ kind, misdeed, point, when }, direction);
      });
    }
  }
}

for (const kind of ["tcp", "tls"] as const) {
  test(`T1: ${kind}: a stream that is forgotten costs no call: it is reset, and what it held is not heard again`, async () => {
    const { s, trunk, streams } = await scene(kind);
    trunk.onCall = (call) => call.answer();
    const first = s.at("215").invite("+31612345678");
    await s.until(() => first.last === 200);
    first.bye();
    await s.until(() => trunk.call.ended);
    await s.run(1_000);
    streams.do("is forgotten", kind === "tls");
    const began = s.clock.now();
    const second = s.at("215").invite("+31612345679");
    await s.until(() => second.last === 200, 10_000);
    assert.ok(s.clock.now() - began < 5_000, `${s.clock.now() - began} ms`);
    streams.remember();
    await s.run(40_000);
    assert.deepEqual(streams.ended, ["ECONNRESET"]);
    assert.equal(trunk.calls.length, 2, "each call was heard once");
    second.bye();
    await s.until(() => trunk.call.ended);
    await s.run(40_000);
    assert.equal(s.board.counts().dialogs, 0);
  });
}
