// What a crash may cost (reliability F1, for records): `kill -9` at any moment of a load loses records of the last second at
// most, damages none, and the next start says which calls were up.
// Over 5 s: real servers are killed and started under load.

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Party, type Place, sdp } from "../abuse/parts/party.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { ownAddress } from "../support/loopback.ts";
import { Luck } from "../support/luck.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";

const ROUNDS = depth(3, 100);
/** Between two calls. */
const PACE_MS = 10;
/** What may be lost. */
const LOST_MS = 1000;
/** A call that is up for 2 s is known after a crash. */
const KNOWN_MS = 2600;

const [REJECTED, RINGING] = ["+31501234567", "+31501234568"];
const luck = new Luck(20261129);
const [caller, phone] = [await Party.open(ownAddress()), await Party.open(ownAddress())];
let server: TestServer;

before(async () => {
  const routes = { [REJECTED]: ["{ type: hangUp, as: rejected }"], [RINGING]: [ringPhone("215", 60)] };
  server = await startServer({ company: companyText({ caller: caller.address, routes }) });
  phone.onRequest = (request, from) => {
    if (kind(request) === "INVITE") void phone.reply(request, from, 180);
  };
  assert.equal(await phone.register("215", PASSWORD, server), "200");
});

after(async () => {
  await Promise.all([caller.close(), phone.close()]);
  server.process.child.kill("SIGKILL");
  rmSync(server.dataDir, { recursive: true, force: true });
});

function invite(called: string, number: string, to: Place): string {
  const from = `<sip:${number}@${caller.address}>;tag=a${number.slice(1)}`;
  const uri = `sip:${called}@${to.address}`;
  return caller.write({ method: "INVITE", uri, from, to: `<${uri}>`, body: sdp(caller.address) }, to);
}

/** Calls until the server is killed; gives when each caller heard the end. */
async function loadUntilKilled(round: number): Promise<ReadonlyMap<string, number>> {
  const ended = new Map<string, number>();
  const sent = new Map<string, { readonly number: string; readonly request: string }>();
  caller.onResponse = (response) => {
    const one = sent.get(header(response, "Call-ID"));
    if (one === undefined || Number(kind(response)) < 300) return;
    if (!ended.has(one.number)) ended.set(one.number, performance.now());
    void caller.send(caller.ackOf(one.request, response), server);
  };
  const killAt = performance.now() + KNOWN_MS + 1000 * luck.next();
  for (let count = 0; performance.now() < killAt; count += 1) {
    const number = `+316${String(10_000_000 + round * 10_000 + count)}`;
    const request = invite(REJECTED, number, server);
    sent.set(header(request, "Call-ID"), { number, request });
    await caller.send(request, server);
    await sleep(PACE_MS);
  }
  await server.kill();
  return ended;
}

test(`F1: ${ROUNDS} times kill -9 under load: records older than a second are there and whole, and calls that were up are named`, {
  timeout: depth(120_000, 3_600_000),
}, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const up = `+3120${String(1_000_000 + round)}`;
    const rings = phone.of("INVITE").length;
    await caller.send(invite(RINGING, up, server), server);
    await until("the phone to ring", () => phone.of("INVITE").length > rings);
    const ended = await loadUntilKilled(round);
    const killedAt = performance.now();
    const { address, dataDir } = server;
    server = await startServer({ company: undefined, address, dataDir });
    const known = new Map((await server.calls()).map((call) => [call.caller, call]));
    const lost = [...ended].filter(([number, at]) => !known.has(number) && killedAt - at > LOST_MS);
    assert.deepEqual(
      lost.map(([, at]) => Math.round(killedAt - at)),
      [],
      `of ${ended.size}, ${known.size} known`,
    );
    assert.ok(ended.size > 20, `${ended.size} calls were over`);
    const kept = [...known.values()].filter((call) => ended.has(call.caller));
    for (const { id } of kept.slice(0, 3).concat(kept.slice(-3))) {
      const { result, story, sip } = await server.call(id);
      const [first = "", last = ""] = [sip[0]?.text, sip.at(-1)?.text];
      assert.deepEqual(
        [result, story.at(-1)?.type, kind(first), kind(last)],
        ["rejected", "ended", "INVITE", "ACK"],
      );
    }
    const wasUp = known.get(up);
    assert.deepEqual(
      [wasUp?.result, wasUp?.reason],
      ["failed", "the switchboard stopped while the call was up"],
    );
  }
});
