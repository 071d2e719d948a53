// A real proxy between the caller and us: Via, Record-Route and Route as another implementation writes them.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { companyText } from "../support/company.ts";
import { type Proxy, startProxy } from "../support/kamailio.ts";
import { ownAddress } from "../support/loopback.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, headers, kind } from "../support/sip-text.ts";
import { sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp", "kamailio");

const DID = "+31501000001";
const OUTSIDE = "+31201234567";
const caller = ownAddress();
const proxyAt = ownAddress();
const carrier = ownAddress();
let server: TestServer;
let proxy: Proxy;
let calls = 0;

before(async () => {
  if (skip !== false) return;
  server = await startServer({
    company: companyText({
      caller: proxyAt,
      carrier,
      routes: { [DID]: [`{ type: fixedDestination, number: "${OUTSIDE}" }`] },
    }),
  });
  proxy = startProxy(proxyAt, `${server.address}:${server.port}`);
});

after(async () => {
  if (skip !== false) return;
  await stopEverySipp();
  await proxy.stop();
  await server.stop();
});

for (const [who, callerScenario, calleeScenario] of [
  ["the caller hangs up", "caller-routed", "phone-answers"],
  ["the called party hangs up", "caller-routed-waits", "phone-hangs-up"],
] as const) {
  test(`through a recording proxy, ${who}: every request takes the route back`, { skip }, async () => {
    const callee = await sippCallee(calleeScenario, {
      at: carrier,
      server: `${server.address}:${server.port}`,
      pauseMs: 100,
    });
    // The repeated INVITE, if Kamailio needs a moment to come up, is part of the game.
    const sipp = sippCaller(callerScenario, {
      at: caller,
      server: `${proxyAt}:5060`,
      pauseMs: 100,
      rows: [[DID, "+31612345678", ""]],
    });
    await Promise.all([sipp.succeeded(), callee.succeeded()]);
    const answer = sipp.received("200").find((text) => header(text, "cseq").endsWith("INVITE"));
    assert.ok(header(answer ?? "", "record-route").includes(proxyAt));
    for (const { text } of callee.messages().filter(({ direction }) => direction === "in")) {
      if (kind(text) === "INVITE") assert.deepEqual(headers(text, "record-route"), [], "the legs are apart");
    }
    calls += 1;
    const [record] = await server.recorded(calls);
    assert.equal(record?.result, "completed");
  });
}
