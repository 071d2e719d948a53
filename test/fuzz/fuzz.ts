import { systemClock } from "../../src/runtime/clock.ts";
import type { Ids } from "../../src/runtime/ids.ts";
import { seededIds } from "../fakes/seeded-ids.ts";
import { mutate } from "./mutate.ts";
import type { FuzzTarget } from "./targets.ts";

/** An input that a target does not stand. */
export interface Finding {
  readonly target: string;
  readonly why: string;
  /** Base64. */
  readonly input: string;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly slowestMs: number;
  readonly finding: Finding | undefined;
}

/** Reliability row A5. */
const MAX_INPUT_MS = 100;
const MAX_HEAP_BYTES = 256 * 1024 * 1024;
const MAX_CORPUS = 500;

/** Feeds a target with changed seeds for some milliseconds, or until it fails. The same seed draws the same inputs. */
export function fuzz(target: FuzzTarget, durationMs: number, seed: number): FuzzResult {
  const ids = seededIds(seed);
  const corpus = [...target.seeds];
  const end = systemClock.now() + durationMs;
  let inputs = 0;
  let slowestMs = 0;
  while (systemClock.now() < end) {
    const input = mutate(draw(corpus, ids), draw(corpus, ids), ids);
    inputs++;
    const tried = attempt(target, input);
    if (tried.why !== undefined) {
      return {
        inputs,
        slowestMs,
        finding: { target: target.name, why: tried.why, input: input.toString("base64") },
      };
    }
    slowestMs = Math.max(slowestMs, tried.ms);
    // Changes pile up: now and then an input that was taken becomes a seed itself.
    if (tried.taken && ids.integer(10) === 0 && input.length < 8192) {
      if (corpus.length < MAX_CORPUS) corpus.push(input);
      else corpus[target.seeds.length + ids.integer(MAX_CORPUS - target.seeds.length)] = input;
    }
  }
  return { inputs, slowestMs, finding: undefined };
}

function draw(corpus: readonly Buffer[], ids: Ids): Buffer {
  return corpus[ids.integer(corpus.length)] ?? Buffer.alloc(0);
}

interface Attempt {
  readonly why: string | undefined;
  readonly ms: number;
  readonly taken: boolean;
}

function attempt(target: FuzzTarget, input: Buffer): Attempt {
  try {
    const start = systemClock.now();
    const taken = target.run(input);
    let ms = systemClock.now() - start;
    // On a busy machine one run says little: an input counts as slow when it is so every time.
    for (let again = 0; again < 4 && ms > MAX_INPUT_MS; again++) ms = Math.min(ms, timed(target, input));
    if (ms > MAX_INPUT_MS) return { why: `it took ${Math.round(ms)} ms`, ms, taken };
    const heap = process.memoryUsage().heapUsed;
    return { why: heap > MAX_HEAP_BYTES ? `the heap grew to ${heap} bytes` : undefined, ms, taken };
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { why, ms: 0, taken: false };
  }
}

function timed(target: FuzzTarget, input: Buffer): number {
  const start = systemClock.now();
  target.run(input);
  return systemClock.now() - start;
}
