import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { boardWords } from "../../src/board/words.ts";
import { PLAN_PROBLEMS } from "../../src/dialplan/plan-problems.ts";
import { sentences } from "../../src/dialplan/sentences.ts";
import { noMasker } from "../../src/lib/masker.ts";
import { sdpWords } from "../../src/media/sdp/words.ts";
import { mediaWords } from "../../src/media/words.ts";
import type { CallRecord, StoryEvent } from "../../src/model/call-record.ts";
import { endWords } from "../../src/model/end-words.ts";
import { describeEvent } from "../../src/model/story.ts";
import { storyWords } from "../../src/model/story-words.ts";
import { sipWords } from "../../src/sip/words.ts";
import { reasons } from "../../src/webhook/reasons.ts";
import { rawExample, replyFaults } from "../../src/webhook/reply/catalogue.ts";
import { readSentences } from "../../src/webhook/reply/notes.ts";
import { resultOfReply } from "../../src/webhook/reply/result.ts";
import { DUTCH_PROBLEMS } from "../../web/src/i18n/dialplan-nl.ts";
import dutch from "../../web/src/i18n/dutch.ts";
import { DUTCH_CODES, inDutch, saysInDutch } from "../../web/src/i18n/said-nl.ts";

type Sentence = (args: never) => string;

const ENGLISH: ReadonlyMap<string, Sentence> = new Map<string, Sentence>([
  ...sentences,
  ...Object.entries<Sentence>(storyWords),
  ...Object.entries<Sentence>(endWords),
  ...Object.entries<Sentence>(sipWords),
  ...Object.entries<Sentence>(boardWords),
  ...Object.entries<Sentence>(sdpWords),
  ...Object.entries<Sentence>(mediaWords),
  ...Object.entries<Sentence>(reasons),
  ...Object.entries<Sentence>(readSentences),
]);
/** Said of a reply where no table says it: what was answered, that a webhook is gone, where a redirect led. */
const WITHOUT_TABLE = ["receiverSaidAck", "receiverSaidNak", "redirectedTo", "webhookGone"];

test("every sentence of a record, and every problem of a plan, has Dutch, and none more", () => {
  assert.deepEqual([...DUTCH_CODES].sort(), [...ENGLISH.keys(), ...WITHOUT_TABLE].sort());
  assert.deepEqual(Object.keys(DUTCH_PROBLEMS).sort(), Object.keys(PLAN_PROBLEMS).sort());
});

test("a caller name without its text is told in Dutch what to type, by its mode", () => {
  assert.match(DUTCH_PROBLEMS["textRequired"]?.("", { mode: "prepend" }) ?? "", /voor de naam komt/);
  assert.match(DUTCH_PROBLEMS["textRequired"]?.("", { mode: "replace" }) ?? "", /in plaats van de naam/);
});

/** What arguments are asked for, whatever their values are. */
function argumentsOf(sentence: (args: never) => string): readonly string[] {
  const asked = new Set<string>();
  for (const value of [undefined, "", 0, 1, "word"]) {
    const args = new Proxy({}, { get: (_, name) => (asked.add(String(name)), value) });
    try {
      sentence(args as never);
    } catch {
      // English asks for a text where this is none; what it asked for so far counts.
    }
  }
  return [...asked].sort();
}

test("Dutch is made of the same arguments as English", () => {
  for (const [code, english] of ENGLISH)
    assert.deepEqual(argumentsOf(saysInDutch(code)), argumentsOf(english), code);
});

test("a sentence in a sentence is Dutch too, as deep as the record keeps them", () => {
  const args = { who: "216 (Sales 1)", status: 0, ringSeconds: 20 };
  assert.equal(inDutch("ring.timeout", args), "216 (Sales 1) nam niet op binnen 20 s.");
  const reason = { code: "audio.played", args: {}, text: "Played." };
  assert.equal(
    inDutch("webhook.codeUnheard", { reason }),
    "Mislukt, want er kon geen code gevraagd worden: Gespeeld.",
  );
  const why = { code: "no.such", args: {}, text: "in English" };
  assert.equal(inDutch("way.apart", { why }), "in English: tussen hen kan niets stromen");
  assert.equal(inDutch("no.such", {}), undefined);
});

test("a reply with any fault that is known is told in Dutch, with what it is made of", () => {
  const values = { did: "+31501234567", callerid: "+31612345678", callername: "", code: "", callid: "1" };
  for (const { code, effect, example } of replyFaults) {
    const sent = { ...values, ...example.sent };
    const result = resultOfReply(rawExample(example), sent, { url: "", elapsedMs: 1, mask: noMasker });
    const told =
      effect === "fails"
        ? [inDutch(result.failure ?? "", result.args) ?? ""]
        : dutch.notesInDutch({ warnings: result.warnings, ...(result.notes && { notes: result.notes }) });
    assert.ok(told.length > 0, code);
    for (const sentence of told) {
      assert.match(
        sentence,
        /\b(?:antwoord|ontvanger|waarde|bestemming|naam|staat|moet)/i,
        `${code}: ${sentence}`,
      );
      assert.ok(!sentence.includes("undefined") && !/\bThe\b/.test(sentence), `${code}: ${sentence}`);
    }
  }
});

// A call of the demo company: a wrong code, the right one, and phone 215 answers.
const file = path.join(import.meta.dirname, "../../web/src/features/calls/code-call.json");
const call = JSON.parse(readFileSync(file, "utf8")) as CallRecord;

test("a whole call is told in Dutch: no event says what it says in English", () => {
  for (const event of call.story) {
    const told = dutch.eventInDutch(event);
    assert.notEqual(told, describeEvent(event), event.type);
    assert.doesNotMatch(told, /\b(?:the|was|is asked|answered|hears)\b/, event.type);
  }
});

test("what is known of no code is said in English: records of earlier releases", () => {
  const old: StoryEvent = { atMs: 1, type: "note", leg: undefined, text: "something of before" };
  assert.equal(dutch.eventInDutch(old), "Something of before.");
});
