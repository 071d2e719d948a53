import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT, COMPANY_WITH_AUDIO_TEXT } from "../../test/fakes/company-text.ts";
import { entitiesOf } from "../../test/support/entities.ts";
import { DEFAULT_PROMPTS } from "../model/default-prompts.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { Entities } from "../model/entities/entities.ts";
import { readCompany } from "./file.ts";
import { buildSnapshot } from "./snapshot.ts";

function stored(text: string, sounds: ReadonlyMap<string, StoredAudio> = new Map()): Entities {
  const read = readCompany(text, "c.yaml");
  assert.ok(read.ok);
  const { company } = read.value;
  const audioMessages = company.audioMessages.map((message) => {
    return { ...message, sound: sounds.get(message.name) };
  });
  return entitiesOf({ ...company, audioMessages });
}

test("the snapshot is what the company says", () => {
  const snapshot = buildSnapshot(stored(COMPANY_TEXT), "switchhook", "/data/audio");
  assert.equal(snapshot.version, 1);
  assert.equal(snapshot.plans.get("main")?.version, 1);
  assert.equal(snapshot.webhooks.get("VIP code")?.timeoutMs, 3000);
  assert.equal(snapshot.webhooks.get("VIP code")?.followRedirects, true);
  assert.equal(snapshot.outboundTrunk, "carrier");
  assert.equal(snapshot.ownNumber, "+31501234567");
  assert.deepEqual(snapshot.numbers.get("+31501234567"), { number: "+31501234567", plan: "main" });
  assert.equal(snapshot.trunks[1]?.credentials?.password, "trunk-secret");
});

test("passwords of phones are there as HA1 only (RFC 7616 section 3.4.2)", () => {
  const { phones } = buildSnapshot(stored(COMPANY_TEXT), "switchhook", "/data/audio");
  // printf '215:switchhook:correct-horse' | md5sum, and sha256sum
  assert.deepEqual(phones.get("215")?.ha1, {
    md5: "36505ef081570b653c763b338208155e",
    sha256: "1fd00f54c25ec17d6b04f578d20e10c87205cb7c9b2ce19687e02a801534e9a5",
  });
  assert.ok(!JSON.stringify([...phones]).includes("correct-horse"));
});

test("a company whose secrets were never filled in is a bug", () => {
  const text = COMPANY_TEXT.replace(", password: correct-horse", "");
  assert.throws(
    () => buildSnapshot(stored(text), "switchhook", "/data/audio"),
    /phone 215 was saved without its password/,
  );
});

test("the messages that come with the product are always there, and their files too", () => {
  const { audioMessages } = buildSnapshot(stored(COMPANY_TEXT), "switchhook", "/data/audio");
  for (const { name } of DEFAULT_PROMPTS) {
    const message = audioMessages.get(name);
    assert.ok(message !== undefined && message.durationMs > 500 && message.durationMs < 5000, name);
    for (const ending of ["alaw", "ulaw", "g722", "wav"])
      assert.ok(statSync(`${message.path}.${ending}`).size > 0);
    assert.ok(isAbsolute(message.path));
  }
});

test("a company's own messages are where they were converted to, by content", () => {
  const audio = new Map([["enter-code", { content: "a".repeat(64), durationMs: 1200 }]]);
  const { audioMessages } = buildSnapshot(
    stored(COMPANY_WITH_AUDIO_TEXT, audio),
    "switchhook",
    "/data/audio",
  );
  assert.deepEqual(audioMessages.get("enter-code"), {
    name: "enter-code",
    path: `/data/audio/${"a".repeat(64)}`,
    durationMs: 1200,
  });
  // The other one was never converted.
  assert.equal(audioMessages.size, DEFAULT_PROMPTS.length + 1);
});
