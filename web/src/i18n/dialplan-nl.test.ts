import assert from "node:assert/strict";
import { test } from "node:test";
import { PLAN_PROBLEMS } from "../../../src/dialplan/plan-problems.ts";
import { sentences } from "../../../src/dialplan/sentences.ts";
import { DUTCH_CODES, DUTCH_PROBLEMS, inDutch } from "./dialplan-nl.ts";

test("every sentence of the dial plan, and every problem of a plan, has Dutch, and none more", () => {
  assert.deepEqual([...DUTCH_CODES].sort(), [...sentences.keys()].sort());
  assert.deepEqual(Object.keys(DUTCH_PROBLEMS).sort(), Object.keys(PLAN_PROBLEMS).sort());
});

test("Dutch is made of the same arguments, and a sentence in a sentence is Dutch too", () => {
  const args = { who: "216 (Sales 1)", status: 0, ringSeconds: 20 };
  assert.equal(inDutch("ring.timeout", args), "216 (Sales 1) nam niet op binnen 20 s.");
  const reason = { code: "audio.played", args: {}, text: "Played." };
  assert.equal(
    inDutch("webhook.codeUnheard", { reason }),
    "Mislukt, want er kon geen code gevraagd worden: Gespeeld.",
  );
  assert.equal(inDutch("no.such", {}), undefined);
});
