// Calls whose sound passes through the server, because a phone is set to "media: anchored": two baresips of which one has
// A-law only and the other µ-law only, hold and resume, early media, groups; what each hears is judged by frequency.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { account, Baresip } from "../support/baresip.ts";
import { companyText, ringPhone } from "../support/company.ts";
import { hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { msOfTone, type Samples, tone } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { body, kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";
import { needs } from "./needs.ts";

const skip = needs("baresip");

const TO_215 = "+31501000001";
const TO_GROUP = "+31501000002";
const TONE = { trunk: 440, 215: 700, 216: 1000 } as const;
const LONG = 60_000;
const HEARD_MS = 800;

let server: TestServer;
/** A trunk that has A-law. */
let trunk: SpeakingParty;
/** Anchored, has µ-law only. */
let phone215: Baresip;
/** Not anchored itself, has A-law only. */
let phone216: Baresip;

before(async () => {
  if (skip !== false) return;
  const at = ownAddress();
  const company = companyText({
    caller: at,
    anchored: ["215"],
    routes: { [TO_215]: [ringPhone("215")], [TO_GROUP]: ['{ type: group, group: "300" }'] },
  });
  server = await startServer({ company });
  trunk = await SpeakingParty.open(server, { at });
  const start = (extension: "215" | "216", more: string): Promise<Baresip> =>
    Baresip.start({
      at: ownAddress(),
      account: account(`sip:${extension}@${server.address};transport=udp`, more),
      says: tone(TONE[extension], LONG),
    });
  phone215 = await start("215", ";audio_codecs=PCMU");
  phone216 = await start("216", ";audio_codecs=PCMA");
  await phone215.registered();
  await phone216.registered();
});

after(async () => {
  await phone215?.stop();
  await phone216?.stop();
  await trunk?.close();
  await server?.stop();
});

beforeEach(() => {
  phone215?.forgetEvents();
  phone216?.forgetEvents();
});

afterEach(async () => {
  // What a failed test left.
  for (const phone of [phone215, phone216]) {
    if (phone.program.result === undefined) await phone.command("hangup").catch(() => undefined);
  }
  await server.callsOver();
});

/** Waits until a party hears a tone for a while in its newest call, from now on. */
async function hears(party: { heard(): Samples }, hz: number): Promise<void> {
  await until("sound", () => party.heard().length > 0);
  await hearsTone(() => party.heard(), hz, HEARD_MS, party.heard().length);
}

/** Waits until a party has heard nothing but silence for a while, or no packets at all. */
async function hearsNothing(party: { heard(): Samples }, hz: number): Promise<void> {
  let [from, since] = [party.heard().length, performance.now()];
  await until(`${hz} Hz to be over`, () => {
    const heard = party.heard();
    if (msOfTone(hz, heard.subarray(from)) > 0) [from, since] = [heard.length, performance.now()];
    return performance.now() - since > HEARD_MS;
  });
}

/** Waits until the newest call to a number is recorded and says all of this. */
async function storySays(called: string, ...said: readonly RegExp[]): Promise<void> {
  await until(`a story with ${said.join(" ")}`, async () => {
    const story = JSON.stringify((await server.recordOf(called)).story);
    return said.every((words) => words.test(story));
  });
}

/** The 200 to the trunk's call, which phone 215 has answered; the trunk speaks. */
async function trunkCalls215(): Promise<string> {
  trunk.voice.forget();
  const called = trunk.call({ number: TO_215 });
  await phone215.has("CALL_INCOMING");
  await phone215.command("accept");
  const ok = await called;
  assert.equal(kind(ok), "200");
  trunk.say(tone(TONE.trunk, LONG));
  return ok;
}

describe("phone 215 is anchored", { skip }, () => {
  test("A-law at the trunk, µ-law at the phone: both hear each other, our address in both descriptions", async () => {
    const ok = await trunkCalls215();
    assert.match(body(ok), new RegExp(`c=IN IP4 ${server.address}`));
    await Promise.all([hears(trunk, TONE["215"]), hears(phone215, TONE.trunk)]);
    await phone215.command("hangup");
    await trunk.hasHungUp();
    await phone215.has("CALL_CLOSED");
    await storySays(
      TO_215,
      /phone 215 is set to \\"media: anchored\\"/,
      /"codec":"PCMA\/8000","received":\d+,"sent":\d+,"lost":0/,
      /"codec":"PCMU\/8000","received":\d+,"sent":\d+,"lost":0/,
    );
  });

  test("216 (A-law only) calls 215 (µ-law only), holds, resumes, and 215 hangs up", async () => {
    await phone216.command("dial", `sip:215@${server.address}`);
    await phone215.has("CALL_INCOMING");
    await phone215.command("accept");
    await phone216.has("CALL_ESTABLISHED");
    await Promise.all([hears(phone216, TONE["215"]), hears(phone215, TONE["216"])]);
    // Without a sound card baresip records nothing any more once it has held, so that the other one judges.
    await phone216.command("hold");
    await hearsNothing(phone215, TONE["216"]);
    await phone216.command("resume");
    await hears(phone215, TONE["216"]);
    await phone215.command("hangup");
    await phone216.has("CALL_CLOSED");
    await storySays("215", /the caller put the call on hold/);
  });

  test("the trunk holds and resumes, then the phone does; each is heard again", async () => {
    await trunkCalls215();
    await hears(phone215, TONE.trunk);
    const hold = await trunk.redescribe("sendonly");
    assert.match(body(hold), /a=recvonly/);
    await hearsNothing(trunk, TONE["215"]);
    const resume = await trunk.redescribe("sendrecv");
    assert.match(body(resume), /a=sendrecv/);
    await Promise.all([hears(trunk, TONE["215"]), hears(phone215, TONE.trunk)]);
    await phone215.command("hold");
    await hearsNothing(trunk, TONE["215"]);
    await phone215.command("resume");
    await hears(trunk, TONE["215"]);
    await trunk.bye();
    await phone215.has("CALL_CLOSED");
    await storySays(TO_215, /the caller put the call on hold/, /the callee put the call on hold/);
  });

  test("of a group the anchored phone answers, and the other one is free again", async () => {
    const called = trunk.call({ number: TO_GROUP });
    await Promise.all([phone215.has("CALL_INCOMING"), phone216.has("CALL_INCOMING")]);
    await phone215.command("accept");
    assert.equal(kind(await called), "200");
    await phone216.has("CALL_CLOSED");
    trunk.say(tone(TONE.trunk, LONG));
    await Promise.all([hears(trunk, TONE["215"]), hears(phone215, TONE.trunk)]);
    await trunk.bye();
    await phone215.has("CALL_CLOSED");
  });

  test("of a group the other phone answers: the sound goes directly between it and the trunk", async () => {
    const called = trunk.call({ number: TO_GROUP });
    await Promise.all([phone215.has("CALL_INCOMING"), phone216.has("CALL_INCOMING")]);
    await phone216.command("accept");
    const ok = await called;
    assert.doesNotMatch(body(ok), new RegExp(`c=IN IP4 ${server.address}`));
    await phone215.has("CALL_CLOSED");
    trunk.say(tone(TONE.trunk, LONG));
    await Promise.all([hears(trunk, TONE["216"]), hears(phone216, TONE.trunk)]);
    await trunk.bye();
    await phone216.has("CALL_CLOSED");
  });

  test("what the phone sends before it answers is heard, in the same description that the answer has", async () => {
    await phone215.stop();
    await until("215 to be gone", async () => (await server.metric("switchhook_registrations")) === 1);
    const early = await SpeakingParty.phone(server, "215", { law: "PCMU" });
    early.manner = "early";
    early.say(tone(600, LONG));
    trunk.voice.forget();
    trunk.begin({ number: TO_215 });
    const session = await until("the early media", () =>
      trunk.sip.responses.find((text) => kind(text) === "183" && body(text) !== ""),
    );
    trunk.voice.sendTo(body(session));
    await hears(trunk, 600);
    const answered = trunk.answered();
    await early.pickUp();
    const ok = await answered;
    assert.equal(body(ok), body(session), "the same description in one dialog (RFC 3261 §13.2.1)");
    trunk.say(tone(TONE.trunk, LONG));
    await Promise.all([hears(trunk, 600), hears(early, TONE.trunk)]);
    await trunk.bye();
    await early.hasHungUp();
    await early.close();
  });
});
