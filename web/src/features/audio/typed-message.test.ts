import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf, nameOfFile, soundNow, typedOf, withoutSound } from "./typed-message.ts";

const SOUND = { content: "c0ffee", durationMs: 500 };
const FILE = new File(["sound"], "welcome.day.wav");
const SPOKEN = { name: "Welcome", text: "Good morning.", language: "en", sound: SOUND };

test("a new message is a file without a name, in the language of the interface", () => {
  const typed = typedOf(undefined, "nl");
  assert.deepEqual(typed, { name: "", source: "file", text: "", language: "nl", content: undefined });
  assert.deepEqual(soundNow(undefined, undefined, "nl"), { sound: undefined, spoken: undefined });
});

test("another sound is a change, and is not kept over a reload", () => {
  const typed = typedOf(SPOKEN, "nl");
  assert.equal(typed.content, "c0ffee");
  assert.deepEqual(withoutSound({ ...typed, content: "beef" }), withoutSound(typed));
});

test("what was made while the form is open stands for what is stored", () => {
  const words = { text: "Good evening.", language: "en" };
  assert.deepEqual(soundNow(undefined, SPOKEN, "nl"), {
    sound: SOUND,
    spoken: { text: "Good morning.", language: "en" },
  });
  const sound = { content: "beef", durationMs: 700 };
  assert.deepEqual(soundNow({ sound, from: words, revision: 3 }, SPOKEN, "nl"), { sound, spoken: words });
  assert.deepEqual(soundNow({ sound, from: FILE, revision: 3 }, SPOKEN, "nl"), { sound, spoken: undefined });
});

test("it is saved with its sound, and either the text or the file of which that was made", () => {
  const typed = { ...typedOf(SPOKEN, "nl"), name: " Welcome " };
  assert.deepEqual(documentOf(typed, SOUND, undefined, SPOKEN), {
    name: "Welcome",
    text: "Good morning.",
    language: "en",
    content: "c0ffee",
  });
  const file = { ...typed, source: "file" } as const;
  const made = { sound: SOUND, from: FILE, revision: 0 };
  assert.deepEqual(documentOf(file, SOUND, made, undefined), {
    name: "Welcome",
    file: "welcome.day.wav",
    content: "c0ffee",
  });
  const old = { name: "Welcome", file: "old.wav", sound: SOUND };
  assert.equal(documentOf(file, SOUND, undefined, old).file, "old.wav");
  assert.equal(nameOfFile(FILE), "welcome.day");
});
