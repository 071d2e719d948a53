import type { z } from "zod";
import type { Words } from "../../lib/said.ts";
import type { Command } from "../command.ts";
import type { Directory } from "../directory.ts";
import type { Outcome } from "../outcome.ts";
import type { PlanProblemCode } from "../plan-problems.ts";
import type { TraceEntry } from "../trace.ts";
import type { Walk } from "../walk-state.ts";
import type { StepReference } from "./references.ts";

/** Instead of an index: no step follows, the plan ends here. */
export const END = -1;

/** The least that is known of a step's document: its kind. Branches hold such; the registry knows more. */
export interface StepLike {
  readonly type: string;
}

/** The schema of the steps of a branch, which only the registry can make. */
export type StepsSchema = z.ZodType<readonly StepLike[]>;

/** A step's document before it has been checked: anything. */
export type RawStep = Readonly<Record<string, unknown>>;

/** What steps may use only below a step that gives it. */
export type Gift = "webhookReply";

/** One branch of a step. */
export interface Branch {
  /** Where its steps stand in the document: `["success"]`, and for a menu `["options", "1"]`. */
  readonly path: readonly string[];
  /** For a person: "HTTP and IVR successful". */
  readonly label: string;
  readonly gives: readonly Gift[];
}

/** What every compiled step has. */
export interface StepBase extends StepLike {
  /** See ../step-number.ts. */
  readonly number: string;
  /** Index of the next step of the same level, or END. */
  readonly next: number;
}

/** What a step sees while it decides. `own` is what it said to keep when it asked; undefined when it is entered. */
export interface Scene<Own = undefined> {
  readonly walk: Walk;
  readonly own: Own;
  readonly directory: Directory;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a step decided: ask the shell for something, go to another step or into another plan, or end the walk. */
export type Move<Own = unknown> =
  | {
      readonly kind: "ask";
      readonly walk: Walk;
      /** What the step needs again when it is resumed: plain data. */
      readonly own: Own;
      readonly command: Exclude<Command, { readonly type: "connected" | "hangUp" }>;
      readonly trace: readonly TraceEntry[];
    }
  | {
      readonly kind: "go";
      readonly walk: Walk;
      readonly to: number;
      readonly trace: readonly TraceEntry[];
    }
  | {
      /** Into another plan. When that ends and nobody has answered, this one goes on at `then`. */
      readonly kind: "enter";
      readonly walk: Walk;
      readonly plan: string;
      readonly then: number;
      readonly trace: readonly TraceEntry[];
    }
  | {
      readonly kind: "end";
      readonly walk: Walk;
      readonly command: Extract<Command, { readonly type: "connected" | "hangUp" }>;
      readonly trace: readonly TraceEntry[];
    };

/** An outcome that a step can be resumed with. */
export type StepOutcome = Exclude<Outcome, { readonly type: "callerHungUp" }>;

/**
 * What a decision means for the whole call: it leads elsewhere than the plan was written for; nobody was named who could ring,
 * which is why, where nobody rings; the plan did something for the caller.
 */
export type Weight = "mishap" | "nobodyNamed" | "service";

/** Weights of a table of words. */
export type Weights<Table extends Words> = { readonly [Code in keyof Table]?: Weight };

/** What a step's document is compiled with. */
export interface Place {
  /** To be spread into the compiled step; `next` is filled in afterwards. */
  readonly base: { readonly number: string; readonly next: number };
  readonly directory: Directory;
  /** What the steps above give. */
  readonly given: ReadonlySet<Gift>;
  /** Reports a problem of this step, at one of its keys. */
  problem(code: PlanProblemCode, key: string, message: string): void;
  /** Compiles the steps of a branch, named by its path; returns the index of its first step, or END. */
  branch(...path: readonly string[]): number;
}

/** One kind of step: all that there is to know of it. The registry lists the kinds; everything else follows from them. */
export interface StepKind<Document extends StepLike, Step extends StepBase, Own = undefined> {
  readonly type: Step["type"];
  /** What a person chooses it by: "Phone". */
  readonly title: string;
  /** One sentence: what it does to a call. */
  readonly help: string;
  /** Its keys, each with `label`, `help` and where it has one `unit` as metadata; `steps` is for its branches. */
  schema(steps: StepsSchema): z.ZodType<Document>;
  /** Whether steps may follow on the same level; if not, whether it is the step or what follows that is misplaced. */
  readonly follow: "yes" | "mustBeLast" | "hidesRest";
  /** Every sentence that its decisions are told by. */
  readonly words: Words;
  /** Those of its sentences that say more than that the call goes on, by code. */
  readonly weights?: Readonly<Record<string, Weight>>;
  /** In the order in which they are numbered. Asked of documents with mistakes too: takes whatever is there. */
  branches(document: RawStep): readonly Branch[];
  /** The things that it names, to be checked, counted as used and renamed along. */
  references(document: Document): readonly StepReference[];
  compile(document: Document, place: Place): Step;
  /** What the step is, in a few words. */
  label(step: Step): string;
  enter(step: Step, scene: Scene): Move<Own>;
  /** Steps that never ask for anything have none. */
  resume?(step: Step, scene: Scene<Own>, outcome: StepOutcome): Move<Own>;
}

/** For `branches` and `references` of a kind that has none. */
export const none = (): readonly never[] => [];
