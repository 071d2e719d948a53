// Over 5 s: every torture message over UDP and TCP, whole and in pieces, from two kinds of senders.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { selfSigned } from "../contract/certificate.ts";
import { Capture, needsCapture } from "../support/capture.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { company, sets, strangers, trunk } from "./cast.ts";
import { loadMessages, needsTorture, tortureFolder } from "./messages.ts";
import { runTorture, score } from "./torture.ts";
import type { WireKind } from "./wires.ts";

const skip = needsTorture();

async function startTlsServer(folder: string): Promise<TestServer> {
  const address = ownAddress();
  const { certPem, keyPem } = selfSigned([`IP:${address}`]);
  const [cert, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
  writeFileSync(cert, certPem);
  writeFileSync(key, keyPem, { mode: 0o600 });
  const flags = ["--sips", `${address}:5061`, "--tls-cert", cert, "--tls-key", key];
  return startServer({ company, address, flags });
}

describe("torture messages against the running server", { skip }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-torture-"));
  let server: TestServer;
  before(async () => {
    server = await startTlsServer(folder);
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  for (const kind of ["udp", "tcp", "tls"] as const satisfies readonly WireKind[]) {
    for (const inPieces of kind === "udp" ? [false] : [false, true]) {
      for (const who of ["a stranger", "a trunk"] as const) {
        for (const { rfc, folder, line, again } of sets) {
          test(`${rfc} over ${kind}${inPieces ? ", cut in pieces" : ""}, from ${who}`, async () => {
            const outcomes = await runTorture({
              messages: loadMessages(folder),
              kind,
              inPieces,
              server: { host: server.address, port: kind === "tls" ? 5061 : 5060 },
              ...(who === "a trunk" ? { sources: [trunk] } : { sources: strangers, paceMs: 300 }),
            });
            const { line: scored, misses } = score(outcomes);
            assert.ok(scored === line || scored === again, `${scored}\n${misses}`);
          });
        }
      }
    }
  }

  test("no torture message left a call, a dialog or a registration behind", async () => {
    for (const gauge of ["switchhook_calls_active", "switchhook_dialogs", "switchhook_registrations"]) {
      assert.equal(await server.metric(gauge), 0, gauge);
    }
  });
});

describe("B10, RFC 4475 §3.3.10", { skip: skip || needsCapture() }, () => {
  test("B10: of a response with 255.255.255.255 in its second Via nothing is sent on, or even tried", async () => {
    const server = await startServer({ company });
    const capture = await Capture.start("host 255.255.255.255 or host 192.0.2.1");
    try {
      const messages = loadMessages(tortureFolder).filter(({ name }) => name === "bcast");
      const parts = { messages, server: { host: server.address, port: 5060 } };
      for (const kind of ["udp", "tcp"] as const) {
        for (const source of [trunk, strangers[0] ?? ""]) {
          const outcomes = await runTorture({ ...parts, kind, sources: [source] });
          assert.deepEqual(
            outcomes.map(({ name, status }) => [name, status]),
            [["bcast", undefined]],
          );
        }
      }
      assert.deepEqual(await capture.stop(), []);
      // A send that the kernel refused would be counted here.
      assert.equal(await server.metric("switchhook_sip_send_errors_total"), 0);
    } finally {
      await capture.stop();
      await server.stop();
    }
  });
});
