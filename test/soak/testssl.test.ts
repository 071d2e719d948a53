// B12: what testssl.sh finds at the TLS port of a running server: protocols, ciphers and their order, forward secrecy,
// renegotiation, known holes. It takes minutes, so it is a part of `npm run soak` only.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { selfSigned } from "../contract/certificate.ts";
import { needs } from "../interop/needs.ts";
import { companyText, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Program } from "../support/process.ts";
import { startServer } from "../support/server.ts";

const skip = needs("testssl", "openssl");

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

/** The test's own certificate (two days, signed by itself, no revocation), and the openssl that looks. */
const OF_THE_CERTIFICATE = /^(?:cert|DNS_CAA|OCSP|overall_grade|grade_cap|final_score|engine_problem)/;

test("B12: testssl.sh finds nothing above LOW at the TLS port", { skip }, async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-testssl-"));
  const address = ownAddress();
  const { certPem, keyPem } = selfSigned([`IP:${address}`]);
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const files = ["--tls-cert", file("cert.pem", certPem), "--tls-key", file("key.pem", keyPem)];
  const company = companyText({ caller: ownAddress(), routes: { "+31501000001": [ringPhone("215")] } });
  const server = await startServer({ company, address, flags: ["--sips", `${address}:5061`, ...files] });
  try {
    const json = path.join(folder, "findings.json");
    const habits = ["--quiet", "--color", "0", "--warnings", "off", "--ip", "one"];
    const audit = new Program("testssl", [...habits, "--jsonfile", json, `${address}:5061`], { cwd: folder });
    await audit.ended;
    const findings = JSON.parse(readFileSync(json, "utf8")) as readonly Finding[];
    assert.ok(findings.length > 50, `testssl.sh looked at ${findings.length} things only:\n${audit.stdout}`);
    assert.deepEqual(
      findings.filter(
        ({ id, severity }) =>
          /^(?:MEDIUM|HIGH|CRITICAL|FATAL|WARN)$/.test(severity) && !OF_THE_CERTIFICATE.test(id),
      ),
      [],
    );
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
});
