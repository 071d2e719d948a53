import assert from "node:assert/strict";
import { test } from "node:test";
import { LoopNetwork } from "../../../test/fakes/loop-network.ts";
import { SeededRandom } from "../../../test/fakes/seeded-ids.ts";
import { type Outcome, respond, SipParty } from "../../../test/fakes/sip-party.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import type { SipRequest } from "../message/message.ts";
import type { ServerTransaction } from "./user.ts";

const SEEDS = [1, 2, 3, 4, 5];
const REQUESTS = 60;

interface Sent {
  readonly request: SipRequest;
  readonly outcome: Outcome;
  readonly cancelled: boolean;
}

/** Sends a mix of INVITEs and OPTIONS through bad weather and lets all timers run out. */
function storm(seed: number, loss: number, duplication: number, delayMs: readonly [number, number]) {
  const clock = new VirtualClock();
  const network = new LoopNetwork({ clock, seed, loss, duplication, delayMs });
  const random = new SeededRandom(seed);
  const alice = new SipParty(network, "192.0.2.1");
  const bob = new SipParty(network, "192.0.2.2");
  const given = new Map<string, number>();
  bob.answer = (transaction) => {
    const { callId, method } = transaction.request;
    if (method === "INVITE") respond(transaction, 180);
    clock.after(random.uint32() % 3000, () => {
      if (transaction.answered) return;
      const status = random.uint32() % 2 === 0 ? 200 : 486;
      given.set(callId, status);
      respond(transaction, status);
      if (status === 200 && method === "INVITE") repeat(clock, transaction, 500, () => acked(bob, callId));
    });
  };
  bob.answerCancel = (invite) => {
    given.set(invite.request.callId, 487);
    respond(invite, 487);
  };
  const sent: Sent[] = [];
  for (let n = 0; n < REQUESTS; n++) {
    const request = alice.build(n % 2 === 0 ? "INVITE" : "OPTIONS", bob);
    const { transaction, outcome } = alice.send(request, bob);
    const cancelled = n % 6 === 0;
    // The owner's limit on ringing: all copies of a final response may be lost.
    clock.after(cancelled ? random.uint32() % 2000 : 100_000, () => transaction.cancel());
    const inform = outcome.onResponse;
    outcome.onResponse = (response, flow) => {
      inform(response, flow);
      if (request.method === "INVITE" && response.status === 200) alice.acknowledge(request, response, bob);
    };
    sent.push({ request, outcome, cancelled });
    clock.advance(random.uint32() % 50);
  }
  clock.advance(200_000);
  return { clock, network, alice, bob, sent, given };
}

function acked(bob: SipParty, callId: string): boolean {
  return bob.acks.some((ack) => ack.callId === callId);
}

/** What the user of an answered INVITE does (RFC 3261 §13.3.1.4). */
function repeat(
  clock: VirtualClock,
  transaction: ServerTransaction,
  afterMs: number,
  done: () => boolean,
): void {
  const started = clock.now();
  const again = (waitMs: number): void => {
    clock.after(waitMs, () => {
      if (done() || clock.now() - started >= 32_000) return;
      respond(transaction, 200);
      again(Math.min(waitMs * 2, 4000));
    });
  };
  again(afterMs);
}

const weathers: readonly (readonly [
  name: string,
  loss: number,
  duplication: number,
  delay: [number, number],
])[] = [
  ["fair", 0, 0, [1, 1]],
  ["5 % loss", 0.05, 0, [1, 1]],
  ["20 % loss, reordering by 200 ms", 0.2, 0, [1, 200]],
  ["10 % duplicates, reordering by 200 ms", 0, 0.1, [1, 200]],
  ["50 % loss, 30 % duplicates, reordering by 400 ms", 0.5, 0.3, [1, 400]],
];

for (const [name, loss, duplication, delay] of weathers) {
  test(`${name}: each request reaches its user once, each end is told once, nothing leaks`, () => {
    for (const seed of SEEDS) {
      const { alice, bob, clock, sent, given } = storm(seed, loss, duplication, delay);
      const context = `${name}, seed ${seed}`;
      const calls = bob.requests.map(({ request }) => request.callId);
      assert.equal(new Set(calls).size, calls.length, `${context}: a request reached the user twice`);
      const cancels = bob.cancels.map(({ cancel }) => cancel.callId);
      assert.equal(new Set(cancels).size, cancels.length, `${context}: a CANCEL was told twice`);
      for (const { request, outcome, cancelled } of sent) {
        const where = `${context}, ${request.method} ${request.callId}: ${outcome.heard.join(" ")}`;
        const ends = outcome.heard.filter((status) => !status.startsWith("1"));
        const answer = given.get(request.callId);
        if (request.method === "INVITE" && ends[0] === "200") {
          assert.ok(
            ends.every((end) => end === "200"),
            where,
          );
        } else {
          assert.equal(ends.length, 1, where);
        }
        if (ends[0] !== "timeout") assert.equal(ends[0], `${answer}`, where);
        else assert.ok(loss > 0 && (loss >= 0.5 || cancelled), `${where}: given up`);
      }
      assert.deepEqual([alice.live, bob.live, clock.pending], [0, 0, 0], context);
      assert.deepEqual([alice.transport.faults, bob.transport.faults], [[], []], context);
    }
  });
}
