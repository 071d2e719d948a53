// Over 5 s: a snapshot of the heap is taken, and read.
// Most calls that are up wait for nothing but their end: what led to the answer is let go of, and the rest is small (docs/adr/0136).

import assert from "node:assert/strict";
import { test } from "node:test";
import { queryObjects } from "node:v8";
import { Call } from "../../../src/call/call.ts";
import { Leg } from "../../../src/call/leg.ts";
import { Ringing } from "../../../src/call/ringing.ts";
import { InboundInvite } from "../../../src/sip/ua/invite/inbound-invite.ts";
import { InviteAttempt } from "../../../src/sip/ua/invite/invite-attempt.ts";
import { OutboundInvite } from "../../../src/sip/ua/invite/outbound-invite.ts";
import { RepeatedAnswer } from "../../../src/sip/ua/invite/repeated-answer.ts";
import { InviteSession } from "../../../src/sip/ua/invite/session.ts";
import { octetsRetainedBy } from "../../support/retained.ts";
import type { AgentCall } from "../agent-call.ts";
import { NUMBER, Scenario, says } from "../harness.ts";

const CALLS = 50;

/**
 * Octets that each call keeps to itself on both threads, timers and places in registries aside: 5,490 to 5,550 on 2026-11-30. What may be added
 * to it is less than a message, or than what a closure keeps that sees more than it needs.
 */
const MOST = 5900;

/** Whatever leads from the outside into a call: what only these keep alive is the call's. */
const OF_A_CALL = new Set(["Call", "InviteSession", "SessionRefresh", "Recorder", "UpCall"]);

const WEBHOOK_PLAN = `- type: webhook
  webhook: CRM
  success: [{ type: callerName, mode: webhook }, { type: variableDestination, ringSeconds: 20 }]
  failed: [{ type: hangUp, as: rejected }]`;

async function heldCalls(): Promise<{ readonly s: Scenario; readonly callers: readonly AgentCall[] }> {
  const result = says.ack({ destination: "+31502102544", callerName: "Voys Partners" });
  const s = await Scenario.start({
    plan: WEBHOOK_PLAN,
    webhook: () => ({ result }),
    outsideCalls: "newPerMinute: 1000, perCompany: 1000",
  });
  s.carrier.onCall = (call) => {
    call.ring();
    call.answer();
  };
  const callers: AgentCall[] = [];
  while (callers.length < CALLS) {
    const call = s.carrier.invite(NUMBER);
    await s.until(() => call.last === 200);
    callers.push(call);
  }
  // The transactions of their set-up are over (RFC 3261 §17, RFC 6026: 64 × T1), and the store has what there is of them.
  await s.run(40_000);
  s.live.length = 0;
  s.network.log.length = 0;
  return { s, callers };
}

test("a call that is up keeps little, and nothing of how it came about", async () => {
  const { s, callers } = await heldCalls();
  assert.equal(s.board.counts().calls, CALLS);
  const gone = [Leg, Ringing, InboundInvite, OutboundInvite, InviteAttempt, RepeatedAnswer];
  assert.deepEqual(
    gone.map((kind) => [kind.name, queryObjects(kind)]),
    gone.map((kind) => [kind.name, 0]),
  );
  assert.deepEqual([queryObjects(Call), queryObjects(InviteSession)], [CALLS, 2 * CALLS]);
  const each = (await octetsRetainedBy(OF_A_CALL)) / CALLS;
  assert.ok(each > MOST / 2 && each < MOST, `${each.toFixed(0)} octets`);
  for (const call of callers) call.bye();
  await s.assertClean();
});
