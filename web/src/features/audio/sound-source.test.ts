import assert from "node:assert/strict";
import { test } from "node:test";
import { againOf, isSoundOf } from "./sound-source.ts";

const FILE = new File(["sound"], "welcome.wav");
const WORDS = { text: "Welcome", language: "en" };

test("a text that broke off is sent again as it stands now, in the language that is chosen now", () => {
  const now = { text: "Welkom", language: "nl" };
  assert.deepEqual(againOf(WORDS, { source: "text", ...now }), now);
  assert.equal(againOf(WORDS, { source: "text", text: " ", language: "nl" }), undefined);
});

test("a file that broke off is sent again as long as a file is what the sound comes from, and a text likewise", () => {
  assert.equal(againOf(FILE, { source: "file", ...WORDS }), FILE);
  assert.equal(againOf(FILE, { source: "text", ...WORDS }), undefined);
  assert.equal(againOf(WORDS, { source: "file", ...WORDS }), undefined);
});

test("a sound is that of its text in its language, and of no other; a file is none of a text", () => {
  assert.equal(isSoundOf(WORDS, { source: "text", ...WORDS }), true);
  assert.equal(isSoundOf(WORDS, { source: "text", text: "Welcome!", language: "en" }), false);
  assert.equal(isSoundOf(WORDS, { source: "text", text: "Welcome", language: "nl" }), false);
  assert.equal(isSoundOf(WORDS, { source: "file", ...WORDS }), false);
  assert.equal(isSoundOf(undefined, { source: "file", ...WORDS }), true);
  assert.equal(isSoundOf(undefined, { source: "text", ...WORDS }), false);
});
