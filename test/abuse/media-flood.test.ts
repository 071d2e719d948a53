// Over 5 s: each flood lasts some seconds, so that good calls run beside it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { codeWebhook, companyText, ringPhone, webhookStep } from "../support/company.ts";
import { CALLERS_TONE, converse, PHONES_TONE } from "../support/conversation.ts";
import { hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { msOfTone, RATE, type Samples, shareOf, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import { flood, openSocket } from "./parts/rubbish.ts";

const DID = "+31501000001";
const TO_IVR = "+31501000002";
const OLD_TONE = 1200;
const NEW_TONE = 700;
const REST_MS = 30_000;
/** RFC 3261 §13.3.1.4: 64 times T1 after a 200 that nobody acknowledges, the call is given up. */
const GIVE_UP_MS = 32_000;
/** For two calls that ring a phone: two parties each. */
const PORTS = 8;

const [at, halfOpenAt] = [ownAddress(), ownAddress()];

/** Longer than any test here takes. */
const LONG = 60_000;
/**
 * The promise (C3) is 1,000,000 packets: `FLOOD_PACKETS=1000000 npm test -- test/abuse/media-flood` sends them in about
 * two minutes. Every day there is time for fewer.
 */
const PACKETS = Number(process.env.FLOOD_PACKETS ?? 100_000);
/** Of both ways together. A party sends 50. */
const PER_SECOND = 10_000;
/** How many may be lost, of the good ones. */
const MAY_BE_LOST = 0.01;

/** Phone 215 is called, and its sound passes through us. */
function anchored(caller: string): string {
  return companyText({ caller, anchored: ["215"], routes: { [DID]: [ringPhone("215")] } });
}

/** The share of 20 ms pieces of a recording that are not this tone. */
function lost(hz: number, samples: Samples): number {
  const piece = RATE / 50;
  let [all, missing] = [0, 0];
  for (let start = 0; start + piece <= samples.length; start += piece) {
    all += 1;
    if (shareOf(hz, samples.subarray(start, start + piece)) < 0.7) missing += 1;
  }
  assert.ok(all > 100, `only ${all} packets were heard`);
  return missing / all;
}

describe("media ports", { concurrency: true }, () => {
  describe("floods", { concurrency: 1 }, () => {
    let server: TestServer;
    const floodedAt = ownAddress();

    before(async () => {
      server = await startServer({ company: anchored(floodedAt) });
    });

    after(() => server?.stop());

    test(`C3: ${PACKETS} random or damaged packets at a live call: it goes on, at most 1 % of the good ones are lost`, async () => {
      const caller = await SpeakingParty.open(server, { at: floodedAt });
      const phone = await SpeakingParty.phone(server, "215");
      const stranger = await openSocket(ownAddress());
      const neighbour = await openSocket(phone.voice.address);
      try {
        assert.equal(kind(await caller.call({ number: DID })), "200");
        await converse(caller, phone);
        const from = [caller.heard().length, phone.heard().length] as const;
        const [callersPort, phonesPort] = [caller.voice.to, phone.voice.to];
        assert.ok(callersPort !== undefined && phonesPort !== undefined);
        // A stranger, and somebody at the phone's own address, as far as that tells them apart.
        await Promise.all([
          flood(stranger, callersPort, { packets: PACKETS / 2, perSecond: PER_SECOND / 2, seed: 1 }),
          flood(neighbour, phonesPort, { packets: PACKETS / 2, perSecond: PER_SECOND / 2, seed: 2 }),
        ]);
        const to = [caller.heard().length, phone.heard().length] as const;
        const atCaller = lost(PHONES_TONE, caller.heard().subarray(from[0], to[0]));
        const atPhone = lost(CALLERS_TONE, phone.heard().subarray(from[1], to[1]));
        assert.ok(atCaller <= MAY_BE_LOST, `the caller lost ${(100 * atCaller).toFixed(2)} %`);
        assert.ok(atPhone <= MAY_BE_LOST, `the phone lost ${(100 * atPhone).toFixed(2)} %`);
        await caller.bye();
        await phone.hasHungUp();
      } finally {
        stranger.close();
        neighbour.close();
        await caller.close();
        await phone.close();
      }
    });
  });

  describe("ports", { concurrency: true }, () => {
    let server: TestServer;

    before(async () => {
      server = await startServer({
        company: anchored(at),
        flags: ["--rtp-min", "30000", "--rtp-max", String(30_000 + PORTS - 1)],
      });
    });

    after(() => server?.stop());

    test("C4: a port rests for 30 s, and nothing of the old call reaches the new one", async () => {
      const phone = await SpeakingParty.phone(server, "215");
      const first = await SpeakingParty.open(server, { at });
      assert.equal(kind(await first.call({ number: DID })), "200");
      first.say(tone(OLD_TONE, LONG));
      await hearsTone(() => phone.heard(), OLD_TONE, 500);
      const old = [first.voice.to?.port, phone.voice.to?.port];
      await first.bye();
      const endedAt = performance.now();
      await first.sip.close();

      // The old caller goes on speaking to its old port.
      phone.voice.forget();
      const second = await SpeakingParty.open(server, { at });
      assert.equal(kind(await second.call({ number: DID })), "200");
      second.say(tone(NEW_TONE, LONG));
      await hearsTone(() => phone.heard(), NEW_TONE, 1000);
      assert.equal(msOfTone(OLD_TONE, phone.heard()), 0);
      for (const port of [second.voice.to?.port, phone.voice.to?.port])
        assert.ok(!old.includes(port), `port ${port}`);
      await second.bye();

      // All ports rest now, and still do shortly before their time.
      assert.match(kind(await second.call({ number: DID })), /^(480|503)$/);
      await until("29 s", () => performance.now() - endedAt > REST_MS - 1000, REST_MS);
      assert.match(kind(await second.call({ number: DID })), /^(480|503)$/);
      // A call that gets only one of the two that it needs gives it back, to rest once more: so no trying before.
      await until("30 s and a bit", () => performance.now() - endedAt > REST_MS + 500, REST_MS);
      assert.equal(kind(await second.call({ number: DID })), "200");
      assert.ok(old.includes(second.voice.to?.port), "the ports that rested");
      await second.bye();
      for (const party of [second, phone]) await party.close();
      await first.voice.close();
    });

    test("a caller that never acknowledges its answer is hung up on, and its port is given back", async () => {
      const ivr = await startServer({
        company: companyText({
          caller: halfOpenAt,
          webhooks: [codeWebhook("VIP", "http://127.0.0.1:9")],
          routes: { [TO_IVR]: [webhookStep("VIP", [ringPhone("215")])] },
        }),
      });
      const caller = await SpeakingParty.open(ivr, { at: halfOpenAt });
      const ok = await caller.invite({ number: TO_IVR });
      assert.equal(kind(ok), "200");
      caller.voice.sendTo(body(ok));
      await caller.hasHungUp(GIVE_UP_MS + 5000);
      await ivr.callsOver();
      assert.equal(caller.voice.cameIn.length, 0, "nothing is played before the ACK");
      await caller.close();
      await ivr.stop();
    });
  });
});
