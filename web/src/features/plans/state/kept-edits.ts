import { keep, kept } from "../../../lib/kept.ts";
import { same as isSame } from "../../../lib/merge.ts";
import { randomId } from "../../../lib/random-id.ts";
import { isObject } from "../tree/is-object.ts";
import type { RawPlan } from "../tree/outline.ts";
import { type Done, type History, historyOf } from "../tree/undo.ts";

// What was done to a draft in this tab outlives a reload (sessionStorage); what the server does not have yet outlives the
// tab (localStorage), so that nothing typed is lost with a connection or a browser.

/** Edits that the server does not have. */
export interface Unsaved {
  readonly plan: RawPlan;
  /** The version that they began with, as the server had it. */
  readonly base: RawPlan;
  readonly revision: number;
  readonly basedOn: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Which tab made them. */
  readonly tab: string;
}

const PREFIX = "switchhook.plan";

/** What was done in this tab before the reload, where the plan is still the one that it led to. */
export function keptHistory(id: string, plan: RawPlan): History {
  const value = session(`${PREFIX}.${id}.done`);
  if (!isObject(value) || !Array.isArray(value.done) || !Array.isArray(value.undone)) return historyOf(plan);
  if (!isObject(value.plan) || !isSame(value.plan.steps, plan.steps)) return historyOf(plan);
  return { plan, done: value.done as readonly Done[], undone: value.undone as readonly Done[] };
}

export function keepHistory(id: string, history: History): void {
  try {
    sessionStorage.setItem(`${PREFIX}.${id}.done`, JSON.stringify(history));
  } catch {
    // No room: after a reload the newest edits are what can be taken back least, so the oldest are forgotten.
    const half = { ...history, done: history.done.slice(-Math.floor(history.done.length / 2)) };
    if (half.done.length > 0 && half.done.length < history.done.length) keepHistory(id, half);
  }
}

/** What `user` could not send of a plan. It goes out as whoever is signed in: of somebody else nobody has it. */
export function keptUnsaved(id: string, user: string): Unsaved | undefined {
  try {
    const value: unknown = JSON.parse(kept(unsavedOf(id, user)) ?? "null");
    return isObject(value) && isObject(value.plan) && isObject(value.base)
      ? (value as unknown as Unsaved)
      : undefined;
  } catch {
    return undefined;
  }
}

export function keepUnsaved(id: string, user: string, unsaved: Unsaved | undefined): void {
  keep(unsavedOf(id, user), unsaved === undefined ? undefined : JSON.stringify(unsaved));
}

const unsavedOf = (id: string, user: string): string => `plan.${id}.unsaved.${user}`;

/** The name of this tab, the same after a reload. */
export function tabName(): string {
  const known = session(`${PREFIX}.tab`);
  if (typeof known === "string") return known;
  const name = randomId();
  try {
    sessionStorage.setItem(`${PREFIX}.tab`, JSON.stringify(name));
  } catch {
    // A browser that keeps nothing: each load is a tab of its own.
  }
  return name;
}

function session(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    return undefined;
  }
}
