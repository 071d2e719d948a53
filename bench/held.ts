import { setTimeout as sleep } from "node:timers/promises";
import { GOALS, type PartResult } from "./goals.ts";
import { HeapProbe } from "./heap.ts";
import { residentKiB } from "./process-figures.ts";
import { progress } from "./progress.ts";
import { freePlace, type Rig } from "./rig.ts";
import type { Sipp } from "./sipp.ts";

/** The transactions of a call are gone 32 s after its last message (RFC 3261 §17: 64 × T1; RFC 6026 timers L, M). */
export const SETTLE_MS = 35_000;

const RATE = 300;
const MOST_KIB = 8;
const MARGIN_MS = 5_000;
const SHORT_MS = 200;

export interface HeldPlan {
  readonly calls: number;
  /** Between the last answer and the look at the memory. */
  readonly settleMs: number;
  /** Between the end of the last call and the last look. */
  readonly afterMs: number;
}

/** Resident and live memory of the server, KiB. */
interface Memory {
  readonly resident: number;
  readonly live: number;
}

/**
 * Calls that stay up: what the server's memory grows by for each, and whether it gives it back. The server is warm,
 * and rested for `SETTLE_MS`, so that earlier calls have left nothing.
 *
 * Like is compared with like: each level with the one after as many calls that did not stay up, both as they come and both after a
 * full collection. As it comes there is what calls have left to be collected, tens of MiB, whether they are up or not; and what the first
 * thousands of calls leave in the heap's pages is not those calls' that are up.
 */
export async function heldPart(rig: Rig, plan: HeldPlan): Promise<PartResult> {
  const { calls, settleMs, afterMs } = plan;
  const heap = await HeapProbe.open(rig);
  // Both loads begin with a heap that has just been collected, and the level before is that of a server that has had as many calls.
  await collected(rig, heap);
  const short = await levelAfterShortCalls(rig, plan);
  const before = await collected(rig, heap);
  const rampMs = (calls / RATE) * 1000;
  progress(`held: ${calls} calls that stay up`);
  const sipp = calling(rig, calls, rampMs + settleMs + MARGIN_MS);
  await sleep(rampMs + settleMs);
  const up = (await rig.metric("switchhook_calls_active")) - 1;
  const asItComes = residentKiB(rig.pid);
  const held = await collected(rig, heap);
  progress(`held: ${up} calls are up; waiting for their end`);
  await sipp.program.ended;
  await short.keeper.program.ended;
  await rig.settled();
  await sleep(afterMs);
  const after = await collected(rig, heap);
  heap.close();
  const each = (kibibytes: number): string => (kibibytes / Math.max(1, up)).toFixed(1);
  const grown = held.resident - before.resident;
  const measured =
    `${each(grown)} KiB resident, collected before and after (${each(held.live - before.live)} live; ` +
    `${each(asItComes - short.resident)} as it comes, in relation to as many short calls); ${up} calls`;
  const levels = [short.resident, before.resident, asItComes, held.resident, after.resident];
  const notes = [
    `held: resident memory after short calls, the same collected, held, held (collected) and ${afterMs / 1000} s after the calls: ` +
      `${levels.map((level) => (level / 1024).toFixed(0)).join(", ")} MiB; of each call ${each(after.live - before.live)} KiB were still live then.`,
  ];
  if (up !== calls)
    notes.push(`held: only ${up} of ${calls} calls were up. ${sipp.complaint().slice(0, 600)}`);
  return {
    rows: [{ ...GOALS.held, measured, holds: grown / Math.max(1, up) <= MOST_KIB }],
    notes,
    failed: sipp.counts().succeeded !== calls || up !== calls,
  };
}

/**
 * Resident memory, KiB, after as many calls that are over. `keeper`: one that is up meanwhile and while the others are held, for a server
 * that nobody calls collects its garbage.
 */
async function levelAfterShortCalls(
  rig: Rig,
  { calls, settleMs }: HeldPlan,
): Promise<{ readonly resident: number; readonly keeper: Sipp }> {
  const rampMs = (calls / RATE) * 1000;
  const keeperMs = 2 * (rampMs + settleMs + 2 * MARGIN_MS);
  const keeper = calling(rig, 1, keeperMs, await freePlace(rig.caller.host));
  progress(`held: ${calls} calls that do not stay up`);
  await calling(rig, calls, SHORT_MS).program.ended;
  await sleep(settleMs);
  return { resident: residentKiB(rig.pid), keeper };
}

function calling(rig: Rig, calls: number, talkMs: number, from = rig.caller): Sipp {
  const seconds = Math.ceil((talkMs * 2) / 1000 + 60 + calls / RATE);
  const limits = ["-l", String(calls * 2), "-timeout", String(seconds)];
  return rig.call(["-m", String(calls), "-r", String(RATE), "-d", String(talkMs), ...limits], rig.sip, from);
}

async function collected(rig: Rig, heap: HeapProbe): Promise<Memory> {
  const live = await heap.liveKiB();
  return { live, resident: residentKiB(rig.pid) };
}
