import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, replied } from "../../test/support/walk.ts";
import { DIRECTORY, FACTS, hook, last, name, phone, planOf, walk } from "../../test/support/walk-scene.ts";
import type { WalkDirectory } from "./frames.ts";
import type { Outcome } from "./outcome.ts";
import type { TraceEntry } from "./trace.ts";

// What a trace says of decisions, and of what has gone since the plan was compiled.

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

test("of those who rang together the one that answered is named", () => {
  const plan = planOf([{ type: "group", group: "300" }]);
  const by = { kind: "phone", extension: "216" } as const;
  const answered: Outcome = { type: "rang", result: "answered", status: 200, detail: "", by };
  assert.equal(last(walk(plan, [answered])).trace[0]?.text, "216 (Andrew Garza) answered: connected.");
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
