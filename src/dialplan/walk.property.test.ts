import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { e164 } from "../../test/support/e164.ts";
import { cleanDisplayName, NO_NAME } from "../lib/display-name.ts";
import type { CallFacts } from "./call-facts.ts";
import { compile } from "./compile.ts";
import type { WebhookIvr } from "./directory.ts";
import type { WalkDirectory } from "./frames.ts";
import type { CollectEnd, Outcome, RingResult } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { begin, resume } from "./walk.ts";
import { MAX_TAKEN, type Turn } from "./walk-state.ts";

function ivr(
  startMessage: string | undefined,
  incorrectMessage: string | undefined,
  timeoutMessage: string | undefined,
  attempts: number,
): WebhookIvr {
  const messages = { startMessage, incorrectMessage, timeoutMessage };
  return { timeoutMs: 10_000, attempts, codeLength: undefined, ...messages };
}

const DIRECTORY: WalkDirectory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map(["215", "216", "217"].map((extension) => [extension, { name: `Phone ${extension}` }])),
  groups: new Map([
    ["300", { name: "All", members: ["215", "216", "gone"], strategy: "all" as const }],
    ["301", { name: "In order", members: ["215", "gone", "217"], strategy: "inOrder" as const }],
    ["302", { name: "Empty", members: [], strategy: "all" as const }],
  ]),
  plans: new Map(),
  audioMessages: new Map([
    ["enter", {}],
    ["wrong", {}],
  ]),
  webhooks: new Map([
    ["A", { callerIdForwarding: "called" as const, ivr: undefined }],
    ["B", { callerIdForwarding: "suppressed" as const, ivr: undefined }],
    ["PIN", { callerIdForwarding: "caller" as const, ivr: ivr("enter", "wrong", undefined, 3) }],
    ["quiet", { callerIdForwarding: "caller" as const, ivr: ivr(undefined, undefined, undefined, 10) }],
    ["broken", { callerIdForwarding: "caller" as const, ivr: ivr("gone", "enter", "gone", 1) }],
  ]),
};

const ringing = fc.oneof(
  fc.record({ type: fc.constant("phone"), phone: fc.constantFrom("215", "216") }),
  fc.record({ type: fc.constant("group"), group: fc.constantFrom("300", "301", "302") }),
  fc.record({ type: fc.constant("fixedDestination"), number: fc.constantFrom("+31201234567", "0612345678") }),
  fc.record({
    type: fc.constant("callerName"),
    mode: fc.constantFrom("prepend", "replace"),
    text: fc.constantFrom("VIP ", "x"),
  }),
  fc.record({ type: fc.constant("audio"), message: fc.constantFrom("enter", "wrong") }),
);
const underWebhook = fc.oneof(
  { weight: 3, arbitrary: ringing },
  { weight: 1, arbitrary: fc.constant({ type: "variableDestination" }) },
  { weight: 1, arbitrary: fc.constant({ type: "callerName", mode: "webhook" }) },
);
const hangUp = fc.record({
  type: fc.constant("hangUp"),
  as: fc.constantFrom("busy", "rejected", "notFound", "normal"),
});

const { steps } = fc.letrec<{ branch: unknown[]; last: unknown[]; steps: unknown[] }>((tie) => ({
  last: fc.oneof(
    { depthSize: "small", maxDepth: 5 },
    fc.constant<unknown[]>([]),
    hangUp.map((step) => [step]),
    fc
      .record({
        type: fc.constant("webhook"),
        webhook: fc.constantFrom("A", "B", "PIN", "quiet", "broken"),
        success: tie("branch"),
        failed: tie("branch"),
      })
      .map((step) => [step]),
  ),
  branch: fc.tuple(fc.array(underWebhook, { maxLength: 4 }), tie("last")).map((parts) => parts.flat()),
  steps: fc
    .tuple(fc.array(ringing, { maxLength: 4 }), tie("last"))
    .map((parts) => parts.flat())
    .filter((all) => all.length > 0),
}));

const text = fc.oneof(
  fc.constantFrom("215", "300", "301", "302", "+31201234567", "+881612345678", "112", "sip:x@y", ""),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const facts: fc.Arbitrary<CallFacts> = fc.record(
  {
    callId: fc.constant("c"),
    did: fc.constant(e164("+31501234567")),
    caller: fc.constantFrom(
      { kind: "external" as const, number: e164("+31201234567") },
      { kind: "internal" as const, extension: "216" },
      { kind: "other" as const, id: cleanDisplayName("ACME") },
      { kind: "anonymous" as const },
    ),
    callerName: text.map(cleanDisplayName),
  },
  { noNullPrototype: true },
);

/** What the shell might answer to any command; which part is used depends on the command. */
const answer = fc.record({
  hangsUp: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
  result: fc.constantFrom<RingResult>(
    "answered",
    "timeout",
    "timeout",
    "busy",
    "rejected",
    "unavailable",
    "failed",
  ),
  verdict: fc.constantFrom("ack" as const, "ack" as const, "nak" as const, "error" as const),
  destination: fc.option(text, { nil: undefined }),
  callerName: fc.option(text, { nil: undefined }),
  mediaFails: fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0),
  /** Long enough to be found wherever it appears; empty: nothing was typed in time. */
  code: fc.constantFrom("", "", "864209753", "7".repeat(32)),
  ended: fc.constantFrom<CollectEnd>("hash", "silence", "length", "timeout"),
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function outcomeOf({ command }: Turn, answered: Answer): Outcome {
  const { hangsUp, result, verdict, destination, callerName, mediaFails, code, ended } = answered;
  if (hangsUp) return { type: "callerHungUp" };
  if (command.type === "ring") return { type: "rang", result, status: 0, detail: "" };
  if (command.type === "play" || command.type === "collect") {
    if (mediaFails) return { type: "mediaFailed", reason: "The caller's phone offers no sound." };
    if (command.type === "play") return { type: "played" };
    return { type: "collected", digits: code, ended: code === "" ? "timeout" : ended };
  }
  const rest = {
    failure: undefined,
    args: {},
    reason: "",
    warnings: [],
    status: 200,
    url: "",
    elapsedMs: 1,
    excerpt: "",
  };
  return { type: "replied", result: { verdict, destination, callerName, ...rest } };
}

function compiled(all: readonly unknown[]): Plan {
  const plan = compile({ name: "random", steps: all }, DIRECTORY);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

/** Walks until the end; `answers` are used in a circle. Gives all turns. */
function walkAll(plan: Plan, call: CallFacts, answers: readonly Answer[], copy: <T>(value: T) => T): Turn[] {
  let turn = begin(copy(plan), call, { directory: DIRECTORY, now: 0 });
  const turns = [turn];
  while (turn.command.type !== "hangUp" && turn.command.type !== "connected") {
    const given = answers[(turns.length - 1) % answers.length];
    assert.ok(given);
    turn = resume(copy(plan), copy(turn.walk), outcomeOf(turn, given), { directory: DIRECTORY, now: 0 });
    turns.push(turn);
    assert.ok(turns.length <= MAX_TAKEN + 1, "a walk always ends");
  }
  return turns;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

const runs = fc.tuple(steps, facts, fc.array(answer, { minLength: 1, maxLength: 40 }));

test("a walk always ends, and what it says is well formed", () => {
  fc.assert(
    fc.property(runs, ([all, call, answers]) => {
      const turns = walkAll(compiled(all), call, answers, (value) => value);
      const end = turns.at(-1);
      assert.ok(end?.command.type === "hangUp" || end?.command.type === "connected");
      assert.equal(end.walk.waitingFor, "nothing");
      for (const turn of turns) {
        assert.ok(turn.trace.length > 0, "every turn is explained");
        for (const entry of turn.trace) {
          assert.doesNotMatch(entry.text, /[\p{Cc}\u202a-\u202e]/u);
          assert.doesNotMatch(JSON.stringify(entry), /864209753|7777777/, "a code is never told");
        }
        assert.doesNotMatch(JSON.stringify(turn.walk), /864209753|7777777/, "a code is never kept");
        if (turn.command.type === "play") assert.ok(DIRECTORY.audioMessages.has(turn.command.message));
        if (turn.command.type === "collect") {
          const { message } = turn.command;
          assert.ok(message === undefined || DIRECTORY.audioMessages.has(message));
          const { attempt } = turn.walk.own as { readonly attempt: number };
          assert.ok(attempt >= 1 && attempt <= 10);
        }
        if (turn.command.type === "ring") {
          assert.ok(turn.command.targets.length > 0);
          assert.doesNotMatch(turn.command.callerName, /\p{Cc}/u);
          for (const target of turn.command.targets) {
            if (target.kind === "phone") assert.ok(DIRECTORY.phones.has(target.extension));
            else assert.match(target.number, /^\+31\d{9}$/);
          }
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("begin and resume are pure: frozen input, the same output twice", () => {
  fc.assert(
    fc.property(runs, ([all, call, answers]) => {
      const plan = deepFreeze(compiled(all));
      const once = walkAll(plan, deepFreeze(call), answers, deepFreeze);
      assert.deepEqual(walkAll(plan, call, answers, deepFreeze), once);
    }),
    { numRuns: 500 },
  );
});

test("a plan and a walk survive JSON and structured clone at every turn", () => {
  const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  fc.assert(
    fc.property(runs, ([all, call, answers]) => {
      const plan = compiled(all);
      const straight = walkAll(plan, call, answers, (value) => value);
      assert.deepEqual(walkAll(plan, call, answers, structuredClone), straight);
      assert.deepEqual(walkAll(plan, call, answers, json), straight);
    }),
    { numRuns: 500 },
  );
});

test("even a plan that goes in circles, which compile never makes, is ended", () => {
  const circle: Plan = {
    name: "circle",
    version: 1,
    steps: [
      { type: "callerName", number: "1", next: 1, mode: "prepend", text: "x" },
      { type: "phone", number: "2", next: 0, phone: "215", ringMs: 1_000 },
    ],
  };
  const call: CallFacts = {
    callId: "c",
    did: e164("+31501234567"),
    caller: { kind: "anonymous" },
    callerName: NO_NAME,
  };
  const timeout: Answer = {
    hangsUp: false,
    result: "timeout",
    verdict: "ack",
    destination: undefined,
    callerName: undefined,
    mediaFails: false,
    code: "",
    ended: "timeout",
  };
  const turns = walkAll(circle, call, [timeout], (value) => value);
  const end = turns.at(-1);
  assert.ok(end?.command.type === "hangUp");
  assert.equal(end.command.status, 480);
  assert.equal(end.command.why.text, "The plan took more than 1000 steps and was ended.");
});
