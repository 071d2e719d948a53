// baresip as a phone, over UDP, TCP and TLS: registers with digest, is called, calls, holds, and hangs up; SIPp is the
// trunk and the other phone.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { account, Baresip } from "../support/baresip.ts";
import { companyText, PASSWORD, ringPhone, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, header, startLine, user } from "../support/sip-text.ts";
import { registerPhone, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp", "baresip", "openssl");

const TO_215 = "+31501000001";
const TO_216 = "+31501000002";
const CALLER = "+31612345678";
const NAME = "Jürgen Groß";
const TLS_PORT = 5061;

const caller = ownAddress();
const at216 = ownAddress();
const serverAddress = ownAddress();
const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-certificate-"));
const certificate = path.join(folder, "certificate.pem");
const key = path.join(folder, "key.pem");
let server: TestServer;
let receiver: Receiver;

before(async () => {
  if (skip !== false) return;
  const subject = ["-subj", "/CN=switchhook.test", "-addext", `subjectAltName=IP:${serverAddress}`];
  const files = ["-keyout", key, "-out", certificate];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...curve, ...subject, ...files], {
    stdio: "ignore",
  });
  receiver = await Receiver.start((_query, _request, response) => {
    response.end(`status=ACK&callername=${encodeURIComponent(NAME)}`);
  });
  const named = ["{ type: callerName, mode: webhook }", ringPhone("215")];
  server = await startServer({
    address: serverAddress,
    company: companyText({
      caller,
      receiver: receiver.address,
      routes: { [TO_215]: [webhookStep("CRM", named)], [TO_216]: [ringPhone("216")] },
    }),
    flags: ["--sips", `${serverAddress}:${TLS_PORT}`, "--tls-cert", certificate, "--tls-key", key],
  });
  await registerPhone(at216, `${serverAddress}:5060`, { extension: "216", password: PASSWORD });
});

after(async () => {
  await server?.stop();
  await receiver?.kill();
  rmSync(folder, { recursive: true, force: true });
});

function registrations(): Promise<number> {
  return server.metric("switchhook_registrations");
}

const transports = [
  { transport: "udp", port: 5060 },
  { transport: "tcp", port: 5060 },
  { transport: "tls", port: TLS_PORT },
] as const;

for (const { transport, port } of transports) {
  describe(`over ${transport}`, { skip }, () => {
    const host = `${serverAddress}:${port}`;
    let phone: Baresip;

    before(async () => {
      phone = await Baresip.start({
        at: ownAddress(),
        account: account(`sip:215@${host};transport=${transport}`, ";answermode=manual"),
        caFile: certificate,
      });
      await phone.registered();
    });

    beforeEach(() => phone.forgetEvents());

    afterEach(stopEverySipp);

    after(async () => {
      await phone.stop();
      // SIPp's 216 stays.
      await until("the registration to be removed", async () => (await registrations()) === 1);
    });

    const called = (scenario: string): ReturnType<typeof sippCaller> =>
      sippCaller(scenario, { at: caller, server: `${serverAddress}:5060`, rows: [[TO_215, CALLER, ""]] });

    test("registers with digest", async () => {
      assert.equal(await registrations(), 2);
      assert.match(phone.program.stdout, new RegExp(`/${transport.toUpperCase()}/v4} 200 OK`));
    });

    test("is called, shows the webhook's name; the caller hangs up", async () => {
      const call = called("caller-answered");
      const incoming = await phone.has("CALL_INCOMING");
      assert.equal(incoming.peerdisplayname, NAME);
      assert.match(incoming.peeruri ?? "", /^sip:\+31612345678@/);
      await phone.command("accept");
      await phone.has("CALL_ESTABLISHED");
      await call.succeeded();
      await phone.has("CALL_CLOSED");
    });

    test("is called and hangs up", async () => {
      const call = called("caller-waits");
      await phone.has("CALL_INCOMING");
      await phone.command("accept");
      await phone.has("CALL_ESTABLISHED");
      await phone.command("hangup");
      await call.succeeded();
    });

    test("is called and declines as busy: 486 to the caller", async () => {
      const call = called("caller");
      await phone.has("CALL_INCOMING");
      await phone.command("hangup");
      await call.succeeded();
      assert.equal(call.received("486").length, 1);
    });

    test("rings until the caller gives up", async () => {
      const call = called("caller-cancels-ringing");
      await phone.has("CALL_INCOMING");
      await call.succeeded();
      await phone.has("CALL_CLOSED");
    });

    test("calls another phone, holds, resumes, hangs up", async () => {
      const other = await sippCallee("phone-held", { at: at216, server: host });
      await phone.command("dial", `sip:216@${host}`);
      await phone.has("CALL_ESTABLISHED");
      await phone.command("hold");
      await until("the hold to be taken", () => other.received("ACK").length === 2);
      await phone.command("resume");
      await until("the resuming to be taken", () => other.received("ACK").length === 3);
      await phone.command("hangup");
      await other.succeeded();
      const invites = other.received("INVITE");
      const directions = invites.map((text) => /^a=(send\w*|recv\w*|inactive)\r?$/m.exec(body(text))?.[1]);
      assert.deepEqual(directions, ["sendrecv", "sendonly", "sendrecv"]);
      assert.equal(user(header(invites[0] ?? "", "From")), "215");
    });

    test("calls a number of the company; the other side hangs up", async () => {
      const other = await sippCallee("phone-hangs-up", { at: at216, server: host });
      await phone.command("dial", `sip:0501000002@${host}`);
      await phone.has("CALL_ESTABLISHED");
      await other.succeeded();
      await phone.has("CALL_CLOSED");
      assert.match(startLine(other.received("INVITE")[0] ?? ""), /^INVITE sip:216@/);
    });

    test("calls outside by the trunk", async () => {
      const outside = await sippCallee("phone-answers", { at: caller, server: host });
      await phone.command("dial", `sip:0502102544@${host}`);
      await phone.has("CALL_ESTABLISHED");
      await phone.command("hangup");
      await outside.succeeded();
      assert.match(startLine(outside.received("INVITE")[0] ?? ""), /^INVITE sip:\+31502102544@/);
    });

    test("a number that nobody may dial is refused", async () => {
      await phone.command("dial", `sip:0909123456@${host}`);
      const closed = await phone.has("CALL_CLOSED");
      assert.match(closed.param ?? "", /40[34]/);
    });
  });
}

test("afterwards nothing is left over", { skip }, async () => {
  await until("all calls and dialogs to be gone", async () => {
    const calls = await server.metric("switchhook_calls_active");
    return calls === 0 && (await server.metric("switchhook_dialogs")) === 0;
  });
});
