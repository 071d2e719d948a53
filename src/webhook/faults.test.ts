// Over 5 s: receivers that stall are waited for.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { before, describe, test } from "node:test";
import tls from "node:tls";
import {
  type Certificates,
  makeCertificates,
  type ServerCertificate,
} from "../../test/fakes/certificates.ts";
import { startDnsServer } from "../../test/fakes/dns-server.ts";
import {
  type Behaviour,
  drip,
  type FaultServerOptions,
  flood,
  gzipBomb,
  raw,
  rawThenClose,
  reply,
  startBlackHole,
  startFaultServer,
} from "../../test/fakes/fault-server.ts";
import { testClient, VALUES, webhookAt } from "../../test/fakes/webhook-client.ts";
import { dnsResolver } from "../http/dns-resolver.ts";
import { systemClock } from "../runtime/clock.ts";
import type { WebhookClientOptions } from "./client.ts";
import { reasons } from "./reasons.ts";

// reliability.md D1: whatever a receiver does, the failure branch starts by the deadline + 200 ms. Ten requests a case and
// short deadlines here; a release has a hundred and those of a real webhook, by SWITCHHOOK_TEST_FAULTS=full.
const FULL = process.env["SWITCHHOOK_TEST_FAULTS"] === "full";
const DEADLINE_MS = FULL ? 5_000 : 1_200;
const CONNECT_MS = FULL ? 3_000 : 400;
/** Of what fails by itself: a machine that stalls must not make it another failure. */
const AMPLE = { deadlineMs: 5_000, connectMs: 3_000 };
const GRACE_MS = 200;
/** Requests of each case, all at once. */
const REPEATS = FULL ? 100 : 10;
/** As sentences name them. */
const [DEADLINE, CONNECT] = [DEADLINE_MS, CONNECT_MS].map(
  (ms) => `${String(ms / 1000).replace(".", "\\.")} seconds`,
);
const HEAD = "HTTP/1.1 200 OK\r\n";
const KIB_64 = 65_536;

let certificates: Certificates;
before(() => {
  certificates = makeCertificates();
});

interface Case {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly reason: RegExp;
  readonly server?: () => FaultServerOptions;
}

const late = new RegExp(`^\\S+ did not reply within ${DEADLINE}: `);
const waiting = new RegExp(`${late.source}the request was sent, but no complete reply header had come\\.$`);
const reading = new RegExp(`${late.source}the reply had begun but was not complete\\.$`);
const silence: Behaviour = () => {};

const CASES: readonly Case[] = [
  { name: "accepts and is silent", behaviour: silence, reason: waiting },
  {
    name: "closes at once",
    behaviour: (socket) => socket.end(),
    reason: /closed the connection without a reply\.$/,
  },
  {
    name: "resets at once",
    behaviour: (socket) => socket.resetAndDestroy(),
    reason: /closed the connection without a reply\.$/,
  },
  {
    name: "closes on connecting",
    behaviour: silence,
    server: () => ({ onConnect: (socket) => socket.end() }),
    reason: /closed the connection without a reply\.$/,
  },
  {
    name: "W8: header lines that end in LF alone",
    behaviour: rawThenClose("HTTP/1.1 200 OK\nContent-Type: text/plain\n\nstatus=ACK"),
    reason: /end in LF alone; HTTP wants CR LF .*came `Content-Type: text\/plain {2}status=ACK`\.$/,
  },
  {
    name: "W8: one header line of several ends in LF alone",
    behaviour: rawThenClose("HTTP/1.1 200 OK\r\nServer: esp32\n\r\nstatus=ACK"),
    reason: /end in LF alone/,
  },
  {
    name: "W8: a reply without a status line",
    behaviour: rawThenClose("status=ACK&destination=215"),
    reason: /without a status line of HTTP .*`status=ACK&destination=215`\.$/,
  },
  {
    name: "W8: the header of a CGI program that nobody translates",
    behaviour: rawThenClose("Status: 200 OK\r\nContent-Type: text/plain\r\n\r\nstatus=ACK"),
    reason: /without a status line of HTTP .*`Status: 200 OK/,
  },
  {
    name: "W8: a byte order mark before the status line",
    behaviour: rawThenClose(`\u00ef\u00bb\u00bf${HEAD}\r\nstatus=ACK`),
    reason: /What came begins with `U\+FEFF HTTP\/1\.1 200 OK/,
  },
  {
    name: "W8: a status below 100",
    behaviour: rawThenClose("HTTP/1.1 099 Odd\r\nContent-Length: 10\r\n\r\nstatus=ACK"),
    reason: /answered with something that is not HTTP \(.*a status below 100\)\.$/,
  },
  {
    name: "W10: a port that speaks TLS, asked without it",
    behaviour: (socket) => socket.end(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46])),
    reason: /speaks TLS on that port, so the URL must begin with https:\/\/\.$/,
  },
  { name: "half a status line, then silence", behaviour: raw("HTTP/1.1 2"), reason: waiting },
  {
    name: "half a header, then the end",
    behaviour: rawThenClose(`${HEAD}Content-Le`),
    reason: /closed the connection before the reply was complete\.$/,
  },
  { name: "header, one byte at a time", behaviour: drip(HEAD, "X", 20), reason: waiting },
  {
    name: "header lines for ever",
    behaviour: flood(HEAD, `X-Fill: ${"x".repeat(200)}\r\n`.repeat(10)),
    reason: /reply header of \S+ is too large\.$/,
  },
  {
    name: "one header line of 64 KiB",
    behaviour: raw(`${HEAD}X-Fill: ${"x".repeat(KIB_64)}\r\n\r\n`),
    reason: /reply header of \S+ is too large\.$/,
  },
  {
    name: "body, one byte at a time",
    behaviour: drip(`${HEAD}Content-Length: 1000\r\n\r\n`, "s", 20),
    reason: reading,
  },
  {
    name: "body without length, one byte at a time",
    behaviour: drip(`${HEAD}Connection: close\r\n\r\n`, "s", 20),
    reason: reading,
  },
  {
    name: "body for ever",
    behaviour: flood(`${HEAD}Connection: close\r\n\r\n`, "x".repeat(1_000)),
    reason: /^The reply is larger than 64 KiB\.$/,
  },
  {
    name: "chunks for ever",
    behaviour: flood(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`, `3e8\r\n${"x".repeat(1_000)}\r\n`),
    reason: /^The reply is larger than 64 KiB\.$/,
  },
  {
    name: "64 KiB + 1",
    behaviour: reply("x".repeat(KIB_64 + 1)),
    reason: /^The reply is larger than 64 KiB\.$/,
  },
  {
    name: "64 KiB + 1 in chunks",
    behaviour: raw(
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n10001\r\n${"x".repeat(KIB_64 + 1)}\r\n0\r\n\r\n`,
    ),
    reason: /^The reply is larger than 64 KiB\.$/,
  },
  {
    name: "announces 10 GB",
    behaviour: raw(`${HEAD}Content-Length: 10000000000\r\n\r\nx`),
    reason: /^The reply is larger than 64 KiB\.$/,
  },
  {
    name: "102 for ever",
    behaviour: flood("", "HTTP/1.1 102 Processing\r\n\r\n".repeat(40)),
    reason: /sent more than 16 interim \(1xx\) replies and no final one\.$/,
  },
  {
    name: "103 now and then",
    behaviour: drip("", "HTTP/1.1 103 Early Hints\r\n\r\n", DEADLINE_MS / 12),
    reason: waiting,
  },
  {
    name: "100 Continue, unasked",
    behaviour: raw("HTTP/1.1 100 Continue\r\n\r\n"),
    reason: /answered with something that is not HTTP \(a reply that was not asked for\)\.$/,
  },
  {
    name: "101 Switching Protocols",
    behaviour: raw("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
    reason: /a switch to another protocol/,
  },
  {
    name: "gzip bomb although identity was asked",
    behaviour: gzipBomb(10_000_000),
    reason: /^The reply is compressed \(gzip\), although it was asked for uncompressed\.$/,
  },
  {
    name: "length too long, then the end",
    behaviour: rawThenClose(`${HEAD}Content-Length: 100\r\n\r\nstatus=ACK`),
    reason: /closed the connection before the reply was complete\.$/,
  },
  {
    name: "length too long, then silence",
    behaviour: raw(`${HEAD}Content-Length: 100\r\n\r\nstatus=ACK`),
    reason: reading,
  },
  {
    name: "length that is no number",
    behaviour: raw(`${HEAD}Content-Length: ten\r\n\r\nstatus=ACK`),
    reason: /answered with something that is not HTTP/,
  },
  {
    name: "two lengths",
    behaviour: raw(`${HEAD}Content-Length: 10\r\nContent-Length: 11\r\n\r\nstatus=ACK`),
    reason: /answered with something that is not HTTP/,
  },
  {
    name: "length and chunks",
    behaviour: raw(
      `${HEAD}Content-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\na\r\nstatus=ACK\r\n0\r\n\r\n`,
    ),
    reason: /answered with something that is not HTTP/,
  },
  {
    name: "bad chunk size",
    behaviour: raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nstatus=ACK\r\n`),
    reason: /answered with something that is not HTTP/,
  },
  {
    name: "chunks that break off",
    behaviour: rawThenClose(`${HEAD}Transfer-Encoding: chunked\r\n\r\na\r\nstatus`),
    reason: /closed the connection before the reply was complete\.$/,
  },
  {
    name: "chunks that break off, and no more requests wanted",
    behaviour: rawThenClose(`${HEAD}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\na\r\nstatus`),
    reason: /closed the connection before the reply was complete\.$/,
  },
  {
    name: "length too long, then the end, and no more requests wanted",
    behaviour: rawThenClose(`${HEAD}Content-Length: 100\r\nConnection: close\r\n\r\nstatus=ACK`),
    reason: /its length is not what its header says/,
  },
  {
    name: "not HTTP at all",
    behaviour: raw("SSH-2.0-OpenSSH_9.2p1\r\n"),
    reason: /without a status line of HTTP .*`SSH-2\.0-OpenSSH_9\.2p1`\.$/,
  },
  {
    name: "an HTTP/2 preface",
    behaviour: raw("\0\0\x12\x04\0\0\0\0\0"),
    reason: /answered with something that is not HTTP/,
  },
  {
    name: "redirect loop",
    behaviour: reply("", 302, ["Location: /again"]),
    reason: /^The receiver redirected more than 3 times\.$/,
  },
  {
    name: "redirects slowly",
    behaviour: (socket, request) =>
      void setTimeout(() => reply("", 307, ["Location: /again"])(socket, request), (DEADLINE_MS * 3) / 7),
    reason: late,
  },
  {
    name: "redirect without target",
    behaviour: reply("", 301),
    reason: /^The receiver answered HTTP 301, a redirect, without saying where to\.$/,
  },
  {
    name: "TLS: silence after accepting",
    behaviour: silence,
    server: () => ({ onConnect: () => {} }),
    reason: new RegExp(`accepted the connection but did not finish the TLS handshake within ${CONNECT}\\.$`),
  },
  {
    name: "TLS: plain HTTP on the port",
    behaviour: silence,
    server: () => ({ onConnect: (socket) => socket.end(`${HEAD}\r\n`) }),
    reason: /^No TLS connection could be made with \S+ \(the port does not speak TLS\)\.$/,
  },
  {
    name: "TLS: closes during the handshake",
    behaviour: silence,
    server: () => ({ onConnect: (socket) => void socket.once("data", () => socket.destroy()) }),
    reason: /^No TLS connection could be made with \S+ \(the connection was closed during the handshake\)\.$/,
  },
  {
    name: "TLS: expired certificate",
    behaviour: silence,
    server: () => ({ tls: certificates.expired }),
    reason: /^The TLS certificate of \S+ has expired\.$/,
  },
  {
    name: "TLS: self-signed certificate",
    behaviour: silence,
    server: () => ({ tls: certificates.selfSigned }),
    reason: /is not signed by an authority that is trusted here \(it is self-signed\)\.$/,
  },
  {
    name: "TLS: certificate of another name",
    behaviour: silence,
    server: () => ({ tls: certificates.wrongName }),
    reason: /^The TLS certificate of \S+ was issued for another name\.$/,
  },
  {
    name: "TLS: silent after the handshake",
    behaviour: silence,
    server: () => ({ tls: certificates.good }),
    reason: waiting,
  },
];

/** Short only where the time is what ends the request, and only that one which does. */
function limitsOf({ source }: RegExp): Limits {
  if (source.includes(`did not reply within ${DEADLINE}`)) return { ...AMPLE, deadlineMs: DEADLINE_MS };
  return source.includes(`within ${CONNECT}`) ? { ...AMPLE, connectMs: CONNECT_MS } : AMPLE;
}

describe("a receiver that misbehaves never holds a call beyond the deadline (D1)", { concurrency: 4 }, () => {
  test("there are at least 25 cases", () => assert.ok(CASES.length >= 25, String(CASES.length)));
  for (const { name, behaviour, reason, server: options } of CASES) {
    test(name, async () => {
      const server = await startFaultServer(behaviour, options?.());
      const origin = name.startsWith("TLS") ? `https://localhost:${server.port}` : server.origin;
      await expectFailure(`${origin}/x`, reason, limitsOf(reason));
      await server.close();
    });
  }
});

describe("a receiver that cannot be reached", { concurrency: 4 }, () => {
  test("connection refused", async () => {
    const port = await closedPort();
    await expectFailure(
      `http://127.0.0.1:${port}/`,
      new RegExp(`^127\\.0\\.0\\.1:${port} refused the connection: nothing listens on that port\\.$`),
      AMPLE,
    );
  });

  test("SYNs are dropped", async () => {
    const hole = await startBlackHole();
    await expectFailure(
      `http://127.0.0.1:${hole.port}/`,
      new RegExp(`did not accept the connection within ${CONNECT}\\.$`),
      { ...AMPLE, connectMs: CONNECT_MS },
    );
    await expectFailure(
      `https://127.0.0.1:${hole.port}/`,
      new RegExp(`did not accept the connection within ${CONNECT}\\.$`),
      { ...AMPLE, connectMs: CONNECT_MS },
    );
    await hole.close();
  });

  test("SYNs are dropped, and the deadline comes first", async () => {
    const hole = await startBlackHole();
    const reason = new RegExp(`did not reply within ${DEADLINE}: no connection had been made yet\\.$`);
    await expectFailure(`http://127.0.0.1:${hole.port}/`, reason, limitsOf(reason));
    await hole.close();
  });

  for (const [name, answer, reason] of [
    ["NXDOMAIN", { rcode: 3 }, /^The name crm\.example:80\d* does not exist in DNS, or has no address\.$/],
    [
      "no address",
      { addresses: [], ttl: 60 },
      /^The name crm\.example:80\d* does not exist in DNS, or has no address\.$/,
    ],
    ["SERVFAIL", { rcode: 2 }, /^The DNS server could not look up crm\.example:80\d* \(ESERVFAIL\)\.$/],
    ["REFUSED", { rcode: 5 }, /^The DNS server could not look up crm\.example:80\d* \(EREFUSED\)\.$/],
    [
      "silence",
      "silence",
      new RegExp(`^The DNS server did not answer within ${CONNECT} when asked for crm\\.example:80\\d*\\.$`),
    ],
  ] as const) {
    test(`DNS: ${name}`, async () => {
      const server = await startDnsServer(() => answer);
      const dns = dnsResolver({ clock: systemClock, servers: [server.address], systemLookup: undefined });
      await expectFailure("http://crm.example:8080/", reason, limitsOf(reason), { dns });
      await server.close();
    });
  }

  test("DNS: no server there", async () => {
    const dns = dnsResolver({
      clock: systemClock,
      servers: [`127.0.0.1:${await closedPort()}`],
      systemLookup: undefined,
    });
    const reason = /^The DNS server (could not look up|did not answer)/;
    await expectFailure("http://crm.example:8080/", reason, AMPLE, { dns });
  });
});

describe("a receiver on the edge of what is allowed is understood", () => {
  const edge: readonly (readonly [name: string, behaviour: Behaviour])[] = [
    ["exactly 64 KiB", reply(`status=ACK&x=${"x".repeat(KIB_64 - 13)}`)],
    [
      "sixteen 1xx",
      raw(`${"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(16)}${HEAD}Content-Length: 10\r\n\r\nstatus=ACK`),
    ],
    ["body ended by the end of the connection", rawThenClose(`${HEAD}Connection: close\r\n\r\nstatus=ACK`)],
    ["HTTP/1.0", rawThenClose("HTTP/1.0 200 OK\r\n\r\nstatus=ACK")],
    ["chunks", raw(`${HEAD}Transfer-Encoding: chunked\r\n\r\n7\r\nstatus=\r\n3\r\nACK\r\n0\r\n\r\n`)],
    ["more body than was announced", raw(`${HEAD}Content-Length: 10\r\n\r\nstatus=ACKstatus=NAK`)],
    [
      "one byte at a time, but in time",
      (socket) => {
        const bytes = [...`${HEAD}Content-Length: 10\r\n\r\nstatus=ACK`];
        const timer = setInterval(() => {
          const next = bytes.shift();
          if (next === undefined) clearInterval(timer);
          else socket.write(next);
        }, 2);
      },
    ],
  ];
  for (const [name, behaviour] of edge) {
    test(name, async () => {
      const server = await startFaultServer(behaviour);
      const client = testClient();
      assert.equal((await client.ask(webhookAt(`${server.origin}/`), VALUES)).verdict, "ack");
      await client.close();
      await server.close();
    });
  }
});

describe("TLS", () => {
  test("a certificate that is trusted is", async () => {
    const server = await startFaultServer(reply("status=ACK"), { tls: certificates.good });
    const client = testClient({ trustedCertificates: [certificates.ca] });
    for (const host of ["localhost", "127.0.0.1"]) {
      const result = await client.ask(webhookAt(`https://${host}:${server.port}/`), VALUES);
      assert.equal(result.reason, "The receiver answered ACK.");
    }
    await client.close();
    await server.close();
  });
});

describe("W12: handshakes that fail are told in words", () => {
  /** A certificate for localhost that signs itself. */
  const selfSigned = (bits: string): ServerCertificate => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-handshakes-"));
    const [keyFile, certFile] = [path.join(folder, "key"), path.join(folder, "cert")];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const files = ["-keyout", keyFile, "-out", certFile];
    const args = ["req", "-x509", "-newkey", `rsa:${bits}`, "-nodes", "-days", "2", ...names, ...files];
    try {
      execFileSync("openssl", args, { stdio: "ignore" });
      return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const mutual = { requestCert: true, rejectUnauthorized: true };
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;

  for (const [name, bits, options, says] of [
    ["TLS 1.1 and older only", "2048", old, /\(it speaks TLS 1\.0 or 1\.1 only; 1\.2 is needed\)\.$/],
    ["RSA of 1024 bits", "1024", { ciphers: "DEFAULT@SECLEVEL=0" }, /too weak: RSA needs 2048 bits\)\.$/],
    [
      "a client's certificate, TLS 1.2",
      "2048",
      { ...mutual, maxVersion: "TLSv1.2" },
      /\(it wants a certificate of ours, or has no cipher in common with us\)\.$/,
    ],
  ] as const) {
    test(`W12: ${name}`, async () => {
      const own = selfSigned(bits);
      const server = tls.createServer({ ...own, ...options }, (socket) => socket.on("error", () => {}).end());
      server.on("tlsClientError", () => {});
      // A connection whose handshake failed is nobody's; it must not keep the process from ending.
      server.on("connection", (socket: net.Socket) => void socket.unref()).unref();
      await new Promise<void>((listening) => server.listen(0, "localhost", listening));
      const { port } = server.address() as net.AddressInfo;
      const client = testClient({ trustedCertificates: [own.cert] });
      const result = await client.ask(webhookAt(`https://localhost:${port}/`), VALUES);
      assert.equal(result.failure, "tlsFailed", result.reason);
      assert.match(result.reason, says);
      await client.close();
      server.close();
    });
  }
});

interface Limits {
  readonly deadlineMs: number;
  readonly connectMs: number;
}

/** Asks all at once: each in time, each with the reason, nothing left open, no timer left running. */
async function expectFailure(
  url: string,
  reason: RegExp,
  { deadlineMs, connectMs }: Limits,
  options: Partial<WebhookClientOptions> = {},
): Promise<void> {
  const client = testClient({
    connectTimeoutMs: connectMs,
    trustedCertificates: [certificates.ca],
    ...options,
  });
  const webhook = webhookAt(url, deadlineMs);
  const results = await Promise.all(
    Array.from({ length: REPEATS }, async () => {
      const start = performance.now();
      const plainTimer = firesAt(deadlineMs);
      const result = await client.ask(webhook, VALUES);
      const took = performance.now() - start;
      // A machine that stalls for some 100 ms delays every timer; that much is not the client's doing.
      if (took > deadlineMs) {
        const limit = (await plainTimer) - start + GRACE_MS;
        assert.ok(took <= limit, `${took.toFixed(0)} ms, ${limit.toFixed(0)} allowed: ${result.reason}`);
      }
      return result;
    }),
  );
  for (const result of results) {
    assert.equal(result.verdict, "error");
    assert.match(result.reason, reason);
    assert.ok(Object.hasOwn(reasons, result.failure ?? ""), `why, as a code: ${result.failure}`);
    assert.ok(result.excerpt.length <= 512);
  }
  await client.close();
}

/** When a timer of this length set now fires. */
function firesAt(ms: number): Promise<number> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(performance.now()), ms);
  });
}

async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
