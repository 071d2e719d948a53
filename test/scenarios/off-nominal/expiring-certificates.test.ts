// Certificates that end while a call is up, on real TLS sockets: what is open stays, what is opened again is checked.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makeCertificates, type ServerCertificate } from "../../fakes/certificates.ts";
import { SocketNetwork, type SocketTransport } from "../../fakes/socket-network.ts";
import type { AgentCall } from "../agent-call.ts";
import { BOARD, CARRIER, NUMBER, Scenario } from "../harness.ts";

const URI = "sip:localhost;transport=tls";
const made = makeCertificates();
const pem = ({ cert, key }: ServerCertificate) => ({ certPem: cert, keyPem: key });
const certificate = { ...pem(made.good), caPem: made.ca };
let before: SocketNetwork | undefined;

after(() => before?.close());

interface Up {
  readonly s: Scenario;
  readonly phone: AgentCall;
  readonly trunk: AgentCall;
  readonly transport: SocketTransport;
}

/** A call of phone 215, to or from a trunk over TLS by name. */
async function upCall(direction: "to" | "from"): Promise<Up> {
  await before?.close();
  const sockets = new SocketNetwork(before, certificate);
  before = sockets;
  await sockets.open([BOARD, CARRIER, "10.1.1.215", "10.1.1.216"]);
  const target = {
    transport: "tls",
    host: CARRIER,
    port: 5061,
    serverName: "localhost",
  } as const;
  const s = await Scenario.start({
    carrierHosts: `"${URI}"`,
    names: { [URI]: [target] },
    carrierKind: "tls",
    sockets,
  });
  const transport = s.carrier.transport as SocketTransport;
  for (const agent of [s.carrier, s.at("215")]) agent.onCall = (call) => call.answer();
  if (direction === "to") {
    const phone = s.at("215").invite("+31612345678");
    await s.until(() => phone.last === 200 && s.carrier.call.acks.length === 1);
    return { s, phone, trunk: s.carrier.call, transport };
  }
  const trunk = s.carrier.invite(NUMBER);
  await s.until(() => trunk.last === 200 && s.at("215").call.acks.length === 1);
  return { s, phone: s.at("215").call, trunk, transport };
}

for (const direction of ["to", "from"] as const) {
  test(`T1: the certificate of a trunk ends in a call ${direction} it: the stream stands, and both sides hear of the end`, async () => {
    for (const who of ["phone", "trunk"] as const) {
      const { s, transport, ...legs } = await upCall(direction);
      transport.show(pem(made.expired));
      await s.run(60_000);
      const bye = legs[who].bye();
      await s.until(() => legs[who === "phone" ? "trunk" : "phone"].ended);
      assert.deepEqual(bye.heard, [200]);
    }
  });

  test(`T1: the same, and the stream closes: the trunk of a call ${direction} it hears of the end when it shows another one`, async () => {
    const { s, phone, trunk, transport } = await upCall(direction);
    transport.show(pem(made.expired));
    transport.dropStreams();
    await s.run(1_000);
    const bye = phone.bye();
    await s.run(5_000);
    assert.deepEqual([bye.heard, trunk.ended], [[200], false]);
    transport.show(pem(made.good));
    await s.until(() => trunk.ended, 32_000);
    await s.run(40_000);
    assert.equal(s.board.counts().dialogs, 0);
  });
}

test("T1: a trunk that goes on to show a certificate that has ended: nothing is left of the call, and the next one says why", async () => {
  const { s, phone, trunk, transport } = await upCall("to");
  transport.show(pem(made.expired));
  transport.dropStreams();
  await s.run(1_000);
  const bye = phone.bye();
  await s.run(60_000);
  assert.deepEqual([bye.heard, trunk.ended], [[200], false]);
  assert.deepEqual([s.board.counts().calls, s.board.counts().dialogs], [0, 0]);
  const next = s.at("215").invite("+31612345678");
  await s.until(() => (next.last ?? 0) >= 400 && next.last !== 401);
  await s.until(() => s.records.length === 2);
  assert.match(JSON.stringify(s.records[1]?.story), /certificate has expired/);
});
