import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { after, describe, test } from "node:test";
import {
  openStation,
  optionsFor,
  optionsText,
  type Station,
  type StationOptions,
  until,
  withoutIpv6,
  withoutNetwork,
} from "../../../test/contract/transport-parts.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { buildResponse } from "../message/build.ts";
import type { ListenOptions } from "./layer.ts";

const HOST = "127.0.0.1";
const stations: Station[] = [];
const sockets: Socket[] = [];

after(async () => {
  for (const socket of sockets) socket.close();
  await Promise.all(stations.map((one) => one.transport.close()));
});

async function station(options: Partial<StationOptions> = {}): Promise<Station> {
  const one = await openStation({ listen: [{ transport: "udp", host: HOST, port: 0 }], ...options });
  stations.push(one);
  return one;
}

class UdpPeer {
  readonly socket: Socket;
  readonly heard: string[] = [];
  readonly to: Station;

  constructor(socket: Socket, to: Station) {
    this.socket = socket;
    this.to = to;
    socket.on("message", (bytes) => this.heard.push(bytes.toString("latin1")));
  }

  send(octets: string | Buffer): void {
    this.socket.send(octets, this.to.transport.listeners[0]?.local.port ?? 0, HOST);
  }
}

async function peer(to: Station): Promise<UdpPeer> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  await new Promise<void>((resolve) => {
    socket.bind(0, HOST, resolve);
  });
  return new UdpPeer(socket, to);
}

/** Sends something well-formed and waits for it: what was sent before has then been read too. */
async function settled(from: UdpPeer): Promise<void> {
  const before = from.to.ear.heard.length;
  from.send(optionsText({ cseq: 9_999 }));
  await until("a message after it", () => from.to.ear.heard.length > before);
}

describe("answers go to where a datagram came from", () => {
  for (const [what, via] of [
    ["another host", "SIP/2.0/UDP 198.51.100.66:9999;branch=z9hG4bK1"],
    ["another host, with rport", "SIP/2.0/UDP 198.51.100.66:9999;branch=z9hG4bK1;rport"],
    ["the broadcast address", "SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1"],
    ["a maddr", "SIP/2.0/UDP 192.0.2.66:9;branch=z9hG4bK1;maddr=224.0.1.75;ttl=1"],
    ["a received of its own", "SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1;received=198.51.100.66;rport=9"],
  ] as const) {
    test(`not to ${what}`, async () => {
      const one = await station();
      const from = await peer(one);
      one.ear.react = (message, flow) => {
        if (message.kind === "request")
          one.transport.send(buildResponse(message, 200), flow, ({ text }) => assert.fail(text));
      };
      from.send(optionsText({ via }));
      await until("the answer", () => from.heard.length === 1);
      assert.match(from.heard[0] ?? "", /^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP .*;received=127\.0\.0\.1/);
      assert.equal(one.ear.heard[0]?.message.via.received, HOST);
    });
  }
});

describe("faulty datagrams", () => {
  const broken = (options: Parameters<typeof optionsText>[0] = {}): string =>
    optionsText(options).replace("CSeq: ", "CSeq: x");

  test("a request gets 400 with the reason, a tag, and no name of ours", async () => {
    const one = await station();
    const from = await peer(one);
    from.send(
      broken({
        via: "SIP/2.0/UDP 198.51.100.66;rport;branch=z9hG4bK1, SIP/2.0/UDP far.test;branch=z9hG4bK0",
      }),
    );
    await until("the answer", () => from.heard.length === 1);
    const [answer = ""] = from.heard;
    const { port } = from.socket.address();
    assert.match(answer, /^SIP\/2\.0 400 [\x20-\x7e]*CSeq[\x20-\x7e]*\r\n/);
    const [, via = ""] = answer.split("\r\n");
    assert.equal(
      via,
      `Via: SIP/2.0/UDP 198.51.100.66;rport=${port};branch=z9hG4bK1;received=127.0.0.1, SIP/2.0/UDP far.test;branch=z9hG4bK0`,
    );
    assert.match(answer, /\r\nTo: <sip:bob@example\.org>;tag=[0-9a-f]{16}\r\n/);
    assert.match(answer, /\r\nCall-ID: c1@example\.org\r\n/);
    assert.match(answer, /\r\nContent-Length: 0\r\n\r\n$/);
    assert.doesNotMatch(answer, /Server|User-Agent|Switchhook/i);
    assert.equal(one.ear.faults[0]?.status, 400);

    from.send(
      broken({
        via: "SIP/2.0/UDP 198.51.100.66;rport;branch=z9hG4bK1, SIP/2.0/UDP far.test;branch=z9hG4bK0",
      }),
    );
    await until("the answer to the copy", () => from.heard.length === 2);
    assert.equal(from.heard[1], answer);
  });

  test("responses, ACK and what has no Via get none", async () => {
    const one = await station();
    const from = await peer(one);
    from.send(broken().replace("OPTIONS sip:bob@example.org SIP/2.0", "SIP/2.0 200 OK"));
    from.send(broken().replaceAll("OPTIONS", "ACK"));
    from.send(broken().replace(/Via: .*\r\n/, ""));
    from.send("x".repeat(400));
    from.send(Buffer.alloc(60_000, 0));
    await settled(from);
    assert.equal(one.ear.faults.length, 5);
    assert.deepEqual(from.heard, []);
    assert.equal(one.counters.get('sip_messages_refused{status="none"}'), 5);
  });

  test("no more answers a second than the limit, however many there are", async () => {
    const one = await station({ guardLimits: { faultAnswersPerSecond: 5 }, clock: new VirtualClock() });
    const from = await peer(one);
    for (let at = 0; at < 40; at += 1) from.send(broken());
    await settled(from);
    await until("the answers", () => from.heard.length >= 5);
    assert.equal(from.heard.length, 5);
    assert.equal(one.counters.get("sip_fault_answers_withheld"), 35);
    assert.equal(one.ear.faults.length, 40);
  });

  test("keep-alives are no faults", async () => {
    const one = await station();
    const from = await peer(one);
    for (const octets of ["\r\n", "\r\n\r\n", "\0", "\0\0\0\0", "jaK", ""]) from.send(octets);
    await settled(from);
    assert.equal(one.ear.faults.length, 0);
    assert.equal(one.counters.get('sip_datagrams_dropped{reason="keepalive"}'), 6);
    assert.deepEqual(from.heard, []);
  });
});

describe("strangers", () => {
  test("a scanner hears nothing, others do", async () => {
    const one = await station({ isKnown: () => false });
    const from = await peer(one);
    from.send(optionsText({ userAgent: "friendly-scanner" }));
    // svmap writes this Contact, which cannot be read: no 400 either.
    from.send(
      optionsText({ userAgent: "friendly-scanner" }).replace("\r\n\r\n", "\r\nContact: None\r\n\r\n"),
    );
    await settled(from);
    assert.equal(one.ear.heard.length, 1);
    assert.deepEqual(from.heard, []);
  });

  test("more than 16 messages in 2 s are dropped unread", async () => {
    const clock = new VirtualClock();
    const one = await station({ isKnown: () => false, clock });
    const from = await peer(one);
    for (let at = 1; at <= 30; at += 1) from.send(optionsText({ cseq: at }));
    await until("the drops", () => one.counters.get('sip_datagrams_dropped{reason="rate"}') === 14);
    assert.equal(one.ear.heard.length, 16);
    clock.advance(2_000);
    await settled(from);
    assert.equal(one.ear.heard.length, 17);
  });
});

describe("sending", () => {
  test("what does not fit in a datagram fails, later", async () => {
    const one = await station();
    const flow = one.transport.flowTo({ transport: "udp", host: HOST, port: 9 }) ?? assert.fail();
    const reasons: string[] = [];
    one.transport.send(optionsFor(flow, "x".repeat(65_510)), flow, ({ text }) => reasons.push(text));
    assert.equal(reasons.length, 0);
    await until("the error", () => reasons.length === 1);
    assert.equal(reasons[0], "too large for one datagram");
  });

  test("where the kernel refuses to send, the reason is told", async () => {
    const one = await station();
    const flow = one.transport.flowTo({ transport: "udp", host: "192.0.2.250", port: 5060 }) ?? assert.fail();
    const reasons: string[] = [];
    one.transport.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
    await until("the error", () => reasons.length === 1);
    assert.equal(one.counters.get("sip_send_errors"), 1);
  });

  test("a bug in the handler does not stop the next message", async () => {
    const one = await station();
    const from = await peer(one);
    one.ear.react = (message) => {
      if (message.cseq.number === 1) throw new Error("a bug");
    };
    from.send(optionsText({ cseq: 1 }));
    await settled(from);
    assert.equal(one.ear.heard.length, 2);
    assert.equal(one.counters.get("sip_handler_errors"), 1);
    assert.ok(one.logged.some((line) => line.startsWith("error: ")));
  });

  for (const [host, port] of [
    ["224.0.1.75", 5060],
    ["255.255.255.255", 5060],
    ["0.0.0.0", 5060],
    ["pbx.example.org", 5060],
    [HOST, 0],
    [HOST, 65_536],
    [HOST, Number.NaN],
  ] as const) {
    test(`there is no flow to ${host} port ${port}`, async () => {
      const one = await station();
      assert.equal(one.transport.flowTo({ transport: "udp", host, port }), undefined);
      assert.equal(one.counters.get("sip_targets_refused"), 1);
    });
  }

  test("flows to the same peer are one object as long as it is remembered", async () => {
    const one = await station({ limits: { maxUdpFlows: 4 } });
    const to = (port: number) => one.transport.flowTo({ transport: "udp", host: HOST, port });
    assert.equal(to(1001), to(1001));
    const first = to(1001);
    for (const port of [1002, 1003, 1004, 1005, 1006]) to(port);
    assert.notEqual(to(1001), first);
    assert.equal(first?.open, true);
  });
});

describe("listeners", () => {
  test("on 0.0.0.0 each peer is told the address that the kernel uses towards it", async () => {
    const one = await station({ listen: [{ transport: "udp", host: "0.0.0.0", port: 0 }] });
    const flow = one.transport.flowTo({ transport: "udp", host: HOST, port: 5060 }) ?? assert.fail();
    const port = one.transport.listeners[0]?.local.port ?? 0;
    assert.equal(flow.sentBy, `127.0.0.1:${port}`);
    assert.deepEqual(flow.local, { host: HOST, port });
  });

  for (const [advertise, wanted] of [
    ["pbx.example.org", "pbx.example.org:PORT"],
    ["pbx.example.org:5080", "pbx.example.org:5080"],
    ["203.0.113.5", "203.0.113.5:PORT"],
    ["2001:db8::5", "[2001:db8::5]:PORT"],
    ["[2001:db8::5]:5080", "[2001:db8::5]:5080"],
  ] as const) {
    test(`advertised as ${advertise}`, async () => {
      const one = await station({ listen: [{ transport: "udp", host: HOST, port: 0, advertise }] });
      const flow = one.transport.flowTo({ transport: "udp", host: HOST, port: 5060 });
      assert.equal(flow?.sentBy, wanted.replace("PORT", String(one.transport.listeners[0]?.local.port)));
    });
  }

  test("IPv4 and IPv6 side by side, each peer by its own", { skip: withoutIpv6 }, async () => {
    const one = await station({
      listen: [
        { transport: "udp", host: HOST, port: 0 },
        { transport: "udp", host: "::1", port: 0 },
      ],
    });
    const [v4, v6] = one.transport.listeners;
    assert.deepEqual(one.transport.flowTo({ transport: "udp", host: HOST, port: 9 })?.local, v4?.local);
    const flow = one.transport.flowTo({ transport: "udp", host: "::1", port: 9 });
    assert.deepEqual(flow?.local, v6?.local);
    assert.equal(flow?.sentBy, `[::1]:${v6?.local.port}`);
  });

  test("of several listeners the one on the route to the peer is used", {
    skip: withoutNetwork,
  }, async () => {
    const one = await station({
      listen: [
        { transport: "udp", host: "0.0.0.0", port: 0 },
        { transport: "udp", host: HOST, port: 0 },
      ],
    });
    const [wildcard, loopback] = one.transport.listeners;
    assert.equal(
      one.transport.flowTo({ transport: "udp", host: HOST, port: 9 })?.local.port,
      loopback?.local.port,
    );
    const outside = one.transport.flowTo({ transport: "udp", host: "192.0.2.77", port: 9 });
    assert.equal(outside?.local.port, wildcard?.local.port);
  });

  test("a port that is taken: the error names it, and what was open is closed again", async () => {
    const one = await station();
    const taken = one.transport.listeners[0]?.local.port ?? 0;
    const free = createSocket("udp4");
    await new Promise<void>((resolve) => {
      free.bind(0, HOST, resolve);
    });
    const { port } = free.address();
    await new Promise<void>((resolve) => {
      free.close(resolve);
    });
    const listen: ListenOptions[] = [
      { transport: "udp", host: HOST, port },
      { transport: "udp", host: HOST, port: taken },
    ];
    await assert.rejects(
      openStation({ listen }),
      new RegExp(`cannot listen on udp 127.0.0.1 port ${taken}: `),
    );
    await station({ listen: listen.slice(0, 1) });
  });

  test("a name is no address to listen on", async () => {
    await assert.rejects(
      station({ listen: [{ transport: "udp", host: "localhost", port: 0 }] }),
      /must be an IP address/,
    );
  });

  test("a receive buffer that the kernel does not grant is told once", async () => {
    const one = await station({
      listen: [
        { transport: "udp", host: HOST, port: 0 },
        { transport: "udp", host: HOST, port: 0 },
      ],
      limits: { receiveBufferBytes: 1_000_000_000 },
    });
    assert.equal(one.logged.filter((line) => line.includes("net.core.rmem_max")).length, 1);
  });

  test("closed twice, and sending afterwards fails as a value", async () => {
    const one = await station();
    const flow = one.transport.flowTo({ transport: "udp", host: HOST, port: 9 }) ?? assert.fail();
    await one.transport.close();
    await one.transport.close();
    assert.equal(flow.open, false);
    const reasons: string[] = [];
    one.transport.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
    await until("the error", () => reasons.length === 1);
  });
});
