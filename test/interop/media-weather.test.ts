// Sound over a bad network: packets lost, doubled and overtaken on the way, in both directions and at both parties (a
// seeded weather at their own sockets; netem is not there on every machine). Each key still counts once, prompts are
// still recognised, and the parties still hear each other.
// Over 5 s: calls with sound over a bad network, and what is lost is sent again after seconds.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { codeWebhook, companyText, ringPhone, webhookStep } from "../support/company.ts";
import { converse } from "../support/conversation.ts";
import { Ear } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { keyTones } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import type { RoadWeather } from "../support/voice.ts";

const WRONG = "1123";
const RIGHT = "8855";

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
/** Each weather has a caller, a number and a phone of its own, so that they can be had side by side. */
const callers = weathers.map(() => ownAddress());
const didOf = (index: number): string => `+3150100000${index}`;
const phoneOf = (index: number): string => `22${index}`;

before(async () => {
  receiver = await Receiver.forCode(RIGHT);
  server = await startServer({
    company: companyText({
      caller: callers[0] ?? "",
      moreCallers: callers,
      morePhones: weathers.map((_weather, index) => phoneOf(index)),
      webhooks: [codeWebhook("VIP", receiver.address)],
      routes: Object.fromEntries(
        weathers.map((_weather, index) => [didOf(index), [webhookStep("VIP", [ringPhone(phoneOf(index))])]]),
      ),
    }),
  });
});

after(async () => {
  await server?.stop();
  await receiver?.kill();
});

/** Types a code, and waits until so many have been asked about. */
async function type(caller: SpeakingParty, did: string, keys: string, byTones: boolean): Promise<void> {
  const before = receiver.codes(did).length;
  if (byTones) caller.say(keyTones(keys));
  else caller.voice.press(keys, 120);
  await until(`the webhook to be asked about ${keys}`, () => receiver.codes(did).length > before);
}

// One after the other: four conversations at once want more of a slow machine than it has for each packet in its time.
describe("a code and a conversation", () => {
  for (const [index, { name, seed, weather, byTones }] of weathers.entries()) {
    test(name, async () => {
      const did = didOf(index);
      const caller = await SpeakingParty.open(server, { at: callers[index] ?? "", weather, seed });
      const phone = await SpeakingParty.phone(server, phoneOf(index), { weather, seed: seed + 100 });
      try {
        assert.equal(kind(await caller.call({ number: did })), "200");
        const ear = new Ear(() => caller.heard());
        await ear.hears("en/enter-code");
        await type(caller, did, `${WRONG}#`, byTones);
        await ear.hears("en/wrong-code");
        await type(caller, did, `${RIGHT}#`, byTones);
        await converse(caller, phone, 1000);
        await caller.bye();
        await phone.hasHungUp();
        assert.deepEqual(receiver.codes(did), [WRONG, RIGHT]);
      } finally {
        await caller.close();
        await phone.close();
      }
    });
  }
});
