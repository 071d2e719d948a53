// The VIP PIN of the README, with phones that speak and listen: baresip calls, hears the prompts (its recordings are
// recognised), types a wrong code and then the right one, and is connected to another baresip, sound both ways. Once
// for each way in which phones tell of keys. A prompt is heard to its very end before the next sound begins: silence goes
// on behind it, which takes it out of baresip's jitter buffer.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { account, Baresip } from "../support/baresip.ts";
import { codeWebhook, companyText, ringPhone, webhookStep } from "../support/company.ts";
import { Ear, heardPrompts, hearsTone } from "../support/heard-prompts.ts";
import { InfoRelay } from "../support/info-relay.ts";
import { ownAddress } from "../support/loopback.ts";
import { Receiver } from "../support/receiver.ts";
import { keyTones, silence, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { needs } from "./needs.ts";

const skip = needs("baresip");

const VIP = "0501000001";
/** A record is full of numbers (times, ports, sizes); none of them begins with a zero. */
const RIGHT = "0765";
const WRONG = "0764";
/** What the two say, in Hz. */
const CALLERS_TONE = 440;
const CALLEES_TONE = 700;

let server: TestServer;
let receiver: Receiver;
let relay: InfoRelay;
let callee: Baresip;
let caller: Baresip;

before(async () => {
  if (skip !== false) return;
  receiver = await Receiver.forCode(RIGHT);
  server = await startServer({
    company: companyText({
      caller: ownAddress(),
      webhooks: [codeWebhook("VIP", receiver.address, ", timeoutSeconds: 8")],
      routes: { "+31501000001": [webhookStep("VIP", [ringPhone("215")])] },
    }),
  });
  const place = { host: server.address, port: 5060 };
  const phone = { host: ownAddress(), port: 5060 };
  relay = await InfoRelay.start({ at: ownAddress(), server: place, phone });
  callee = await Baresip.start({
    at: ownAddress(),
    account: account(`sip:215@${server.address};transport=udp`, ";answermode=auto"),
    says: tone(CALLEES_TONE, 60_000),
  });
  caller = await Baresip.start({
    at: phone.host,
    account: account(`sip:216@${server.address};transport=udp`, `;outbound="sip:${relay.at};transport=udp"`),
    says: silence(0),
  });
  await callee.registered();
  await caller.registered();
});

after(async () => {
  await caller?.stop();
  await callee?.stop();
  await relay?.close();
  await server?.stop();
  await receiver?.kill();
});

/** Calls the number, and the answer has come. */
async function call(): Promise<Ear> {
  caller.forgetEvents();
  callee.forgetEvents();
  receiver.requests.length = 0;
  await caller.command("dial", `sip:${VIP}@${server.address}`);
  await caller.has("CALL_ESTABLISHED");
  return new Ear(() => caller.heard());
}

/** Both hear each other; then one of the two hangs up, and both are free. */
async function speakAndHangUp(first: Baresip): Promise<void> {
  await callee.has("CALL_ESTABLISHED");
  await caller.say(tone(CALLERS_TONE, 60_000));
  await hearsTone(() => caller.heard(), CALLEES_TONE);
  await hearsTone(() => callee.heard(), CALLERS_TONE);
  await first.command("hangup");
  await caller.has("CALL_CLOSED");
  await callee.has("CALL_CLOSED");
}

const EVENTS = "RFC 4733 events";
const INFO = "SIP INFO";

const ways: readonly {
  readonly name: string;
  /** As the story has it. */
  readonly told: readonly string[];
  readonly press: (keys: string) => Promise<void>;
  readonly hangsUp: () => Baresip;
}[] = [
  { name: "RFC 4733 events", told: [EVENTS], press: (keys) => caller.press(keys), hangsUp: () => caller },
  { name: "SIP INFO", told: [INFO], press: byInfo, hangsUp: () => callee },
  {
    name: "tones in its sound",
    told: ["tones in its sound"],
    press: (keys) => caller.say(keyTones(keys)),
    hangsUp: () => caller,
  },
  {
    name: "events and INFO at once",
    told: [EVENTS, INFO],
    press: async (keys) => {
      for (const key of keys) await Promise.all([caller.press(key), relay.press(key)]);
    },
    hangsUp: () => callee,
  },
];

async function byInfo(keys: string): Promise<void> {
  for (const key of keys) await relay.press(key);
}

describe("VIP PIN", { skip }, () => {
  afterEach(async () => {
    await caller.command("hangup").catch(() => undefined);
    await server.callsOver();
  });

  for (const { name, told, press, hangsUp } of ways) {
    test(`keys by ${name}: wrong code, the incorrect message, right code, connected`, async () => {
      const before = (await server.calls()).length;
      const ear = await call();
      await ear.hears("en/enter-code");
      await press(`${WRONG}#`);
      await ear.hears("en/wrong-code");
      assert.deepEqual(receiver.codes(), [WRONG]);
      await press(`${RIGHT}#`);
      await speakAndHangUp(hangsUp());
      assert.deepEqual(receiver.codes(), [WRONG, RIGHT], "each key counted once");
      assert.deepEqual(
        heardPrompts(caller.heard()).map((prompt) => prompt.name),
        ["en/enter-code", "en/wrong-code"],
      );
      const [record] = await server.recorded(before + 1);
      const story = JSON.stringify(await server.call(record?.id ?? ""));
      for (const way of told) assert.match(story, new RegExp(`tells of keys by ${way}`));
      const leak = new RegExp(`.{0,60}(?<![\\w.])(?:${WRONG}|${RIGHT})(?!\\w).{0,60}`).exec(story);
      assert.equal(leak, null, `a code stands in the record: ${leak?.[0]}`);
    });
  }
});
