import assert from "node:assert/strict";
import { test } from "node:test";
import { againOf } from "./again.ts";

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
