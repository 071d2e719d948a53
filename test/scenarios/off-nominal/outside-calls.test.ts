// X9, B13: how many calls may leave through trunks, whoever causes them; and that each place comes back, whatever ends it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaSaid } from "../../../src/media/words.ts";
import { renderStory } from "../../../src/model/story.ts";
import type { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import { NUMBER, Scenario, type ScenarioParts, says } from "../harness.ts";

const OUTSIDE = "0201234567";
const TO_OUTSIDE = `- { type: fixedDestination, number: "+31201234567", ringSeconds: 20 }`;
const TO_WEBHOOK = `- type: webhook
  webhook: CRM
  success: [{ type: variableDestination, ringSeconds: 20 }]`;
const TO_216 = `- { type: phone, phone: "216", ringSeconds: 20 }`;
const THREE = { "215": 1, "216": 1, "217": 1 };

/** The far end of the carrier, as the called party. */
function far(s: Scenario): readonly AgentCall[] {
  return s.carrier.calls.filter(({ direction }) => direction === "in");
}

function forwards(agent: Agent): void {
  agent.onCall = (call) => call.respond(302, { headers: [["Contact", "<tel:+31201234567>"]] });
}

function storyOf(s: Scenario, at: number): string {
  const record = s.records[at];
  assert.ok(record !== undefined);
  return renderStory(record).join("\n");
}

/** Calls until it rings at the far end or is refused; the status. */
async function tryCall(s: Scenario, from: Agent, to: string): Promise<{ call: AgentCall; status: number }> {
  const before = far(s).length;
  const call = from.invite(to);
  await s.until(() => far(s).length > before || (call.last ?? 0) > 401);
  return { call, status: far(s).length > before ? 180 : (call.last ?? 0) };
}

test("X9: the third call of a phone is refused with 403; its story says which limit, how many, and what raises it", async () => {
  const s = await Scenario.start();
  s.carrier.onCall = (call) => call.answer();
  const phone = s.at("215");
  const [first] = [await tryCall(s, phone, OUTSIDE), await tryCall(s, phone, OUTSIDE)];
  assert.equal((await tryCall(s, phone, OUTSIDE)).status, 403);
  assert.equal(far(s).length, 2);
  await s.run(1000);
  const story = storyOf(s, 0);
  const reason =
    "phone 215 has 2 calls to the outside up, and may have 2 at once; where that is too few, raise security.outsideCalls.perPhone";
  assert.ok(story.includes(`+31201234567 is not called: ${reason}.`), story);
  assert.ok(!story.includes("could not be reached"), story);
  assert.ok(story.includes("not called, for no more calls may leave now (403)."), story);
  assert.match(story, /\nWhy: .*raise security\.outsideCalls\.perPhone\.$/);
  assert.deepEqual(
    s.alerts.map(({ code, args }) => [code, ...Object.values(args)]),
    [["outsideCallsNearLimit", "perPhone", "215", 2, 2]],
  );
  // Another phone has its own, and a place that is free again can be had.
  assert.equal((await tryCall(s, s.at("216"), OUTSIDE)).status, 180);
  first.call.bye();
  await s.until(() => far(s)[0]?.ended === true);
  assert.equal((await tryCall(s, phone, OUTSIDE)).status, 180);
  await s.run(1000);
  for (const call of [...phone.calls, ...s.at("216").calls]) if (call.last === 200) call.bye();
  await s.assertClean();
});

interface Way {
  readonly name: string;
  readonly parts: ScenarioParts;
  /** Who calls, and what; by default the carrier the company's number. */
  readonly from?: string;
  readonly to?: string;
  /** The phone that the calls count for; undefined: only for the company. */
  readonly phone: string | undefined;
}

const WAYS: readonly Way[] = [
  { name: "a phone dials", parts: {}, from: "215", to: OUTSIDE, phone: "215" },
  {
    name: "a phone calls the company's own number, whose plan sends it out",
    parts: { plan: TO_OUTSIDE },
    from: "215",
    to: NUMBER,
    phone: "215",
  },
  { name: "a phone forwards a call from outside", parts: { plan: TO_216 }, phone: "216" },
  { name: "a phone forwards a call of another phone", parts: {}, from: "215", to: "216", phone: "216" },
  {
    name: "a phone forwards that a webhook named",
    parts: { plan: TO_WEBHOOK, webhook: () => ({ result: says.ack({ destination: "216" }) }) },
    phone: "216",
  },
  {
    name: "a phone forwards to a phone that forwards",
    parts: { plan: `- { type: phone, phone: "217", ringSeconds: 20 }` },
    phone: "216",
  },
  {
    name: "a member of a group forwards",
    parts: { plan: `- { type: group, group: "300", ringSeconds: 20 }` },
    phone: "216",
  },
  { name: "a plan sends a call from outside on", parts: { plan: TO_OUTSIDE }, phone: undefined },
  {
    name: "a webhook sends a call from outside on",
    parts: { plan: TO_WEBHOOK, webhook: () => ({ result: says.ack({ destination: OUTSIDE }) }) },
    phone: undefined,
  },
];

for (const { name, parts, from, to = NUMBER, phone } of WAYS) {
  test(`X9: ${name}: counts for ${phone === undefined ? "the company only" : `phone ${phone}`}`, async () => {
    const s = await Scenario.start({
      outsideCalls: "perPhone: 1, perCompany: 3",
      phones: THREE,
      ...parts,
    });
    forwards(s.at("216"));
    s.at("217").onCall = (call) => call.respond(302, { headers: [["Contact", "<sip:216@10.0.0.1>"]] });
    s.carrier.onCall = (call) => call.ring();
    const caller = from === undefined ? s.carrier : s.at(from);
    const made = [await tryCall(s, caller, to)];
    assert.equal(made[0]?.status, 180);
    assert.equal(s.board.outsideCalls.phones, phone === undefined ? 0 : 1);
    const allowed = phone === undefined ? 3 : 1;
    while (made.length < allowed) made.push(await tryCall(s, caller, to));
    const refused = caller.invite(to);
    const limit = phone === undefined ? "perCompany" : "perPhone";
    await s.until(() => s.counters.get(`outside_calls_refused{limit="${limit}"}`) === 1);
    await s.run(100);
    assert.equal(far(s).length, allowed, "no more than may be are up");
    refused.cancel();
    for (const { call } of made) call.cancel();
    for (const call of s.at("215").calls) if (call.direction === "in") call.respond(480);
    await s.assertClean();
  });
}

test("X9: where the limit is reached the plan goes on with its next step", async () => {
  const s = await Scenario.start({
    outsideCalls: "perCompany: 1",
    plan: `${TO_OUTSIDE}\n- { type: phone, phone: "215", ringSeconds: 20 }`,
  });
  s.carrier.onCall = (call) => call.answer();
  s.at("215").onCall = (call) => call.answer();
  const first = s.carrier.invite(NUMBER);
  await s.until(() => first.last === 200);
  const second = s.carrier.invite(NUMBER);
  await s.until(() => second.last === 200);
  assert.equal(s.at("215").calls.length, 1);
  for (const call of [first, second]) call.bye();
  await s.assertClean();
  assert.match(
    storyOf(s, 1),
    /1 call to the outside is up, and 1 may be at once; .*security\.outsideCalls\.perCompany\./,
  );
});

test("X9: a caller from outside for whom no way is left hears what the plan says, not our limits", async () => {
  const s = await Scenario.start({ outsideCalls: "newPerMinute: 1", plan: TO_OUTSIDE });
  s.carrier.onCall = (call) => call.respond(486);
  const first = s.carrier.invite(NUMBER);
  await s.until(() => first.last === 486);
  const second = s.carrier.invite(NUMBER);
  await s.until(() => (second.last ?? 0) >= 300);
  assert.equal(second.last, 480);
  assert.equal(far(s).length, 1);
  await s.run(60_000);
  const third = s.carrier.invite(NUMBER);
  await s.until(() => third.last === 486);
  await s.assertClean();
  assert.match(
    storyOf(s, 1),
    /1 call to the outside began in the last 60 s.*security\.outsideCalls\.newPerMinute/,
  );
});

test("X9: a call for help is never refused and takes no place", async () => {
  const s = await Scenario.start({ outsideCalls: "perPhone: 1, perCompany: 1, newPerMinute: 1" });
  s.carrier.onCall = (call) => call.answer();
  const phone = s.at("215");
  const help = async (): Promise<void> => {
    for (const number of ["112", "911", "113"]) {
      const call = phone.invite(number);
      await s.until(() => call.last === 200);
    }
  };
  await help();
  assert.equal(s.board.outsideCalls.up, 0);
  const call = phone.invite(OUTSIDE);
  await s.until(() => call.last === 200);
  assert.equal((await tryCall(s, phone, OUTSIDE)).status, 403);
  await help();
  assert.deepEqual([s.board.outsideCalls.up, s.board.outsideCalls.lastMinute], [1, 1]);
  for (const one of phone.calls) if (one.last === 200) one.bye();
  await s.assertClean();
});

test("X9: a raised limit counts for the next call, without a restart and with calls up", async () => {
  const s = await Scenario.start();
  const phone = s.at("215");
  s.carrier.onCall = (call) => call.ring();
  for (let at = 0; at < 2; at++) await tryCall(s, phone, OUTSIDE);
  assert.equal((await tryCall(s, phone, OUTSIDE)).status, 403);
  const { security } = s.snapshot;
  s.snapshot = {
    ...s.snapshot,
    security: { ...security, outsideCalls: { ...security.outsideCalls, perPhone: 3 } },
  };
  assert.equal((await tryCall(s, phone, OUTSIDE)).status, 180);
  for (const call of phone.calls) call.cancel();
  await s.assertClean();
});

/** How a call may end: what the far end does, and then the caller; the place is free at the end. */
const ENDS: readonly (readonly [
  string,
  (call: AgentCall) => void,
  (s: Scenario, call: AgentCall) => void,
])[] = [
  ["busy", (far) => far.respond(486), () => {}],
  ["rejected", (far) => far.respond(603), () => {}],
  ["a fault of the trunk, at both hosts", (far) => far.respond(500), () => {}],
  ["a challenge that we cannot answer", (far) => far.respond(407), () => {}],
  ["302 of the trunk", (far) => far.respond(302, { headers: [["Contact", "<sip:215@10.0.0.1>"]] }), () => {}],
  ["488, tried again with our own description", (far) => far.respond(488), () => {}],
  ["cancelled before anything came back", () => {}, (_s, call) => call.cancel()],
  ["cancelled while it rings", (far) => far.ring(), (_s, call) => call.cancel()],
  [
    "cancelled when it is answered at that moment",
    (far) => {
      far.onCancel = () => far.answer();
      far.ring();
    },
    (_s, call) => call.cancel(),
  ],
  ["nobody answers in time", (far) => far.ring(), () => {}],
  ["no answer at all from the trunk", () => {}, () => {}],
  [
    "the caller hangs up",
    (far) => far.answer(),
    (s, call) => void s.until(() => call.last === 200).then(() => call.bye()),
  ],
  [
    "the far end hangs up",
    (far) => {
      far.answer();
      far.agent.clock.after(3000, () => far.bye());
    },
    () => {},
  ],
  [
    "the answer has no sound that fits",
    (far) => far.answer({ sdp: "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nt=0 0\r\n" }),
    (s, call) => void s.run(5000).then(() => (call.last === 200 ? call.bye() : call.cancel())),
  ],
  [
    "an answer without a description",
    (far) => far.answer({ sdp: "" }),
    (s, call) => void s.run(5000).then(() => (call.last === 200 ? call.bye() : call.cancel())),
  ],
  [
    "both sides vanish without a word",
    (far) => {
      far.answer();
      far.agent.clock.after(1000, () => {
        far.on.set("BYE", () => {});
        far.on.set("INVITE", () => {});
        far.on.set("UPDATE", () => {});
      });
    },
    (s, call) => {
      call.on.set("BYE", () => {});
      void s.until(() => call.last === 200).then(() => call.bye());
    },
  ],
];

for (const sound of ["auto", "anchored"]) {
  for (const [name, answers, then] of ENDS) {
    test(`X9: ${name}, ${sound}: its place is free again, and it was one call`, async () => {
      const s = await Scenario.start({
        plan: TO_OUTSIDE,
        carrier: `callerIdProfile: from, media: ${sound}`,
        outsideCalls: "perPhone: 1",
      });
      s.carrier.onCall = answers;
      const call = s.at("215").invite(OUTSIDE);
      await s.until(() => s.board.outsideCalls.up === 1);
      await s.run(40);
      then(s, call);
      await s.run(400_000);
      for (const one of far(s)) if (!one.ended) one.respond(487);
      assert.equal(s.counters.get("outside_calls"), 1);
      await s.assertClean();
    });
  }
}

test("X9: an answer that cannot be joined gives its place back while the plan goes on", async () => {
  const s = await Scenario.start({
    plan: `${TO_OUTSIDE}\n- { type: phone, phone: "215", ringSeconds: 20 }`,
    carrier: "callerIdProfile: from, media: anchored",
  });
  s.carrier.onCall = (call) => call.answer({ sdp: "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\ns=-\r\nt=0 0\r\n" });
  s.at("215").onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => s.at("215").calls.length === 1);
  assert.deepEqual([s.board.outsideCalls.up, s.board.outsideCalls.lastMinute], [0, 1]);
  call.cancel();
  await s.assertClean();
});

test("X9: a call that left counts as begun, though its second try has no sound", async () => {
  const s = await Scenario.start({ plan: TO_OUTSIDE, carrier: "callerIdProfile: from, media: auto" });
  s.carrier.onCall = (call) => {
    s.media.fault = { status: 503, reason: mediaSaid("media.portsUsedUp", {}) };
    call.respond(488);
  };
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => (call.last ?? 0) > 401);
  assert.equal(far(s).length, 1, "the second try was not sent");
  assert.deepEqual([s.board.outsideCalls.up, s.board.outsideCalls.lastMinute], [0, 1]);
  await s.assertClean();
});

test("X9: a call that has made all its legs makes no other, and takes no place for it", async () => {
  const full = Array.from({ length: 4 }, () => `- { type: group, group: "302", ringSeconds: 5 }`);
  const s = await Scenario.start({
    plan: [...full, TO_OUTSIDE].join("\n"),
    phones: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [String(400 + at), 1])),
  });
  for (const agent of s.agents) agent.onCall = (call) => call.ring();
  const call = s.carrier.invite(NUMBER);
  await s.until(() => call.last === 480, 100_000);
  assert.deepEqual([s.board.outsideCalls.lastMinute, far(s).length], [0, 0]);
  await s.assertClean();
});
