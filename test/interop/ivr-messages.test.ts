// A company's own message, made from a WAV, and what becomes of a call when the message goes away while it plays, or its
// files before that.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import { companyText, ringPhone } from "../support/company.ts";
import { hearsTone } from "../support/heard-prompts.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { msOfTone, tone, writeWav } from "../support/recording.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { kind } from "../support/sip-text.ts";
import { SpeakingParty } from "../support/speaking-party.ts";

const DID = "+31501000001";
const MESSAGE_TONE = 600;
const MESSAGE_MS = 4000;
const PHONES_TONE = 1000;

const at = ownAddress();
const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-messages-"));
const wav = path.join(folder, "welcome.wav");
let server: TestServer;
let caller: SpeakingParty;
let phone: SpeakingParty;

const withMessage = company([`{ type: audio, message: welcome }`, ringPhone("215")], [wav]);
const without = company([ringPhone("215")], []);

function company(steps: readonly string[], files: readonly string[]): string {
  const messages = files.map((file) => `  - { name: welcome, file: "${file}" }`);
  const text = companyText({ caller: at, routes: { [DID]: steps } });
  return messages.length === 0 ? text : `${text}audioMessages:\n${messages.join("\n")}\n`;
}

before(async () => {
  writeWav(wav, tone(MESSAGE_TONE, MESSAGE_MS));
  server = await startServer({ company: withMessage });
  caller = await SpeakingParty.open(server, { at });
  phone = await SpeakingParty.phone(server, "215");
  phone.say(tone(PHONES_TONE, 60_000));
});

after(async () => {
  await caller?.close();
  await phone?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await caller.leave();
  await server.callsOver();
});

async function call(): Promise<void> {
  caller.voice.forget();
  phone.say(tone(PHONES_TONE, 60_000));
  assert.equal(kind(await caller.call({ number: DID })), "200");
}

const messageMs = (): number => msOfTone(MESSAGE_TONE, caller.heard());

/** Of every message in the data folder. */
function removeFiles(): number {
  const kept = path.join(server.dataDir, "audio");
  const files = readdirSync(kept);
  for (const file of files) rmSync(path.join(kept, file), { recursive: true });
  return files.length;
}

test("the message is heard from its beginning to its end, then the phone", async () => {
  await call();
  await hearsTone(() => caller.heard(), PHONES_TONE);
  assert.ok(Math.abs(messageMs() - MESSAGE_MS) <= 200, `${messageMs()} ms of ${MESSAGE_MS}`);
});

test("taken out of the configuration and its files deleted while it plays: it ends, and the phone is heard", async () => {
  await call();
  await until("the message to begin", () => messageMs() > 300);
  await server.apply(without);
  removeFiles();
  await hearsTone(() => caller.heard(), PHONES_TONE);
  await server.apply(withMessage);
});

test("its files are gone before it begins: the call goes on without it, and the story says so", async () => {
  assert.ok(removeFiles() > 0, "the message has files");
  await call();
  await hearsTone(() => caller.heard(), PHONES_TONE);
  assert.equal(messageMs(), 0);
  await caller.bye();
  await until("the story", async () => {
    const { story } = await server.recordOf(DID);
    return /goes on without the message|could not be played/.test(JSON.stringify(story));
  });
});
