// baresip where the network or the certificate is another: over IPv6 towards a trunk that has IPv4 (T4), and over TLS while the
// server's certificate is renewed under its call (T5).
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { selfSigned } from "../contract/certificate.ts";
import { account, Baresip } from "../support/baresip.ts";
import { companyText, ringPhone } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { withoutIpv6 } from "../support/rtpengine.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body } from "../support/sip-text.ts";
import { sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const TO_215 = "+31501000001";
const CALLER = "+31612345678";
const skip = needs("sipp", "baresip", "openssl");
const caller = ownAddress();
const company = companyText({ caller, routes: { [TO_215]: [ringPhone("215")] } });
const called = (server: TestServer, scenario: string): ReturnType<typeof sippCaller> =>
  sippCaller(scenario, { at: caller, server: `${server.address}:5060`, rows: [[TO_215, CALLER, ""]] });

describe("T4: baresip over IPv6", { skip: skip || withoutIpv6 }, () => {
  /** The server's port there, and the phone's: IPv6 has one loopback address for all. */
  const port = 20_000 + (process.pid % 5_000) * 2;
  const host = `[::1]:${port}`;
  let server: TestServer;
  let phone: Baresip;

  before(async () => {
    server = await startServer({ company, flags: ["--sip", host] });
    phone = await Baresip.start({
      at: ownAddress(),
      listen: `[::1]:${port + 1}`,
      account: account(`sip:215@${host};transport=udp`, ";answermode=manual"),
    });
    await phone.registered();
  });

  after(async () => {
    await stopEverySipp();
    await phone?.stop();
    await server?.stop();
  });

  test("registers, is called by a trunk that has IPv4, and each is offered a place of its own family", async () => {
    assert.equal(await server.metric("switchhook_registrations"), 1);
    const call = called(server, "caller-answered");
    await phone.has("CALL_INCOMING");
    await phone.command("accept");
    await phone.has("CALL_ESTABLISHED");
    await call.succeeded();
    await phone.has("CALL_CLOSED");
    const answer = call.received("200").find((text) => body(text) !== "") ?? "";
    assert.match(body(answer), /^c=IN IP4 127\./m);
    const record = await server.recordOf(TO_215);
    assert.equal(record.result, "completed");
    const [invite] = record.sip.filter(({ leg, text }) => leg === "B1" && text.startsWith("INVITE"));
    assert.match(body(invite?.text ?? ""), /^c=IN IP6 ::1\r$/m);
  });

  test("calls outside by the trunk, and hangs up", async () => {
    const outside = await sippCallee("phone-answers", { at: caller, server: `${server.address}:5060` });
    await phone.command("dial", `sip:0502102544@${host}`);
    await phone.has("CALL_ESTABLISHED");
    await phone.command("hangup");
    await outside.succeeded();
    assert.match(body(outside.received("INVITE")[0] ?? ""), /^c=IN IP4 127\./m);
    await server.callsOver();
  });
});

describe("T5: baresip over TLS, and the certificate is renewed under its call", { skip }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-renewal-"));
  const file = (name: string): string => path.join(folder, name);
  const address = ownAddress();
  const host = `${address}:5061`;
  const phones: Baresip[] = [];
  let server: TestServer;

  const phone = async (extension: string, trusts: string): Promise<Baresip> => {
    writeFileSync(file(`${extension}.pem`), trusts);
    const made = await Baresip.start({
      at: ownAddress(),
      account: account(`sip:${extension}@${host};transport=tls`, ";answermode=manual"),
      caFile: file(`${extension}.pem`),
    });
    phones.push(made);
    await made.registered();
    return made;
  };

  after(async () => {
    await stopEverySipp();
    for (const one of phones) await one.stop();
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  test("its call goes on and ends in good order; a phone that knows only the new certificate comes in, and both talk", async () => {
    const [old, next] = [selfSigned([`IP:${address}`]), selfSigned([`IP:${address}`])];
    const put = ({ certPem, keyPem }: typeof old): void => {
      writeFileSync(file("cert.pem"), certPem);
      writeFileSync(file("key.pem"), keyPem);
    };
    put(old);
    const flags = ["--sips", host, "--tls-cert", file("cert.pem"), "--tls-key", file("key.pem")];
    server = await startServer({ company, address, flags });
    const first = await phone("215", old.certPem);
    const call = called(server, "caller-waits");
    await first.has("CALL_INCOMING");
    await first.command("accept");
    await first.has("CALL_ESTABLISHED");
    put(next);
    server.process.child.kill("SIGHUP");
    await until("the renewal", () =>
      server.log.find(({ msg }) => msg?.startsWith("The certificate has been renewed") === true),
    );
    const second = await phone("216", next.certPem);
    assert.equal(await server.metric("switchhook_calls_active"), 1, "the call goes on");
    await first.command("hangup");
    await call.succeeded();
    await first.command("dial", `sip:216@${host}`);
    await second.has("CALL_INCOMING");
    await second.command("accept");
    await first.has("CALL_ESTABLISHED");
    await second.command("hangup");
    await first.has("CALL_CLOSED");
    await server.callsOver();
  });
});
