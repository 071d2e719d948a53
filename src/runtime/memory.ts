import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock, Timer } from "./clock.ts";

export interface IdleCollectorParts {
  readonly clock: Clock;
  /** No call is up, being made, or still remembered by a transaction. */
  readonly isIdle: () => boolean;
  /** Grows with the work done, so that a process that has done nothing since the last time is left alone. */
  readonly work: () => number;
}

const LOOK_MS = 2000;
/** Less work than this leaves too little garbage to be worth a collection. */
const WORTH = 100;

/**
 * Gives memory back after a load (what that costs the next calls: docs/adr/0032). A switchboard's garbage is old when it dies (a transaction lives 32 s), and V8 collects
 * old garbage only when more is made: a quiet process would keep the memory of its busiest hour. A full collection that
 * also hands the emptied pages back takes some 90 ms (measured with 46 MB, 28 of them live), so it is made only when
 * nobody is calling. Returns how to stop it.
 */
export function collectWhenIdle({ clock, isIdle, work }: IdleCollectorParts): () => void {
  const collect = fullCollection();
  // What loading the program has left is worth it.
  let done = work() - WORTH;
  let timer: Timer;
  const look = (): void => {
    timer = clock.after(LOOK_MS, look);
    if (!isIdle() || work() - done < WORTH) return;
    done = work();
    collect();
  };
  timer = clock.after(LOOK_MS, look);
  return () => timer.cancel();
}

/** Once, when all is loaded: hands back what loading the program has left, which nothing else would bring V8 to do. */
export function collectAfterStart(clock: Clock): Timer {
  return clock.after(LOOK_MS, fullCollection());
}

/** The same at once, before there is anything to do. */
export function collectAtStart(): void {
  fullCollection()();
}

/**
 * How young objects are collected, in all threads of the process; to be called before there are others.
 *
 * By the thread that made them, alone: helpers shorten that where processors are free, and on two cost a tenth of a call's CPU,
 * for each piece of the work is too small to be shared (docs/adr/0108). And none is made in the old generation because others of
 * its kind have lived long: there it would keep all that it holds alive until the next full collection (docs/adr/0131).
 */
export function collectYoungObjects(): void {
  setFlagsFromString("--no-parallel-scavenge");
  setFlagsFromString("--no-allocation-site-pretenuring");
}

type Collector = (kind: { readonly type: "major"; readonly flavor: "last-resort" }) => void;

/**
 * Node shows the collector to code only behind a flag; a context made after setting it has it. An ordinary collection
 * keeps the pages that it has emptied, ready for the next load; V8's last resort gives them back to the system.
 */
function fullCollection(): () => void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as Collector;
  return () => collect({ type: "major", flavor: "last-resort" });
}
