// T1 in real time: Kamailio before us over TLS. Both sides show certificates and ask for them, it records its route, closes idle
// streams, and is restarted in mid-call; and calls out through it, by its name.
// Over 5 s: idle streams are closed after seconds, and Kamailio is restarted.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { selfSigned } from "../contract/certificate.ts";
import { companyText } from "../support/company.ts";
import { type Proxy, startTlsProxy } from "../support/kamailio.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headers } from "../support/sip-text.ts";
import { sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp", "kamailio", "kamailio-tls", "openssl");

const DID = "+31501000001";
const OUTSIDE = "+31201234567";
const TLS_PORT = 20_000 + (process.pid % 10_000);
const [caller, proxyAt, carrier, address] = [ownAddress(), ownAddress(), ownAddress(), ownAddress()];
const outwardAt = ownAddress();
const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-mutual-"));
let server: TestServer;
/** Another one, which sends its calls out through the proxy. */
let outward: TestServer;
let start: (sips?: boolean) => Proxy;
let proxy: Proxy;
let calls = 0;

function company(): string {
  const trunk = `  - { name: proxy, kind: peer, hosts: ["sip:localhost:${TLS_PORT};transport=tls"], acceptFrom: ["127.0.0.1/32"] }\n`;
  const routes = { [DID]: [`{ type: fixedDestination, number: "${OUTSIDE}" }`] };
  return companyText({ caller, carrier, routes }).replace("outbound:", `${trunk}outbound:`);
}

before(async () => {
  if (skip !== false) return;
  const [ours, its] = [selfSigned([`IP:${address}`]), selfSigned(["DNS:localhost"])];
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const [cert, key] = [file("cert.pem", ours.certPem), file("key.pem", ours.keyPem)];
  const ca = file("ca.pem", its.certPem);
  const files = ["--tls-cert", cert, "--tls-key", key, "--tls-ca", ca];
  const flags = ["--sips", `${address}:5061`, ...files, "--tls-client-ca", ca];
  server = await startServer({ company: company(), address, flags });
  const through = company().replace("outbound: { trunk: carrier }", "outbound: { trunk: proxy }");
  outward = await startServer({ company: through, address: outwardAt, flags: files });
  const trusts = `${ours.certPem}\n${its.certPem}`;
  const parts = { at: proxyAt, tlsPort: TLS_PORT, server: `${address}:5061`, certificate: its, trusts };
  start = (sips = false) => startTlsProxy({ ...parts, idleSeconds: 2, outside: `${carrier}:5060`, sips });
  proxy = start();
});

after(async () => {
  if (skip !== false) return;
  await stopEverySipp();
  await proxy.stop();
  await Promise.all([server.stop(), outward.stop()]);
  rmSync(folder, { recursive: true });
});

for (const [who, callerScenario, calleeScenario] of [
  ["the caller", "caller-routed", "phone-answers"],
  ["the called party", "caller-routed-waits", "phone-hangs-up"],
] as const) {
  for (const restarted of [false, true]) {
    const what = restarted ? "is restarted in mid-call" : "has closed the idle stream";
    test(`T1: the proxy ${what}, then ${who} hangs up: the call ends at both sides`, { skip }, async () => {
      const pauseMs = restarted ? 5_000 : 4_000;
      const to = `${server.address}:${server.port}`;
      const callee = await sippCallee(calleeScenario, { at: carrier, server: to, pauseMs });
      const rows = [[DID, "+31612345678", ""]];
      const sipp = sippCaller(callerScenario, { at: caller, server: `${proxyAt}:5060`, pauseMs, rows });
      await until("the call to be up", async () => (await server.metric("switchhook_calls_active")) === 1);
      if (restarted) {
        await until("the caller's ACK", () => callee.messages().some(({ text }) => text.startsWith("ACK")));
        await proxy.stop();
        proxy = start();
      }
      await Promise.all([sipp.succeeded(), callee.succeeded()]);
      const answer = sipp.received("200").find((text) => header(text, "cseq").endsWith("INVITE"));
      assert.match(
        headers(answer ?? "", "record-route").join(),
        new RegExp(`127\\.0\\.0\\.1:${TLS_PORT};transport=tls`),
      );
      calls += 1;
      const [record] = await server.recorded(calls);
      assert.equal(record?.result, "completed");
      assert.equal(record?.origin, 'trunk "proxy"');
      await server.callsOver();
    });
  }
}

test("T1: a call out through the proxy by its name, over TLS: it ends at both sides after an idle stream was closed", {
  skip,
}, async () => {
  const to = `${outward.address}:${outward.port}`;
  const callee = await sippCallee("phone-answers", {
    at: carrier,
    server: `${proxyAt}:5060`,
    pauseMs: 4_000,
  });
  const rows = [[DID, "+31612345678", ""]];
  const sipp = sippCaller("caller-routed", { at: caller, server: to, pauseMs: 4_000, rows });
  await Promise.all([sipp.succeeded(), callee.succeeded()]);
  const [invite] = callee.received("INVITE");
  assert.match(headers(invite ?? "", "via").join(), /SIP\/2\.0\/TLS/);
  assert.match(
    headers(invite ?? "", "record-route").join(),
    new RegExp(`127\\.0\\.0\\.1:${TLS_PORT};transport=tls`),
  );
  const [record] = await outward.recorded(1);
  assert.equal(record?.result, "completed");
  await outward.callsOver();
});

for (const [who, callerScenario, calleeScenario] of [
  ["the caller", "caller-routed", "phone-answers"],
  ["the called party", "caller-routed-waits", "phone-hangs-up"],
] as const) {
  test(`T7: the proxy sends a call on by sips; our Contact is sips, and when ${who} hangs up it ends at both sides`, {
    skip,
  }, async () => {
    await proxy.stop();
    proxy = start(true);
    const callee = await sippCallee(calleeScenario, {
      at: carrier,
      server: `${server.address}:${server.port}`,
    });
    const rows = [[DID, "+31612345678", ""]];
    const sipp = sippCaller(callerScenario, { at: caller, server: `${proxyAt}:5060`, rows });
    await Promise.all([sipp.succeeded(), callee.succeeded()]);
    const answer = sipp.received("200").find((text) => header(text, "cseq").endsWith("INVITE")) ?? "";
    // RFC 3261 §12.1.1, RFC 5630 §5.1.2.
    assert.match(header(answer, "contact"), new RegExp(`^<sips:.*${address}:5061`));
    assert.match(headers(answer, "record-route").join(), new RegExp(`<sips:127\\.0\\.0\\.1:${TLS_PORT}`));
    calls += 1;
    const [record] = await server.recorded(calls);
    assert.equal(record?.result, "completed");
    const { sip } = await server.call(record?.id ?? "");
    const [invite] = sip.filter(({ leg, text }) => leg === "A" && text.startsWith("INVITE sips:"));
    assert.ok(invite !== undefined, "the call came by sips");
    await server.callsOver();
  });
}

test("T7: --tls-client-ca turns a proxy away whose certificate it does not know", { skip }, async () => {
  await proxy.stop();
  const stranger = selfSigned(["DNS:localhost"]);
  const trusts = `${readFileSync(path.join(folder, "cert.pem"), "utf8")}\n${stranger.certPem}`;
  const parts = { at: proxyAt, tlsPort: TLS_PORT, server: `${address}:5061`, certificate: stranger, trusts };
  proxy = startTlsProxy({ ...parts, idleSeconds: 2 });
  const rows = [[DID, "+31612345678", ""]];
  const sipp = sippCaller("caller-routed", { at: caller, server: `${proxyAt}:5060`, rows });
  await until("the line that says so", () =>
    server.log.find(({ msg }) => msg?.startsWith("a caller over TLS was turned away")),
  );
  await sipp.stop();
  assert.equal((await server.recorded(calls)).length, calls, "no call came in");
});
