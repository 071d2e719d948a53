// Over 5 s: receivers that stall are waited for.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Certificates, makeCertificates } from "../../test/fakes/certificates.ts";
import {
  type Behaviour,
  drip,
  type FaultServerOptions,
  flood,
  gzipBomb,
  raw,
  rawThenClose,
  reply,
  startFaultServer,
} from "../../test/fakes/fault-server.ts";
import {
  CONNECT,
  DEADLINE,
  DEADLINE_MS,
  expectFailure,
  limitsOf,
} from "../../test/support/webhook-faults.ts";

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

describe("a receiver that misbehaves never holds a call beyond the deadline (D1)", { concurrency: 4 }, () => {
  test("there are at least 25 cases", () => assert.ok(CASES.length >= 25, String(CASES.length)));
  for (const { name, behaviour, reason, server: options } of CASES) {
    test(name, async () => {
      const server = await startFaultServer(behaviour, options?.());
      const origin = name.startsWith("TLS") ? `https://localhost:${server.port}` : server.origin;
      await expectFailure(`${origin}/x`, reason, limitsOf(reason), {
        trustedCertificates: [certificates.ca],
      });
      await server.close();
    });
  }
});
