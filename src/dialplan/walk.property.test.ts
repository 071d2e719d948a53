import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { CallFacts } from "./call-facts.ts";
import { compile } from "./compile.ts";
import type { Directory } from "./directory.ts";
import type { Outcome, RingResult } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { begin, resume } from "./walk.ts";
import { MAX_TAKEN, type Turn } from "./walk-state.ts";

const DIRECTORY: Directory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map(["215", "216", "217"].map((extension) => [extension, { name: `Phone ${extension}` }])),
  groups: new Map([
    ["300", { name: "All", members: ["215", "216", "gone"], strategy: "all" as const }],
    ["301", { name: "In order", members: ["215", "gone", "217"], strategy: "inOrder" as const }],
    ["302", { name: "Empty", members: [], strategy: "all" as const }],
  ]),
  audioMessages: new Map(),
  webhooks: new Map([
    ["A", { callerIdForwarding: "called" as const, ivr: undefined }],
    ["B", { callerIdForwarding: "suppressed" as const, ivr: undefined }],
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
        webhook: fc.constantFrom("A", "B"),
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
    did: fc.constant("+31501234567"),
    caller: fc.constantFrom(
      { kind: "external" as const, number: "+31201234567" },
      { kind: "internal" as const, extension: "216" },
      { kind: "anonymous" as const },
    ),
    callerName: text,
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
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function outcomeOf(turn: Turn, { hangsUp, result, verdict, destination, callerName }: Answer): Outcome {
  if (hangsUp) return { type: "callerHungUp" };
  if (turn.command.type === "ring") return { type: "rang", result, status: 0, detail: "" };
  const rest = { reason: "", warnings: [], status: 200, url: "", elapsedMs: 1, excerpt: "" };
  return { type: "replied", result: { verdict, destination, callerName, ...rest } };
}

function compiled(all: readonly unknown[]): Plan {
  const plan = compile({ name: "random", steps: all }, DIRECTORY);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

/** Walks until the end; `answers` are used in a circle. Gives all turns. */
function walkAll(plan: Plan, call: CallFacts, answers: readonly Answer[], copy: <T>(value: T) => T): Turn[] {
  let turn = begin(copy(plan), call, DIRECTORY);
  const turns = [turn];
  while (turn.command.type === "ring" || turn.command.type === "request") {
    const given = answers[(turns.length - 1) % answers.length];
    assert.ok(given);
    turn = resume(copy(plan), copy(turn.walk), outcomeOf(turn, given), DIRECTORY);
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

const runs = fc.tuple(steps, facts, fc.array(answer, { minLength: 1, maxLength: 12 }));

test("a walk always ends, and what it says is well formed", () => {
  fc.assert(
    fc.property(runs, ([all, call, answers]) => {
      const turns = walkAll(compiled(all), call, answers, (value) => value);
      const end = turns.at(-1);
      assert.ok(end?.command.type === "hangUp" || end?.command.type === "connected");
      assert.equal(end.walk.waitingFor, "nothing");
      for (const turn of turns) {
        assert.ok(turn.trace.length > 0, "every turn is explained");
        for (const entry of turn.trace) assert.doesNotMatch(entry.text, /[\p{Cc}\u202a-\u202e]/u);
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
  const call: CallFacts = { callId: "c", did: "+31501234567", caller: { kind: "anonymous" }, callerName: "" };
  const timeout: Answer = {
    hangsUp: false,
    result: "timeout",
    verdict: "ack",
    destination: undefined,
    callerName: undefined,
  };
  const turns = walkAll(circle, call, [timeout], (value) => value);
  const end = turns.at(-1);
  assert.ok(end?.command.type === "hangUp");
  assert.equal(end.command.status, 480);
  assert.equal(end.command.reason, "The plan took more than 1000 steps and was ended.");
});
