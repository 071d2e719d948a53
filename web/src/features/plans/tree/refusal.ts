import type { Directory } from "../../../../../src/dialplan/directory.ts";
import { MAX_DEPTH, MAX_STEPS } from "../../../../../src/dialplan/plan.ts";
import { kindNamed, type StepDocument } from "../../../../../src/dialplan/steps/registry.ts";
import { END, type Gift, type RawStep } from "../../../../../src/dialplan/steps/step.ts";
import {
  begins,
  type Gap,
  gapAt,
  gapsOf,
  type Outline,
  outline,
  type PlacedGap,
  type StepNode,
  stepsOf,
} from "./outline.ts";

/** Why a step cannot stand somewhere, as a code and what its sentence is made of. */
export type Refusal =
  | { readonly code: "samePlace" | "insideItself" | "noSuchPlace" }
  /** A step stands before the place that nothing can follow. */
  | { readonly code: "afterLast" | "afterEnd"; readonly type: string }
  /** The step itself lets nothing follow it, and something does. */
  | { readonly code: "mustBeLast" | "hidesRest"; readonly type: string }
  /** The step uses what one above it gives. */
  | { readonly code: "needs"; readonly type: string; readonly gift: Gift }
  | { readonly code: "tooDeep" | "tooManySteps"; readonly most: number };

/** What is to stand at a gap: a step of the plan that is moved there, or new ones. */
export interface Carried {
  readonly steps: readonly RawStep[];
  /** Where it stands now, if it is in the plan. */
  readonly from?: StepNode;
  /** All its steps, those below counted. */
  readonly count: number;
  /** How many levels it has. */
  readonly height: number;
  /** What its steps need of those above, and which step does. */
  readonly demands: readonly { readonly type: string; readonly gift: Gift }[];
}

/** A step of the plan, to be moved. */
export function moved(node: StepNode): Carried {
  return { ...brought([node.step]), from: node };
}

/** New steps, to be put in. */
export function brought(steps: readonly RawStep[]): Carried {
  const own = outline({ name: "", steps });
  let height = 0;
  const demands: { readonly type: string; readonly gift: Gift }[] = [];
  for (const { step, level } of stepsOf(own.top)) {
    height = Math.max(height, level.depth);
    for (const gift of needs(step)) if (!level.given.has(gift)) demands.push({ type: typeOf(step), gift });
  }
  return { steps, count: own.byNumber.size, height, demands };
}

/** Why what is carried cannot stand at a gap; undefined where it can. All that moves a step asks this, and nothing else. */
export function refusal(plan: Outline, carried: Carried, gap: Gap): Refusal | undefined {
  const place = gapAt(plan, gap);
  return place === undefined ? { code: "noSuchPlace" } : refusalAt(plan, carried, place);
}

function refusalAt(plan: Outline, carried: Carried, place: PlacedGap): Refusal | undefined {
  const { from } = carried;
  const { level, index } = place;
  if (from !== undefined) {
    if (begins(level.path, from.path)) return { code: "insideItself" };
    if (level === from.level && (index === from.index || index === from.index + 1))
      return { code: "samePlace" };
  }
  const demand = carried.demands.find(({ gift }) => !level.given.has(gift));
  return (
    orderRefusal(carried, place) ??
    (demand === undefined ? sizeRefusal(plan, carried, level.depth) : { code: "needs", ...demand })
  );
}

/** Whether what stands before lets something follow, and whether what is carried does. */
function orderRefusal({ steps, from }: Carried, { level, index }: PlacedGap): Refusal | undefined {
  const others = level.steps.filter((node) => node !== from);
  const before = others.filter((node) => node.index < index).map(({ step }) => step);
  const ending = before.find((step) => follow(step) !== "yes");
  if (ending !== undefined) {
    return { code: follow(ending) === "mustBeLast" ? "afterLast" : "afterEnd", type: typeOf(ending) };
  }
  const isFollowed = before.length < others.length;
  const last = steps.findIndex((step) => follow(step) !== "yes");
  const step = steps[last];
  if (step === undefined || (last === steps.length - 1 && !isFollowed)) return undefined;
  return { code: follow(step) === "mustBeLast" ? "mustBeLast" : "hidesRest", type: typeOf(step) };
}

function follow(step: RawStep): "yes" | "mustBeLast" | "hidesRest" {
  return kindNamed(step.type)?.follow ?? "yes";
}

function typeOf(step: RawStep): string {
  return typeof step.type === "string" ? step.type : "";
}

const GIFTS: readonly Gift[] = ["webhookReply"];
const needsOf = new WeakMap<RawStep, readonly Gift[]>();

/**
 * What a step can only have from one above it. The kind says it when it compiles the step: its problem is gone where it
 * is given. A step is a value that does not change, so it is asked once.
 */
export function needs(step: RawStep): readonly Gift[] {
  const known = needsOf.get(step);
  if (known !== undefined) return known;
  const found = GIFTS.filter((gift) => complaints(step, []) > complaints(step, [gift]));
  needsOf.set(step, found);
  return found;
}

/** What nothing is in: what a step names does not matter here. */
const EMPTY: Directory = {
  home: { country: "NL" },
  security: { dialCountries: [] },
  phones: new Map(),
  groups: new Map(),
  webhooks: new Map(),
  audioMessages: new Map(),
  plans: new Map(),
};

/** How often a step says that it is not below what it needs. */
function complaints(step: RawStep, given: readonly Gift[]): number {
  const kind = kindNamed(step.type);
  if (kind === undefined) return 0;
  let count = 0;
  try {
    kind.compile(step as unknown as StepDocument, {
      base: { number: "1", next: END },
      directory: EMPTY,
      given: new Set(given),
      problem: (code) => {
        if (code === "outsideWebhook") count += 1;
      },
      branch: () => END,
    });
  } catch {
    // A document of a wrong shape, which its schema refuses: what it would need is not known.
  }
  return count;
}

function sizeRefusal(plan: Outline, { count, height, from }: Carried, depth: number): Refusal | undefined {
  if (depth + height - 1 > MAX_DEPTH) return { code: "tooDeep", most: MAX_DEPTH };
  if (from === undefined && plan.byNumber.size + count > MAX_STEPS) {
    return { code: "tooManySteps", most: MAX_STEPS };
  }
  return undefined;
}

/** All gaps where what is carried can stand, in the order of the page. */
export function openGaps(plan: Outline, carried: Carried): readonly PlacedGap[] {
  return [...gapsOf(plan.top)].filter((place) => refusalAt(plan, carried, place) === undefined);
}

/**
 * The next gap upwards or downwards in the order of the page where a step can be moved to, across levels: what `Alt` with
 * an arrow and the two buttons of a row take.
 */
export function nextGap(plan: Outline, node: StepNode, direction: "up" | "down"): PlacedGap | undefined {
  const gaps = [...gapsOf(plan.top)];
  const own = gaps.findIndex(({ level, index }) => level === node.level && index === node.index);
  const carried = moved(node);
  const step = direction === "up" ? -1 : 1;
  for (let at = own + step; at >= 0 && at < gaps.length; at += step) {
    const place = gaps[at];
    if (place !== undefined && refusalAt(plan, carried, place) === undefined) return place;
  }
  return undefined;
}
