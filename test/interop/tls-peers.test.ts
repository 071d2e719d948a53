// Peers over TLS at a real process: who must show a certificate, who stops reading, and a baresip whose call outlives a renewal.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { token } from "../abuse/parts/party.ts";
import { StreamParty } from "../abuse/parts/stream-party.ts";
import { selfSigned } from "../contract/certificate.ts";
import { makeCertificates } from "../fakes/certificates.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { needs } from "./needs.ts";

const skip = needs("openssl");
const [trunk, elsewhere, address] = [ownAddress(), ownAddress(), ownAddress()];
const TLS_PORT = 5061;
const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-tls-peers-"));
const made = skip === false ? makeCertificates() : undefined;
const sockets: TLSSocket[] = [];
let server: TestServer;

before(async () => {
  if (made === undefined) return;
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const { certPem, keyPem } = selfSigned([`IP:${address}`]);
  const files = ["--tls-cert", file("cert.pem", certPem), "--tls-key", file("key.pem", keyPem)];
  const flags = ["--sips", `${address}:${TLS_PORT}`, ...files, "--tls-client-ca", file("ca.pem", made.ca)];
  const company = companyText({ caller: trunk, routes: { "+31501000001": [ringPhone("215")] } });
  server = await startServer({ company, address, flags });
});

after(async () => {
  for (const socket of sockets) socket.destroy();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

function dial(from: string, client: ConnectionOptions): TLSSocket {
  const socket = connect({
    socket: connectTcp({ host: address, port: TLS_PORT, localAddress: from }),
    rejectUnauthorized: false,
    ...client,
  });
  sockets.push(socket);
  return socket;
}

function logged(pattern: RegExp): Promise<unknown> {
  return until(`a line like ${pattern}`, () => server.log.find(({ msg }) => pattern.test(msg ?? "")));
}

test("mutual TLS: a phone with a certificate registers, one without is refused and the log says so", {
  skip,
}, async () => {
  const phone = await StreamParty.open(() => dial(elsewhere, made?.good ?? {}));
  assert.equal(await phone.register("215", PASSWORD, address), "200");
  const bare = dial(elsewhere, {});
  let why = "";
  bare.on("error", (error: Error) => {
    why = error.message;
  });
  await until("the refusal", () => bare.destroyed);
  assert.match(why, /alert certificate required/);
  await logged(/^a caller over TLS was turned away: it shows no certificate, which --tls-client-ca asks for/);
  const plain = await StreamParty.open(() =>
    connectTcp({ host: address, port: 5060, localAddress: elsewhere }),
  );
  assert.equal(await plain.register("216", PASSWORD, address), "200");
  assert.equal(await phone.register("215", PASSWORD, address), "200");
  plain.close();
  phone.close();
});

test("a TLS peer that stops reading loses its stream with a line in the log; others are served meanwhile", {
  skip,
}, async () => {
  const deaf = dial(trunk, made?.good ?? {});
  let closed = false;
  deaf.on("error", () => {});
  deaf.on("close", () => (closed = true));
  await until("the handshake", () => deaf.getProtocol() !== null && !deaf.connecting);
  deaf.pause();
  const other = await StreamParty.open(() => dial(elsewhere, made?.good ?? {}));
  // What is answered is as long as what is asked: Via comes back.
  const long = "x".repeat(3_000);
  const cut = async (): Promise<boolean> => (await server.metric("switchhook_sip_streams_cut_total")) > 0;
  const deadline = performance.now() + 20_000;
  while (!(await cut())) {
    assert.ok(performance.now() < deadline && !closed, "the stream was not closed for not being read");
    for (let count = 0; count < 200; count += 1) {
      deaf.write(
        [
          `OPTIONS sip:${address} SIP/2.0`,
          `Via: SIP/2.0/TLS ${trunk}:5061;rport;branch=z9hG4bK${token()};long=${long}`,
          "Max-Forwards: 70",
          `From: <sip:a@${trunk}>;tag=${token()}`,
          `To: <sip:${address}>`,
          `Call-ID: ${token()}`,
          "CSeq: 1 OPTIONS",
          "Content-Length: 0",
          "\r\n",
        ].join("\r\n"),
      );
    }
    assert.equal(await other.register("215", PASSWORD, address), "200");
  }
  await logged(/^a stream was closed: its peer does not read what we send/);
  assert.equal(await other.register("215", PASSWORD, address), "200");
  other.close();
});
