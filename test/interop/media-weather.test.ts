// Sound over a bad network: packets lost, doubled and overtaken on the way, in both directions and at both parties (a
// seeded weather at their own sockets; netem is not there on every machine). Each key still counts once, prompts are
// still recognised, and the parties still hear each other.

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
import { Ear, hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { keyTones, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import type { RoadWeather } from "../support/voice.ts";

const DID = "+31501000001";
const WRONG = "1123";
const RIGHT = "8855";
const [CALLERS_TONE, PHONES_TONE] = [440, 700];

interface Bad {
  readonly name: string;
  readonly seed: number;
  readonly weather: RoadWeather;
  /** Tones need an unbroken tenth of a second or so: events are made for loss, tones are not. */
  readonly byTones: boolean;
}

const weathers: readonly Bad[] = [
  { name: "5 % lost", seed: 1, weather: { drop: 0.05 }, byTones: false },
  { name: "20 % doubled", seed: 2, weather: { duplicate: 0.2 }, byTones: true },
  { name: "jitter of 60 ms, so that many overtake", seed: 3, weather: { jitterMs: 60 }, byTones: false },
  {
    name: "3 % lost, 10 % doubled, jitter of 40 ms",
    seed: 4,
    weather: { drop: 0.03, duplicate: 0.1, jitterMs: 40 },
    byTones: false,
  },
];

let server: TestServer;
let receiver: Receiver;
const at = ownAddress();

before(async () => {
  receiver = await Receiver.start((query, _request, response) => {
    response.end(query.get("code") === RIGHT ? "status=ACK" : "status=NAK");
  });
  server = await startServer({
    company: companyText({
      caller: at,
      webhooks: [codeWebhook("VIP", receiver.address)],
      plans: [plan("vip", [webhookStep("VIP", [ringPhone("215")], ["{ type: hangUp, as: rejected }"])])],
      numbers: [number(DID, "vip")],
    }),
  });
});

after(async () => {
  await server?.stop();
  await receiver?.kill();
});

/** A code, and when it was asked about. */
async function type(caller: SpeakingParty, keys: string, byTones: boolean, requests: number): Promise<void> {
  if (byTones) caller.say(keyTones(keys));
  else caller.voice.press(keys, 120);
  await until(`the webhook to be asked about ${keys}`, () => receiver.requests.length >= requests);
}

describe("a code and a conversation", () => {
  for (const { name, seed, weather, byTones } of weathers) {
    test(name, async () => {
      receiver.requests.length = 0;
      const caller = await SpeakingParty.open(server, { at, weather, seed });
      const phone = await SpeakingParty.open(server, { at: ownAddress(), weather, seed: seed + 100 });
      try {
        assert.equal(await phone.sip.register("215", PASSWORD, server), "200");
        assert.equal(kind(await caller.call({ number: DID })), "200");
        const ear = new Ear(() => caller.heard());
        await ear.hears("en/enter-code");
        await type(caller, `${WRONG}#`, byTones, 1);
        await ear.hears("en/wrong-code");
        await type(caller, `${RIGHT}#`, byTones, 2);
        caller.say(tone(CALLERS_TONE, 20_000));
        phone.say(tone(PHONES_TONE, 20_000));
        const hears = (party: SpeakingParty, hz: number): Promise<void> =>
          hearsTone(() => party.heard(), hz, 1000);
        await Promise.all([hears(caller, PHONES_TONE), hears(phone, CALLERS_TONE)]);
        await caller.bye();
        await phone.hasHungUp();
        assert.deepEqual(
          receiver.requests.map((query) => query.get("code")),
          [WRONG, RIGHT],
        );
      } finally {
        await caller.close();
        await phone.close();
      }
    });
  }
});
