// What records hold is what was on the wire, by number, of calls that nobody thought of: ten thousand in a soak.
// Over 5 s: they are drawn, placed and looked at message by message.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord } from "../../../src/model/call-record.ts";
import { timeline } from "../../../src/model/timeline.ts";
import type { Packet } from "../../fakes/loop-network.ts";
import { depth } from "../../support/depth.ts";
import { Luck } from "../../support/luck.ts";
import type { AgentCall } from "../agent-call.ts";
import { BOARD, NUMBER, Scenario } from "../harness.ts";
import { assertRecorded, callIdsOf, plain } from "../play/recorded.ts";
import { sdp } from "../sdp.ts";

const CALLS = depth(500, 10_000);
/** Of one scenario. */
const BATCH = 200;
/** They begin within this time. */
const SPREAD_MS = 60_000;
/** How long each message is on its way. */
const WAY_MS = 1;

const REFUSALS = [480, 486, 488, 500, 603] as const;

/** Places calls on one board, as chance has it; every call ends. */
class Generator {
  readonly #s: Scenario;
  readonly #luck: Luck;

  constructor(s: Scenario, luck: Luck) {
    this.#s = s;
    this.#luck = luck;
    s.at("215").onCall = (call) => this.#called(call);
  }

  begin(): void {
    this.#later(SPREAD_MS, () => {
      const call = this.#s.carrier.invite(NUMBER);
      if (this.#luck.has(0.2)) this.#later(3000, () => call.cancel());
      const watch = (): void => {
        if (call.last === 200) this.#talks(call);
        else if ((call.last ?? 0) < 300) this.#s.clock.after(250, watch);
      };
      watch();
    });
  }

  #called(call: AgentCall): void {
    if (this.#luck.has(0.5)) call.ring();
    if (this.#luck.has(0.1)) call.respond(183, { sdp: sdp({ at: call.agent.address }) });
    // Nobody is there.
    if (this.#luck.has(0.05)) return;
    const refusal = REFUSALS[Math.floor(this.#luck.next() * 3 * REFUSALS.length)];
    this.#later(4000, () => {
      if (call.cancelRequest !== undefined) return;
      if (refusal !== undefined) return call.respond(refusal);
      call.answer();
      this.#talks(call);
    });
  }

  /** Either side does something now and then, and hangs up. */
  #talks(call: AgentCall): void {
    const talkMs = 5000 * this.#luck.next();
    for (let count = Math.floor(3 * this.#luck.next()); count > 0; count -= 1)
      this.#later(talkMs, () => this.#does(call));
    this.#s.clock.after(Math.ceil(talkMs), () => {
      if (!call.ended) call.bye();
    });
  }

  #does(call: AgentCall): void {
    if (call.ended || (call.direction === "in" && call.acks.length === 0)) return;
    const what = this.#luck.next();
    const body = sdp({ at: call.agent.address, version: 2, direction: what < 0.2 ? "sendonly" : "sendrecv" });
    if (what < 0.4) call.reinvite(body);
    else if (what < 0.7) call.info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
    else call.send("OPTIONS");
  }

  #later(withinMs: number, then: () => void): void {
    this.#s.clock.after(Math.ceil(withinMs * this.#luck.next()), then);
  }
}

/** The messages of a record in the order of their numbers are those of its calls on the wire in the order of their times. */
function assertInOrder(record: CallRecord, wire: readonly Packet[]): void {
  const used = new Set<Packet>();
  let before = 0;
  for (const entry of timeline(record)) {
    if (entry.type !== "sip") continue;
    const isOut = entry.direction === "out";
    const packet = wire.find(
      (one) => !used.has(one) && (one.from.host === BOARD) === isOut && plain(one.text) === plain(entry.text),
    );
    assert.ok(packet, `never on the wire: ${entry.text}`);
    used.add(packet);
    const at = packet.at + (isOut ? 0 : WAY_MS);
    assert.ok(at >= before, `number ${entry.seq} was before the one before it`);
    before = at;
  }
}

test(`${CALLS} generated calls: each has a record, and it holds what was on the wire, in that order`, async () => {
  const results = new Map<string, number>();
  let messages = 0;
  for (let seed = 1; seed <= CALLS / BATCH; seed += 1) {
    const s = await Scenario.start({ seed, phones: { "215": 1 } });
    const generator = new Generator(s, new Luck(seed));
    for (let count = 0; count < BATCH; count += 1) generator.begin();
    await s.run(SPREAD_MS + 30_000);
    const { records } = s;
    assert.equal(records.length, BATCH);
    const wire = Map.groupBy(s.network.log, ({ message }) => message.callId);
    const places = new Map(s.network.log.map((packet, place) => [packet, place]));
    const epochMs = s.clock.wall() - s.clock.now();
    for (const record of records) {
      const own = [...callIdsOf(record)]
        .flatMap((id) => wire.get(id) ?? [])
        .toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
      assertRecorded(record, own, BOARD, epochMs);
      assertInOrder(record, own);
      results.set(record.result, (results.get(record.result) ?? 0) + 1);
      messages += record.sip.length;
    }
    await s.run(70_000);
    const nothing = { calls: 0, dialogs: 0, taps: 0, transactions: 0, outsideCalls: 0 };
    assert.deepEqual(s.board.counts(), nothing);
  }
  // Chance has not been kind: all that was to happen has happened.
  const all = JSON.stringify([...results]);
  for (const result of ["completed", "cancelled", "busy", "noAnswer"])
    assert.ok((results.get(result) ?? 0) > CALLS / 100, all);
  assert.ok(messages > 8 * CALLS, `${messages} messages`);
});
