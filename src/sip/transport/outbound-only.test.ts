// T8: calling out needs no listener (RFC 3261 §18.1.1).

import assert from "node:assert/strict";
import { test } from "node:test";
import { selfSigned } from "../../../test/contract/certificate.ts";
import { openStation, optionsFor, until, withoutIpv6 } from "../../../test/contract/transport-parts.ts";
import { buildResponse } from "../message/build.ts";

const certificate = selfSigned(["IP:127.0.0.1", "IP:::1"]);
const UDP_ONLY = [{ transport: "udp", host: "127.0.0.1", port: 0 }] as const;

for (const [transport, host] of [
  ["tls", "127.0.0.1"],
  ["tls", "::1"],
  ["tcp", "::1"],
] as const) {
  const skip = host === "::1" ? withoutIpv6 : false;
  test(`T8: a ${transport} peer at ${host} is called by who listens on UDP over IPv4 alone`, {
    skip,
  }, async () => {
    const from = await openStation({ listen: UDP_ONLY, tls: { caPem: certificate.certPem } });
    const to = await openStation({ listen: [{ transport, host, port: 0 }], tls: certificate });
    to.ear.react = (message, back) => {
      if (message.kind === "request")
        to.transport.send(buildResponse(message, 200), back, ({ text }) => assert.fail(text));
    };
    const target = { transport, host, port: to.transport.listeners[0]?.local.port ?? 0 };
    const flow = from.transport.flowTo(target) ?? assert.fail("no flow");
    assert.equal(from.transport.flowTo(target), flow, "a second connection was opened");
    from.transport.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
    await until("the answer", () => from.ear.heard.length === 1);
    const back = to.ear.heard[0]?.flow ?? assert.fail();
    // What Via and Contact say is where the connection comes from.
    const bracketed = host === "::1" ? "[::1]" : host;
    assert.equal(flow.sentBy, `${bracketed}:${back.remote.port}`);
    assert.ok(back.remote.port >= 61_000, "no port that the system may have given to somebody else");
    assert.equal(from.transport.listeners.length, 1);
    // A request to our Contact comes by the same connection.
    assert.equal(to.transport.flowTo({ transport, ...back.remote }), back);
    to.transport.send(optionsFor(back), back, ({ text }) => assert.fail(text));
    await until("the request the other way", () => from.ear.heard.length === 2);
    await Promise.all([from.transport.close(), to.transport.close()]);
    await until(
      "all connections to be closed",
      () => from.transport.connections + to.transport.connections === 0,
    );
  });
}

test("T8: without a UDP socket of the family there is no way by UDP, and nothing is opened", async () => {
  const from = await openStation({ listen: UDP_ONLY });
  assert.equal(from.transport.flowTo({ transport: "udp", host: "::1", port: 5060 }), undefined);
  assert.equal(from.transport.flowTo({ transport: "tcp", host: "ff02::1", port: 5060 }), undefined);
  assert.equal(from.transport.connections, 0);
  await from.transport.close();
});

test("T8: a TLS peer that only the usual authorities would vouch for is still checked", async () => {
  const from = await openStation({ listen: UDP_ONLY });
  const to = await openStation({
    listen: [{ transport: "tls", host: "127.0.0.1", port: 0 }],
    tls: certificate,
  });
  const port = to.transport.listeners[0]?.local.port ?? 0;
  const flow = from.transport.flowTo({ transport: "tls", host: "127.0.0.1", port }) ?? assert.fail("no flow");
  const reasons: string[] = [];
  from.transport.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
  await until("the refusal", () => reasons.length === 1);
  assert.match(reasons[0] ?? "", /self-signed, which is not trusted here; name its authority with --tls-ca/);
  assert.equal(to.ear.heard.length, 0);
  await Promise.all([from.transport.close(), to.transport.close()]);
});
