import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, replied, walkPlan } from "../../test/support/walk.ts";
import type { Caller, CallFacts } from "./call-facts.ts";
import { compile } from "./compile.ts";
import type { WalkDirectory } from "./frames.ts";
import type { Outcome, RingResult } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import type { TraceEntry } from "./trace.ts";
import { resume } from "./walk.ts";
import type { Turn } from "./walk-state.ts";

const DIRECTORY: WalkDirectory = {
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

const FACTS: CallFacts = {
  callId: "call-1",
  did: "+31501234567",
  caller: { kind: "external", number: "+31201234567" },
  callerName: "Jan",
};

const phone = (extension: string): unknown => ({ type: "phone", phone: extension, ringSeconds: 10 });
const hook = (webhook: string, success: readonly unknown[], failed: readonly unknown[] = []): unknown => ({
  type: "webhook",
  webhook,
  success,
  failed,
});

function planOf(steps: readonly unknown[]): Plan {
  const plan = compile({ name: "main", steps }, DIRECTORY);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

function rang(result: RingResult, status = 0): Outcome {
  return { type: "rang", result, status, detail: "" };
}

/** Walks a plan with these outcomes; gives every turn. */
function walk(
  plan: Plan,
  outcomes: readonly Outcome[],
  facts: CallFacts = FACTS,
  directory: WalkDirectory = DIRECTORY,
): [Turn, ...Turn[]] {
  return walkPlan(plan, outcomes, facts, directory);
}

function last(turns: readonly Turn[]): Turn {
  const turn = turns.at(-1);
  assert.ok(turn);
  return turn;
}

const commands = (turns: readonly Turn[]): string[] => turns.map((turn) => brief(turn.command));

const PROGRESSION: readonly (readonly [
  name: string,
  steps: readonly unknown[],
  outcomes: readonly Outcome[],
  expected: readonly string[],
])[] = [
  [
    "answered: connected, routing ends",
    [phone("215"), phone("216")],
    [rang("answered", 200)],
    ["ring 1 215", "connected 1"],
  ],
  [
    "ring time elapsed: next step",
    [phone("215"), phone("216")],
    [rang("timeout")],
    ["ring 1 215", "ring 2 216"],
  ],
  [
    "not registered: next step at once",
    [phone("215"), phone("216")],
    [rang("unavailable", 480)],
    ["ring 1 215", "ring 2 216"],
  ],
  ["busy: next step", [phone("215"), phone("216")], [rang("busy", 486)], ["ring 1 215", "ring 2 216"]],
  [
    "rejected: next step",
    [phone("215"), phone("216")],
    [rang("rejected", 603)],
    ["ring 1 215", "ring 2 216"],
  ],
  [
    "no route or 5xx: next step",
    [phone("215"), phone("216")],
    [rang("failed", 503)],
    ["ring 1 215", "ring 2 216"],
  ],
  [
    "the end after busy: 486",
    [phone("215"), phone("216")],
    [rang("timeout"), rang("busy", 486)],
    ["ring 1 215", "ring 2 216", "hangUp 486"],
  ],
  [
    "the end after a busy that was not the last: 480",
    [phone("215"), phone("216")],
    [rang("busy", 486), rang("timeout")],
    ["ring 1 215", "ring 2 216", "hangUp 480"],
  ],
  ["the end after not registered: 480", [phone("215")], [rang("unavailable")], ["ring 1 215", "hangUp 480"]],
  ["the end after rejected: 480", [phone("215")], [rang("rejected", 603)], ["ring 1 215", "hangUp 480"]],
  [
    "a busy before a webhook still counts at the end",
    [phone("215"), hook("CRM", [])],
    [rang("busy", 486), replied({})],
    ["ring 1 215", "request 2 CRM", "hangUp 486"],
  ],
  [
    "the caller hangs up while ringing",
    [phone("215"), phone("216")],
    [{ type: "callerHungUp" }],
    ["ring 1 215", "hangUp 487"],
  ],
  [
    "the caller hangs up during a request",
    [hook("CRM", [phone("215")])],
    [{ type: "callerHungUp" }],
    ["request 1 CRM", "hangUp 487"],
  ],
  [
    "a group rings all at once",
    [{ type: "group", group: "300" }],
    [rang("timeout")],
    ["ring 1 215 216", "hangUp 480"],
  ],
  [
    "a group in order rings one after the other",
    [{ type: "group", group: "301" }, phone("215")],
    [rang("timeout"), rang("unavailable"), rang("busy", 486)],
    ["ring 1 215", "ring 1 216", "ring 1 217", "ring 2 215"],
  ],
  [
    "a group in order: the second answers",
    [{ type: "group", group: "301" }],
    [rang("busy", 486), rang("answered", 200)],
    ["ring 1 215", "ring 1 216", "connected 1"],
  ],
  [
    "a group in order: the last outcome is the last member's",
    [{ type: "group", group: "301" }],
    [rang("timeout"), rang("timeout"), rang("busy", 486)],
    ["ring 1 215", "ring 1 216", "ring 1 217", "hangUp 486"],
  ],
  [
    "a group in order: the caller hangs up at the second",
    [{ type: "group", group: "301" }],
    [rang("timeout"), { type: "callerHungUp" }],
    ["ring 1 215", "ring 1 216", "hangUp 487"],
  ],
  [
    "an audio message, then the next step",
    [{ type: "audio", message: "welcome" }, phone("215")],
    [{ type: "played" }],
    ["play 1 welcome", "ring 2 215"],
  ],
  [
    "an audio message that cannot be played: the next step all the same",
    [{ type: "audio", message: "welcome" }, phone("215")],
    [{ type: "mediaFailed", reason: "The caller's phone offers no sound." }],
    ["play 1 welcome", "ring 2 215"],
  ],
  [
    "the caller hangs up during an audio message",
    [{ type: "audio", message: "welcome" }, phone("215")],
    [{ type: "callerHungUp" }],
    ["play 1 welcome", "hangUp 487"],
  ],
  [
    "an audio message after busy does not change how the plan ends",
    [phone("215"), { type: "audio", message: "welcome" }],
    [rang("busy", 486), { type: "played" }],
    ["ring 1 215", "play 2 welcome", "hangUp 486"],
  ],
  ["hang up as busy", [{ type: "hangUp", as: "busy" }], [], ["hangUp 486"]],
  ["hang up as rejected", [{ type: "hangUp", as: "rejected" }], [], ["hangUp 603"]],
  ["hang up as not found", [{ type: "hangUp", as: "notFound" }], [], ["hangUp 404"]],
  [
    "hang up normally",
    [phone("215"), { type: "hangUp", as: "normal" }],
    [rang("busy", 486)],
    ["ring 1 215", "hangUp 480"],
  ],
  [
    "webhook ACK: successful branch",
    [hook("CRM", [phone("215")], [phone("216")])],
    [replied({})],
    ["request 1 CRM", "ring 1.1.1 215"],
  ],
  [
    "webhook NAK: failed branch",
    [hook("CRM", [phone("215")], [phone("216")])],
    [replied({ verdict: "nak" })],
    ["request 1 CRM", "ring 1.2.1 216"],
  ],
  [
    "webhook error: failed branch",
    [hook("CRM", [phone("215")], [phone("216")])],
    [replied({ verdict: "error", status: undefined })],
    ["request 1 CRM", "ring 1.2.1 216"],
  ],
  [
    "an empty branch ends the plan",
    [hook("CRM", [phone("215")])],
    [replied({ verdict: "nak" })],
    ["request 1 CRM", "hangUp 480"],
  ],
  [
    "a webhook under a webhook",
    [hook("CRM", [hook("called", [phone("215")], [phone("216")])])],
    [replied({}), replied({ verdict: "nak" })],
    ["request 1 CRM", "request 1.1.1 called", "ring 1.1.1.2.1 216"],
  ],
  [
    "variable destination: a phone",
    [hook("CRM", [{ type: "variableDestination" }])],
    [replied({ destination: "216" })],
    ["request 1 CRM", "ring 1.1.1 216"],
  ],
  [
    "variable destination: a group at once",
    [hook("CRM", [{ type: "variableDestination" }])],
    [replied({ destination: "300" })],
    ["request 1 CRM", "ring 1.1.1 215 216"],
  ],
  [
    "variable destination: a group in order",
    [hook("CRM", [{ type: "variableDestination" }])],
    [replied({ destination: "301" }), rang("timeout")],
    ["request 1 CRM", "ring 1.1.1 215", "ring 1.1.1 216"],
  ],
  [
    "variable destination: outside",
    [hook("CRM", [{ type: "variableDestination" }])],
    [replied({ destination: "020-1234567" })],
    ["request 1 CRM", "ring 1.1.1 +31201234567"],
  ],
  [
    "variable destination: not answered, the next step",
    [hook("CRM", [{ type: "variableDestination" }, phone("215")])],
    [replied({ destination: "216" }), rang("timeout")],
    ["request 1 CRM", "ring 1.1.1 216", "ring 1.1.2 215"],
  ],
  [
    "variable destination: none returned, skipped",
    [hook("CRM", [{ type: "variableDestination" }, phone("215")])],
    [replied({})],
    ["request 1 CRM", "ring 1.1.2 215"],
  ],
  [
    "variable destination: not allowed, skipped on the successful branch",
    [hook("CRM", [{ type: "variableDestination" }, phone("215")])],
    [replied({ destination: "+881612345678" })],
    ["request 1 CRM", "ring 1.1.2 215"],
  ],
  [
    "variable destination: a URI, skipped",
    [hook("CRM", [{ type: "variableDestination" }])],
    [replied({ destination: "sip:215@evil" })],
    ["request 1 CRM", "hangUp 480"],
  ],
  [
    "variable destination: returned with NAK, used in the failed branch",
    [hook("CRM", [], [{ type: "variableDestination" }])],
    [replied({ verdict: "nak", destination: "216" })],
    ["request 1 CRM", "ring 1.2.1 216"],
  ],
  [
    "variable destination: the nearest webhook's",
    [hook("CRM", [hook("called", [{ type: "variableDestination" }])])],
    [replied({ destination: "215" }), replied({ destination: "216" })],
    ["request 1 CRM", "request 1.1.1 called", "ring 1.1.1.1.1 216"],
  ],
  [
    "variable destination: nothing of an outer webhook is left",
    [hook("CRM", [hook("called", [{ type: "variableDestination" }])])],
    [replied({ destination: "215" }), replied({})],
    ["request 1 CRM", "request 1.1.1 called", "hangUp 480"],
  ],
];
for (const [name, steps, outcomes, expected] of PROGRESSION) {
  test(name, () => assert.deepEqual(commands(walk(planOf(steps), outcomes)), expected));
}

const name = (mode: string, text?: string): unknown =>
  text === undefined ? { type: "callerName", mode } : { type: "callerName", mode, text };
const NAMES: readonly (readonly [
  name: string,
  steps: readonly unknown[],
  returned: string | undefined,
  callerName: string,
  expected: string,
])[] = [
  ["none of the steps: the caller's own name", [], undefined, "Jan", "Jan"],
  ["the caller's name is cleaned", [], undefined, " a\r\nVia: b  c ", "aVia: b c"],
  ["a returned name without a step changes nothing", [], "CRM name", "Jan", "Jan"],
  ["the returned name", [name("webhook")], "CRM name", "Jan", "CRM name"],
  ["the returned name is cleaned again", [name("webhook")], "a\r\nb", "Jan", "ab"],
  ["no name returned: unchanged", [name("webhook")], undefined, "Jan", "Jan"],
  ["webhook, then prepend", [name("webhook"), name("prepend", "VIP ")], "CRM name", "Jan", "VIP CRM name"],
  ["prepend twice", [name("prepend", "B "), name("prepend", "A ")], undefined, "Jan", "A B Jan"],
  ["prepend on an empty name is the text alone", [name("prepend", "VIP ")], undefined, "", "VIP"],
  ["replace", [name("replace", "Shop")], "x", "Jan", "Shop"],
  ["prepend, then the webhook's", [name("prepend", "VIP "), name("webhook")], "CRM name", "Jan", "CRM name"],
  ["at most 64 characters", [name("prepend", "x".repeat(60))], undefined, "abcdef", `${"x".repeat(60)}abcd`],
];
for (const [title, steps, returned, callerName, expected] of NAMES) {
  test(`caller name: ${title}`, () => {
    const turns = walk(planOf([hook("CRM", [...steps, phone("215")])]), [replied({ callerName: returned })], {
      ...FACTS,
      callerName,
    });
    const { command } = last(turns);
    assert.equal(command.type === "ring" && command.callerName, expected);
  });
}

test("the values of a request: numbers as understood, the caller's own name", () => {
  const plan = planOf([hook("CRM", [name("replace", "Shop"), hook("called", [])])]);
  const callers: readonly (readonly [Caller, string])[] = [
    [{ kind: "external", number: "+31201234567" }, "+31201234567"],
    [{ kind: "internal", extension: "216" }, "216"],
    [{ kind: "other", id: "1200" }, "1200"],
    [{ kind: "anonymous" }, ""],
  ];
  for (const [caller, callerid] of callers) {
    const turns = walk(plan, [replied({})], { ...FACTS, caller });
    for (const { command } of turns) {
      assert.ok(command.type === "request");
      assert.deepEqual(command.values, {
        did: "+31501234567",
        callerid,
        callername: "Jan",
        code: "",
        callid: "call-1",
      });
    }
  }
});

test("caller ID forwarding: everything under the webhook, the nearest one, unless a step has its own", () => {
  const forwarding = (steps: readonly unknown[], outcomes: readonly Outcome[]): unknown => {
    const { command } = last(walk(planOf(steps), outcomes));
    return command.type === "ring" && command.callerIdForwarding;
  };
  const outside = { type: "fixedDestination", number: "+31201234567" };
  assert.equal(forwarding([phone("215")], []), "caller");
  assert.equal(forwarding([hook("private", [phone("215")])], [replied({})]), "suppressed");
  assert.equal(
    forwarding([hook("private", [], [phone("215")])], [replied({ verdict: "nak" })]),
    "suppressed",
  );
  assert.equal(
    forwarding([hook("private", [phone("215"), outside])], [replied({}), rang("timeout")]),
    "suppressed",
  );
  assert.equal(
    forwarding([hook("private", [hook("called", [outside])])], [replied({}), replied({})]),
    "called",
  );
  assert.equal(
    forwarding([hook("private", [{ ...outside, callerIdForwarding: "caller" }])], [replied({})]),
    "caller",
  );
});

test("what is gone from the directory since the plan was compiled is skipped, with the reason", () => {
  const plan = planOf([
    phone("215"),
    { type: "group", group: "300" },
    { type: "fixedDestination", number: "+3225550123" },
    hook("CRM", [phone("216")], [{ type: "group", group: "301" }]),
  ]);
  const later: WalkDirectory = {
    ...DIRECTORY,
    security: { dialCountries: ["NL"] },
    phones: new Map([["217", { name: "" }]]),
    groups: new Map([["301", { name: "Support", members: ["215", "217"], strategy: "inOrder" }]]),
    webhooks: new Map(),
  };
  const [turn] = walk(plan, [], FACTS, later);
  assert.equal(brief(turn.command), "ring 4.2.1 217");
  assert.deepEqual(
    turn.trace.map((entry) => [entry.step, entry.text]),
    [
      ["1", "There is no phone 215 any more: skipped."],
      ["2", "There is no group 300 any more: skipped."],
      ["3", 'The destination "+3225550123" is a number of BE; security.dialCountries allows NL. Skipped.'],
      ["4", 'There is no webhook "CRM" any more: failed.'],
      ["4.2.1", "Skips 215: no such phone."],
      ["4.2.1", 'Rings 217 for 20 s, showing "Jan".'],
    ],
  );
  const empty: WalkDirectory = { ...later, phones: new Map() };
  const [ended] = walk(planOf([{ type: "group", group: "301" }]), [], FACTS, empty);
  assert.equal(brief(ended.command), "hangUp 480");
  assert.deepEqual(
    ended.trace.map((entry) => entry.text),
    ["Group 301 (Support) has no phone to ring: skipped.", "The plan ended without ringing anybody."],
  );
});

test("an audio message: what is said, and one that is gone", () => {
  const plan = planOf([{ type: "audio", message: "welcome" }]);
  const told = (outcomes: readonly Outcome[], directory = DIRECTORY): unknown =>
    walk(plan, outcomes, FACTS, directory).flatMap((turn) =>
      turn.trace.map((entry) => `${entry.step} ${entry.label}: ${entry.text}`),
    );
  const end = ' Plan "main": The plan ended without ringing anybody.';
  assert.deepEqual(told([{ type: "played" }]), [
    '1 Audio message "welcome": Plays "welcome" to the caller.',
    '1 Audio message "welcome": Played.',
    end,
  ]);
  assert.deepEqual(told([{ type: "mediaFailed", reason: "no port is free" }]), [
    '1 Audio message "welcome": Plays "welcome" to the caller.',
    '1 Audio message "welcome": The plan goes on without the message, which could not be played: no port is free.',
    end,
  ]);
  assert.deepEqual(told([], { ...DIRECTORY, audioMessages: new Map() }), [
    '1 Audio message "welcome": There is no audio message "welcome" any more: skipped.',
    end,
  ]);
});

test("a smart group, reached by a webhook's destination, rings all at once and says so", () => {
  const smart: WalkDirectory = {
    ...DIRECTORY,
    groups: new Map([["302", { name: "Smart", members: ["215", "216"], strategy: "smart" }]]),
  };
  const plan = planOf([hook("CRM", [{ type: "variableDestination" }])]);
  const turn = last(walk(plan, [replied({ destination: "302" })], FACTS, smart));
  assert.equal(brief(turn.command), "ring 1.1.1 215 216");
  assert.match(turn.trace[2]?.text ?? "", /strategy smart, which is not available yet: all ring at once\.$/);
});

test("the trace tells every decision, in words", () => {
  const plan = planOf([
    hook("private", [
      name("webhook"),
      { type: "variableDestination" },
      { type: "group", group: "300", ringSeconds: 15 },
    ]),
  ]);
  const turns = walk(plan, [
    replied({ destination: "+881 6\u001b[2J", callerName: "Jansen", warnings: ['The reply has "x".'] }),
    { type: "rang", result: "busy", status: 486, detail: "Busy Here" },
  ]);
  const who = "215 (Reception), 216 (Andrew Garza)";
  const account = {
    code: "receiverSaidAck",
    args: { destination: "+881 6\u001b[2J", callerName: "Jansen" },
    text: "The receiver answered status=ACK.",
  };
  const why =
    'The destination "+881 6[2J" is not a number: only digits, a leading + and the usual punctuation are read.';
  const told = ({ step, type, label, code, text, args }: TraceEntry): TraceEntry => ({
    step,
    type,
    label,
    ...(code === undefined ? {} : { code }),
    text,
    ...(args === undefined ? {} : { args }),
  });
  assert.deepEqual(turns.flatMap((turn) => turn.trace).map(told), [
    {
      step: "1",
      type: "webhook",
      label: 'Webhook "private"',
      code: "webhook.asks",
      text: 'Asks the webhook "private".',
      args: { webhook: "private" },
    },
    {
      step: "1",
      type: "webhook",
      label: 'Webhook "private"',
      code: "webhook.successful",
      text: 'Successful after 12 ms: The receiver answered status=ACK. The reply has "x".',
      args: { verdict: "ack", elapsedMs: 12, status: 200, account, warnings: 'The reply has "x".' },
    },
    {
      step: "1.1.1",
      type: "callerName",
      label: "Caller name (webhook)",
      code: "callerName.returned",
      text: 'Takes the name that the webhook returned: the name is "Jansen".',
      args: { text: "Jansen", callerName: "Jansen" },
    },
    {
      step: "1.1.2",
      type: "variableDestination",
      label: "Variable destination",
      code: "variableDestination.returned",
      text: 'The webhook returned the destination "+881 6[2J".',
      args: { destination: '"+881 6[2J"' },
    },
    {
      step: "1.1.2",
      type: "variableDestination",
      label: "Variable destination",
      code: "ring.refused",
      text: `${why} Skipped.`,
      args: { why, refused: "notANumber" },
    },
    {
      step: "1.1.3",
      type: "group",
      label: "Group 300",
      code: "ring.rings",
      text: 'Rings 215 (Reception), 216 (Andrew Garza) for 15 s, as an anonymous caller: the caller ID is suppressed, and so is the name "Jansen".',
      args: {
        who,
        targets: "215 216",
        ringSeconds: 15,
        callerName: "Jansen",
        callerIdForwarding: "suppressed",
      },
    },
    {
      step: "1.1.3",
      type: "group",
      label: "Group 300",
      code: "ring.busy",
      text: "215 (Reception), 216 (Andrew Garza): busy (486).",
      args: { who, status: 486, ringSeconds: 15, detail: "Busy Here" },
    },
    {
      step: "",
      type: "plan",
      label: 'Plan "main"',
      code: "plan.lastWasBusy",
      text: "Nobody answered, and the last to be rung was busy.",
      args: { status: 486 },
    },
  ]);
});

test("resuming a walk that has ended, or with another command's outcome, is a bug", () => {
  const plan = planOf([phone("215")]);
  const [first, end] = walk(plan, [rang("answered")]);
  assert.ok(end);
  assert.throws(
    () => resume(plan, end.walk, { type: "callerHungUp" }, { directory: DIRECTORY, now: 0 }),
    /has ended/,
  );
  assert.throws(
    () => resume(plan, first.walk, replied({}), { directory: DIRECTORY, now: 0 }),
    /waits for "rang"/,
  );
  const lost: Outcome = { type: "mediaFailed", reason: "No port is free." };
  assert.throws(
    () => resume(plan, first.walk, lost, { directory: DIRECTORY, now: 0 }),
    /waits for "rang", not for "mediaFailed"/,
  );
  const collected: Outcome = { type: "collected", digits: "1", ended: "hash" };
  const audio = planOf([{ type: "audio", message: "welcome" }]);
  assert.throws(
    () => resume(audio, walk(audio, [])[0].walk, collected, { directory: DIRECTORY, now: 0 }),
    /waits for "played"/,
  );
});
