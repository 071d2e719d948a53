import type { DisplayName } from "../lib/display-name.ts";
import type { CallFacts } from "./call-facts.ts";
import type { CallerIdForwarding, Command } from "./command.ts";
import type { Outcome, RingResult } from "./outcome.ts";
import type { TraceEntry } from "./trace.ts";

/** What the nearest webhook above the step returned; empty where it returned nothing. */
export interface Returned {
  readonly destination: string;
  readonly callerName: string;
}

/** A plan that the call is in. */
export interface Frame {
  readonly plan: string;
  readonly version: number;
  /** Index of the step where it goes on when the plan that it has led to ends; END: nowhere. */
  readonly next: number;
}

/** Most plans that a call may be in at once, each led to by the one before. */
export const MAX_FRAMES = 16;

/**
 * Where a call is in its plan: a value that survives JSON and structured clone, so that a walk can be kept, sent to
 * another thread, and replayed. Only `begin` and `resume` make new ones.
 */
export interface Walk {
  readonly facts: CallFacts;
  /** The plan that took the call, and those that it led to; the last is the one that is walked. */
  readonly frames: readonly Frame[];
  /** Index in that plan's steps of the step whose command is being performed. */
  readonly at: number;
  /** The outcome that the command will have; "nothing" at the end. */
  readonly waitingFor: Wait | "nothing";
  /** What the step that waits said to keep. */
  readonly own: unknown;
  /** The current name to show; empty: none. */
  readonly callerName: DisplayName;
  readonly callerIdForwarding: CallerIdForwarding;
  readonly returned: Returned;
  readonly lastRing: RingResult | "none";
  /** Steps entered and members rung so far, in all plans; see `MAX_TAKEN`. */
  readonly taken: number;
}

/** Each command that has to be performed, and the outcome that it has. */
export const WAITS = {
  ring: "rang",
  // The ring command goes on.
  follow: "rang",
  request: "replied",
  play: "played",
  collect: "collected",
} as const satisfies Record<
  Exclude<Command["type"], "connected" | "hangUp">,
  Exclude<Outcome["type"], "callerHungUp" | "mediaFailed" | "forwarded">
>;

export type Wait = (typeof WAITS)[keyof typeof WAITS];

/** What `begin` and `resume` give the shell. */
export interface Turn {
  readonly walk: Walk;
  readonly command: Command;
  /** What was decided since the last turn, in order. */
  readonly trace: readonly TraceEntry[];
}

/** A walk that takes more than this is ended: no data, however broken, makes a walk endless. */
export const MAX_TAKEN = 1000;
