// A real registrar and proxy as the provider of a registered trunk: it refuses whatever its settings do not say.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { TrunkStatus } from "../../src/model/trunk-status.ts";
import { PROVIDER_DOMAIN, type Proxy, startProvider } from "../support/kamailio.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";
import { sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp", "kamailio");

const DID = "+31501000001";
const OUTSIDE = "+31201234567";
const ACCOUNT = "31501000001";
const PASSWORD = "trunk-secret-1";
const provider = ownAddress();
const outside = ownAddress();
const caller = ownAddress();
const customer = ownAddress();
let kamailio: Proxy;
let server: TestServer;

function company(settings: readonly string[]): string {
  return `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { dialCountries: [NL] }
phones: [{ extension: "215", name: Reception, password: correct-horse-215 }]
trunks:
  - name: provider
    kind: registration
    hosts: ["sip:${PROVIDER_DOMAIN}"]
    credentials: { username: ${ACCOUNT}-a, password: ${PASSWORD} }
    outboundProxy: "sip:${provider}:5060"
    numberFormat: e164
${settings.map((line) => `    ${line}`).join("\n")}
outbound: { trunk: provider }
plans:
  - name: main
    steps: [{ type: fixedDestination, number: "${OUTSIDE}", ringSeconds: 20 }]
numbers: [{ number: "${DID}", plan: main }]
`;
}

async function status(): Promise<TrunkStatus | undefined> {
  const { stdout } = await server.cli("trunks", "--json");
  return (JSON.parse(stdout) as readonly TrunkStatus[])[0];
}

before(async () => {
  if (skip !== false) return;
  kamailio = startProvider({
    at: provider,
    customer,
    outside,
    account: ACCOUNT,
    authUser: `${ACCOUNT}-a`,
    password: PASSWORD,
  });
  server = await startServer({
    address: customer,
    company: company([`account: "${ACCOUNT}"`, "callerIdProfile: pPreferredIdentity"]),
  });
});

after(async () => {
  if (skip !== false) return;
  await stopEverySipp();
  await server.stop();
  await kamailio.stop();
});

test("S5: outbound proxy, auth user, Service-Route: registered, called by Contact, and calls out", {
  skip,
}, async () => {
  await until("the registration", async () => (await status())?.state === "registered");
  const up = await status();
  assert.equal(up?.lastAnswer?.answer, "200 OK");
  assert.equal(up?.address, `udp:${provider}:5060`);
  // S7: what it grants counts, not what was asked for.
  // Two looks at the clock, between which a busy machine may do other things.
  assert.ok(Math.abs((up.registeredUntil ?? 0) - (up.lastAnswer?.at ?? 0) - 120_000) <= 1000);

  const callee = await sippCallee("phone-answers", {
    at: outside,
    server: `${customer}:${server.port}`,
    pauseMs: 100,
  });
  const sipp = sippCaller("caller-routed", {
    at: caller,
    server: `${provider}:5060`,
    pauseMs: 100,
    rows: [[DID, "+31612345678", ""]],
  });
  await Promise.all([sipp.succeeded(), callee.succeeded()]);
  const invite = callee
    .messages()
    .find(({ direction, text }) => direction === "in" && kind(text) === "INVITE");
  const text = invite?.text ?? "";
  assert.match(header(text, "from"), new RegExp(`<sip:${ACCOUNT}@${PROVIDER_DOMAIN}>`));
  assert.match(header(text, "p-preferred-identity"), new RegExp(`<sip:31612345678@${PROVIDER_DOMAIN}>`));
  const [record] = await server.recorded(1);
  assert.equal(record?.result, "completed");
  assert.equal(record?.called, DID);
  assert.equal((await status())?.lastCallOut?.answer, "answered");
});

test("S5: the provider refuses another account, and switchhook trunks says so", { skip }, async () => {
  await server.apply(company(['account: "31880000000"']));
  await until("the refusal", async () => (await status())?.state === "waiting");
  const down = await server.cli("trunks");
  assert.match(
    down.stdout,
    /provider {2}not registered, next try .*\n.*The provider answered 404 No such account\./,
  );
});
