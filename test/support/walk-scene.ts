import assert from "node:assert/strict";
import type { CallFacts } from "../../src/dialplan/call-facts.ts";
import { compile } from "../../src/dialplan/compile.ts";
import type { WalkDirectory } from "../../src/dialplan/frames.ts";
import type { Outcome, RingResult } from "../../src/dialplan/outcome.ts";
import type { Plan } from "../../src/dialplan/plan.ts";
import type { Turn } from "../../src/dialplan/walk-state.ts";
import { cleanDisplayName } from "../../src/lib/display-name.ts";
import { e164 } from "./e164.ts";
import { brief, walkPlan } from "./walk.ts";

// A company to walk plans in: what the tests of the walk have in common.

/** Three phones, a group that rings at once and one that rings in order, a message, and a webhook for each setting of the caller ID. */
export const DIRECTORY: WalkDirectory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL", "BE", "DE"] },
  phones: new Map([
    ["215", { name: "Reception" }],
    ["216", { name: "Andrew Garza" }],
    ["217", { name: "" }],
  ]),
  groups: new Map([
    ["300", { name: "Sales", members: ["215", "216"], strategy: "all" as const }],
    ["301", { name: "Support", members: ["215", "216", "217"], strategy: "inOrder" as const }],
  ]),
  plans: new Map(),
  audioMessages: new Map([["welcome", {}]]),
  webhooks: new Map([
    ["CRM", { callerIdForwarding: "caller" as const, ivr: undefined }],
    ["called", { callerIdForwarding: "called" as const, ivr: undefined }],
    ["private", { callerIdForwarding: "suppressed" as const, ivr: undefined }],
  ]),
};

/** A call from outside. */
export const FACTS: CallFacts = {
  callId: "call-1",
  did: e164("+31501234567"),
  caller: { kind: "external", number: e164("+31201234567") },
  callerName: cleanDisplayName("Jan"),
};

/** A step that rings a phone for 10 s. */
export const phone = (extension: string): unknown => ({ type: "phone", phone: extension, ringSeconds: 10 });
/** A webhook step. */
export const hook = (
  webhook: string,
  success: readonly unknown[],
  failed: readonly unknown[] = [],
): unknown => ({
  type: "webhook",
  webhook,
  success,
  failed,
});

/** The plan of these steps; throws where it has problems. */
export function planOf(steps: readonly unknown[]): Plan {
  const plan = compile({ name: "main", steps }, DIRECTORY);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

/** How ringing ended. */
export function rang(result: RingResult, status = 0): Outcome {
  return { type: "rang", result, status, detail: "" };
}

/** Walks a plan with these outcomes; gives every turn. */
export function walk(
  plan: Plan,
  outcomes: readonly Outcome[],
  facts: CallFacts = FACTS,
  directory: WalkDirectory = DIRECTORY,
): [Turn, ...Turn[]] {
  return walkPlan(plan, outcomes, facts, directory);
}

/** The last turn. */
export function last(turns: readonly Turn[]): Turn {
  const turn = turns.at(-1);
  assert.ok(turn);
  return turn;
}

/** Every command, in a few words. */
export const commands = (turns: readonly Turn[]): string[] => turns.map((turn) => brief(turn.command));

/** A step that changes the name. */
export const name = (mode: string, text?: string): unknown =>
  text === undefined ? { type: "callerName", mode } : { type: "callerName", mode, text };
