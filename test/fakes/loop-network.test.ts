import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRequest, withTopVia } from "../../src/sip/message/build.ts";
import type { SipMessage, SipRequest } from "../../src/sip/message/message.ts";
import type { Flow, TransportKind } from "../../src/sip/transport/transport.ts";
import { LoopNetwork, type LoopNetworkOptions, type LoopTransport } from "./loop-network.ts";
import { VirtualClock } from "./virtual-clock.ts";

function numbered(n: number): SipRequest {
  const request = buildRequest({
    method: "OPTIONS",
    uri: "sip:bob@192.0.2.2",
    headers: [
      ["From", "<sip:a@192.0.2.1>;tag=a"],
      ["To", "<sip:b@192.0.2.2>"],
      ["Call-ID", "c"],
      ["CSeq", `${n} OPTIONS`],
    ],
  });
  return withTopVia(request, `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${n};rport`);
}

function setUp(options: Partial<LoopNetworkOptions> = {}) {
  const clock = new VirtualClock();
  const network = new LoopNetwork({ clock, ...options });
  const a = network.host("192.0.2.1");
  const b = network.host("192.0.2.2");
  const got: { readonly message: SipMessage; readonly flow: Flow }[] = [];
  const closed: string[] = [];
  const errors: string[] = [];
  a.handle({ onMessage() {}, onFault() {}, onFlowClosed: (_, { text }) => closed.push(`a: ${text}`) });
  b.handle({
    onMessage: (message, flow) => got.push({ message, flow }),
    onFault() {},
    onFlowClosed: (_, { text }) => closed.push(`b: ${text}`),
  });
  const send = (kind: TransportKind, n: number, from: LoopTransport = a): void => {
    const flow = from.flowTo({ transport: kind, host: "192.0.2.2", port: 5060 });
    assert.ok(flow);
    from.send(numbered(n), flow, ({ text }) => errors.push(text));
  };
  const order = () => got.map(({ message }) => message.cseq.number);
  return { clock, network, a, b, got, closed, errors, send, order };
}

test("a datagram arrives re-read, with received and rport, on the flow back to its sender", () => {
  const { clock, got, send } = setUp();
  send("udp", 1);
  assert.equal(got.length, 0, "never inside send");
  clock.advance(1);
  const [first] = got;
  assert.equal(first?.message.via.received, "192.0.2.1");
  assert.equal(first?.message.via.rport, 5060);
  assert.deepEqual(first?.flow.remote, { host: "192.0.2.1", port: 5060 });
  assert.equal(first?.flow.reliable, false);
});

test("the same seed brings the same weather, another seed another", () => {
  const run = (seed: number) => {
    const { clock, network, send, order } = setUp({ seed, loss: 0.3, duplication: 0.3, delayMs: [1, 50] });
    for (let n = 1; n <= 100; n++) send("udp", n);
    clock.advance(100);
    return { order: order(), copies: network.log.map(({ copies }) => copies) };
  };
  const one = run(1);
  assert.deepEqual(run(1), one);
  assert.notDeepEqual(run(2), one);
  for (const count of [0, 1, 2]) assert.ok(one.copies.includes(count), `${count} copies`);
  assert.notDeepEqual(
    one.order,
    [...one.order].sort((x, y) => x - y),
    "reordered",
  );
});

test("a stream keeps the order and loses nothing, whatever the weather", () => {
  const { clock, got, send, order } = setUp({ loss: 0.5, duplication: 0.5, delayMs: [1, 50] });
  for (let n = 1; n <= 20; n++) send("tcp", n);
  clock.advance(100);
  assert.deepEqual(
    order(),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  assert.equal(new Set(got.map(({ flow }) => flow)).size, 1, "one connection");
});

test("a broken stream is told to both ends, and what is sent on it fails", () => {
  const { clock, a, got, closed, errors, send } = setUp();
  send("tcp", 1);
  clock.advance(5);
  a.dropStreams();
  clock.advance(5);
  assert.deepEqual(closed.sort(), ["a: connection reset by the peer", "b: connection reset by the peer"]);
  const [first] = got;
  assert.equal(first?.flow.open, false);
  send("tcp", 2);
  clock.advance(5);
  assert.deepEqual([got.length, errors], [2, []], "a new connection");
});

test("nobody there: a datagram vanishes, a connection is refused", () => {
  const { clock, b, got, errors, send } = setUp();
  b.up = false;
  send("udp", 1);
  send("tcp", 2);
  clock.advance(10);
  assert.deepEqual([got, errors], [[], ["connection refused"]]);
});

test("a test decides about single packets and injects raw octets", () => {
  const { clock, network, b, send, order } = setUp();
  network.intercept = ({ message }) =>
    message.cseq.number === 1 ? "drop" : message.cseq.number === 2 ? { delayMs: 100 } : undefined;
  for (const n of [1, 2, 3]) send("udp", n);
  network.inject("rubbish", { host: "192.0.2.9", port: 9 }, { host: "192.0.2.2", port: 5060 });
  clock.advance(99);
  assert.deepEqual(order(), [3]);
  clock.advance(1);
  assert.deepEqual(order(), [3, 2]);
  assert.equal(b.faults.length, 1);
  assert.deepEqual(network.ladder()[0], "192.0.2.1 > 192.0.2.2: OPTIONS sip:bob@192.0.2.2 SIP/2.0 (lost)");
});
