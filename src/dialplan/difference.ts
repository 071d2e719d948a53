import { at, branchesOf, levelsBelow, type RawLevel, topLevel } from "./outline.ts";
import { stepNumber } from "./step-number.ts";
import type { StepReference } from "./steps/references.ts";
import { kindNamed } from "./steps/registry.ts";

/** What is different between two plans, step by step; numbers are those of the plan that the step stands in. */
export type StepChange =
  | { readonly change: "added"; readonly to: string; readonly type: string; readonly steps: number }
  /** `steps`: how many went or came, those below it counted. */
  | { readonly change: "removed"; readonly from: string; readonly type: string; readonly steps: number }
  | { readonly change: "moved"; readonly from: string; readonly to: string; readonly type: string }
  | {
      readonly change: "changed";
      readonly from: string;
      readonly to: string;
      readonly type: string;
      readonly fields: readonly FieldChange[];
    };

/** Undefined: the key is not there. */
export interface FieldChange {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Everything that is different, in the order of the later plan; what went stands at the end. Takes whatever is there. */
export function planDifference(before: unknown, after: unknown): readonly StepChange[] {
  const { pairs, came, gone } = matched(before, after);
  const changes: { readonly order: number; readonly change: StepChange }[] = [];
  for (const [one, { other, moved }] of pairs) {
    const places = { from: one.number, to: other.number, type: other.type };
    if (moved) changes.push({ order: other.order, change: { change: "moved", ...places } });
    const fields = fieldChanges(one.own, other.own);
    if (fields.length > 0)
      changes.push({ order: other.order, change: { change: "changed", ...places, fields } });
  }
  for (const node of came)
    changes.push({
      order: node.order,
      change: { change: "added", to: node.number, type: node.type, steps: sizeOf(node) },
    });
  changes.sort((a, b) => a.order - b.order);
  const removed = gone
    .toSorted((a, b) => a.order - b.order)
    .map(
      (node): StepChange => ({ change: "removed", from: node.number, type: node.type, steps: sizeOf(node) }),
    );
  return [...changes.map(({ change }) => change), ...removed];
}

/** Where each step of a plan stands in a later one, by number; what is not there any more is not there. */
export function stepsInto(before: unknown, after: unknown): ReadonlyMap<string, string> {
  return new Map([...matched(before, after).pairs].map(([one, { other }]) => [one.number, other.number]));
}

/**
 * What steps named in a plan, with what the same steps name in a later one, where that is something else. Both have the shape of
 * plans.
 */
export function renamedReferences(
  before: unknown,
  after: unknown,
): readonly { readonly was: StepReference; readonly is: StepReference }[] {
  return [...matched(before, after).pairs].flatMap(([one, { other }]) => {
    const now = referencesIn(other);
    return referencesIn(one).flatMap((was) => {
      const is = now.find(({ thing, key }) => thing === was.thing && key === was.key);
      return is === undefined || is.name === was.name ? [] : [{ was, is }];
    });
  });
}

function referencesIn({ type, own }: Node): readonly StepReference[] {
  return kindNamed(type)?.references({ type, ...own }) ?? [];
}

interface Node {
  readonly number: string;
  readonly type: string;
  /** Its keys without those of branches. */
  readonly own: Readonly<Record<string, unknown>>;
  /** The same as text, and with all that is below it. */
  readonly ownText: string;
  readonly wholeText: string;
  /** By branch, in their order. */
  readonly below: ReadonlyMap<string, readonly Node[]>;
  /** Its place in the document. */
  readonly order: number;
}

interface Matched {
  readonly pairs: ReadonlyMap<Node, { readonly other: Node; readonly moved: boolean }>;
  /** Roots of what is only in the later one, and only in the earlier one. */
  readonly came: readonly Node[];
  readonly gone: readonly Node[];
}

function matched(before: unknown, after: unknown): Matched {
  const matcher = new Matcher();
  matcher.align(nodesOf(topLevel(before), { next: 0 }), nodesOf(topLevel(after), { next: 0 }));
  matcher.findMoved();
  return matcher;
}

/** Pairs the steps of two plans: level by level where they stand, then what has another place. */
class Matcher implements Matched {
  readonly pairs = new Map<Node, { readonly other: Node; readonly moved: boolean }>();
  came: readonly Node[] = [];
  gone: readonly Node[] = [];

  /** Pairs two lists of the same place, and what is below each pair. */
  align(one: readonly Node[], other: readonly Node[]): void {
    const same = common(one, other, ({ ownText }) => ownText);
    const cameHere: Node[] = [];
    const goneHere: Node[] = [];
    // Between two that are the same, those of one type in a row are the same step with other settings.
    let [a, b] = [0, 0];
    for (const [endA, endB] of [...same, [one.length, other.length] as const]) {
      const left = one.slice(a, endA);
      const right = other.slice(b, endB);
      const alike = common(left, right, ({ type }) => type);
      for (const [x, y] of alike) this.#pair(left[x], right[y], false);
      goneHere.push(...left.filter((_, x) => !alike.some(([at]) => at === x)));
      cameHere.push(...right.filter((_, y) => !alike.some(([, at]) => at === y)));
      this.#pair(one[endA], other[endB], false);
      [a, b] = [endA + 1, endB + 1];
    }
    this.gone = [...this.gone, ...goneHere];
    this.came = [...this.came, ...cameHere];
  }

  /** What went in one place and came in another: the same with all below it first, then the same by itself. */
  findMoved(): void {
    for (const text of [(node: Node) => node.wholeText, (node: Node) => node.ownText]) {
      for (const gone of this.gone) {
        const came = this.came.find((node) => text(node) === text(gone));
        if (came === undefined) continue;
        this.gone = this.gone.filter((node) => node !== gone);
        this.came = this.came.filter((node) => node !== came);
        this.#pair(gone, came, true);
      }
    }
  }

  #pair(one: Node | undefined, other: Node | undefined, moved: boolean): void {
    if (one === undefined || other === undefined) return;
    this.pairs.set(one, { other, moved });
    for (const key of new Set([...one.below.keys(), ...other.below.keys()]))
      this.align(one.below.get(key) ?? [], other.below.get(key) ?? []);
  }
}

/** The longest row of places that two lists have in common, in order. */
function common(
  one: readonly Node[],
  other: readonly Node[],
  text: (node: Node) => string,
): readonly (readonly [number, number])[] {
  if (one.length === 0 || other.length === 0) return [];
  // Texts as numbers: a page compares a plan of hundreds of steps between two letters that somebody types.
  const known = new Map<string, number>();
  const numbered = (nodes: readonly Node[]): Uint16Array =>
    Uint16Array.from(nodes, (node) => {
      const key = text(node);
      const number = known.get(key) ?? known.size;
      known.set(key, number);
      return number;
    });
  const [left, right] = [numbered(one), numbered(other)];
  const found: (readonly [number, number])[] = [];
  // What both begin with needs no table.
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) {
    found.push([start, start]);
    start += 1;
  }
  const rest = commonRow(left.subarray(start), right.subarray(start));
  return [...found, ...rest.map(([x, y]) => [start + x, start + y] as const)];
}

function commonRow(left: Uint16Array, right: Uint16Array): readonly (readonly [number, number])[] {
  if (left.length === 0 || right.length === 0) return [];
  const found: (readonly [number, number])[] = [];
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  const length = (x: number, y: number): number => longest[x * width + y] ?? 0;
  for (let x = left.length - 1; x >= 0; x -= 1)
    for (let y = right.length - 1; y >= 0; y -= 1)
      longest[x * width + y] =
        left[x] === right[y] ? length(x + 1, y + 1) + 1 : Math.max(length(x + 1, y), length(x, y + 1));
  for (let [x, y] = [0, 0]; x < left.length && y < right.length; ) {
    if (left[x] === right[y]) {
      found.push([x, y]);
      [x, y] = [x + 1, y + 1];
    } else if (length(x + 1, y) >= length(x, y + 1)) x += 1;
    else y += 1;
  }
  return found;
}

/** More steps than a plan may have are not looked at. */
const MOST = 1000;

function nodesOf(level: RawLevel, count: { next: number }): readonly Node[] {
  if (!Array.isArray(level.value)) return [];
  const nodes: Node[] = [];
  for (const [index, step] of (level.value as readonly unknown[]).entries()) {
    if (count.next >= MOST) break;
    const order = count.next;
    count.next += 1;
    const { own, ownText } = ownOf(step);
    const below = new Map(
      levelsBelow(level, index, step).map((one) => [
        one.path.slice(level.path.length + 1).join("."),
        nodesOf(one, count),
      ]),
    );
    const type = at(step, ["type"]);
    const belowText = [...below].map(([key, list]) => `${key}:${list.map((one) => one.wholeText).join()}`);
    nodes.push({
      number: stepNumber(level.prefix, index),
      type: typeof type === "string" ? type : "",
      own,
      ownText,
      wholeText: `${ownText}{${belowText.join(";")}}`,
      below,
      order,
    });
  }
  return nodes;
}

/** What was read of a step: documents are replaced, never changed, and a page compares the same ones with each letter. */
const readSteps = new WeakMap<object, Pick<Node, "own" | "ownText">>();

/** In the order of their names, so that the order in which somebody wrote them is no difference. */
function ownOf(step: unknown): Pick<Node, "own" | "ownText"> {
  if (typeof step !== "object" || step === null)
    return { own: { value: step }, ownText: JSON.stringify({ value: step }) };
  const before = readSteps.get(step);
  if (before !== undefined) return before;
  const branches = new Set(branchesOf(step).map(({ path: [key = ""] }) => key));
  const keys = Object.entries(step).filter(([key, value]) => !branches.has(key) && value !== undefined);
  const own = Object.fromEntries(keys.sort(([a], [b]) => (a < b ? -1 : 1)));
  const read = { own, ownText: JSON.stringify(own) };
  readSteps.set(step, read);
  return read;
}

function fieldChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const value = (of: Readonly<Record<string, unknown>>, key: string): unknown =>
    Object.hasOwn(of, key) ? of[key] : undefined;
  return keys
    .map((key) => ({ key, before: value(before, key), after: value(after, key) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

function sizeOf(node: Node): number {
  return 1 + [...node.below.values()].flat().reduce((sum, one) => sum + sizeOf(one), 0);
}
