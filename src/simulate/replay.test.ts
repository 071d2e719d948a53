import assert from "node:assert/strict";
import { test } from "node:test";
import { entitiesOf } from "../../test/support/entities.ts";
import type { CallRecord, StoryEvent } from "../model/call-record.ts";
import { companySchema } from "../model/company.ts";
import type { PartyState } from "./given.ts";
import { callAgain } from "./replay.ts";
import { simulate } from "./simulate.ts";
import { worldOf } from "./world.ts";

const phone = (extension: string) => ({ type: "phone", phone: extension, ringSeconds: 20 });
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
      plans: [
        { name: "phones", steps: [phone("215"), phone("217")] },
        { name: "group", steps: [{ type: "group", group: "300", ringSeconds: 20 }, phone("217")] },
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

const ways: readonly (readonly [string, string, Readonly<Record<string, PartyState>>, number?])[] = [
  ["the caller leaves while the first rings", "phones", { "215": rings }, 10_000],
  ["the caller leaves while the second rings", "phones", { "215": busy, "217": rings }, 10_000],
  ["the caller leaves while a group rings", "group", { "215": busy, "216": rings }, 10_000],
  ["a forward, to a phone that is busy", "phones", { "215": forwards("216"), "216": busy }],
  ["a forward that is answered", "phones", { "215": forwards("216") }],
  ["a forward that rings when the caller leaves", "phones", { "215": forwards("216"), "216": rings }, 10_000],
  ["one of a group answers", "group", { "215": rings }],
  ["nobody answers in time", "group", { "215": busy, "216": rings, "217": rings }],
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
