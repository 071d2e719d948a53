// Over UDP the transactions of a call outlive it by 32 s, only to absorb (RFC 3261 §17, RFC 6026): a call that one of them held
// would be copied by every collection meanwhile, thousands of them under load.

import assert from "node:assert/strict";
import { test } from "node:test";
import { queryObjects } from "node:v8";
import { Call } from "../../../src/call/call.ts";
import { InboundInvite } from "../../../src/sip/ua/invite/inbound-invite.ts";
import { InviteSession } from "../../../src/sip/ua/invite/session.ts";
import type { AgentCall } from "../agent-call.ts";
import { NUMBER, Scenario } from "../harness.ts";

const CALLS = 3;

/** How a call that is ringing, or up, comes to its end. */
const endings: Readonly<Record<string, (s: Scenario, caller: AgentCall) => Promise<void>>> = {
  "the caller hangs up": async (s, caller) => {
    s.at("215").call.answer();
    await s.until(() => s.at("215").call.acks.length === 1);
    caller.bye();
  },
  "the phone hangs up": async (s, caller) => {
    s.at("215").call.answer();
    await s.until(() => caller.last === 200);
    await s.run(100);
    s.at("215").call.bye();
  },
  "the phone is busy": async (s) => s.at("215").call.respond(486),
  "the caller gives up": async (_, caller) => caller.cancel(),
};

for (const [how, end] of Object.entries(endings)) {
  test(`${how}: what lingers of a call holds nothing of it`, async () => {
    const s = await Scenario.start();
    const phone = s.at("215");
    phone.onCall = (call) => call.ring();
    for (let count = 1; count <= CALLS; count += 1) {
      const call = s.carrier.invite(NUMBER);
      await s.until(() => call.last === 180);
      await end(s, call);
      await s.until(() => s.records.length === count);
    }
    await s.run(1000);
    assert.ok(s.board.counts().transactions >= 2 * CALLS, "they linger");
    assert.deepEqual(
      [Call, InboundInvite, InviteSession].map((kind) => queryObjects(kind)),
      [0, 0, 0],
    );
    await s.assertClean();
  });
}
