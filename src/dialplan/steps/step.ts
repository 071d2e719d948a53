import type { z } from "zod";
import type { Command } from "../command.ts";
import type { Directory } from "../directory.ts";
import type { Outcome } from "../outcome.ts";
import type { PlanProblemCode } from "../plan-problems.ts";
import type { TraceData, TraceEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";

/** Instead of an index: no step follows, the plan ends here. */
export const END = -1;

/** What every compiled step has. */
export interface StepBase {
  readonly type: string;
  /** See step-number.ts. */
  readonly number: string;
  /** Index of the next step of the same level, or END. */
  readonly next: number;
}

/** What a step sees while it decides. */
export interface Scene {
  readonly walk: Walk;
  readonly directory: Directory;
}

/** What a step decided: ask the shell for something, go to another step, or end the walk. */
export type Move =
  | {
      readonly kind: "ask";
      readonly walk: Walk;
      readonly command: Command;
      readonly trace: readonly TraceEntry[];
    }
  | {
      readonly kind: "go";
      readonly walk: Walk;
      readonly to: number;
      readonly trace: readonly TraceEntry[];
    }
  | {
      readonly kind: "end";
      readonly walk: Walk;
      readonly command: Command;
      readonly trace: readonly TraceEntry[];
    };

/** An outcome that a step can be resumed with. */
export type StepOutcome = Exclude<Outcome, { readonly type: "callerHungUp" }>;

/** What a step's document is compiled with. */
export interface Place {
  /** To be spread into the compiled step; `next` is filled in afterwards. */
  readonly base: { readonly number: string; readonly next: number };
  readonly directory: Directory;
  readonly underWebhook: boolean;
  /** Reports a problem of this step, at one of its keys. */
  problem(code: PlanProblemCode, key: string, message: string): void;
  /** Compiles the steps of a branch under a webhook; returns the index of its first step, or END. */
  branch(key: string, ordinal: number, steps: readonly unknown[]): number;
}

/** One kind of step: all that compiling and walking need to know of it. */
export interface StepKind<Document, Step extends StepBase> {
  readonly type: Step["type"];
  readonly schema: z.ZodType<Document>;
  /** Whether steps may follow on the same level; if not, whether it is the step or what follows that is misplaced. */
  readonly follow: "yes" | "mustBeLast" | "hidesRest";
  compile(document: Document, place: Place): Step;
  /** What the step is, in a few words. */
  label(step: Step): string;
  enter(step: Step, scene: Scene): Move;
  /** Steps that never ask for anything have none. */
  resume?(step: Step, scene: Scene, outcome: StepOutcome): Move;
}

/** One decision of a step, for the trace. */
export function entryOf(step: StepBase, label: string, text: string, data?: TraceData): TraceEntry {
  const base = { step: step.number, type: step.type, label, text };
  return data === undefined ? base : { ...base, data };
}
