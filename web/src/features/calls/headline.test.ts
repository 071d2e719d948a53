import assert from "node:assert/strict";
import { test } from "node:test";
import { headline } from "./headline.ts";
import type { ShownCall } from "./shown-call.ts";
import { wordsIn } from "./words-in-tests.ts";

const t = await wordsIn("en");

/** What is said of a call that is up, whose plan said this. */
function headlineOf(...codes: readonly string[]): string {
  const call: ShownCall = {
    id: "1",
    kind: "call",
    attempts: 1,
    startedAt: 0,
    answeredAt: undefined,
    endedAt: 0,
    caller: "",
    callerName: "",
    called: "215",
    origin: "",
    plan: undefined,
    result: "ongoing",
    reason: "",
    missed: false,
    answeredBy: undefined,
    story: codes.map((code, at) => ({
      type: "step",
      atMs: at,
      entry: { step: "1", type: "webhook", label: "", code: `webhook.${code}`, text: "" },
    })),
    sip: [],
  };
  return headline(call, t, undefined);
}

const CRM = ["asks", "successful"] as const;
const WRONG = ["asksForCode", "asksWithCode", "codeRefused"] as const;
const RIGHT = ["asksForCode", "asksWithCode", "successful"] as const;

test("codes that were typed come first", () => {
  assert.equal(headlineOf(...RIGHT), "Typed the right code; the call is up.");
  assert.equal(headlineOf(...WRONG, ...RIGHT), "Typed a wrong code, then the right one; the call is up.");
  assert.equal(headlineOf(...WRONG, ...WRONG), "Typed 2 wrong codes; the call is up.");
  assert.equal(headlineOf("asksForCode", "asksWithCode"), "The call is up.");
});

test("a webhook that is asked without a code makes none right, before those that ask for one or behind", () => {
  assert.equal(headlineOf(...CRM), "The call is up.");
  assert.equal(headlineOf(...CRM, ...WRONG, ...WRONG), "Typed 2 wrong codes; the call is up.");
  assert.equal(headlineOf(...WRONG, ...WRONG, ...CRM), "Typed 2 wrong codes; the call is up.");
  assert.equal(
    headlineOf(...WRONG, ...RIGHT, ...CRM),
    "Typed a wrong code, then the right one; the call is up.",
  );
});

test("wrong codes behind a right one are not said to be before it", () => {
  assert.equal(headlineOf(...RIGHT, ...WRONG), "Typed a wrong code; the call is up.");
});
