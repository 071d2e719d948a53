import assert from "node:assert/strict";
import { test } from "node:test";
import { e164 } from "../../../test/support/e164.ts";
import { brief, walkPlan } from "../../../test/support/walk.ts";
import { NO_NAME } from "../../lib/display-name.ts";
import { wordsOf } from "../../lib/said.ts";
import { compile } from "../compile.ts";
import type { WalkDirectory } from "../frames.ts";
import type { Forward, Outcome, RingResult } from "../outcome.ts";
import type { Turn } from "../walk-state.ts";

const EXTENSIONS = ["215", "216", "217", "218"];
const DIRECTORY: WalkDirectory = {
  home: { country: "NL" },
  security: { dialCountries: ["NL"] },
  phones: new Map(EXTENSIONS.map((extension) => [extension, { name: "" }])),
  groups: new Map([
    ["300", { name: "All", members: ["215", "216", "217"], strategy: "all" as const }],
    ["301", { name: "Order", members: ["215", "216", "217"], strategy: "inOrder" as const }],
    ["302", { name: "Empty", members: ["219"], strategy: "inOrder" as const }],
  ]),
  plans: new Map(),
  audioMessages: new Map(),
  webhooks: new Map(),
};
const FACTS = {
  callId: "1",
  did: e164("+31501234567"),
  caller: { kind: "anonymous" },
  callerName: NO_NAME,
} as const;

const phone = { type: "phone", phone: "218", ringSeconds: 10 };
const all = { type: "group", group: "300", ringSeconds: 10 };
const inOrder = { type: "group", group: "301", ringSeconds: 10 };

function forwarded(by: string, to: readonly string[], change: Partial<Forward> = {}): Outcome {
  return { type: "forwarded", forward: { by, to, redirections: 0, ringing: [], ...change } };
}

const rang = (result: RingResult): Outcome => ({ type: "rang", result, status: 0, detail: "" });

function walk(step: unknown, ...outcomes: readonly Outcome[]): readonly Turn[] {
  const plan = compile({ name: "main", steps: [step] }, DIRECTORY);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return walkPlan(plan.value, outcomes, FACTS, DIRECTORY);
}

const commands = (turns: readonly Turn[]): readonly string[] => turns.map(({ command }) => brief(command));
const told = (turns: readonly Turn[]): string =>
  turns
    .at(-1)
    ?.trace.map(({ text }) => text)
    .join(" ") ?? "";

test("to a phone, to outside: it rings in the place of whoever forwards", () => {
  const turns = walk(phone, forwarded("218", ["215"]));
  assert.deepEqual(commands(turns), ["ring 1 218", "follow 1 215"]);
  assert.equal(told(turns), "218 sends the call on: rings 215.");
  assert.deepEqual(commands(walk(phone, forwarded("218", ["0201234567", "216"]))), [
    "ring 1 218",
    "follow 1 +31201234567 216",
  ]);
  const answered = walk(phone, forwarded("218", ["215"]), rang("answered"));
  assert.equal(told(answered), "215 answered: connected.");
});

test("to a group that rings all at once: all of it", () => {
  assert.deepEqual(commands(walk(phone, forwarded("218", ["300"]))).at(-1), "follow 1 215 216 217");
});

test("to a group that rings in order: the first, and then one after the other", () => {
  const turns = walk(phone, forwarded("218", ["301"]), rang("busy"), rang("timeout"), rang("timeout"));
  assert.deepEqual(commands(turns), ["ring 1 218", "follow 1 215", "ring 1 216", "ring 1 217", "hangUp 480"]);
  assert.equal(turns[1]?.trace[0]?.text, "218 sends the call on: rings 215, then in order 216, 217.");
});

test("whoever rings in order after a forward is as many forwards away: a chain of them goes on being one", () => {
  const turns = walk(
    phone,
    forwarded("218", ["301"], { redirections: 2 }),
    rang("busy"),
    forwarded("216", ["301"], { redirections: 3 }),
    rang("busy"),
    rang("busy"),
  );
  assert.deepEqual(commands(turns), [
    "ring 1 218",
    "follow 1 215",
    "ring 1 216",
    "follow 1 215",
    "ring 1 217",
    "hangUp 486",
  ]);
  const redirections = turns.flatMap(({ command }) =>
    command.type === "ring" ? [command.redirections] : [],
  );
  assert.deepEqual(redirections, [0, 3, 4]);
});

test("a member of a group in order forwards to a later one: that one rings now, and once", () => {
  const turns = walk(inOrder, forwarded("215", ["217"]), rang("busy"), rang("busy"));
  assert.deepEqual(commands(turns), ["ring 1 215", "follow 1 217", "ring 1 216", "hangUp 486"]);
});

test("a member of a group in order forwards outside: the others come after", () => {
  const turns = walk(inOrder, forwarded("215", ["0201234567"]), rang("timeout"));
  assert.deepEqual(commands(turns), ["ring 1 215", "follow 1 +31201234567", "ring 1 216"]);
});

test("a phone that rings already is not rung again", () => {
  const turns = walk(all, forwarded("215", ["216"], { ringing: ["216", "217"] }));
  assert.deepEqual(commands(turns), ["ring 1 215 216 217", "follow 1 "]);
  assert.match(
    told(turns),
    /^215 sends the call on to "216", where nobody can ring who does not ring already\.$/,
  );
});

test("nor is an outside number that rings already", () => {
  const turns = walk(all, forwarded("215", ["0201234567"], { ringing: ["216", "+31201234567"] }));
  assert.deepEqual(commands(turns), ["ring 1 215 216 217", "follow 1 "]);
  assert.match(told(turns), /nobody can ring who does not ring already\.$/);
});

test("whom a phone names twice, by itself or by its group, rings once", () => {
  const rows = [
    [["216", "216"], "follow 1 216"],
    [["0201234567", "+31201234567"], "follow 1 +31201234567"],
    [["300", "216"], "follow 1 215 216 217"],
  ] as const;
  for (const [to, followed] of rows) {
    assert.equal(commands(walk(phone, forwarded("218", to))).at(-1), followed);
  }
});

test("a member forwards to its own group: the others ring, and not itself", () => {
  assert.deepEqual(
    commands(walk(all, forwarded("215", ["301"], { ringing: ["217"] }))).at(-1),
    "follow 1 216",
  );
  assert.deepEqual(commands(walk(inOrder, forwarded("215", ["301"]), rang("busy"), rang("busy"))), [
    "ring 1 215",
    "follow 1 216",
    "ring 1 217",
    "hangUp 486",
  ]);
});

test("a phone whose other contact still rings stays in the account", () => {
  const turns = walk(phone, forwarded("218", ["215"], { ringing: ["218"] }), rang("timeout"));
  assert.match(told(turns), /^218, 215 did not answer within 10 s\./);
});

test("what is not followed is told, with why", () => {
  const rows: readonly [unknown, Outcome, RegExp][] = [
    [{ ...all, ignoreForwarding: true }, forwarded("215", ["216"]), /the group ignores forwarding\.$/],
    [phone, forwarded("218", ["215"], { redirections: 5 }), /redirected too often, 5 times already\.$/],
    [phone, forwarded("218", []), /does not say where to\.$/],
    [phone, forwarded("218", ["0900123456"]), /"0900123456", which is not followed: .*premium/],
    [phone, forwarded("218", ["112"]), /emergency number/],
    [phone, forwarded("218", ["302"]), /nobody can ring/],
  ];
  for (const [step, outcome, sentence] of rows) {
    const turn = walk(step, outcome).at(-1);
    assert.ok(turn?.command.type === "follow");
    assert.deepEqual(turn.command.targets, []);
    assert.match(wordsOf(turn.command.why), sentence);
    assert.equal(turn.walk.waitingFor, "rang", "what rings goes on ringing");
  }
});
