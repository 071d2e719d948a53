import assert from "node:assert/strict";
import { test } from "node:test";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { withApi } from "../../test/support/api.ts";
import { ok } from "../lib/result.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import { entityPorts } from "./entity-service.ts";
import { soundOf } from "./message-sound.ts";

/** A library that speaks by noting what it was asked to say. */
function fakeLibrary() {
  const spoken: string[] = [];
  const here = new Map<string, StoredAudio>();
  const keep = (content: string): StoredAudio => {
    const sound = { content, durationMs: 900 };
    here.set(content, sound);
    return sound;
  };
  return {
    spoken,
    here,
    keep,
    find: (content: string) => here.get(content),
    addSpeech: async (text: string, language: string) => {
      spoken.push(`${language}: ${text}`);
      return ok(keep(String(spoken.length).repeat(64)));
    },
  };
}

test("a text or a language that is changed alone is spoken anew; a name that is changed leaves the sound", () => {
  const library = fakeLibrary();
  return withApi(
    {
      ports: (desk) => ({
        entities: entityPorts({
          desk,
          ids: seededIds(3),
          sound: (document, stored) => soundOf(library, document, stored),
        }),
      }),
    },
    async ({ ask, desk }) => {
      const soundNow = (name: string) => desk.entities.get("audioMessage", name)?.document.sound?.content[0];
      const made = await ask("POST", "/audio-messages", { name: "hello", text: "A", language: "en" });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      const path = `/audio-messages/${String(made.body["id"])}`;
      const any = { "if-match": "*" };
      assert.equal((await ask("PATCH", path, { text: "B" }, any)).status, 200);
      assert.equal(soundNow("hello"), "2");
      assert.equal((await ask("PATCH", path, { language: "nl" }, any)).status, 200);
      assert.equal(soundNow("hello"), "3");
      const renamed = { name: "welcome", text: "B", language: "nl" };
      assert.equal((await ask("PUT", path, renamed, any)).status, 200);
      assert.equal(soundNow("welcome"), "3");
      assert.deepEqual(library.spoken, ["en: A", "en: B", "nl: B"]);
      library.here.delete("3".repeat(64));
      assert.equal((await ask("PUT", path, renamed, any)).status, 200);
      assert.equal(soundNow("welcome"), "4", "its files were gone");
    },
  );
});

test("a message from a file does not lose its sound by the name of another file", async () => {
  const library = fakeLibrary();
  const stored = { name: "a", file: "a.wav", sound: library.keep("c".repeat(64)) };
  assert.deepEqual(await soundOf(library, { name: "b", file: "a.wav" }, stored), ok(undefined));
  const refused = await soundOf(library, { name: "a", file: "b.wav" }, stored);
  assert.match(refused.ok ? "" : refused.error, /^The sound of b\.wav was not sent/);
  const sent = library.keep("d".repeat(64));
  assert.deepEqual(
    await soundOf(library, { name: "a", file: "b.wav", content: sent.content }, stored),
    ok(sent),
  );
});
