import assert from "node:assert/strict";
import { test } from "node:test";
import { entitiesOf } from "../../test/support/entities.ts";
import type { CallRecord, StoryEvent } from "../model/call-record.ts";
import { companySchema } from "../model/company.ts";
import type { PartyState, SimulatedCall } from "./given.ts";
import { callAgain } from "./replay.ts";
import { simulate } from "./simulate.ts";
import { withDraft, worldOf } from "./world.ts";

const phone = (extension: string) => ({ type: "phone", phone: extension, ringSeconds: 20 });
const group = { type: "group", group: "300", ringSeconds: 20 };
const world = worldOf(
  entitiesOf(
    companySchema.parse({
      version: 1,
      home: { country: "NL", timeZone: "Europe/Amsterdam" },
      phones: ["215", "216", "217"].map((extension) => ({
        extension,
        name: `Desk ${extension}`,
        password: "correct-horse",
      })),
      groups: [
        { extension: "300", name: "All", members: ["215", "216"], strategy: "all" },
        { extension: "301", name: "Order", members: ["216", "217"], strategy: "inOrder" },
      ],
      audioMessages: [{ name: "closed", text: "We are closed", language: "en" }],
      webhooks: [{ name: "door", urlTemplate: "https://door.example/?code={code}", ivr: { attempts: 1 } }],
      plans: [
        { name: "phones", steps: [phone("215"), phone("217")] },
        { name: "again", steps: [phone("215"), phone("217"), phone("215")] },
        { name: "group", steps: [group, phone("217")] },
        { name: "group, then one", steps: [group, phone("215")] },
        { name: "closed", steps: [{ type: "audio", message: "closed" }, phone("215")] },
        {
          name: "door",
          steps: [{ type: "webhook", webhook: "door", success: [phone("215")], failed: [phone("217")] }],
        },
      ],
      numbers: [{ number: "+31501234567" }],
    }),
  ),
);
const CALL = {
  number: "+31501234567",
  from: "+31612345678",
  callerName: "",
  at: Date.parse("2026-12-25T09:00:00Z"),
  digits: [],
  replies: {},
};

const forwards = (...to: string[]): PartyState => ({ does: "forwards", to });
const busy: PartyState = { does: "busy" };
const rings: PartyState = { does: "noAnswer" };

const ways: readonly (readonly [string, string, SimulatedCall["phones"], number?])[] = [
  ["the caller leaves while the first rings", "phones", { "215": rings }, 10_000],
  ["the caller leaves while the second rings", "phones", { "215": busy, "217": rings }, 10_000],
  ["the caller leaves while a group rings", "group", { "215": busy, "216": rings }, 10_000],
  ["a forward, to a phone that is busy", "phones", { "215": forwards("216"), "216": busy }],
  ["a forward that is answered", "phones", { "215": forwards("216") }],
  ["a forward that rings when the caller leaves", "phones", { "215": forwards("216"), "216": rings }, 10_000],
  ["one of a group answers", "group", { "215": rings }],
  ["nobody answers in time", "group", { "215": busy, "216": rings, "217": rings }],
  [
    "one who rang out in a group answers alone",
    "group, then one",
    { "215": [rings, { does: "answers" }], "216": rings },
  ],
  [
    "one who was busy rings the second time, when the caller leaves",
    "again",
    { "215": [busy, rings], "217": busy },
    10_000,
  ],
  [
    "one rejects late, and the caller leaves while the next rings",
    "phones",
    { "215": { does: "rejects", afterMs: 15_000 }, "217": rings },
    25_000,
  ],
  [
    "one is not there before its ring time is over, and the caller leaves while the next rings",
    "phones",
    { "215": { does: "refuses", status: 408, afterMs: 5000 }, "217": rings },
    10_000,
  ],
];
for (const [name, plan, phones, hangsUpAfterMs] of ways) {
  test(`a call again through its own plan: ${name}`, () => {
    const call = { ...CALL, plan, phones };
    const was = simulate(world, hangsUpAfterMs === undefined ? call : { ...call, hangsUpAfterMs });
    const again = simulate(world, callAgain(recordOf(was), plan));
    assert.deepEqual(again.path, was.path);
    assert.equal(again.verdict?.result, was.verdict?.result);
  });
}

test("a forward to a group is one again: its leg says what the phone named", () => {
  const phones = { "215": forwards("301"), "216": busy };
  const was = simulate(world, { ...CALL, plan: "phones", phones });
  const story = was.story.flatMap((event): readonly StoryEvent[] => {
    if (event.type !== "step" || event.entry.code !== "ring.forwarded") return [event];
    const args = { to: "301" };
    const sent = { type: "legEvent", leg: "B1", what: "redirected", status: 302, detail: "" } as const;
    return [{ ...sent, atMs: event.atMs, code: "leg.sentTo", args } as const, event];
  });
  const again = simulate(world, callAgain(recordOf({ ...was, story }), "phones"));
  assert.deepEqual(again.path, was.path);
  assert.equal(again.verdict?.answeredBy, "phone 217");
});

test("a caller who did not hear a message out does not hear it out again", () => {
  const call = { ...CALL, plan: "closed", phones: {}, messagesMs: { closed: 8000 }, hangsUpAfterMs: 5000 };
  const was = simulate(world, call);
  const story = was.story.flatMap((event): readonly StoryEvent[] => {
    if (event.type !== "step" || event.entry.code !== "audio.plays") return [event];
    const sound = { kind: "message", name: "closed", durationMs: 8000 } as const;
    return [event, { type: "soundBegins", leg: "A", sound, atMs: event.atMs }];
  });
  const again = simulate(world, callAgain(recordOf({ ...was, story }), "closed"));
  assert.deepEqual(again.path, [{ step: "1", answered: false }]);
});

test("a message that was heard out, and a code, take as long as they took", () => {
  const left = { ...CALL, phones: { "215": rings }, hangsUpAfterMs: 27_000 };
  const heard = { ...left, plan: "closed", messagesMs: { closed: 8000 } };
  const replies = { door: [{ body: "status=ACK", status: 200, afterMs: 100 }] };
  const typed = { ...left, plan: "door", digits: ["1234"], typingMs: [9000], replies };
  for (const call of [heard, typed]) {
    const was = simulate(world, call);
    assert.equal(was.verdict?.result, "cancelled", call.plan);
    const again = simulate(world, callAgain(recordOf(was), call.plan));
    assert.deepEqual(again.path, was.path);
    assert.equal(again.verdict?.result, "cancelled", call.plan);
  }
});

test("what a webhook returned is returned again, also where the plan of then did not use it", () => {
  const replies = {
    door: [{ body: "status=ACK&destination=216&callername=Jan", status: 200, afterMs: 100 }],
  };
  const was = simulate(world, { ...CALL, plan: "door", phones: {}, digits: ["1234"], replies });
  assert.equal(was.verdict?.answeredBy, "phone 215");
  const success = [{ type: "callerName", mode: "webhook" }, { type: "variableDestination" }, phone("215")];
  const draft = { name: "door", steps: [{ type: "webhook", webhook: "door", success, failed: [] }] };
  const drafted = withDraft(world, draft, 2);
  assert.ok(drafted.ok);
  const again = simulate(drafted.value.world, callAgain(recordOf(was), "door"));
  assert.deepEqual([again.verdict?.answeredBy, again.rings[0]?.callerName], ["phone 216", "Jan"]);
});

/** As it would have been recorded. */
function recordOf({ story, verdict }: Pick<ReturnType<typeof simulate>, "story" | "verdict">): CallRecord {
  return {
    id: "a1",
    kind: "call",
    attempts: 1,
    startedAt: CALL.at,
    answeredAt: undefined,
    endedAt: CALL.at + 60_000,
    caller: CALL.from,
    callerName: "",
    called: CALL.number,
    origin: "trunk",
    plan: "phones",
    result: verdict?.result ?? "failed",
    reason: "",
    missed: false,
    answeredBy: verdict?.answeredBy,
    story,
    sip: [],
  };
}
