import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  codeWebhook,
  companyText,
  number,
  PASSWORD,
  plan,
  ringPhone,
  webhookStep,
} from "../support/company.ts";
import { hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { msOfTone, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

const DID = "+31501000001";
const TO_IVR = "+31501000002";
const OLD_TONE = 1200;
const NEW_TONE = 700;
const LONG = 60_000;
const REST_MS = 30_000;
/** RFC 3261 §13.3.1.4: 64 times T1 after a 200 that nobody acknowledges, the call is given up. */
const GIVE_UP_MS = 32_000;
/** For two calls that ring a phone: two parties each. */
const PORTS = 8;

const [at, halfOpenAt] = [ownAddress(), ownAddress()];

describe("ports", { concurrency: true }, () => {
  let server: TestServer;

  before(async () => {
    const company = companyText({
      caller: at,
      plans: [plan("to-215", [ringPhone("215")])],
      numbers: [number(DID, "to-215")],
    });
    server = await startServer({
      company: company.replace("name: Reception", "name: Reception, media: anchored"),
      flags: ["--rtp-min", "30000", "--rtp-max", String(30_000 + PORTS - 1)],
    });
  });

  after(() => server?.stop());

  test("C4: a port rests for 30 s, and nothing of the old call reaches the new one", async () => {
    const phone = await SpeakingParty.open(server, { at: ownAddress() });
    assert.equal(await phone.sip.register("215", PASSWORD, server), "200");
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

    // All ports rest now.
    const refused = await second.call({ number: DID });
    assert.match(kind(refused), /^(480|503)$/);
    await until(
      "the first ports to have rested",
      async () => {
        if (kind(await second.call({ number: DID })) !== "200") return false;
        return performance.now() - endedAt;
      },
      REST_MS + 5000,
    );
    const rested = performance.now() - endedAt;
    assert.ok(rested > REST_MS - 500, `given out again after ${Math.round(rested)} ms`);
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
        plans: [plan("vip", [webhookStep("VIP", [ringPhone("215")], ["{ type: hangUp, as: rejected }"])])],
        numbers: [number(TO_IVR, "vip")],
      }),
    });
    const caller = await SpeakingParty.open(ivr, { at: halfOpenAt });
    const ok = await caller.invite({ number: TO_IVR });
    assert.equal(kind(ok), "200");
    caller.voice.sendTo(body(ok));
    await caller.hasHungUp(GIVE_UP_MS + 5000);
    await until("the call to be over", async () => (await ivr.metric("switchhook_calls_active")) === 0);
    assert.equal(caller.voice.cameIn.length, 0, "nothing is played before the ACK");
    await caller.close();
    await ivr.stop();
  });
});
