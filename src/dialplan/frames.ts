import type { Directory } from "./directory.ts";
import { OWN_PLAN, type Plan } from "./plan.ts";
import { END, type Move } from "./steps/step.ts";
import { type Frame, MAX_FRAMES, type Walk } from "./walk-state.ts";
import type { walkWords } from "./walk-words.ts";

/** What plans refer to when they are walked (docs/adr/0061): the plans compiled. */
export interface WalkDirectory extends Directory {
  readonly plans: ReadonlyMap<string, Plan>;
}

/** The plan that a walk is in. `root`: the one that took the call, which need not be one of the company's. */
export function planOf({ frames }: Pick<Walk, "frames">, root: Plan, { plans }: WalkDirectory): Plan {
  const frame = frames.at(-1);
  const plan = frames.length === 1 ? root : plans.get(frame?.plan ?? "");
  if (frame === undefined || plan?.name !== frame.plan || plan.version !== frame.version) {
    throw new Error(
      `the walk is in version ${frame?.version} of the plan "${frame?.plan}", which is not at hand`,
    );
  }
  return plan;
}

/** The first frame of a call. */
export function frameOf({ name: plan, version }: Plan): Frame {
  return { plan, version, next: END };
}

type EntryRefusal = Extract<keyof typeof walkWords, "plan.gone" | "plan.loop" | "plan.tooDeep">;

/** The plan that a step leads to, or why it is not entered. */
export function planToEnter(
  { plan: name, walk }: Extract<Move, { readonly kind: "enter" }>,
  { plans }: WalkDirectory,
): Plan | EntryRefusal {
  const plan = plans.get(name);
  if (plan === undefined || plan.version === OWN_PLAN) return "plan.gone";
  if (walk.frames.some((frame) => frame.plan === name)) return "plan.loop";
  return walk.frames.length >= MAX_FRAMES ? "plan.tooDeep" : plan;
}

/** The walk in another plan, from whose end it comes back to `then`. */
export function pushed(walk: Walk, plan: Plan, then: number): Walk {
  const here = walk.frames.slice(-1).map((frame) => ({ ...frame, next: then }));
  return { ...walk, frames: [...walk.frames.slice(0, -1), ...here, frameOf(plan)] };
}

/** The walk where the plan that it is in has ended: in the plan that goes on, and there; undefined: it ends with it. */
export function popped(walk: Walk): { readonly walk: Walk; readonly at: number } | undefined {
  const depth = walk.frames.findLastIndex(
    ({ next }, index) => next !== END && index < walk.frames.length - 1,
  );
  const frame = walk.frames[depth];
  if (frame === undefined) return undefined;
  return { walk: { ...walk, frames: walk.frames.slice(0, depth + 1) }, at: frame.next };
}
