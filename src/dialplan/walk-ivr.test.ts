import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { e164 } from "../../test/support/e164.ts";
import { brief, replied, walkPlan } from "../../test/support/walk.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import { describeFailure, type Failure } from "../webhook/reasons.ts";
import { readReply } from "../webhook/reply/read-reply.ts";
import type { CallFacts } from "./call-facts.ts";
import { compile } from "./compile.ts";
import type { WebhookIvr } from "./directory.ts";
import type { WalkDirectory } from "./frames.ts";
import type { CollectEnd, Outcome, WebhookResult } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { resume } from "./walk.ts";
import { MAX_TAKEN, type Turn } from "./walk-state.ts";

// The webhook step that asks for a code: what it asks of the shell, outcome by outcome (webhook.md, IVR).

const IVR: WebhookIvr = {
  timeoutMs: 10_000,
  attempts: 3,
  codeLength: undefined,
  startMessage: "enter",
  incorrectMessage: "wrong",
  timeoutMessage: "late",
};

function directoryWith(ivr: Partial<WebhookIvr>): WalkDirectory {
  return {
    home: { country: "NL" },
    security: { dialCountries: ["NL"] },
    phones: new Map(["215", "216"].map((extension) => [extension, { name: "" }])),
    plans: new Map(),
    groups: new Map(),
    audioMessages: new Map(["enter", "wrong", "late"].map((message) => [message, {}])),
    webhooks: new Map([
      ["VIP", { callerIdForwarding: "called" as const, ivr: { ...IVR, ...ivr } }],
      ["CRM", { callerIdForwarding: "caller" as const, ivr: undefined }],
    ]),
  };
}
const DIRECTORY = directoryWith({});

const FACTS: CallFacts = {
  callId: "call-1",
  did: e164("+31501234567"),
  caller: { kind: "external", number: e164("+31201234567") },
  callerName: cleanDisplayName("Jan"),
};

const phone = (extension: string): unknown => ({ type: "phone", phone: extension });
const hook = (webhook: string, success: readonly unknown[], failed: readonly unknown[]): unknown => ({
  type: "webhook",
  webhook,
  success,
  failed,
});

function planOf(steps: readonly unknown[]): Plan {
  const plan = compile({ name: "vip", steps }, DIRECTORY);
  assert.ok(plan.ok, plan.ok ? "" : JSON.stringify(plan.error));
  return plan.value;
}

/** 215 rings where the code is good, 216 where it is not. */
const VIP = planOf([hook("VIP", [phone("215")], [phone("216")])]);

function walk(
  plan: Plan,
  outcomes: readonly Outcome[],
  directory: WalkDirectory = DIRECTORY,
): [Turn, ...Turn[]] {
  return walkPlan(plan, outcomes, FACTS, directory);
}

const commands = (turns: readonly Turn[]): string[] => turns.map((turn) => brief(turn.command));
const texts = (turns: readonly Turn[]): string[] =>
  turns.flatMap((turn) => turn.trace.map((entry) => `${entry.step} ${entry.text}`));

const typed = (digits: string, ended: CollectEnd = "hash"): Outcome => ({ type: "collected", digits, ended });
const nothing: Outcome = { type: "collected", digits: "", ended: "timeout" };
const played: Outcome = { type: "played" };
const unheard: Outcome = { type: "mediaFailed", reason: "The caller's phone offers no sound." };
const hungUp: Outcome = { type: "callerHungUp" };
const ack = replied({});
const nak = replied({ verdict: "nak", reason: "The receiver answered NAK: the input is not good." });
const fault = replied({ verdict: "error", reason: "The receiver answered ERR: something went wrong there." });

describe("attempts", () => {
  const rows: readonly (readonly [
    name: string,
    ivr: Partial<WebhookIvr>,
    outcomes: readonly Outcome[],
    expected: readonly string[],
  ])[] = [
    ["the right code", {}, [typed("1234"), ack], ["collect 1 enter", "request 1 VIP 1234", "ring 1.1.1 215"]],
    [
      "a wrong code, then the right one",
      {},
      [typed("1111"), nak, typed("1234"), ack],
      ["collect 1 enter", "request 1 VIP 1111", "collect 1 wrong", "request 1 VIP 1234", "ring 1.1.1 215"],
    ],
    [
      "no code, then the right one: no request for the first",
      {},
      [nothing, typed("1234"), ack],
      ["collect 1 enter", "collect 1 late", "request 1 VIP 1234", "ring 1.1.1 215"],
    ],
    [
      "wrong to the last: its message is played, then the failed branch",
      {},
      [typed("1"), nak, typed("2"), nak, typed("3"), nak, played],
      [
        "collect 1 enter",
        "request 1 VIP 1",
        "collect 1 wrong",
        "request 1 VIP 2",
        "collect 1 wrong",
        "request 1 VIP 3",
        "play 1 wrong",
        "ring 1.2.1 216",
      ],
    ],
    [
      "nothing to the last",
      {},
      [nothing, nothing, nothing, played],
      ["collect 1 enter", "collect 1 late", "collect 1 late", "play 1 late", "ring 1.2.1 216"],
    ],
    [
      "wrong codes and silence count alike",
      {},
      [typed("1"), nak, nothing, typed("3"), nak, played],
      [
        "collect 1 enter",
        "request 1 VIP 1",
        "collect 1 wrong",
        "collect 1 late",
        "request 1 VIP 3",
        "play 1 wrong",
        "ring 1.2.1 216",
      ],
    ],
    [
      "digits when the time was up are a code",
      {},
      [typed("12", "timeout"), ack],
      ["collect 1 enter", "request 1 VIP 12", "ring 1.1.1 215"],
    ],
    [
      "a single attempt",
      { attempts: 1 },
      [typed("1"), nak, played],
      ["collect 1 enter", "request 1 VIP 1", "play 1 wrong", "ring 1.2.1 216"],
    ],
    [
      "ERR fails at once, and plays nothing",
      {},
      [typed("1"), fault],
      ["collect 1 enter", "request 1 VIP 1", "ring 1.2.1 216"],
    ],
    [
      "ERR at the last attempt plays nothing either",
      { attempts: 2 },
      [nothing, typed("1"), fault],
      ["collect 1 enter", "collect 1 late", "request 1 VIP 1", "ring 1.2.1 216"],
    ],
    [
      "without an incorrect message the start message is repeated, and nothing is played at the end",
      { incorrectMessage: undefined, attempts: 2 },
      [typed("1"), nak, typed("2"), nak],
      ["collect 1 enter", "request 1 VIP 1", "collect 1 enter", "request 1 VIP 2", "ring 1.2.1 216"],
    ],
    [
      "without a timeout message likewise",
      { timeoutMessage: undefined, attempts: 2 },
      [nothing, nothing],
      ["collect 1 enter", "collect 1 enter", "ring 1.2.1 216"],
    ],
    [
      "without a start message",
      { startMessage: undefined, attempts: 2 },
      [typed("1"), nak, nothing, played],
      ["collect 1 -", "request 1 VIP 1", "collect 1 wrong", "play 1 late", "ring 1.2.1 216"],
    ],
    [
      "without any message",
      { startMessage: undefined, incorrectMessage: undefined, timeoutMessage: undefined, attempts: 2 },
      [typed("1"), nak, nothing],
      ["collect 1 -", "request 1 VIP 1", "collect 1 -", "ring 1.2.1 216"],
    ],
    ["the caller cannot be answered", {}, [unheard], ["collect 1 enter", "ring 1.2.1 216"]],
    [
      "the sound is lost at the second attempt",
      {},
      [typed("1"), nak, unheard],
      ["collect 1 enter", "request 1 VIP 1", "collect 1 wrong", "ring 1.2.1 216"],
    ],
    [
      "the last message cannot be played",
      { attempts: 1 },
      [nothing, unheard],
      ["collect 1 enter", "play 1 late", "ring 1.2.1 216"],
    ],
    ["the caller hangs up at the message", {}, [hungUp], ["collect 1 enter", "hangUp 487"]],
    [
      "the caller hangs up during the request",
      {},
      [typed("1"), hungUp],
      ["collect 1 enter", "request 1 VIP 1", "hangUp 487"],
    ],
    [
      "the caller hangs up at the second attempt",
      {},
      [nothing, hungUp],
      ["collect 1 enter", "collect 1 late", "hangUp 487"],
    ],
    [
      "the caller hangs up at the last message",
      { attempts: 1 },
      [nothing, hungUp],
      ["collect 1 enter", "play 1 late", "hangUp 487"],
    ],
  ];
  for (const [name, ivr, outcomes, expected] of rows) {
    test(name, () => assert.deepEqual(commands(walk(VIP, outcomes, directoryWith(ivr))), expected));
  }
});

// The reply table of webhook.md, row by row, from the bytes of the reply to what the plan does next.
describe("the reply table with IVR on", () => {
  const rows: readonly (readonly [
    reply: string,
    then: "success" | "again" | "failed",
    destination?: string,
    callerName?: string,
    status?: number,
  ])[] = [
    ["status=ACK", "success"],
    ["status=ACK\r\n", "success"],
    ["Status=ack", "success"],
    ["status=ACK&destination=%2B31502102544", "success", "+31502102544"],
    ["status=ACK&destination=215", "success", "215"],
    ["callername=X&status=ACK", "success", "", "X"],
    ["status=ACK&callername=Jan Jansen VoIPGRID", "success", "", "Jan Jansen VoIPGRID"],
    ["status=ACK&callername=Jansen+Co&destination=215", "success", "215", "Jansen Co"],
    ["status=ACK&destination=+31502102544", "success", "+31502102544"],
    ['{"status":"ACK","destination":"215"}', "success", "215"],
    ["status=NAK", "again"],
    ["status=NAK", "again", "", "", 400],
    ["status=NAK", "again", "", "", 404],
    ["status=ERR", "failed"],
    ["status=ERR", "failed", "", "", 403],
    ["status=ACK", "failed", "", "", 500],
    ["status=NAK", "failed", "", "", 503],
    ["status=NAK", "failed", "", "", 429],
    ["status=ACK", "failed", "", "", 302],
    ["status=ACK", "failed", "", "", 404],
    ["", "failed"],
    ["destination=215", "failed"],
    ["status=OK", "failed"],
    ["<!doctype html><p>status=ACK</p>", "failed"],
  ];
  for (const [body, then, destination = "", callerName = "", status = 200] of rows) {
    test(`${status} ${JSON.stringify(body)}: ${then}`, () => {
      const read = readReply({ status, body: Buffer.from(body) });
      check(replied({ ...read, status }), then);
      const turn = walk(VIP, [typed("1234"), replied({ ...read, status })]).at(-1);
      assert.deepEqual(turn?.walk.returned, { destination, callerName });
    });
  }

  const host = "crm.example";
  const failures: readonly Failure[] = [
    { code: "deadline", ms: 5_000, phase: "waiting", host },
    { code: "nameNotFound", host },
    { code: "refused", host },
    { code: "connectTimeout", host, ms: 3_000 },
    { code: "certificateExpired", host },
    { code: "tlsFailed", host, detail: "handshake failure" },
    { code: "bodyTooLarge", limit: 65_536 },
    { code: "tooManyRedirects", limit: 3 },
  ];
  for (const failure of failures) {
    test(`no reply, ${failure.code}: failed`, () => {
      check(replied({ verdict: "error", reason: describeFailure(failure), status: undefined }), "failed");
    });
  }

  /** At the first of three attempts, and at the last of them. */
  function check(reply: Outcome, then: "success" | "again" | "failed"): void {
    const first = walk(VIP, [typed("1234"), reply]);
    const last = walk(VIP, [typed("1"), nak, nothing, typed("1234"), reply]);
    const next = { success: "ring 1.1.1 215", again: "collect 1 wrong", failed: "ring 1.2.1 216" }[then];
    assert.equal(commands(first).at(-1), next);
    assert.equal(commands(last).at(-1), then === "again" ? "play 1 wrong" : next);
  }
});

test("the rule of a code", () => {
  const [turn] = walk(VIP, [], directoryWith({ timeoutMs: 7_000, codeLength: 4 }));
  assert.deepEqual(turn.command, {
    type: "collect",
    step: "1",
    message: "enter",
    rule: { keys: "code", timeoutMs: 7_000, interDigitMs: 3_000, length: 4 },
  });
});

test("the code is passed to the request, and to the next webhook it is not", () => {
  const plan = planOf([hook("VIP", [hook("CRM", [], [])], [])]);
  const codes = walk(plan, [typed("0070"), ack]).flatMap(({ command }) =>
    command.type === "request" ? [`${command.webhook} ${command.values.code}`] : [],
  );
  assert.deepEqual(codes, ["VIP 0070", "CRM "]);
});

test("each webhook of a chain counts its own attempts", () => {
  const plan = planOf([hook("VIP", [hook("VIP", [phone("215")], [phone("216")])], [])]);
  const turns = walk(plan, [nothing, nothing, typed("1"), ack, nothing, typed("2"), nak, nothing, played]);
  assert.deepEqual(commands(turns).slice(3), [
    "request 1 VIP 1",
    "collect 1.1.1 enter",
    "collect 1.1.1 late",
    "request 1.1.1 VIP 2",
    "collect 1.1.1 wrong",
    "play 1.1.1 late",
    "ring 1.1.1.2.1 216",
  ]);
  assert.deepEqual(
    turns.map((turn) => (turn.walk.own as { readonly attempt?: number }).attempt),
    [1, 2, 3, 3, 1, 2, 2, 3, 3, undefined],
  );
});

test("what a refused attempt returned is there when it was the last, and gone when it was not", () => {
  const plan = planOf([hook("VIP", [], [{ type: "variableDestination" }, phone("216")])]);
  const nakWith = replied({ verdict: "nak", destination: "215" });
  const two = directoryWith({ attempts: 2 });
  assert.equal(commands(walk(plan, [nothing, typed("1"), nakWith, played], two)).at(-1), "ring 1.2.1 215");
  assert.equal(commands(walk(plan, [typed("1"), nakWith, nothing, played], two)).at(-1), "ring 1.2.2 216");
});

test("caller ID forwarding of the webhook holds in both branches, also when no code could be asked for", () => {
  for (const outcomes of [[typed("1"), ack], [typed("1"), fault], [unheard]]) {
    const command = walk(VIP, outcomes).at(-1)?.command;
    assert.equal(command?.type === "ring" && command.callerIdForwarding, "called");
  }
});

test("the trace tells every attempt, in words", () => {
  const two = directoryWith({ attempts: 2 });
  assert.deepEqual(texts(walk(VIP, [typed("8642"), nak, nothing, played], two)), [
    '1 Asks for a code, attempt 1 of 2: plays "enter", then waits for digits, at most 10 s.',
    '1 The caller typed 4 digits, ended by #. Asks the webhook "VIP".',
    "1 The code is not accepted (attempt 1 of 2), after 12 ms: The receiver answered NAK: the input is not good.",
    '1 Asks for a code, attempt 2 of 2: plays "wrong", then waits for digits, at most 10 s.',
    "1 No code was typed within 10 s (attempt 2 of 2).",
    '1 That was the last attempt: plays "late", then the failed branch.',
    "1 The message was played: failed.",
    '1.2.1 Rings 216 for 20 s, showing "Jan" and the called number.',
  ]);
  const [, turn] = walk(VIP, [typed("8642")]);
  assert.deepEqual(turn?.trace[0]?.args, { webhook: "VIP", digitCount: 4, ended: "hash", attempt: 1 });
});

test("the trace says how a code ended, and why there is none", () => {
  const said = (outcomes: readonly Outcome[], ivr: Partial<WebhookIvr> = {}): string =>
    texts(walk(VIP, outcomes, directoryWith(ivr)).slice(1)).join(" | ");
  assert.match(said([typed("7", "silence")]), /^1 The caller typed 1 digit, then nothing for 3 s\. Asks/);
  assert.match(said([typed("7777", "length")]), /^1 The caller typed 4 digits, the whole code\. Asks/);
  assert.match(said([typed("77", "timeout")]), /^1 The caller typed 2 digits, when the time was up\. Asks/);
  assert.match(
    said([unheard]),
    /^1 Failed, because no code could be asked for: The caller's phone offers no sound\. \|/,
  );
  assert.match(
    said([nothing, unheard], { attempts: 1 }),
    /\| 1 Failed, and the message could not be played: The/,
  );
  assert.match(
    said([nothing], { attempts: 1, timeoutMessage: undefined }),
    /\| 1 That was the last attempt: failed\. \| 1\.2\.1 Rings 216/,
  );
  assert.match(
    texts(walk(VIP, [], directoryWith({ startMessage: undefined }))).join(""),
    /attempt 1 of 3: no message is set, then waits for digits, at most 10 s\.$/,
  );
});

test("digits are in no trace and in no walk, only in the request", () => {
  const code = "975318642";
  const warnings = ["The reply has a `status` twice."];
  const refused: Partial<WebhookResult> = { verdict: "nak", warnings, callerName: "Jan", destination: "216" };
  const ends: readonly CollectEnd[] = ["hash", "silence", "length", "timeout"];
  for (const ended of ends) {
    const turns = walk(VIP, [typed(code, ended), replied(refused), typed(code, ended), ack]);
    for (const turn of turns) {
      assert.ok(!JSON.stringify([turn.trace, turn.walk]).includes(code));
      if (turn.command.type !== "request") assert.ok(!JSON.stringify(turn.command).includes(code));
    }
  }
});

test("messages that are gone since the plan was published are left out, with the reason", () => {
  const only = (...names: readonly string[]): WalkDirectory => ({
    ...directoryWith({ attempts: 2 }),
    audioMessages: new Map(names.map((name) => [name, {}])),
  });
  const outcomes = [typed("1"), nak, nothing];
  const turns = walk(VIP, outcomes, only());
  assert.deepEqual(commands(turns), ["collect 1 -", "request 1 VIP 1", "collect 1 -", "ring 1.2.1 216"]);
  assert.deepEqual(
    texts(turns).filter((text) => text.includes("any more")),
    ["enter", "wrong", "enter", "late"].map(
      (name) => `1 There is no audio message "${name}" any more: left out.`,
    ),
  );
  assert.equal(commands(walk(VIP, outcomes.slice(0, 2), only("enter"))).at(-1), "collect 1 enter");
});

test("a webhook that is gone or asks for no code any more lets a code that was asked for end", () => {
  const gone: WalkDirectory = { ...DIRECTORY, webhooks: new Map() };
  const [asked, requested] = walk(VIP, [typed("1")]);
  assert.ok(requested);
  const continued = (turn: Turn, outcome: Outcome): string =>
    brief(resume(VIP, turn.walk, outcome, { directory: gone, now: 0 }).command);
  assert.equal(continued(asked, nothing), "ring 1.2.1 216");
  assert.equal(continued(asked, typed("1")), "request 1 VIP 1");
  assert.equal(continued(requested, nak), "ring 1.2.1 216");
  assert.equal(continued(requested, ack), "ring 1.1.1 215");
});

test("attempts without end, which no configuration allows, are ended", () => {
  const endless = directoryWith({ attempts: Number.MAX_SAFE_INTEGER });
  let [turn]: readonly [Turn, ...Turn[]] = walk(VIP, [], endless);
  for (let count = 0; turn.command.type === "collect"; count += 1) {
    assert.ok(count <= MAX_TAKEN);
    turn = resume(VIP, turn.walk, nothing, { directory: endless, now: 0 });
  }
  assert.ok(turn.command.type === "hangUp");
  const { step, status, why } = turn.command;
  assert.deepEqual(
    [step, status, why.code, why.args],
    [undefined, 480, "plan.tooManySteps", { status: 480, most: 1000 }],
  );
  assert.equal(why.text, "The plan took more than 1000 steps and was ended.");
  assert.equal(turn.walk.waitingFor, "nothing");
});
