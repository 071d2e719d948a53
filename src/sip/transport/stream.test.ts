import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { after, describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { selfSigned } from "../../../test/contract/certificate.ts";
import {
  openStation,
  optionsFor,
  optionsText,
  type Station,
  type StationOptions,
  until,
} from "../../../test/contract/transport-parts.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";

const certificate = selfSigned(["IP:127.0.0.1"]);
const tls = { ...certificate, caPem: certificate.certPem };
const HOST = "127.0.0.1";

/** A peer that writes octets as it likes. */
class RawPeer {
  readonly socket: Socket;
  text = "";
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  write(text: string): void {
    this.socket.write(text, "latin1");
  }
}

for (const transport of ["tcp", "tls"] as const) {
  const open: Station[] = [];
  const peers: RawPeer[] = [];

  const station = async (options: Partial<StationOptions> = {}): Promise<Station> => {
    const one = await openStation({ listen: [{ transport, host: HOST, port: 0 }], tls, ...options });
    open.push(one);
    return one;
  };
  const peer = async (to: Station): Promise<RawPeer> => {
    const port = to.transport.listeners[0]?.local.port ?? 0;
    const socket =
      transport === "tcp" ? connect(port, HOST) : connectTls({ port, host: HOST, ca: certificate.certPem });
    const one = new RawPeer(socket);
    peers.push(one);
    await until(
      "the connection",
      () => one.closed || (socket.readyState === "open" && !("encrypted" in socket && socket.connecting)),
    );
    return one;
  };
  after(async () => {
    for (const { socket } of peers) socket.destroy();
    await Promise.all(open.map((one) => one.transport.close()));
  });

  describe(`${transport}: framing`, () => {
    test("one message in many writes, and many in one", async () => {
      const one = await station();
      const from = await peer(one);
      const text = optionsText({ body: "hello" });
      for (const [at, char] of [...text].entries()) {
        from.write(char);
        if (at % 50 === 0) await new Promise(setImmediate);
      }
      await until("the first message", () => one.ear.heard.length === 1);
      from.write(optionsText({ cseq: 2 }) + optionsText({ cseq: 3, body: "x" }) + optionsText({ cseq: 4 }));
      await until("the others", () => one.ear.heard.length === 4);
      assert.deepEqual(
        one.ear.heard.map(({ message }) => message.cseq.number),
        [1, 2, 3, 4],
      );
      assert.equal(one.ear.faults.length, 0);
    });

    test("a double CRLF is answered with a single one, before and after messages", async () => {
      const one = await station();
      const from = await peer(one);
      from.write("\r\n\r\n");
      await until("the pong", () => from.text === "\r\n");
      from.write(`${optionsText()}\r\n\r\n`);
      await until("the second pong", () => from.text === "\r\n\r\n");
      assert.equal(one.ear.heard.length, 1);
      assert.equal(one.counters.get("sip_stream_keepalives"), 2);
    });

    test("a connection that ends in the middle of a message: the flow closes, nothing is heard", async () => {
      const one = await station();
      const from = await peer(one);
      from.write(optionsText());
      await until("the message", () => one.ear.heard.length === 1);
      from.write(optionsText({ cseq: 2 }).slice(0, 80));
      from.socket.end();
      await until("the end", () => one.ear.closed.length === 1);
      assert.equal(one.ear.closed[0]?.flow, one.ear.heard[0]?.flow);
      assert.equal(one.ear.heard.length, 1);
      assert.equal(one.ear.heard[0]?.flow.open, false);
    });

    test("a peer that shuts down its side in the middle of a body is told so before the end", async () => {
      const one = await station();
      const from = await peer(one);
      from.write(optionsText().replace("Content-Length: 0", "Content-Length: 10"));
      from.socket.end();
      await until("the end", () => from.closed);
      assert.match(from.text, /^SIP\/2\.0 400 The stream ended before the message was whole\.\r\nVia: /);
      assert.equal(one.ear.heard.length, 0);
    });

    for (const [what, octets, status] of [
      ["a header section without end", `${optionsText().slice(0, -2)}X: ${"x".repeat(70_000)}`, 513],
      ["a body that is too long", optionsText().replace("Content-Length: 0", "Content-Length: 70000"), 413],
      [
        "a Content-Length that is no number",
        optionsText().replace("Content-Length: 0", "Content-Length: -1"),
        400,
      ],
    ] as const) {
      test(`${what}: ${status}, then the end`, async () => {
        const one = await station();
        const from = await peer(one);
        from.write(octets);
        await until("the end", () => from.closed);
        assert.match(from.text, new RegExp(`^SIP/2.0 ${status} .*\r\nVia: SIP/2.0/TCP 192.0.2.9:5060;`));
        assert.equal(from.text.split("SIP/2.0 ").length, 2);
        assert.equal(one.ear.faults[0]?.status, status);
        assert.equal(one.ear.closed.length, 1);
      });
    }

    test("what is no SIP at all gets no answer", async () => {
      const one = await station();
      const from = await peer(one);
      from.write("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n\r\n\r\n");
      await until("the pong", () => from.text.endsWith("\r\n"));
      assert.equal(from.text, "\r\n");
      assert.equal(one.ear.faults.length, 1);
      assert.equal(one.ear.heard.length, 0);
    });
  });

  describe(`${transport}: limits`, () => {
    test("what never becomes a whole message is closed after 10 s, from the first octet on", async () => {
      const clock = new VirtualClock();
      const one = await station({ clock });
      const from = await peer(one);
      from.write(optionsText());
      await until("a message", () => one.ear.heard.length === 1);
      from.write(optionsText({ cseq: 2 }).slice(0, 40));
      let octets = optionsText().length + 40;
      const arrived = (): boolean => one.counters.get("sip_stream_octets_received") >= octets;
      await until("the beginning", arrived);
      // An octet every second, as slowhttptest does, does not help.
      for (let second = 0; second < 10; second += 1) {
        assert.equal(one.ear.closed.length, 0);
        from.write("X");
        octets += 1;
        await until("an octet", arrived);
        clock.advance(1_000);
      }
      await until("the end", () => from.closed);
      assert.equal(one.counters.get('sip_connections_timed_out{phase="message"}'), 1);
      assert.equal(from.text, "");
    });

    test("a connection that says nothing is closed after 10 s", async () => {
      const clock = new VirtualClock();
      const one = await station({ clock });
      const from = await peer(one);
      await until("the connection", () => one.transport.connections === 1);
      await until("its deadline", () => clock.pending >= 1);
      clock.advance(10_000);
      await until("the end", () => from.closed);
      await until("the count", () => one.transport.connections === 0);
    });

    test("idle for 120 s: a stranger is closed, CRLF keeps it, and a known one stays for two hours", async () => {
      const clock = new VirtualClock();
      let known = false;
      const one = await station({ clock, isKnown: () => known });
      const from = await peer(one);
      from.write(optionsText());
      await until("a message", () => one.ear.heard.length === 1);
      clock.advance(100_000);
      from.write("\r\n\r\n");
      await until("the pong", () => from.text === "\r\n");
      clock.advance(100_000);
      assert.equal(one.ear.closed.length, 0);
      known = true;
      clock.advance(7_000_000);
      assert.equal(one.ear.closed.length, 0);
      known = false;
      clock.advance(7_200_000);
      await until("the end", () => from.closed);
      assert.equal(one.counters.get('sip_connections_timed_out{phase="idle"}'), 1);
      assert.equal(one.ear.closed.length, 1);
    });

    test("n connections per source, the next is closed, and room comes back", async () => {
      const one = await station({ isKnown: () => false, limits: { maxConnectionsPerSource: 3 } });
      const three = [await peer(one), await peer(one), await peer(one)];
      await until("three", () => one.transport.connections === 3);
      const fourth = await peer(one);
      await until("the refusal", () => fourth.closed);
      assert.equal(one.counters.get('sip_connections_refused{reason="source"}'), 1);
      three[0]?.socket.destroy();
      await until("room", () => one.transport.connections === 2);
      const fifth = await peer(one);
      fifth.write(optionsText());
      await until("its message", () => one.ear.heard.length === 1);
    });

    test("n connections in all", async () => {
      const one = await station({ limits: { maxConnections: 2 } });
      await peer(one);
      await peer(one);
      await until("two", () => one.transport.connections === 2);
      const third = await peer(one);
      await until("the refusal", () => third.closed);
      assert.equal(one.counters.get('sip_connections_refused{reason="total"}'), 1);
    });

    test("X7: a stranger's keep-alive is no message: the connection is closed after 10 s, a trunk's is not", async () => {
      for (const known of [false, true]) {
        const clock = new VirtualClock();
        const one = await station({ clock, isKnown: () => known });
        const from = await peer(one);
        for (const pongs of ["\r\n", "\r\n\r\n"]) {
          from.write("\r\n\r\n");
          await until("the pong", () => from.text === pongs);
          clock.advance(4_000);
        }
        clock.advance(2_000);
        if (known) {
          // The answer to a keep-alive may come in pieces, and is no message that has to become whole.
          const octets = (): number => one.counters.get("sip_stream_octets_received");
          for (const piece of ["\r", "\n"]) {
            const before = octets();
            from.write(piece);
            await until("the octet", () => octets() > before);
          }
          clock.advance(10_000);
          from.write(optionsText());
          await until("a message", () => one.ear.heard.length === 1);
          continue;
        }
        await until("the end", () => from.closed);
        assert.equal(one.counters.get('sip_connections_timed_out{phase="message"}'), 1);
      }
    });

    test("X2: many keep-alives at once get one pong; more than 16 in 2 s end the stream and ban its address", async () => {
      const one = await station({ clock: new VirtualClock(), isKnown: () => false });
      const from = await peer(one);
      from.write("\r\n\r\n".repeat(16));
      await until("16 keep-alives", () => one.counters.get("sip_stream_octets_received") === 64);
      await until("the pong", () => from.text.length > 0);
      assert.equal(from.text, "\r\n");
      from.write("\r\n\r\n".repeat(50_000));
      await until("the end", () => from.closed);
      assert.equal(from.text, "\r\n");
      assert.equal(one.counters.get('sip_streams_cut{reason="keepAlive"}'), 1);
      const again = await peer(one);
      await until("the refusal", () => again.closed);
      assert.equal(one.counters.get('sip_connections_refused{reason="banned"}'), 1);
    });

    for (const [what, octets, limit, reason] of [
      ["lone CRLFs, one at a time", "\r\n", 16, "keepAlive"],
      ["NULs between messages, one at a time", "\0", 16, "keepAlive"],
      ["a header that never ends, an octet at a time", "x", 128, "piece"],
    ] as const) {
      test(`X2: ${what}: the stream ends after ${limit} in 2 s`, async () => {
        const one = await station({ clock: new VirtualClock(), isKnown: () => false });
        const from = await peer(one);
        let sent = 0;
        while (!from.closed && sent < 3 * limit) {
          from.write(octets);
          sent += 1;
          // The last is counted too, just before the end.
          const arrived = sent > limit ? Number.NaN : sent * octets.length;
          await until(
            "an octet or the end",
            () => from.closed || one.counters.get("sip_stream_octets_received") === arrived,
          );
        }
        await until("the end", () => from.closed);
        assert.equal(one.counters.get(`sip_streams_cut{reason="${reason}"}`), 1);
        assert.equal(sent, limit + 1);
      });
    }

    test("T6: more than 16 first messages from one address wait for their turn, and are not lost", async () => {
      const clock = new VirtualClock();
      const one = await station({ clock, isKnown: () => false });
      const phones = await Promise.all(Array.from({ length: 40 }, () => peer(one)));
      for (const phone of phones) phone.write(optionsText());
      const octets = 40 * optionsText().length;
      await until("all octets", () => one.counters.get("sip_stream_octets_received") === octets);
      assert.equal(one.ear.heard.length, 16);
      for (const heard of [32, 40]) {
        clock.advance(2_000);
        assert.equal(one.ear.heard.length, heard);
      }
      assert.equal(one.guard.isBanned(HOST), false);
      // What comes behind a message that waited is read too.
      clock.advance(2_000);
      for (const phone of phones.slice(30)) phone.write(optionsText({ cseq: 2 }));
      await until("ten more", () => one.ear.heard.length === 50);
    });

    test("T2: a stream that we opened is known: two hours without a word do not end it", async () => {
      const clock = new VirtualClock();
      const one = await station({ clock, isKnown: () => false });
      const two = await station();
      const port = two.transport.listeners[0]?.local.port ?? 0;
      const flow = one.transport.flowTo({ transport, host: HOST, port }) ?? assert.fail();
      one.transport.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
      await until("the request", () => two.ear.heard.length === 1);
      clock.advance(7_100_000);
      assert.equal(one.ear.closed.length, 0);
      assert.equal(flow.open, true);
      clock.advance(100_000);
      await until("the end", () => one.ear.closed.length === 1);
    });

    test("a banned source is refused, and one that floods is cut off", async () => {
      const one = await station({ isKnown: () => false });
      const from = await peer(one);
      from.write(Array.from({ length: 80 }, (_, at) => optionsText({ cseq: at + 1 })).join(""));
      await until("the end", () => from.closed);
      assert.equal(one.ear.heard.length, 16);
      const again = await peer(one);
      await until("the refusal", () => again.closed);
      assert.equal(one.counters.get('sip_connections_refused{reason="banned"}'), 1);
    });
  });

  describe(`${transport}: sending`, () => {
    test("a response is not taken elsewhere when its connection is gone", async () => {
      const one = await station();
      const from = await peer(one);
      from.write(optionsText());
      await until("the message", () => one.ear.heard.length === 1);
      const { message, flow } = one.ear.heard[0] ?? assert.fail();
      from.socket.destroy();
      await until("the end", () => one.ear.closed.length === 1);
      const { buildResponse } = await import("../message/build.ts");
      const reasons: string[] = [];
      assert.equal(message.kind, "request");
      if (message.kind === "request")
        one.transport.send(buildResponse(message, 200), flow, ({ text }) => reasons.push(text));
      assert.equal(reasons.length, 0);
      await until("the error", () => reasons.length === 1);
      assert.equal(one.counters.get("sip_responses_without_connection"), 1);
      assert.equal(one.counters.get("sip_connections_opened"), 0);
    });

    test("what is sent before the connection is there goes out in order when it is", async () => {
      const one = await station();
      const two = await station();
      const port = two.transport.listeners[0]?.local.port ?? 0;
      const flow = one.transport.flowTo({ transport, host: HOST, port }) ?? assert.fail();
      const sent = [1, 2, 3].map(() => optionsFor(flow));
      for (const message of sent) one.transport.send(message, flow, ({ text }) => assert.fail(text));
      await until("all", () => two.ear.heard.length === 3);
      assert.deepEqual(
        two.ear.heard.map(({ message }) => message.callId),
        sent.map(({ callId }) => callId),
      );
      assert.equal(two.transport.connections, 1);
    });

    test("a request may go out on a connection that came in, by its address", async () => {
      const one = await station();
      const from = await peer(one);
      from.write(optionsText());
      await until("the message", () => one.ear.heard.length === 1);
      const { flow } = one.ear.heard[0] ?? assert.fail();
      assert.equal(one.transport.flowTo({ transport, ...flow.remote }), flow);
      one.transport.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
      await until("the request", () =>
        from.text.startsWith("OPTIONS sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/T"),
      );
    });

    test("a peer that does not read is cut off when 1 MiB waits", async () => {
      const one = await station({ limits: { maxUnsentBytes: 200_000 } });
      const from = await peer(one);
      from.write(optionsText());
      await until("the message", () => one.ear.heard.length === 1);
      from.socket.pause();
      const { flow } = one.ear.heard[0] ?? assert.fail();
      const reasons: string[] = [];
      const big = optionsFor(flow, "x".repeat(60_000));
      for (let at = 0; at < 300; at += 1) one.transport.send(big, flow, ({ text }) => reasons.push(text));
      await until("the end", () => one.ear.closed.length === 1);
      assert.equal(one.ear.closed[0]?.reason, "the peer does not read");
      assert.equal(one.counters.get('sip_streams_cut{reason="unread"}'), 1);
      assert.match(
        one.logged.join(),
        /^warn: a stream was closed: its peer does not read what we send; said at most/,
      );
      await until("the errors", () => reasons.length > 0);
    });
  });

  test(`${transport}: no connection within 4 s fails what waits`, async () => {
    // The time passes before the connection can be there; with TLS this peer would never shake hands anyway.
    const clock = new VirtualClock();
    const one = await station({ clock });
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, HOST, resolve);
    });
    const address = silent.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const flow = one.transport.flowTo({ transport, host: HOST, port }) ?? assert.fail();
    const reasons: string[] = [];
    one.transport.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
    clock.advance(4_000);
    await until("the error", () => reasons.length === 1);
    assert.equal(reasons[0], "no connection within the time limit");
    assert.equal(one.ear.closed[0]?.flow, flow);
    await until("the count", () => one.transport.connections === 0);
    silent.close();
  });
}
