// Over 5 s: time limits of 10 to 30 s run to their end.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, describe, test } from "node:test";
import { companyText, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { Party, type Shape } from "./parts/party.ts";

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  routes: { "+31501234567": [ringPhone("215", 5)] },
});

const OPTIONS_OVER_TCP =
  "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx\r\nFrom: <sip:b@a>;tag=1\r\nTo: <sip:a>\r\n" +
  "Call-ID: limits\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";

/** A connection from an address of ours that says nothing of itself. */
class Silent {
  readonly socket: Socket;
  ended = false;
  text = "";

  constructor(server: TestServer, source: string) {
    this.socket = connect({ host: server.address, port: server.port, localAddress: source });
    this.socket.on("data", (chunk: Buffer) => {
      this.text += chunk.toString("latin1");
    });
    this.socket.on("error", () => {
      this.ended = true;
    });
    this.socket.on("close", () => {
      this.ended = true;
    });
  }

  get open(): boolean {
    return !this.ended && this.socket.readyState === "open";
  }
}

describe("A7: messages at the limit and one beyond", () => {
  let server: TestServer;
  let party: Party;
  before(async () => {
    server = await startServer({ company });
    party = await Party.open(trunk);
  });
  after(async () => {
    await party.close();
    await server.stop();
  });

  const via = (count: number): readonly (readonly [string, string])[] =>
    Array.from({ length: count }, (_, at) => ["Via", `SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKv${at}`] as const);
  const lines = (count: number): readonly (readonly [string, string])[] =>
    Array.from({ length: count }, (_, at) => [`X-${at}`, "x"] as const);
  const routes = (count: number): readonly (readonly [string, string])[] =>
    Array.from({ length: count }, () => ["Route", "<sip:192.0.2.1;lr>"] as const);

  // An OPTIONS of ours has 8 header lines and 1 Via of its own.
  const table: readonly (readonly [what: string, within: Partial<Shape>, beyond: Partial<Shape>])[] = [
    ["256 header lines", { headers: lines(248) }, { headers: lines(249) }],
    ["70 Via", { headers: via(69) }, { headers: via(70) }],
    ["20 Route", { headers: routes(20) }, { headers: routes(21) }],
  ];
  for (const [what, within, beyond] of table) {
    test(`A7: ${what} are taken, one more is refused with 513`, async () => {
      assert.equal(kind(await party.ask({ method: "OPTIONS", ...within }, server)), "200");
      assert.equal(kind(await party.ask({ method: "OPTIONS", ...beyond }, server)), "513");
    });
  }

  test("A7: the largest datagram there is gets an answer", async () => {
    const full = { method: "OPTIONS", body: "x".repeat(64_000) };
    assert.equal(kind(await party.ask(full, server)), "200");
  });

  test("A7: over a stream more than 64 KiB is refused with 513, a body beyond 64 KiB with 413", async () => {
    for (const [text, status] of [
      [
        `OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx\r\nX: ${"x".repeat(70_000)}`,
        "513",
      ],
      [
        "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx\r\nContent-Length: 65537\r\n\r\n",
        "413",
      ],
    ] as const) {
      const peer = new Silent(server, trunk);
      peer.socket.write(text);
      await until("the refusal and the end", () => peer.ended);
      assert.equal(peer.text.split(" ")[1], status);
    }
  });
});

describe("A7: connections", () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ company });
  });
  after(async () => {
    await server.stop();
  });

  test("A7: 64 connections from one source, 1,536 of strangers in all, of which the oldest makes room; who knows the server is still served; the silent are closed after 10 s", async () => {
    const open: Silent[] = [];
    const from = (source: string, count: number): readonly Silent[] => {
      const made = Array.from({ length: count }, () => new Silent(server, source));
      open.push(...made);
      return made;
    };
    const settled = (list: readonly Silent[]): boolean => list.every((one) => one.ended || one.open);
    const began = performance.now();
    try {
      const one = from(ownAddress(), 70);
      await until("70 connections to be settled", async () => {
        const refused = await server.metric("switchhook_sip_connections_refused_total");
        return settled(one) && refused === 6;
      });
      await until("six to be closed", () => one.filter(({ ended }) => ended).length === 6);

      // 32 sources more, each with its 64: of these 2,112 strangers 1,536 can stay.
      const sources = Array.from({ length: 26 }, () => ownAddress());
      for (const source of sources) {
        const list = from(source, 64);
        await until("64 connections to be open", () => settled(list));
      }
      const others = Array.from({ length: 6 }, (_, at) => `127.0.${200 + at}.1`);
      for (const source of others) {
        const list = from(source, 64);
        await until("64 connections to be settled", () => settled(list));
      }
      await until("all to have come in", async () => {
        const accepted = await server.metric("switchhook_sip_connections_accepted_total");
        const displaced = await server.metric("switchhook_sip_connections_displaced_total");
        return accepted === 33 * 64 && displaced === 33 * 64 - 1_536;
      });
      assert.equal(await server.metric("switchhook_sip_connections_refused_total"), 6);
      await until("the oldest to be closed", () => one.every(({ ended }) => ended));

      // UDP, and with it everybody else, goes on.
      const party = await Party.open(trunk);
      assert.equal(kind(await party.ask({ method: "OPTIONS" }, server)), "200");
      await party.close();
      // So does the trunk over TCP: no stranger has its places.
      const carrier = new Silent(server, trunk);
      await until("the trunk's connection", () => carrier.open);
      carrier.socket.write(OPTIONS_OVER_TCP);
      await until("the trunk's answer", () => carrier.text.startsWith("SIP/2.0 200"));
      carrier.socket.destroy();

      await until("the silent ones to be closed", () => open.every(({ ended }) => ended), 20_000);
      const elapsed = performance.now() - began;
      assert.ok(elapsed >= 9_000, `closed after ${elapsed} ms already`);
      const again = new Silent(server, sources[0] ?? "");
      await until("a new connection", () => again.open);
      again.socket.destroy();
    } finally {
      for (const { socket } of open) socket.destroy();
    }
  });

  test("A7: a header that comes an octet a second is cut off after 10 s", async () => {
    const slow = new Silent(server, trunk);
    const text = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx\r\nX: ";
    slow.socket.write(text);
    const began = performance.now();
    const drip = setInterval(() => slow.socket.write("x"), 500);
    try {
      await until("the end", () => slow.ended, 15_000);
    } finally {
      clearInterval(drip);
    }
    const elapsed = performance.now() - began;
    assert.ok(elapsed > 9_000 && elapsed < 13_000, `${elapsed} ms`);
  });
});
