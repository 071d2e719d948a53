// The rules of asking for a code (webhook.md, "IVR") with a caller that speaks and listens by RTP itself: what ends a
// code, what clears it, time-outs, barge-in, type-ahead, hold, delayed offer, ringing afterwards, and a caller who hangs
// up at any stage.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, afterEach, before, describe, test } from "node:test";
import {
  codeWebhook,
  companyText,
  number,
  PASSWORD,
  plan,
  ringPhone,
  webhookStep,
} from "../support/company.ts";
import { Ear, heardPrompts, hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

const DID = { vip: "+31501000001", hasty: "+31501000002", fixed: "+31501000003" } as const;
const RIGHT = "8765";
/** Ringing in the Netherlands (ITU-T E.180), in Hz. */
const RINGBACK = 425;
const PHONES_TONE = 700;
const CALLERS_TONE = 1000;

let server: TestServer;
let receiver: Receiver;
let caller: SpeakingParty;
let phone: SpeakingParty;
/** Whether the receiver lets requests wait. */
let slow = false;
const held: ServerResponse[] = [];
const askedAt: number[] = [];

before(async () => {
  receiver = await Receiver.start((query, _request, response) => {
    askedAt.push(performance.now());
    if (slow) held.push(response);
    else response.end(query.get("code") === RIGHT ? "status=ACK" : "status=NAK");
  });
  const step = (name: string): string =>
    webhookStep(name, [ringPhone("215")], ["{ type: hangUp, as: rejected }"]);
  const at = ownAddress();
  server = await startServer({
    company: companyText({
      caller: at,
      webhooks: [
        codeWebhook("VIP", receiver.address, ", timeoutSeconds: 8"),
        codeWebhook("hasty", receiver.address, ", timeoutSeconds: 1, attempts: 2"),
        codeWebhook("fixed", receiver.address, ", timeoutSeconds: 8, codeLength: 4"),
      ],
      plans: [plan("vip", [step("VIP")]), plan("hasty", [step("hasty")]), plan("fixed", [step("fixed")])],
      numbers: [number(DID.vip, "vip"), number(DID.hasty, "hasty"), number(DID.fixed, "fixed")],
    }),
  });
  caller = await SpeakingParty.open(server, { at });
  phone = await SpeakingParty.open(server, { at: ownAddress() });
  assert.equal(await phone.sip.register("215", PASSWORD, server), "200");
});

after(async () => {
  await caller?.close();
  await phone?.close();
  await server?.stop();
  await receiver?.kill();
});

afterEach(async () => {
  slow = false;
  phone.manner = "answers";
  for (const response of held.splice(0)) response.end("status=ERR");
  if (!caller.hungUp) await caller.bye().catch(() => undefined);
  await until("the call to be over", async () => (await server.metric("switchhook_calls_active")) === 0);
});

/** Calls, and the answer has come. */
async function call(did: string, offer?: string): Promise<Ear> {
  receiver.requests.length = 0;
  askedAt.length = 0;
  caller.voice.forget();
  phone.voice.forget();
  const ok = await caller.call(offer === undefined ? { number: did } : { number: did, offer });
  assert.equal(kind(ok), "200");
  return new Ear(() => caller.heard());
}

/** The caller presses keys; the time at which the last of them is over. */
async function press(keys: string): Promise<number> {
  caller.voice.press(keys);
  return until("the keys to be pressed", () => caller.voice.hasPressed && performance.now());
}

async function asked(count = 1): Promise<readonly (string | null)[]> {
  await until("the webhook to be asked", () => receiver.requests.length >= count);
  return receiver.requests.map((query) => query.get("code"));
}

const hears = (party: SpeakingParty, hz: number): Promise<void> => hearsTone(() => party.heard(), hz, 600);

/** The call has been connected: the two hear each other. */
async function speak(): Promise<void> {
  phone.say(tone(PHONES_TONE, 10_000));
  caller.say(tone(CALLERS_TONE, 10_000));
  await hears(caller, PHONES_TONE);
  await hears(phone, CALLERS_TONE);
}

const prompts = (): readonly string[] => heardPrompts(caller.heard()).map(({ name }) => name);

describe("a code", () => {
  test("ends with # at once", async () => {
    const ear = await call(DID.vip);
    await ear.hears("en/enter-code");
    const pressed = await press(`${RIGHT}#`);
    assert.deepEqual(await asked(), [RIGHT]);
    assert.ok((askedAt[0] ?? Infinity) - pressed < 500, `asked ${askedAt[0]} after ${pressed}`);
    await speak();
  });

  test("ends with three seconds of silence, and * clears it", async () => {
    const ear = await call(DID.vip);
    await ear.hears("en/enter-code");
    const pressed = await press(`12*${RIGHT}`);
    assert.deepEqual(await asked(), [RIGHT]);
    const waited = (askedAt[0] ?? 0) - pressed;
    assert.ok(waited > 2500 && waited < 3700, `${waited} ms after the last key`);
  });

  test("of a known length ends with its last digit", async () => {
    await call(DID.fixed);
    const pressed = await press(RIGHT);
    assert.deepEqual(await asked(), [RIGHT]);
    assert.ok((askedAt[0] ?? Infinity) - pressed < 500);
  });

  test("may be typed into the message, which stops", async () => {
    await call(DID.vip);
    await until("the message to begin", () => heardPrompts(caller.heard(), { firstMs: 700 })[0]);
    await press(`${RIGHT}#`);
    assert.deepEqual(await asked(), [RIGHT]);
    assert.deepEqual(prompts(), [], "no message is heard to its end");
    await speak();
  });

  test("typed while the webhook is asked is dropped", async () => {
    slow = true;
    const ear = await call(DID.vip);
    await ear.hears("en/enter-code");
    await press("11#");
    await asked();
    await press("99");
    slow = false;
    held.pop()?.end("status=NAK");
    await ear.hears("en/wrong-code");
    await press(`${RIGHT}#`);
    assert.deepEqual(await asked(2), ["11", RIGHT]);
  });

  test("a key held for two seconds, and one whose last packets are lost, are one key each", async () => {
    const ear = await call(DID.vip);
    await ear.hears("en/enter-code");
    caller.voice.press("8", 2000);
    caller.voice.press("76", 100, 0);
    caller.voice.press("5#", 60, 1);
    assert.deepEqual(await asked(), [RIGHT]);
  });

  test("that never comes: the time-out message each time, nothing asked, BYE", async () => {
    await call(DID.hasty);
    await caller.hasHungUp(20_000);
    assert.deepEqual(prompts(), ["en/enter-code", "en/no-code", "en/no-code"]);
    assert.equal(receiver.requests.length, 0);
  });

  test("wrong until the last attempt: its message is still heard, then BYE", async () => {
    const ear = await call(DID.hasty);
    await ear.hears("en/enter-code");
    for (const code of ["1#", "2#"]) {
      await press(code);
      await ear.hears("en/wrong-code");
    }
    await caller.hasHungUp();
    assert.deepEqual(await asked(2), ["1", "2"]);
  });
});

describe("the caller's description", () => {
  test("an INVITE without an offer gets ours in the 200, and the answer goes in the ACK", async () => {
    const ear = await call(DID.vip, "");
    await ear.hears("en/enter-code");
    await press(`${RIGHT}#`);
    await asked();
    await speak();
  });

  test("hold and resume while the message plays: the code still counts, the call is connected", async () => {
    await call(DID.vip);
    await until("the message to begin", () => heardPrompts(caller.heard(), { firstMs: 500 })[0]);
    const hold = await caller.request("INVITE", caller.voice.sdp({ direction: "sendonly", version: 8 }));
    assert.match(body(hold), /a=(recvonly|inactive)/);
    const resume = await caller.request("INVITE", caller.voice.sdp({ version: 9 }));
    assert.equal(kind(resume), "200");
    await press(`${RIGHT}#`);
    assert.deepEqual(await asked(), [RIGHT]);
    await speak();
  });
});

describe("ringing after the answer", () => {
  test("is heard as the country's tone, until the phone answers", async () => {
    phone.manner = "rings";
    await call(DID.vip);
    await press(`${RIGHT}#`);
    await hears(caller, RINGBACK);
    await phone.pickUp();
    await speak();
  });

  test("gives way to the sound that the phone sends before it answers", async () => {
    phone.manner = "early";
    phone.say(tone(PHONES_TONE, 20_000));
    await call(DID.vip);
    await press(`${RIGHT}#`);
    await hears(caller, PHONES_TONE);
    await phone.pickUp();
    await speak();
  });
});

/** Where a caller may hang up, and what becomes of the call. */
const stages: readonly { readonly name: string; readonly reach: () => Promise<void> }[] = [
  {
    name: "while the message plays",
    reach: async () => {
      await call(DID.vip);
      await until("the message to begin", () => heardPrompts(caller.heard(), { firstMs: 500 })[0]);
    },
  },
  {
    name: "between two digits",
    reach: async () => {
      await call(DID.vip);
      await press("12");
    },
  },
  {
    name: "while the webhook is asked",
    reach: async () => {
      slow = true;
      await call(DID.vip);
      await press(`${RIGHT}#`);
      await asked();
    },
  },
  {
    name: "while the incorrect message plays",
    reach: async () => {
      await call(DID.vip);
      await press("9#");
      const begun = (): boolean =>
        heardPrompts(caller.heard(), { firstMs: 500 }).some(({ name }) => name === "en/wrong-code");
      await until("the incorrect message to begin", begun);
    },
  },
  {
    name: "while a phone rings",
    reach: async () => {
      phone.manner = "rings";
      await call(DID.vip);
      await press(`${RIGHT}#`);
      await phone.isCalled();
    },
  },
];

describe("the caller hangs up", () => {
  for (const { name, reach } of stages) {
    test(name, async () => {
      await reach();
      const before = (await server.calls()).length;
      await caller.bye();
      caller.hungUp = true;
      for (const response of held.splice(0)) {
        assert.ok(!response.destroyed, "the request is left to finish");
        response.end("status=ACK");
      }
      const [record] = await server.recorded(before + 1);
      assert.ok(record !== undefined);
      const { result } = await server.call(record.id);
      assert.ok(result === "cancelled" || result === "completed", result);
    });
  }
});
