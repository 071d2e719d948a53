// T5: certificates are renewed under calls that are up over TLS.
// Over 5 s: fifty calls are up while certificates change.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { connect } from "node:tls";
import { type Certificate, selfSigned } from "../contract/certificate.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { registerPhone, sippCallee, stopEverySipp } from "../support/sipp.ts";
import { TlsCaller } from "../support/tls-caller.ts";
import { needs } from "./needs.ts";

const DID = "+31501000001";
const CONNECTIONS = 5;
const CALLS_EACH = 10;
const TLS_PORT = 5061;
const root = path.resolve(import.meta.dirname, "../..");
const [caller, at215, serverAddress] = [ownAddress(), ownAddress(), ownAddress()];
const names = [`IP:${serverAddress}`];

/** `live/cert.pem` and `live/key.pem` are links into `archive`, as certbot has them. */
class CertbotFolder {
  readonly path = mkdtempSync(path.join(os.tmpdir(), "switchhook-certbot-"));
  readonly cert = path.join(this.path, "live", "cert.pem");
  readonly key = path.join(this.path, "live", "key.pem");
  #issued = 0;

  constructor(first: Certificate) {
    for (const name of ["live", "archive"]) mkdirSync(path.join(this.path, name));
    this.put(first.certPem, first.keyPem);
  }

  put(certPem: string, keyPem: string): void {
    this.#issued += 1;
    for (const [name, text] of [
      ["cert", certPem],
      ["key", keyPem],
    ] as const) {
      const file = path.join(this.path, "archive", `${name}${this.#issued}.pem`);
      writeFileSync(file, text);
      symlinkSync(file, `${file}.link`);
      renameSync(`${file}.link`, name === "cert" ? this.cert : this.key);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Fingerprint of what a new connection is shown. */
async function shown(): Promise<string> {
  const socket = connect({ host: serverAddress, port: TLS_PORT, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect");
    return socket.getPeerX509Certificate()?.fingerprint256 ?? "";
  } finally {
    socket.destroy();
  }
}

describe("certificates of a running server", { skip: needs("sipp", "openssl") }, () => {
  const folder = new CertbotFolder(selfSigned(names));
  let server: TestServer;
  const callers: TlsCaller[] = [];

  before(async () => {
    const company = companyText({ caller, routes: { [DID]: [ringPhone("215")] } });
    const files = ["--tls-cert", folder.cert, "--tls-key", folder.key];
    const flags = ["--sips", `${serverAddress}:${TLS_PORT}`, ...files, "--max-calls", "200"];
    server = await startServer({ company, address: serverAddress, flags });
    await registerPhone(at215, `${serverAddress}:5060`, { extension: "215", password: PASSWORD });
    const calls = CONNECTIONS * CALLS_EACH;
    await sippCallee("phone-answers", {
      at: at215,
      server: `${serverAddress}:5060`,
      calls,
      timeoutSeconds: 120,
    });
    for (let at = 0; at < CONNECTIONS; at += 1)
      callers.push(await TlsCaller.open(caller, { host: serverAddress, port: TLS_PORT }));
    await Promise.all(callers.map((one) => one.call(DID, CALLS_EACH)));
    assert.equal(await server.metric("switchhook_calls_active"), calls);
  });

  after(async () => {
    for (const one of callers) one.close();
    await stopEverySipp();
    await server.stop();
    folder.remove();
  });

  const goesOn = async (): Promise<void> => {
    assert.ok(callers.every(({ open }) => open));
    assert.equal(await server.metric("switchhook_calls_active"), CONNECTIONS * CALLS_EACH);
  };
  const logged = (pattern: RegExp): Promise<string> =>
    until(
      `a line of the log like ${pattern}`,
      () => server.log.find(({ msg }) => pattern.test(msg ?? ""))?.msg,
    );

  test("T5: SIGHUP shows the renewed certificate to new handshakes; 50 calls go on", async () => {
    const before = await shown();
    const next = selfSigned(names);
    folder.put(next.certPem, next.keyPem);
    server.process.child.kill("SIGHUP");
    await logged(/^The certificate has been renewed: .*live\/cert\.pem, valid until/);
    assert.notEqual(await shown(), before);
    await goesOn();
  });

  test("T5: `switchhook reload` refuses a pair that does not fit by name, the old one stays", async () => {
    const before = await shown();
    folder.put(selfSigned(names).certPem, selfSigned(names).keyPem);
    const refused = await server.cli("reload");
    assert.equal(refused.code, 1, refused.stdout + refused.stderr);
    assert.match(
      refused.stderr,
      /--tls-key: the key in .*key\.pem does not belong to the certificate in .*cert\.pem\./,
    );
    assert.equal(await shown(), before);
    await logged(/^The certificate is not renewed, and the one before stays\. --tls-key: /);
    const next = selfSigned(names);
    folder.put(next.certPem, next.keyPem);
    const taken = await server.cli("reload");
    assert.equal(taken.code, 0, taken.stdout + taken.stderr);
    // The watch may have been quicker than the command.
    assert.match(taken.stdout, /^The certificate (?:has been renewed|is the same as before): /);
    assert.notEqual(await shown(), before);
    await goesOn();
  });

  test("T5: a link that leads to a new file is seen without being told", async () => {
    const before = await shown();
    const next = selfSigned(names);
    folder.put(next.certPem, next.keyPem);
    const renewals = (): number =>
      server.log.filter(({ msg }) => msg?.startsWith("The certificate has been renewed") === true).length;
    await until("the third renewal", () => renewals() === 3, 30_000);
    assert.notEqual(await shown(), before);
    await goesOn();
  });

  test("T5: the days left are a gauge, and 14 days before the end there is a warning", async () => {
    const days = await server.metric("switchhook_tls_certificate_days");
    assert.ok(days > 1.9 && days <= 2, String(days));
    await logged(/^The certificate in .* ends in 1 days, on /);
  });

  test("T5: many SIGHUPs, and one while it ends, end nothing; the 50 calls are hung up in good order", async () => {
    for (let count = 0; count < 20; count += 1) server.process.child.kill("SIGHUP");
    await goesOn();
    await Promise.all(callers.map((one) => one.hangUp()));
    await server.callsOver();
    server.process.child.kill("SIGHUP");
    assert.equal(server.process.result, undefined);
    await server.assertHealthy();
  });
});

test("T5: SIGHUP reaches the server through the launcher, and ends neither", async () => {
  const data = mkdtempSync(path.join(os.tmpdir(), "switchhook-launched-"));
  const host = ownAddress();
  const launch = `require(${JSON.stringify(path.join(root, "bin/launch.cjs"))}).launch("src/cli/main.ts", process.argv.slice(1))`;
  const flags = ["start", "--data", data, "--sip", `${host}:5060`, "--http", "127.0.0.1:0"];
  const child = spawn(process.execPath, ["-e", launch, "--", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "close");
  try {
    await until("the server to run", () => said.includes("Switchhook is running"));
    child.kill("SIGHUP");
    await until("the log to tell", () => said.includes("There is nothing to read again"));
    assert.equal(child.exitCode ?? child.signalCode, null);
  } finally {
    child.kill("SIGTERM");
  }
  assert.deepEqual(await ended, [0, null], said);
  rmSync(data, { recursive: true });
});
