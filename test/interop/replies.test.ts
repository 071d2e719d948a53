// SIPp as a trunk → webhook → SIPp as a phone or as the outside: every row of the reply table of webhook.md takes
// the right branch, and the name and the number arrive where they should, as SIPp's own message trace tells.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { companyText, PASSWORD, webhook } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import type { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { displayName, header, user } from "../support/sip-text.ts";
import { registerPhone, type Sipp, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";
import {
  CALLER_NAME,
  CALLS,
  callerOf,
  DOWN,
  deadEnds,
  didOf,
  inviteOf,
  type Rung,
  rowCompany,
  rows,
  startRowReceiver,
} from "./reply-rows.ts";

const skip = needs("sipp");

let server: TestServer;
let receiver: Receiver;
const parties: Partial<Record<Rung, Sipp>> = {};

before(async () => {
  if (skip !== false) return;
  const [caller, carrier, at215, at216] = [ownAddress(), ownAddress(), ownAddress(), ownAddress()];
  receiver = await startRowReceiver();
  const asks = (name: string, address: string): string => webhook(name, address, ", timeoutSeconds: 1");
  server = await startServer({
    company: companyText({ caller, carrier, ...rowCompany(receiver.address, asks) }),
  });
  const at = `${server.address}:5060`;
  await registerPhone(at215, at, { extension: "215", password: PASSWORD });
  await registerPhone(at216, at, { extension: "216", password: PASSWORD });
  const rung = (who: Rung): number =>
    rows.filter((row) => row.rings === who).length + (who === "215" ? deadEnds.length : 0);
  parties["215"] = await sippCallee("phone-answers", { at: at215, server: at, calls: rung("215") });
  parties["216"] = await sippCallee("phone-answers", { at: at216, server: at, calls: rung("216") });
  parties.trunk = await sippCallee("phone-answers", { at: carrier, server: at, calls: rung("trunk") });
  const calls = Array.from({ length: CALLS }, (_zero, index) => [
    didOf(index),
    callerOf(index),
    `"${CALLER_NAME}" `,
  ]);
  await sippCaller("caller-answered", { at: caller, server: at, rows: calls }).succeeded();
  for (const party of Object.values(parties)) await party.succeeded();
  await server.recorded(calls.length);
});

after(async () => {
  await stopEverySipp();
  await server?.stop();
  await receiver?.kill();
});

function inviteAt(party: Rung, index: number): string | undefined {
  return inviteOf(index, parties[party]?.received("INVITE"));
}

for (const [index, row] of rows.entries()) {
  test(`${row.name}: ${row.rings} rings and shows ${row.shows}`, { skip }, async () => {
    const invite = inviteAt(row.rings, index);
    assert.ok(invite !== undefined, `${row.rings} was not called`);
    assert.equal(displayName(header(invite, "From")), row.shows);
    assert.equal(header(invite, "X-Evil"), "");
    if (row.dials !== undefined) assert.equal(user(invite), row.dials);
    else assert.equal(displayName(header(invite, "P-Asserted-Identity")), row.shows);

    const record = await server.recordOf(didOf(index));
    assert.equal(record.result, "completed");
    assert.equal(record.caller, callerOf(index));
    if (row.says !== undefined) assert.match(JSON.stringify(record.story), row.says);
  });
}

for (const [index, end] of deadEnds.entries()) {
  test(`${end.name}: the failed branch`, { skip }, async () => {
    const invite = inviteAt("215", rows.length + index);
    assert.ok(invite !== undefined, "215 was not called");
    assert.equal(displayName(header(invite, "From")), DOWN);
  });
}

test("each call asked the webhook once, redirects and a reset connection apart", { skip }, () => {
  const counts = new Map<string, number>();
  for (const query of receiver.requests) {
    const did = query.get("did") ?? "";
    counts.set(did, (counts.get(did) ?? 0) + 1);
  }
  for (const [index, row] of rows.entries()) {
    // SIPp's calls come one after the other, so that the connection that is reset was kept alive.
    assert.equal(counts.get(didOf(index)), row.mayRepeat === true ? 2 : (row.requests ?? 1), row.name);
  }
  for (const [index, query] of receiver.requests.entries()) {
    assert.equal(query.get("callername"), CALLER_NAME, String(index));
  }
});
