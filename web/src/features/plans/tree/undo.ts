import { type DocumentPath } from "../../../../../src/dialplan/outline.ts";
import { type Edit, type KeyValue, perform } from "./edits.ts";
import { type RawPlan, samePath } from "./outline.ts";

/** How many edits can be taken back. */
export const MAX_UNDO = 200;

/** An edit that was made, with the one that takes it back. */
export interface Done {
  readonly edit: Edit;
  readonly inverse: Edit;
}

/** A plan with what was done to it, and what was taken back and can be done again. Plain data. */
export interface History {
  readonly plan: RawPlan;
  readonly done: readonly Done[];
  readonly undone: readonly Done[];
}

/** A history and the step that the last edit was about. */
export interface Stepped {
  readonly history: History;
  readonly at: DocumentPath | undefined;
}

export function historyOf(plan: RawPlan): History {
  return { plan, done: [], undone: [] };
}

/**
 * Makes an edit. `joins`: it goes on with what the edit before it began, such as the next letter of the same field, and
 * both are taken back at once.
 */
export function edited(history: History, edit: Edit, joins = false): Stepped {
  const { plan, inverse, at } = perform(history.plan, edit);
  const last = history.done.at(-1);
  const joined = joins && last !== undefined && history.undone.length === 0 ? join(last, edit) : undefined;
  const done =
    joined === undefined
      ? [...history.done, { edit, inverse }].slice(-MAX_UNDO)
      : [...history.done.slice(0, -1), joined];
  return { history: { plan, done, undone: [] }, at };
}

/** Two changes of the same keys of one step as one; or of everything. */
function join({ edit: first, inverse }: Done, second: Edit): Done | undefined {
  if (first.type === "whole" && second.type === "whole") return { edit: second, inverse };
  if (first.type !== "change" || second.type !== "change" || !samePath(first.at, second.at)) return undefined;
  const keys = (values: readonly KeyValue[]): string => values.map(([key]) => key).join("\n");
  return keys(first.values) === keys(second.values) ? { edit: second, inverse } : undefined;
}

/** Takes the last edit back; undefined where there is none. */
export function undone(history: History): Stepped | undefined {
  const last = history.done.at(-1);
  if (last === undefined) return undefined;
  const { plan, at } = perform(history.plan, last.inverse);
  return { history: { plan, done: history.done.slice(0, -1), undone: [...history.undone, last] }, at };
}

/** Does the edit again that was taken back last. */
export function redone(history: History): Stepped | undefined {
  const last = history.undone.at(-1);
  if (last === undefined) return undefined;
  const { plan, at } = perform(history.plan, last.edit);
  return { history: { plan, done: [...history.done, last], undone: history.undone.slice(0, -1) }, at };
}
