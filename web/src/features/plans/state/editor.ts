import type { PlanProblem } from "../../../../../src/dialplan/compile.ts";
import { stepAtPath } from "../../../../../src/dialplan/outline.ts";
import type { RawStep } from "../../../../../src/dialplan/steps/step.ts";
import { copied } from "../tree/clipboard.ts";
import type { Edit, KeyValue } from "../tree/edits.ts";
import { knownAgain } from "../tree/known-again.ts";
import {
  type Gap,
  nodeAt,
  type Outline,
  outline,
  type RawPlan,
  type StepNode,
  samePath,
} from "../tree/outline.ts";
import { brought, moved, nextGap, type Refusal, refusal } from "../tree/refusal.ts";
import { stepKey } from "../tree/step-key.ts";
import { edited, type History, historyOf, redone, type Stepped, undone } from "../tree/undo.ts";
import { type Store, storeOf } from "./store.ts";

/** Something that was done, to be said to who does not see it. */
export type Announcement =
  | { readonly code: "moved"; readonly from: string; readonly to: string }
  | { readonly code: "added" | "removed" | "pasted" | "copied"; readonly number: string }
  | { readonly code: "undone" | "redone" | "nowhere" | "notSteps" }
  | { readonly code: "refused"; readonly why: Refusal };

/** What the page of a plan shows. */
export interface EditorState {
  readonly history: History;
  readonly laid: Outline;
  /** Number of the step that is looked at. */
  readonly selected: string | undefined;
  /** Prefix of the branch that alone is shown; empty: the whole plan. */
  readonly focused: string;
  readonly problems: ReadonlyMap<string, readonly PlanProblem[]>;
  readonly said: Announcement | undefined;
  /** Grows with each thing that is said, so that the same is said twice. */
  readonly saidCount: number;
  /** The step that shall have the keyboard, and a count that grows each time. */
  readonly wanted: { readonly number: string; readonly count: number } | undefined;
}

export type EditorStore = Store<EditorState>;

/** The plan as it is now. */
export const planOf = ({ laid }: EditorState): RawPlan => laid.plan;

/** The editor of a plan: everything that mouse, keyboard, menu and fields do goes through these. */
export interface Editor {
  readonly store: EditorStore;
  /** Why it could not be done; undefined: it was. */
  move(number: string, to: Gap): Refusal | undefined;
  /** To the next place upwards or downwards. */
  shift(number: string, direction: "up" | "down"): void;
  insert(steps: readonly RawStep[], at: Gap, said?: "added" | "pasted"): Refusal | undefined;
  remove(number: string): void;
  duplicate(number: string): Refusal | undefined;
  change(number: string, values: readonly KeyValue[], joins?: boolean): void;
  undo(): void;
  redo(): void;
  select(number: string | undefined): void;
  /** Selects a step and gives it the keyboard. */
  show(number: string): void;
  focus(prefix: string): void;
  say(said: Announcement): void;
  /** Another version of the whole plan, which can be taken back like any edit. */
  replace(plan: RawPlan): void;
  /** What somebody else made of the plan, while nothing was done here that they do not have; all that they do is taken back at once. */
  follow(plan: RawPlan): void;
}

export function editorOf(history: History = historyOf({ name: "", steps: [] })): Editor {
  const store = storeOf<EditorState>({
    history,
    laid: outline(history.plan),
    selected: undefined,
    focused: "",
    problems: new Map(),
    said: undefined,
    saidCount: 0,
    wanted: undefined,
  });
  const set = (change: Partial<EditorState>): void => store.set((state) => ({ ...state, ...change }));
  const node = (number: string): StepNode | undefined => store.get().laid.byNumber.get(number);
  const say = (said: Announcement): void => set({ said, saidCount: store.get().saidCount + 1 });
  const want = (number: string): EditorState["wanted"] => ({
    number,
    count: (store.get().wanted?.count ?? 0) + 1,
  });
  const take = ({ history: next, at }: Stepped): string | undefined => {
    const laid = outline(next.plan);
    const number = at === undefined ? undefined : nodeAt(laid, at)?.number;
    const { laid: before, selected, focused } = store.get();
    const kept = selected === undefined ? undefined : placeNow(before, selected, laid)?.number;
    set({ history: next, laid, selected: number ?? kept, focused: keptFocus(before, focused, laid) });
    return number;
  };
  const make = (edit: Edit, joins = false): string | undefined =>
    take(edited(store.get().history, edit, joins));
  const move = (number: string, to: Gap): Refusal | undefined => {
    const from = node(number);
    if (from === undefined) return { code: "noSuchPlace" };
    const why = refusal(store.get().laid, moved(from), to);
    if (why !== undefined) return why;
    const landed = make({ type: "move", from: from.path, to });
    if (landed !== undefined) set({ wanted: want(landed) });
    say({ code: "moved", from: number, to: landed ?? "" });
    return undefined;
  };
  const insert = (
    steps: readonly RawStep[],
    at: Gap,
    said: "added" | "pasted" = "added",
  ): Refusal | undefined => {
    const why = refusal(store.get().laid, brought(steps), at);
    if (why !== undefined) return why;
    const number = make({ type: "insert", at, steps });
    if (number !== undefined) set({ wanted: want(number) });
    say({ code: said, number: number ?? "" });
    return undefined;
  };
  return {
    store,
    move,
    insert,
    say,
    shift(number, direction) {
      const from = node(number);
      if (from === undefined) return;
      const gap = nextGap(store.get().laid, from, direction);
      if (gap === undefined) say({ code: "nowhere" });
      else move(number, gap.gap);
    },
    remove(number) {
      const gone = node(number);
      if (gone === undefined) return;
      const next = neighbour(store.get().laid, gone);
      make({ type: "remove", at: gone.path, count: 1 });
      set({ selected: next, wanted: next === undefined ? undefined : want(next) });
      say({ code: "removed", number });
    },
    duplicate(number) {
      const from = node(number);
      if (from === undefined) return { code: "noSuchPlace" };
      return insert(copied([from.step]), [...from.level.path, from.index + 1]);
    },
    change(number, values, joins) {
      const from = node(number);
      if (from !== undefined) make({ type: "change", at: from.path, values }, joins);
    },
    undo() {
      stepBack(undone(store.get().history), "undone");
    },
    redo() {
      stepBack(redone(store.get().history), "redone");
    },
    select: (selected) => set({ selected }),
    show: (number) => set({ selected: number, wanted: want(number), focused: "" }),
    focus: (focused) => set({ focused }),
    replace: (plan) => void make({ type: "whole", plan }),
    follow(plan) {
      const { plan: before, done, undone: back } = store.get().history;
      // Who has done nothing has nothing to take back, and what others did is not theirs to.
      if (done.length === 0 && back.length === 0)
        take({ history: historyOf(knownAgain(plan, before)), at: undefined });
      else make({ type: "whole", plan }, true);
    },
  };

  function stepBack(stepped: Stepped | undefined, code: "undone" | "redone"): void {
    if (stepped === undefined) return;
    const number = take(stepped);
    if (number !== undefined) set({ wanted: want(number) });
    say({ code });
  }
}

/** Where a step of the plan before stands now, by what it is: its number may be another one. Undefined: it is gone. */
function placeNow(before: Outline, number: string, laid: Outline): StepNode | undefined {
  const step = before.byNumber.get(number)?.step;
  if (step === undefined) return undefined;
  const key = stepKey(step);
  for (const node of laid.byNumber.values()) if (stepKey(node.step) === key) return node;
  return undefined;
}

/** The branch that alone is shown, while it is there. */
function keptFocus(before: Outline, focused: string, laid: Outline): string {
  const owner = focused.split(".").slice(0, -2).join(".");
  const path = before.byNumber.get(owner)?.branches.find(({ level }) => level.prefix === focused)
    ?.branch.path;
  if (path === undefined) return "";
  const now = placeNow(before, owner, laid)?.branches.find(({ branch }) => samePath(branch.path, path));
  return now?.level.prefix ?? "";
}

/** The step to go to when one goes: the one after it, else the one before, else the one above. */
function neighbour(laid: Outline, { level, index }: StepNode): string | undefined {
  if (level.steps[index + 1] !== undefined) return level.steps[index]?.number;
  const above = stepAtPath(laid.plan, level.path);
  return level.steps[index - 1]?.number ?? (above === "" ? undefined : above);
}

/** Problems by the number of their step; those of the plan as a whole under "". */
export function problemsByStep(
  problems: readonly PlanProblem[],
): ReadonlyMap<string, readonly PlanProblem[]> {
  const byStep = new Map<string, PlanProblem[]>();
  for (const problem of problems) byStep.set(problem.step, [...(byStep.get(problem.step) ?? []), problem]);
  return byStep;
}
