// Whole calls over a bad network: packets lost at SIPp's own hands, or lost, doubled and overtaken on the way. Every
// call succeeds, asks its webhook exactly once, and leaves exactly one record.
// Over 5 s: calls with sound over a bad network, and what is lost is sent again after seconds.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { companyText, PASSWORD, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { registerPhone, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { UdpShim } from "../support/udp-shim.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp");

const DID = "+31501234567";
const CALLS = 200;
const RATE = 40;

const caller = ownAddress();
const callerShim = ownAddress();
const phone = ownAddress();
const phoneShim = ownAddress();
let server: TestServer;
let receiver: Receiver;
let placed = 0;

before(async () => {
  if (skip !== false) return;
  receiver = await Receiver.start(
    (_query, _request, response) => void response.end("status=ACK&destination=215"),
  );
  server = await startServer({
    company: companyText({
      caller,
      carrier: callerShim,
      receiver: receiver.address,
      routes: { [DID]: [webhookStep("CRM", ["{ type: variableDestination, ringSeconds: 30 }"])] },
    }),
  });
});

after(async () => {
  await stopEverySipp();
  await server?.stop();
  await receiver?.kill();
});

/** `CALLS` rows, each with a caller of its own, so that requests and records can be counted by caller. */
function rows(): readonly (readonly string[])[] {
  const first = 31_612_000_000 + placed;
  placed += CALLS;
  return Array.from({ length: CALLS }, (_row, index) => [DID, `+${first + index}`, ""]);
}

async function assertOnceEach(callers: readonly string[]): Promise<void> {
  await server.recorded(placed);
  await server.callsOver();
  const records = await server.calls();
  const requests = receiver.requests.map((query) => query.get("callerid"));
  const count = (list: readonly (string | null)[]): ReadonlyMap<string | null, number> => {
    const counts = new Map<string | null, number>();
    for (const one of list) counts.set(one, (counts.get(one) ?? 0) + 1);
    return counts;
  };
  const [recorded, requested] = [count(records.map((record) => record.caller)), count(requests)];
  for (const one of callers) {
    assert.equal(recorded.get(one), 1, `records of ${one}`);
    assert.equal(requested.get(one), 1, `requests of ${one}`);
  }
  for (const record of records) {
    if (callers.includes(record.caller)) assert.equal(record.result, "completed", record.reason);
  }
}

test(`5 % of the packets lost on both sides: 0 of ${CALLS} calls fail`, { skip }, async () => {
  const at = `${server.address}:5060`;
  await registerPhone(phone, at, { extension: "215", password: PASSWORD });
  const common = { server: at, more: ["-lost", "5"], timeoutSeconds: 60 };
  const callee = await sippCallee("phone-answers-under-loss", { at: phone, calls: 10 * CALLS, ...common });
  const list = rows();
  await sippCaller("caller-answered", { at: caller, rows: list, rate: RATE, ...common }).succeeded();
  await assertOnceEach(list.map((row) => row[1] ?? ""));
  await callee.stop();
});

// SIPp plays its scenario strictly in order, so only what goes to the server is overtaken on the way.
const weathers = [
  { name: "10 % doubled", seed: 1, toClient: { duplicate: 0.1 }, toServer: { duplicate: 0.1 } },
  {
    name: "5 % lost, 10 % doubled, 5 % overtaken",
    seed: 2,
    toClient: { drop: 0.05, duplicate: 0.1 },
    toServer: { drop: 0.05, duplicate: 0.1, reorder: 0.05 },
  },
] as const;

for (const { name, seed, ...weather } of weathers) {
  test(`${name} on the way, both sides: one request and one record a call, 0 fail`, { skip }, async () => {
    const place = { host: server.address, port: 5060 };
    const onTheWay = (at: string, client: string, more: number): Promise<UdpShim> =>
      UdpShim.start({
        at,
        server: place,
        client: { host: client, port: 5060 },
        ...weather,
        seed: seed + more,
      });
    const shims = [await onTheWay(callerShim, caller, 0), await onTheWay(phoneShim, phone, 100)];
    try {
      await registerPhone(phone, `${phoneShim}:5060`, { extension: "215", password: PASSWORD });
      const callee = await sippCallee("phone-answers-under-loss", {
        at: phone,
        server: `${phoneShim}:5060`,
        calls: 10 * CALLS,
        timeoutSeconds: 60,
      });
      const list = rows();
      const from = { at: caller, server: `${callerShim}:5060`, rows: list, rate: RATE, timeoutSeconds: 60 };
      await sippCaller("caller-answered", from).succeeded();
      await assertOnceEach(list.map((row) => row[1] ?? ""));
      await callee.stop();
      for (const { counts } of shims) assert.ok(counts.duplicated > CALLS / 10, JSON.stringify(counts));
    } finally {
      for (const shim of shims) await shim.close();
    }
  });
}
