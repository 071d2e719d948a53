import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildResponse } from "../../src/sip/message/build.ts";
import type { Target, Transport } from "../../src/sip/transport/transport.ts";
import { Ear, optionsFor } from "./transport-parts.ts";

/** Two transports that reach each other by one kind. */
export interface TransportPair {
  readonly left: Transport;
  readonly right: Transport;
  /** Where `left` finds `right`. */
  readonly toRight: Target;
  /** Where nobody listens. */
  readonly toNobody: Target;
  /** Lets the network do its work until something holds. */
  until(what: string, holds: () => boolean): Promise<void>;
}

export interface TransportCase {
  readonly name: string;
  readonly reliable: boolean;
  /** The largest body that surely arrives. */
  readonly largeBody: number;
  /** Why this machine cannot run it; false: it can. */
  readonly skip: string | false;
  open(): Promise<TransportPair>;
}

/** What the transaction layer relies on, whichever transport it is. */
export function transportSuite(kind: TransportCase): void {
  const on = (title: string, run: (pair: TransportPair, left: Ear, right: Ear) => Promise<void>): void => {
    test(title, async () => {
      const pair = await kind.open();
      try {
        await run(pair, new Ear(pair.left), new Ear(pair.right));
      } finally {
        await Promise.all([pair.left.close(), pair.right.close()]);
      }
    });
  };

  describe(`transport contract: ${kind.name}`, { skip: kind.skip }, () => {
    on(
      "a request arrives whole, and its response comes back on the way it came",
      async (pair, left, right) => {
        const flow = flowTo(pair.left, pair.toRight);
        const sent = optionsFor(flow, "hällo", [["Subject", "ünïcode"]]);
        right.react = (message, back) => {
          assert.equal(message.kind, "request");
          if (message.kind === "request")
            pair.right.send(buildResponse(message, 200), back, ({ text }) => assert.fail(text));
        };
        pair.left.send(sent, flow, ({ text }) => assert.fail(text));
        await pair.until("the response", () => left.heard.length === 1);

        const request = right.heard[0]?.message;
        assert.equal(request?.kind === "request" && request.method, "OPTIONS");
        assert.equal(request?.body.toString("utf8"), "hällo");
        assert.equal(request?.headers.get("subject"), "ünïcode");
        assert.equal(request?.via.branch, sent.via.branch);
        const response = left.heard[0]?.message;
        assert.equal(response?.kind === "response" && response.status, 200);
        assert.equal(response?.callId, sent.callId);
        assert.deepEqual([left.faults, right.faults], [[], []]);
      },
    );

    on("the top Via of a request says where it came from", async (pair, _left, right) => {
      const flow = flowTo(pair.left, pair.toRight);
      pair.left.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
      await pair.until("the request", () => right.heard.length === 1);
      const { message, flow: back } = right.heard[0] ?? assert.fail();
      assert.equal(message.via.received, back.remote.host);
      assert.equal(message.via.rport, back.remote.port);
      assert.equal(message.via.transport, flow.transport.toUpperCase());
    });

    on("a flow says what it is", async (pair, _left, right) => {
      const flow = flowTo(pair.left, pair.toRight);
      assert.equal(flow.transport, pair.toRight.transport);
      assert.equal(flow.reliable, kind.reliable);
      assert.equal(flow.open, true);
      assert.deepEqual(flow.remote, { host: pair.toRight.host, port: pair.toRight.port });
      const listener = pair.left.listeners.find(({ transport }) => transport === flow.transport);
      assert.ok(flow.sentBy.endsWith(`:${listener?.local.port}`), flow.sentBy);
      pair.left.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
      await pair.until("the request", () => right.heard.length === 1);
      assert.equal(right.heard[0]?.flow.local.port, pair.toRight.port);
      assert.equal(right.heard[0]?.flow.reliable, kind.reliable);
    });

    on(`a body of ${kind.largeBody} octets arrives unchanged`, async (pair, _left, right) => {
      const flow = flowTo(pair.left, pair.toRight);
      const body = Array.from({ length: kind.largeBody }, (_, at) => "\r\nabcdefgh"[at % 10]).join("");
      pair.left.send(optionsFor(flow, body), flow, ({ text }) => assert.fail(text));
      await pair.until("the request", () => right.heard.length === 1);
      assert.equal(right.heard[0]?.message.body.toString("latin1"), body);
    });

    on("many messages arrive each once, on streams in order", async (pair, _left, right) => {
      const flow = flowTo(pair.left, pair.toRight);
      const sent = Array.from({ length: 60 }, (_, at) => optionsFor(flow, "x".repeat(at * 7)));
      for (const message of sent) pair.left.send(message, flow, ({ text }) => assert.fail(text));
      await pair.until("all messages", () => right.heard.length >= sent.length);
      const got = right.heard.map(({ message }) => message.callId);
      const wanted = sent.map(({ callId }) => callId);
      assert.deepEqual(kind.reliable ? got : got.toSorted(), kind.reliable ? wanted : wanted.toSorted());
    });

    on("both sides may send first, and a stream is used again", async (pair, left, right) => {
      const flow = flowTo(pair.left, pair.toRight);
      pair.left.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
      await pair.until("the request", () => right.heard.length === 1);
      const back = right.heard[0]?.flow ?? assert.fail();
      pair.right.send(optionsFor(back), back, ({ text }) => assert.fail(text));
      await pair.until("the request the other way", () => left.heard.length === 1);
      const again = flowTo(pair.left, pair.toRight);
      if (kind.reliable) assert.equal(again, flow);
      pair.left.send(optionsFor(again), again, ({ text }) => assert.fail(text));
      await pair.until("the second request", () => right.heard.length === 2);
      if (kind.reliable) assert.equal(right.heard[1]?.flow, back);
    });

    on("without a listener of its kind there is no flow", async (pair) => {
      assert.equal(pair.left.flowTo({ ...pair.toRight, transport: "wss" }), undefined);
    });

    if (!kind.reliable) return;

    on("sending where nobody listens fails later, once", async (pair) => {
      const flow = flowTo(pair.left, pair.toNobody);
      const reasons: string[] = [];
      pair.left.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
      assert.equal(reasons.length, 0);
      await pair.until("the error", () => reasons.length > 0);
      assert.equal(flow.open, false);
      pair.left.send(optionsFor(flow), flow, ({ text }) => reasons.push(text));
      assert.equal(reasons.length, 1);
      await pair.until("the second error", () => reasons.length > 1);
      assert.equal(reasons.length, 2);
    });

    on("when one side ends, the other hears that the stream is closed", async (pair, left, right) => {
      const flow = flowTo(pair.left, pair.toRight);
      pair.left.send(optionsFor(flow), flow, ({ text }) => assert.fail(text));
      await pair.until("the request", () => right.heard.length === 1);
      await pair.right.close();
      await pair.until("the end of the stream", () => left.closed.length > 0);
      assert.equal(left.closed[0]?.flow, flow);
      assert.equal(left.closed.length, 1);
      assert.equal(flow.open, false);
      assert.notEqual(pair.left.flowTo(pair.toRight), flow);
    });
  });
}

function flowTo(transport: Transport, target: Target): NonNullable<ReturnType<Transport["flowTo"]>> {
  return transport.flowTo(target) ?? assert.fail("no flow");
}
