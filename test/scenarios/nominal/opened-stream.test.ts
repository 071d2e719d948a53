// RFC 5923: a TLS stream that we opened to a trunk by name is that trunk's in both directions.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TransportKind } from "../../../src/sip/transport/transport.ts";
import { BOARD, NUMBER, Scenario } from "../harness.ts";

const PEER = "10.0.0.20";
const NAME = "sip.peer.example";

/** A company with a peer by name, whose addresses are not listed; we have opened a stream to it. */
async function opened(kind: TransportKind) {
  const uri = `sip:${NAME};transport=${kind}`;
  const port = kind === "tls" ? 5061 : 5060;
  const target = { transport: kind, host: PEER, port, ...(kind === "tls" ? { serverName: NAME } : {}) };
  const s = await Scenario.start({
    provider: `name: peer, kind: peer, hosts: ["${uri}"], acceptFrom: ["192.0.2.0/24"], probeSeconds: 5`,
    names: { [uri]: [target] },
  });
  const peer = s.trunk("peer", PEER, kind);
  await s.until(() => peer.others.some(({ method }) => method === "OPTIONS"), 600_000);
  s.at("215").onCall = (call) => call.answer();
  return { s, peer, flow: peer.heardOn ?? assert.fail() };
}

test("T7: a call on the TLS stream that we opened to a peer by name is the peer's", async () => {
  const { s, peer, flow } = await opened("tls");
  peer.flow = () => flow;
  const call = peer.invite(`sip:${NUMBER}@${BOARD}`);
  await s.until(() => call.last === 200);
  call.bye();
  await s.until(() => s.records.length === 1);
  assert.equal(s.record.origin, 'trunk "peer"');
});

for (const [what, kind, onOurs] of [
  ["on a TLS stream of its own", "tls", false],
  ["on the TCP stream that we opened", "tcp", true],
  ["on the UDP way that we ask by", "udp", true],
] as const) {
  test(`T7: a call from the same address ${what} is a stranger's: nothing says who it is`, async () => {
    const { s, peer, flow } = await opened(kind);
    if (onOurs) peer.flow = () => flow;
    const call = peer.invite(`sip:${NUMBER}@${BOARD}`);
    await s.until(() => (call.last ?? 0) >= 200);
    assert.equal(call.last, 401);
    assert.equal(s.at("215").calls.length, 0);
  });
}
