import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type net from "node:net";
import os from "node:os";
import path from "node:path";
import { before, describe, test } from "node:test";
import tls from "node:tls";
import {
  type Certificates,
  makeCertificates,
  type ServerCertificate,
} from "../../test/fakes/certificates.ts";
import { type Behaviour, raw, rawThenClose, reply, startFaultServer } from "../../test/fakes/fault-server.ts";
import { testClient, VALUES, webhookAt } from "../../test/fakes/webhook-client.ts";

// What is still understood, and TLS as it should be or nearly.

const HEAD = "HTTP/1.1 200 OK\r\n";
const KIB_64 = 65_536;

let certificates: Certificates;
before(() => {
  certificates = makeCertificates();
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
