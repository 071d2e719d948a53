import { keep, kept, keptNames } from "../../../lib/kept.ts";
import { same as isSame } from "../../../lib/merge.ts";
import { randomId } from "../../../lib/random-id.ts";
import { isObject } from "../tree/is-object.ts";
import type { RawPlan } from "../tree/outline.ts";
import { type Done, type History, historyOf } from "../tree/undo.ts";

// What was done to a draft in this tab outlives a reload (sessionStorage); what the server does not have yet outlives the
// tab (localStorage), so that nothing typed is lost with a connection or a browser. Each tab keeps its own.

/** Edits that the server does not have. */
export interface Unsaved {
  readonly plan: RawPlan;
  /** The version that they began with, as the server had it. */
  readonly base: RawPlan;
  readonly revision: number;
  readonly basedOn: number;
  /** Milliseconds since the epoch; 0: the tab that made them has gone. */
  readonly at: number;
  /** Which tab made them. */
  readonly tab: string;
}

const PREFIX = "switchhook.plan";
/** What a tab left unsaved is taken over by another one when it is this old: a tab that ended without a word is gone. */
const ABANDONED_MS = 60_000;

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

/**
 * What `user` could not send of a plan, for a tab to go on with: its own, else what a tab that is gone left, the oldest first.
 * It is this tab's from then on. It goes out as whoever is signed in: of somebody else nobody has it. `now`: milliseconds
 * since the epoch.
 */
export function takeUnsaved(id: string, user: string, tab: string, now: number): Unsaved | undefined {
  const left = allUnsaved(id, user);
  const [oldest] = left
    .filter(({ unsaved }) => now - unsaved.at > ABANDONED_MS)
    .toSorted((one, other) => one.unsaved.at - other.unsaved.at);
  const taken = left.find(({ unsaved }) => unsaved.tab === tab) ?? oldest;
  if (taken === undefined) return undefined;
  // First away with it: where there is no room for both there is for one.
  keep(taken.name, undefined);
  const unsaved = { ...taken.unsaved, at: now, tab };
  keepUnsaved(id, user, unsaved);
  return unsaved;
}

export function keepUnsaved(id: string, user: string, unsaved: Unsaved): void {
  keep(unsavedOf(id, user, unsaved.tab), JSON.stringify(unsaved));
}

/** The server has everything that this tab made. */
export function forgetUnsaved(id: string, user: string, tab: string): void {
  keep(unsavedOf(id, user, tab), undefined);
}

/** This tab goes: who opens the plan next goes on with what it could not send. */
export function leaveUnsaved(id: string, user: string, tab: string): void {
  const own = allUnsaved(id, user).find(({ unsaved }) => unsaved.tab === tab)?.unsaved;
  if (own !== undefined) keepUnsaved(id, user, { ...own, at: 0 });
}

const unsavedOf = (id: string, user: string, tab: string): string => `plan.${id}.unsaved.${user}.${tab}`;

/** What all tabs of `user` could not send of a plan, each with the name that it is kept under. */
function allUnsaved(
  id: string,
  user: string,
): readonly { readonly name: string; readonly unsaved: Unsaved }[] {
  return keptNames(unsavedOf(id, user, "")).flatMap((name) => {
    const unsaved = unsavedIn(kept(name));
    // Of a user whose name goes on after a dot it is not.
    return unsaved !== undefined && name === unsavedOf(id, user, unsaved.tab) ? [{ name, unsaved }] : [];
  });
}

function unsavedIn(text: string | undefined): Unsaved | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isObject(value) && isObject(value.plan) && isObject(value.base)
      ? (value as unknown as Unsaved)
      : undefined;
  } catch {
    return undefined;
  }
}

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
