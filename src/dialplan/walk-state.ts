import type { CallFacts } from "./call-facts.ts";
import type { CallerIdForwarding, Command, RingTarget } from "./command.ts";
import type { RingResult } from "./outcome.ts";
import type { TraceEntry } from "./trace.ts";

/** What the nearest webhook above the step returned; empty where it returned nothing. */
export interface Returned {
  readonly destination: string;
  readonly callerName: string;
}

/**
 * Where a call is in its plan: a value that survives JSON and structured clone, so that a walk can be kept, sent to
 * another thread, and replayed. Only `begin` and `resume` make new ones.
 */
export interface Walk {
  readonly facts: CallFacts;
  /** Index in `plan.steps` of the step whose command is being performed. */
  readonly at: number;
  readonly waitingFor: "rang" | "replied" | "played" | "collected" | "nothing";
  /** Who rings now. */
  readonly ringing: readonly RingTarget[];
  /** Extensions of a group that ring after this one (strategy inOrder). */
  readonly queue: readonly string[];
  /** The current name to show; empty: none. */
  readonly callerName: string;
  readonly callerIdForwarding: CallerIdForwarding;
  readonly returned: Returned;
  /** Which attempt at a code this is, from 1; 0 outside a webhook that asks for one. The code itself is never kept. */
  readonly attempt: number;
  readonly lastRing: RingResult | "none";
  /** Steps entered and members rung so far; see `MAX_TAKEN`. */
  readonly taken: number;
}

/** What `begin` and `resume` give the shell. */
export interface Turn {
  readonly walk: Walk;
  readonly command: Command;
  /** What was decided since the last turn, in order. */
  readonly trace: readonly TraceEntry[];
}

/** A plan that takes more than this is ended: no data, however broken, makes a walk endless. */
export const MAX_TAKEN = 1000;
