// X9, B13: how many calls leave through trunks, in random sequences of callers and far ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Agent } from "../agent.ts";
import type { AgentCall } from "../agent-call.ts";
import { NUMBER, Scenario } from "../harness.ts";

type Behaviour = "answer" | "busy" | "ring" | "cross" | "leave" | "redirect" | "fault";
const BEHAVIOURS: readonly Behaviour[] = ["answer", "busy", "ring", "cross", "leave", "redirect", "fault"];

/** The far end of the trunk: what it does with each call in turn, and which calls are up by its own account. */
class FarEnd {
  readonly up = new Set<AgentCall>();
  most = 0;
  readonly mostOf = new Map<string, number>();
  #at = 0;

  constructor(agent: Agent, behaviours: readonly Behaviour[]) {
    agent.onCall = (call) => {
      this.up.add(call);
      this.most = Math.max(this.most, this.count());
      const of = call.invite.uri;
      this.mostOf.set(of, Math.max(this.mostOf.get(of) ?? 0, this.count(of)));
      this.#act(call, behaviours[this.#at++ % behaviours.length] ?? "answer");
    };
  }

  count(uri?: string): number {
    for (const call of this.up) if (call.ended) this.up.delete(call);
    return [...this.up].filter((call) => uri === undefined || call.invite.uri === uri).length;
  }

  #end(call: AgentCall, status: number, headers: readonly (readonly [string, string])[] = []): void {
    this.up.delete(call);
    call.respond(status, { headers });
  }

  #act(call: AgentCall, behaviour: Behaviour): void {
    const { clock } = call.agent;
    call.onCancel = () => (behaviour === "cross" ? call.answer() : this.#end(call, 487));
    switch (behaviour) {
      case "answer":
        return void clock.after(30, () => this.up.has(call) && call.answer());
      case "ring":
      case "cross":
        return call.ring();
      case "leave":
        call.answer();
        return void clock.after(700, () => {
          if (call.ended) return;
          this.up.delete(call);
          call.bye();
        });
      case "busy":
        return this.#end(call, 486);
      case "redirect":
        return this.#end(call, 302, [["Contact", "<sip:217@10.0.0.1>"]]);
      case "fault":
        return this.#end(call, 500);
    }
  }
}

const SETTLE_MS = 400;
/** Each caller's own destination, so that the far end can tell whose call it has. */
const NUMBERS: Readonly<Record<string, string>> = { "215": "0201234565", "216": "0201234566" };

interface Step {
  readonly who: "215" | "216" | "carrier" | "forwarded";
  readonly hangUp: boolean;
  readonly which: number;
  readonly waitMs: number;
}

/** Its caller ends it, whatever state it is in; false: too early, a phone would still send its credentials. */
function endCall(call: AgentCall | undefined): boolean {
  if (call?.last === undefined) return false;
  if (call.last === 200) call.bye();
  else if (call.last < 300 || call.last === 401) call.cancel();
  return true;
}

async function walk(behaviours: readonly Behaviour[], steps: readonly Step[], sound: string): Promise<void> {
  const s = await Scenario.start({
    outsideCalls: "perPhone: 2, perCompany: 4, newPerMinute: 100000",
    phones: { "215": 1, "216": 1, "217": 1 },
    carrier: `callerIdProfile: from, media: ${sound}`,
    plan: `- { type: fixedDestination, number: "+31201234560", ringSeconds: 20 }`,
  });
  s.at("217").onCall = (call) => call.respond(302, { headers: [["Contact", "<tel:+31201234567>"]] });
  const end = new FarEnd(s.carrier, behaviours);
  // The second host answers nothing that the first would not: it is where a fault leads to.
  new FarEnd(s.trunk("second", "10.0.0.10"), ["fault"]);
  const calls: AgentCall[] = [];
  for (const { who, hangUp, which, waitMs } of steps) {
    if (hangUp && calls.length > 0) {
      const at = which % calls.length;
      if (endCall(calls[at])) calls.splice(at, 1);
    } else if (who === "carrier") calls.push(s.carrier.invite(NUMBER));
    else if (who === "forwarded") calls.push(s.at("215").invite("217"));
    else calls.push(s.at(who).invite(NUMBERS[who] ?? ""));
    await s.run(waitMs);
    if (waitMs < SETTLE_MS) continue;
    // By now nothing is under way: both accounts say the same.
    assert.equal(s.board.outsideCalls.up, end.count());
  }
  assert.ok(end.most <= 4, `${end.most} of the company at once`);
  for (const [uri, most] of end.mostOf) {
    if (!uri.includes("1234560")) assert.ok(most <= 2, `${most} at once to ${uri}`);
  }
  await s.run(SETTLE_MS);
  for (const call of calls) endCall(call);
  await s.run(400_000);
  await s.assertClean();
}

test("X9: whatever callers and far ends do in whatever order: the limits hold, and nothing stays counted", async () => {
  const step = fc.record({
    who: fc.constantFrom("215", "216", "carrier", "forwarded" as const),
    hangUp: fc.boolean(),
    which: fc.nat(1000),
    waitMs: fc.constantFrom(0, 1, 5, 40, SETTLE_MS, 1000),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...BEHAVIOURS), { minLength: 1, maxLength: 8 }),
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.constantFrom("auto", "anchored"),
      (behaviours, steps, sound) => walk(behaviours, steps as readonly Step[], sound),
    ),
    { numRuns: 25, seed: 20261129 },
  );
});
