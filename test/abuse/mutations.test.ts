// Over 5 s: thousands of changed messages at a real process.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { seededIds } from "../fakes/seeded-ids.ts";
import { mutate } from "../fuzz/mutate.ts";
import { companyText, ringPhone } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { Party } from "./parts/party.ts";

const MESSAGES = depth(10_000, 500_000);
const BATCH = 100;
/** A trunk may send 2,000 messages a second; what is more is dropped unread. */
const BATCH_MS = 65;
/** 64*T1, the longest that a transaction waits for its peer, and some. */
const FORGOTTEN_MS = 45_000;
const golden = path.resolve(import.meta.dirname, "../golden");

const trunk = ownAddress();
const company = companyText({
  caller: trunk,
  // The trunk answers nothing: an OPTIONS to it would be one more transaction for half a minute.
  probeSeconds: 0,
  routes: { "+31501234567": [ringPhone("215", 1)] },
});

describe("A5: mutated messages at the running server", () => {
  let server: TestServer;
  let party: Party;
  before(async () => {
    server = await startServer({ company });
    party = await Party.open(trunk);
  });
  after(async () => {
    await party.close();
    await server.stop();
  });

  test(`A5: ${MESSAGES} mutated messages: no handler fails, nothing takes long, all transactions end`, async () => {
    const seed = Number(process.env.MUTATIONS_SEED ?? Date.now() % 1_000_000);
    const ids = seededIds(seed);
    const seeds = readdirSync(golden)
      .filter((file) => file.endsWith(".sip"))
      .map((file) => readFileSync(path.join(golden, file)));
    const invite = Buffer.from(
      party.write({ method: "INVITE", uri: `sip:+31501234567@${server.address}` }, server),
    );
    const pick = (): Buffer => (ids.integer(4) === 0 ? invite : (seeds[ids.integer(seeds.length)] ?? invite));
    let slowestMs = 0;
    for (let sent = 0; sent < MESSAGES; sent += BATCH) {
      const pace = new Promise((resolve) => setTimeout(resolve, BATCH_MS));
      for (let at = 0; at < BATCH; at += 1) {
        await party.send(mutate(pick(), pick(), ids).subarray(0, 65_000), server).catch(() => undefined);
      }
      // Waits for the server to have read them, so that none is lost in a full socket buffer.
      const began = performance.now();
      assert.equal(kind(await party.ask({ method: "OPTIONS" }, server)), "200", `seed ${seed}`);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      party.heard.length = 0;
      await pace;
    }
    assert.ok(slowestMs < 5_000, `an OPTIONS waited ${slowestMs} ms; seed ${seed}`);
    assert.equal(await server.metric("switchhook_sip_handler_errors_total"), 0, `seed ${seed}`);
    const refused = await server.metric("switchhook_sip_messages_refused_total");
    const received = await server.metric("switchhook_sip_messages_received_total");
    assert.ok(refused + received >= MESSAGES * 0.9, `${refused} refused, ${received} received`);
    const base = async (gauge: string): Promise<boolean> => (await server.metric(gauge)) === 0;
    for (const gauge of ["switchhook_transactions", "switchhook_dialogs", "switchhook_calls_active"]) {
      await until(`${gauge} to be 0 again; seed ${seed}`, () => base(gauge), FORGOTTEN_MS);
    }
  });
});
