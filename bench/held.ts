import { setTimeout as sleep } from "node:timers/promises";
import { GOALS, type PartResult } from "./goals.ts";
import { HeapProbe } from "./heap.ts";
import { residentKiB } from "./process-figures.ts";
import { progress } from "./progress.ts";
import type { Rig } from "./rig.ts";

/** The transactions of a call are gone 32 s after its last message (RFC 3261 §17: 64 × T1; RFC 6026 timers L, M). */
export const SETTLE_MS = 35_000;

const RATE = 300;
const MOST_KIB = 8;
const MARGIN_MS = 5_000;

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
 */
export async function heldPart(rig: Rig, { calls, settleMs, afterMs }: HeldPlan): Promise<PartResult> {
  const heap = await HeapProbe.open(rig);
  const before = await collected(rig, heap);
  const rampMs = (calls / RATE) * 1000;
  const talkMs = rampMs + settleMs + MARGIN_MS;
  progress(`held: ${calls} calls that stay up`);
  const limits = ["-l", String(calls * 2), "-timeout", String(Math.ceil((talkMs * 2) / 1000 + 60))];
  const sipp = rig.call(["-m", String(calls), "-r", String(RATE), "-d", String(talkMs), ...limits]);
  await sleep(rampMs + settleMs);
  const up = await rig.metric("switchhook_calls_active");
  const asItComes = residentKiB(rig.pid);
  const held = await collected(rig, heap);
  progress(`held: ${up} calls are up; waiting for their end`);
  await sipp.program.ended;
  await rig.settled();
  await sleep(afterMs);
  const after = await collected(rig, heap);
  heap.close();
  const each = (kibibytes: number): string => (kibibytes / Math.max(1, up)).toFixed(1);
  const resident = `${each(asItComes - before.resident)} KiB resident`;
  const collectedText = `${each(held.resident - before.resident)} after a full collection`;
  const live = `${each(held.live - before.live)} live`;
  const holds = (held.resident - before.resident) / Math.max(1, up) <= MOST_KIB;
  const levels = [before.resident, asItComes, after.resident].map((level) => (level / 1024).toFixed(0));
  const notes = [
    `held: resident memory before, held and ${afterMs / 1000} s after the calls: ${levels.join(", ")} MiB; ` +
      `of each call ${each(after.live - before.live)} KiB were still live then.`,
  ];
  if (up !== calls)
    notes.push(`held: only ${up} of ${calls} calls were up. ${sipp.complaint().slice(0, 600)}`);
  return {
    rows: [{ ...GOALS.held, measured: `${resident} (${collectedText}, ${live}); ${up} calls`, holds }],
    notes,
    failed: sipp.counts().succeeded !== calls || up !== calls,
  };
}

async function collected(rig: Rig, heap: HeapProbe): Promise<Memory> {
  const live = await heap.liveKiB();
  return { live, resident: residentKiB(rig.pid) };
}
