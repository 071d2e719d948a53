import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord, StoryEvent } from "./call-record.ts";
import { describeEvent, eventDetails, renderStory, summarise } from "./story.ts";

const routed: CallRecord = {
  kind: "call",
  attempts: 1,
  id: "c0ffee",
  startedAt: Date.UTC(2026, 10, 22, 7, 5, 9),
  answeredAt: Date.UTC(2026, 10, 22, 7, 5, 11),
  endedAt: Date.UTC(2026, 10, 22, 7, 6, 16),
  caller: "+31612345678",
  callerName: "",
  called: "+31201234567",
  origin: "trunk provider",
  plan: "Office",
  result: "completed",
  reason: "",
  missed: false,
  answeredBy: "phone 215",
  story: [
    {
      atMs: 0,
      type: "received",
      source: "udp:192.0.2.7:5060",
      origin: "trunk provider",
      from: "0612345678",
      to: "0201234567",
    },
    {
      atMs: 0.2,
      type: "number",
      received: "0201234567",
      understood: "+31201234567",
      matched: 'plan "Office"',
    },
    { atMs: 0.3, type: "plan", plan: "Office", version: 3 },
    {
      atMs: 0.4,
      type: "step",
      entry: { step: "1", type: "webhook", label: "Webhook CRM", text: "asks who this caller is." },
    },
    { atMs: 0.5, type: "asked", webhook: "CRM", url: "" },
    {
      atMs: 12.44,
      type: "replied",
      webhook: "CRM",
      url: "http://crm.example/route?callerid=%2B31612345678",
      verdict: "ack",
      status: 200,
      elapsedMs: 11.9,
      reason: 'Success, with the name "VoysPartners".',
      warnings: ["the reply has `destination=+31…`; a `+` must be sent as `%2B`"],
      excerpt: "status=ACK&callername=VoysPartners",
    },
    {
      atMs: 12.6,
      type: "leg",
      leg: "B1",
      target: "phone 215",
      shownName: "VoysPartners",
      shownNumber: "+31612345678",
    },
    { atMs: 40, type: "legEvent", leg: "B1", what: "ringing", status: 180, detail: "Ringing" },
    { atMs: 2000, type: "answered", leg: "B1", target: "phone 215" },
    { atMs: 30_000, type: "note", leg: "B1", text: "the callee put the call on hold" },
    { atMs: 67_000, type: "ended", by: "caller", status: undefined, reason: "" },
  ],
  sip: [],
};

test("a webhook-routed call, told from INVITE to BYE", () => {
  assert.deepEqual(renderStory(routed, "Europe/Amsterdam"), [
    "Call c0ffee, 2026-11-22 08:05:09 (Europe/Amsterdam)",
    "+31612345678 called +31201234567: answered by phone 215, completed after 1 min 05 s.",
    "",
    "    0.000 s  A call came in from trunk provider (udp:192.0.2.7:5060): 0612345678 calls 0201234567.",
    '    0.000 s  The called number "0201234567" is understood as +31201234567; it matches plan "Office".',
    '    0.000 s  Dial plan "Office" (version 3) takes the call.',
    "    0.000 s  Step 1, Webhook CRM: asks who this caller is.",
    '    0.001 s  Webhook "CRM" is asked.',
    '    0.012 s  Webhook "CRM" replied ACK after 12 ms with HTTP 200.',
    "               The request: GET http://crm.example/route?callerid=%2B31612345678",
    "               Note: the reply has `destination=+31…`; a `+` must be sent as `%2B`",
    "               The reply: status=ACK&callername=VoysPartners",
    '    0.013 s  Leg B1 goes out to phone 215, showing "VoysPartners" +31612345678.',
    "    0.040 s  Leg B1 is ringing (180).",
    "    2.000 s  Phone 215 answered (leg B1); the two are connected.",
    "   30.000 s  The callee put the call on hold (leg B1).",
    "   67.000 s  The caller hung up.",
  ]);
});

test("the same call in one line", () => {
  assert.equal(
    summarise(routed),
    "2026-11-22 07:05:09  +31612345678 -> +31201234567  answered by phone 215, completed after 1 min 05 s  [c0ffee]",
  );
});

test("a refused call says why", () => {
  const refused: CallRecord = {
    ...routed,
    answeredAt: undefined,
    answeredBy: undefined,
    caller: "",
    callerName: "Eve",
    plan: undefined,
    result: "refused",
    reason: "+31201234567 has no dial plan; give it one under numbers",
    story: [
      { atMs: 0, type: "number", received: "+31201234567", understood: "+31201234567", matched: undefined },
      { atMs: 1, type: "ended", by: "switchhook", status: 404, reason: "No dial plan." },
    ],
  };
  assert.deepEqual(renderStory(refused), [
    "Call c0ffee, 2026-11-22 07:05:09 (UTC)",
    '"Eve" anonymous called +31201234567: refused.',
    "",
    "    0.000 s  The called number is +31201234567; nothing here has it.",
    "    0.001 s  Switchhook ended the call with 404: No dial plan.",
    "",
    "Why: +31201234567 has no dial plan; give it one under numbers.",
  ]);
  assert.match(
    summarise({ ...refused, result: "cancelled", missed: true }),
    /caller hung up first, missed {2}\[c0ffee\]$/,
  );
});

const failedReply: StoryEvent = {
  atMs: 5000,
  type: "replied",
  webhook: "CRM",
  url: "http://crm.example/",
  verdict: "error",
  status: undefined,
  elapsedMs: 5000.4,
  reason: "crm.example did not answer within 5 s.",
  warnings: [],
  excerpt: "",
};

const sentences: readonly (readonly [event: StoryEvent, sentence: string])[] = [
  [
    {
      atMs: 0,
      type: "number",
      received: "+31201234567",
      understood: "+31201234567",
      matched: "+31201234567",
    },
    "The called number +31201234567 is ours.",
  ],
  [
    { atMs: 0, type: "number", received: "0201234567", understood: "+31201234567", matched: "+31201234567" },
    'The called number "0201234567" is understood as +31201234567, which is ours.',
  ],
  [failedReply, 'Webhook "CRM" failed after 5000 ms.'],
  [
    {
      ...failedReply,
      callerGone: true,
      reason: "caller hung up; crm.example did not answer within 5 s.",
    },
    'Webhook "CRM" failed after 5000 ms: caller hung up; crm.example did not answer within 5 s.',
  ],
  [
    { ...failedReply, verdict: "nak", status: 403, elapsedMs: 1.26, reason: "" },
    'Webhook "CRM" replied NAK after 1.3 ms with HTTP 403.',
  ],
  [
    { atMs: 0, type: "step", entry: { step: "", type: "plan", label: "", text: "Nobody answered." } },
    "Nobody answered.",
  ],
  [
    { atMs: 0, type: "leg", leg: "B2", target: "+31201112233", shownName: "", shownNumber: "" },
    "Leg B2 goes out to +31201112233, showing nothing about the caller.",
  ],
  [
    { atMs: 0, type: "leg", leg: "B2", target: "phone 216", shownName: "VIP", shownNumber: "" },
    'Leg B2 goes out to phone 216, showing "VIP".',
  ],
  [
    { atMs: 0, type: "leg", leg: "B2", target: "phone 216", shownName: "", shownNumber: "215" },
    "Leg B2 goes out to phone 216, showing 215.",
  ],
  [
    { atMs: 0, type: "legEvent", leg: "B1", what: "refused", status: 486, detail: "Busy Here" },
    "Leg B1 refused the call (486): Busy Here.",
  ],
  [
    {
      atMs: 0,
      type: "legEvent",
      leg: "B1",
      what: "unreachable",
      status: undefined,
      detail: "not registered",
    },
    "Leg B1 cannot be reached: not registered.",
  ],
  [
    {
      atMs: 0,
      type: "ended",
      by: "caller",
      status: 487,
      reason: "the caller hung up before anybody answered",
    },
    "The caller hung up before anybody answered.",
  ],
  [{ atMs: 0, type: "ended", by: "callee", status: undefined, reason: "" }, "The called party hung up."],
  [
    { atMs: 0, type: "asked", webhook: "CRM", url: "http://crm.example/" },
    'Webhook "CRM" is asked: GET http://crm.example/',
  ],
  [
    { atMs: 0, type: "asked", webhook: "PIN", url: "http://crm.example/pin", method: "POST" },
    'Webhook "PIN" is asked: POST http://crm.example/pin',
  ],
  [
    { atMs: 0, type: "note", leg: undefined, text: "The caller hung up while waiting." },
    "The caller hung up while waiting.",
  ],
  [
    { atMs: 0, type: "ended", by: "callee", status: undefined, reason: "session timer ran out" },
    "Session timer ran out.",
  ],
];

for (const [event, sentence] of sentences) {
  test(`sentence: ${sentence}`, () => assert.equal(describeEvent(event), sentence));
}

test("what strangers send cannot steer the terminal", () => {
  const hostile = "\u001b]0;owned\u0007\r\n\u202e";
  const lines = [
    ...renderStory({
      ...routed,
      callerName: hostile,
      reason: hostile,
      story: [
        { ...failedReply, reason: hostile, warnings: [hostile], excerpt: hostile },
        { atMs: 0, type: "received", source: hostile, origin: hostile, from: hostile, to: hostile },
      ],
    }),
    summarise({ ...routed, callerName: hostile }),
    ...eventDetails({ ...failedReply, excerpt: hostile }),
  ];
  for (const line of lines) assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
});

test("which way the sound of a connected call takes is said, where it is known", () => {
  const answered = { atMs: 1, type: "answered", leg: "B1", target: "phone 215" } as const;
  assert.deepEqual(
    [answered, { ...answered, sound: "direct" as const }, { ...answered, sound: "throughUs" as const }].map(
      describeEvent,
    ),
    [
      "Phone 215 answered (leg B1); the two are connected.",
      "Phone 215 answered (leg B1); the two are connected, and their sound goes directly between them.",
      "Phone 215 answered (leg B1); the two are connected, and their sound passes through us.",
    ],
  );
});

test("a call that is up is neither missed yet nor over after some time", () => {
  const up = { ...routed, result: "ongoing", missed: true, story: [] } as const;
  const rings = summarise({ ...up, answeredAt: undefined, answeredBy: undefined });
  assert.match(rings, / in progress {2}\[c0ffee\]$/);
  assert.match(
    summarise({ ...up, answeredBy: "phone 215" }),
    / in progress, answered by phone 215 {2}\[c0ffee\]$/,
  );
});

test("X8: what a stranger tried is no call in the list, and a login is not told as one", () => {
  const when = "2026-11-22 07:05:09";
  const base = { ...routed, caller: "100", called: "+31", origin: "stranger at 203.0.113.9", story: [] };
  for (const [change, line] of [
    [{ kind: "stranger", attempts: 1 }, "stranger at 203.0.113.9 called +31 as 100: refused, 1 attempt"],
    [{ kind: "stranger", attempts: 4 }, "stranger at 203.0.113.9 called +31 as 100: refused, 4 attempts"],
    [
      { kind: "registration", attempts: 2, called: "" },
      "stranger at 203.0.113.9 tried to log in as 100: refused, 2 attempts",
    ],
    [
      { kind: "stranger", attempts: 940, called: "", caller: "", origin: "other strangers" },
      "other strangers: refused, 940 attempts",
    ],
  ] as const) {
    assert.equal(summarise({ ...base, ...change }), `${when}  ${line}  [c0ffee]`);
    assert.ok(
      !renderStory({ ...base, ...change })
        .join("\n")
        .includes("missed"),
    );
  }
});
