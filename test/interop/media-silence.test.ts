// C5: a call whose party sends no sound any more is ended on both sides, and its story says why. The parties are ours;
// they stop sending packets as a phone does whose cable was pulled.
// Over 5 s: a silence of seconds ends a call.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { codeWebhook, companyText, ringPhone, webhookStep } from "../support/company.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

const SILENCE_MS = 5000;
const HOLD_SILENCE_MS = 8000;
const LATE_MS = 2500;
const TO_215 = "+31501000001";
const TO_216 = "+31501000002";
const TO_217 = "+31501000003";
const TO_IVR = "+31501000004";

const callers = [ownAddress(), ownAddress(), ownAddress(), ownAddress()] as const;
let server: TestServer;

before(async () => {
  server = await startServer({
    company: companyText({
      caller: callers[0],
      moreCallers: callers,
      morePhones: ["217"],
      anchored: ["215", "216", "217"],
      webhooks: [codeWebhook("VIP", "http://127.0.0.1:9", ", timeoutSeconds: 60")],
      routes: {
        [TO_215]: [ringPhone("215")],
        [TO_216]: [ringPhone("216")],
        [TO_217]: [ringPhone("217")],
        [TO_IVR]: [webhookStep("VIP", [ringPhone("215")])],
      },
    }),
    flags: [
      "--silence-seconds",
      String(SILENCE_MS / 1000),
      "--hold-silence-seconds",
      String(HOLD_SILENCE_MS / 1000),
    ],
  });
});

after(() => server?.stop());

interface Connected {
  readonly caller: SpeakingParty;
  readonly phone: SpeakingParty;
}

/** A caller and a phone that hear each other. */
async function connected(at: string, extension: string, called: string): Promise<Connected> {
  const phone = await SpeakingParty.phone(server, extension);
  const caller = await SpeakingParty.open(server, { at });
  assert.equal(kind(await caller.call({ number: called })), "200");
  await until("sound both ways", () => caller.voice.cameIn.length > 10 && phone.voice.cameIn.length > 10);
  return { caller, phone };
}

/** Both are hung up on, after `ms` of silence and not before. */
async function endsAfter(ms: number, { caller, phone }: Connected): Promise<void> {
  const since = performance.now();
  await Promise.all([caller.hasHungUp(ms + LATE_MS), phone.hasHungUp(ms + LATE_MS)]);
  const waited = performance.now() - since;
  // A packet or two may still have been on the way.
  assert.ok(waited > ms - 200, `ended after ${Math.round(waited)} ms`);
  await caller.close();
  await phone.close();
}

/** `switchhook calls show` of the newest call to a number. */
async function shown(called: string): Promise<string> {
  const { id } = await server.recordOf(called);
  return (await server.cli("calls", "show", id)).stdout;
}

describe("C5: no sound comes any more", { concurrency: true }, () => {
  test("from the phone: BYE to both, and the reason is shown", async () => {
    const call = await connected(callers[0], "215", TO_215);
    call.phone.voice.speaks = false;
    await endsAfter(SILENCE_MS, call);
    assert.match(await shown(TO_215), /no sound has come from the called side for 5 s/);
  });

  test("from the caller: the same; the other call goes on until its own time", async () => {
    const call = await connected(callers[1], "216", TO_216);
    call.caller.voice.speaks = false;
    await endsAfter(SILENCE_MS, call);
    assert.match(await shown(TO_216), /no sound has come from the caller.s side for 5 s/);
  });

  test("from a caller who is asked for a code, and whose call is half open", async () => {
    const caller = await SpeakingParty.open(server, { at: callers[2] });
    caller.voice.speaks = false;
    assert.equal(kind(await caller.call({ number: TO_IVR })), "200");
    await until("the message", () => caller.voice.cameIn.length > 10);
    await caller.hasHungUp(SILENCE_MS + LATE_MS);
    await caller.close();
    assert.match(await shown(TO_IVR), /no sound/i);
  });

  test("on hold it takes longer", async () => {
    const call = await connected(callers[3], "217", TO_217);
    const hold = await call.caller.redescribe("sendonly");
    assert.match(body(hold), /a=(recvonly|inactive)/);
    call.caller.voice.speaks = false;
    await endsAfter(HOLD_SILENCE_MS, call);
  });
});
