import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sentences } from "../dialplan/sentences.ts";
import type { StoryEvent } from "./call-record.ts";
import { endWords } from "./end-words.ts";
import { describeEvent } from "./story.ts";
import { formerWords, legNews, note, storyReference, storySaid, storyWords } from "./story-words.ts";
import { decodeTrace, encodeTrace } from "./trace-bytes.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The code of some folders, tests left out. */
function codeOf(...folders: readonly string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, "src", folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .map((file) => readFileSync(join(ROOT, "src", folder, file), "utf8")),
    )
    .join("");
}

test("docs/reference/story.md lists exactly the codes there are", () => {
  const file = join(ROOT, "docs/reference/story.md");
  const kept = existsSync(file) ? readFileSync(file, "utf8") : "";
  const now = storyReference();
  // The new text is put in place, so that committing it is all that is left to do; this run fails all the same.
  if (kept !== now) writeFileSync(file, now);
  assert.equal(kept, now, "the reference was out of date and has been written anew: commit it");
});

test("every code is said somewhere in call/ or board/, and means one thing in the whole story", () => {
  const code = codeOf("call", "board");
  const silent = Object.keys(storyWords).filter((one) => !code.includes(`"${one}"`) && !(one in formerWords));
  assert.deepEqual(silent, []);
  const twice = Object.keys(storyWords).filter((one) => sentences.has(one) || one in endWords);
  assert.deepEqual(twice, []);
});

test("no note and no news of a leg is written without its code", () => {
  const code = codeOf("call", "board");
  assert.doesNotMatch(code, /type: "note"/);
  assert.doesNotMatch(code, /detail: `/);
  assert.doesNotMatch(code, /detail: "[^"]/);
});

test("a sentence in a sentence is stored as codes with arguments, and read back in words", () => {
  const why = storySaid("limit.perPhone", { phone: "215", calls: 2, most: 2 });
  const story: StoryEvent[] = [
    note(undefined, "note.notRung", { why: storySaid("tried.limited", { number: "+31201112233", why }) }),
    legNews({ leg: "B1", what: "redirected", status: 302 }, "leg.sentTo", { to: "216" }),
  ].map((event) => Object.assign(event, { atMs: 0 }));
  const bytes = encodeTrace({ story, sip: [] });
  assert.doesNotMatch(new TextDecoder().decode(bytes), /is not called|to 216/);
  const read = decodeTrace(bytes).story;
  const sentence =
    "+31201112233 is not called: phone 215 has 2 calls to the outside up, and may have 2 at once; where that is too few, raise security.outsideCalls.perPhone.";
  assert.deepEqual(read.map(describeEvent), [sentence, "Leg B1 sent the call elsewhere (302): to 216."]);
  assert.deepEqual(read.map(describeEvent), story.map(describeEvent));
});

test("a record that holds only texts, and one with codes of another release, are read", () => {
  const stored = [
    { atMs: 1, type: "note", leg: "A", text: "the callee put the call on hold" },
    { atMs: 2, type: "legEvent", leg: "B1", what: "redirected", status: 302, detail: "to nowhere" },
    { atMs: 3, type: "note", leg: undefined, code: "note.unheardOf", args: { many: { code: 7 } } },
    { atMs: 4, type: "note", leg: undefined, code: "note.notRung", args: { why: null } },
    { atMs: 5, type: "note", leg: undefined, code: "note.hold" },
  ];
  const story = stored as unknown as StoryEvent[];
  assert.deepEqual(decodeTrace(encodeTrace({ story, sip: [] })).story.map(describeEvent), [
    "The callee put the call on hold (leg A).",
    "Leg B1 sent the call elsewhere (302): to nowhere.",
    "(note.unheardOf).",
    "(note.notRung).",
    "Undefined put the call on hold.",
  ]);
});

test("a sentence that lies in itself without end is read to a depth", () => {
  let why: unknown = "the end";
  for (let depth = 0; depth < 2000; depth += 1) why = { code: "way.apart", args: { why } };
  const story = [{ atMs: 1, type: "note", code: "note.notRung", args: { why } }] as unknown as StoryEvent[];
  const [read] = decodeTrace(encodeTrace({ story, sip: [] })).story;
  assert.ok(read !== undefined && describeEvent(read).length < 500);
});
