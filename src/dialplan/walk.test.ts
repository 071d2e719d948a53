import assert from "node:assert/strict";
import { test } from "node:test";
import { replied } from "../../test/support/walk.ts";
import { commands, DIRECTORY, hook, phone, planOf, rang, walk } from "../../test/support/walk-scene.ts";
import type { Outcome } from "./outcome.ts";
import { resume } from "./walk.ts";

// From step to step, outcome by outcome (dialplan.md, Progression at a ringing step).

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
