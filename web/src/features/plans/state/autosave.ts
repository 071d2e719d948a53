import { same as isSame } from "../../../lib/merge.ts";
import { type Conflict, merge, type Side } from "../tree/merge.ts";
import type { RawPlan } from "../tree/outline.ts";
import type { Editor } from "./editor.ts";
import { type Store, storeOf } from "./store.ts";

/** What the server has of a draft. */
export interface Saved {
  readonly plan: RawPlan;
  readonly revision: number;
}

/** Somebody else saved the same draft. */
export interface Clash {
  readonly base: RawPlan;
  readonly theirs: Saved;
  readonly changedBy: string | undefined;
  readonly changedAt: number | undefined;
  readonly conflicts: readonly Conflict[];
  readonly choices: ReadonlyMap<string, Side>;
}

/** How saving stands. */
export type SaveState =
  | { readonly kind: "saved" | "waiting" | "saving" }
  /** It is tried again by itself. */
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "clash"; readonly clash: Clash };

/** What the server said to a draft. */
export type SaveAnswer =
  | { readonly kind: "saved"; readonly revision: number }
  | {
      readonly kind: "stale";
      readonly theirs: Saved;
      readonly changedBy: string | undefined;
      readonly changedAt: number | undefined;
    };

/** What saving needs of the page. */
export interface SaveDoor {
  send(plan: RawPlan, revision: number): Promise<SaveAnswer>;
  /** Runs something later; answers how to call it off. */
  after(ms: number, run: () => void): () => void;
  /** Keeps what the server does not have; undefined: it has everything. */
  keep(
    unsaved: { readonly plan: RawPlan; readonly base: RawPlan; readonly revision: number } | undefined,
  ): void;
  /** What somebody else did was put together with what was done here. */
  merged(changedBy: string | undefined): void;
}

export interface Autosave {
  readonly state: Store<SaveState>;
  /** The version that the server has. */
  base(): Saved;
  /** Sends what there is now, and waits until the server has it; false: it does not. */
  flush(): Promise<boolean>;
  /** A version of somebody else came by another way. */
  heard(theirs: Saved, changedBy: string | undefined, changedAt: number | undefined): void;
  choose(id: string, side: Side): void;
  /** The same plan has another revision now: it was published. */
  readonly rebase: (saved: Saved) => void;
  /** Takes what was put together, or one side whole. */
  settle(how: "merged" | Side): void;
  stop(): void;
}

/** From the last letter until the draft is sent. */
const QUIET_MS = 700;
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;

// The same value each time it is said: nothing is drawn anew for each letter.
const SAVED: SaveState = { kind: "saved" };
const WAITING: SaveState = { kind: "waiting" };
const SAVING: SaveState = { kind: "saving" };

/**
 * Saves a draft as it is edited: one request at a time, each with the revision that it was made from. A server that cannot be
 * reached is asked again; where somebody else saved before, both are put together, and a person chooses where both changed
 * the same.
 */
export function autosaveOf(editor: Editor, first: Saved, door: SaveDoor): Autosave {
  const state = storeOf(SAVED);
  let base = first;
  let cancel: (() => void) | undefined;
  let sending: Promise<boolean> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let isStopped = false;

  const now = (): RawPlan => editor.store.get().history.plan;
  const isClean = (): boolean => isSame(now(), base.plan);
  const put = (next: SaveState): void => state.set(() => next);
  const keep = (): void =>
    door.keep(isClean() ? undefined : { plan: now(), base: base.plan, revision: base.revision });
  const later = (ms: number): void => {
    cancel?.();
    if (!isStopped) cancel = door.after(ms, () => void send());
  };

  /** Takes what somebody else has made; what was done here stays. */
  const heard: Autosave["heard"] = (theirs, changedBy, changedAt) => {
    if (theirs.revision <= base.revision || state.get().kind === "clash") return;
    const { conflicts, plan } = merge(base.plan, now(), theirs.plan);
    if (conflicts.length > 0) {
      const clash = { base: base.plan, theirs, changedBy, changedAt, conflicts, choices: new Map() };
      return put({ kind: "clash", clash });
    }
    take(theirs, plan);
    door.merged(changedBy);
  };
  const take = (theirs: Saved, plan: RawPlan): void => {
    base = theirs;
    put(WAITING);
    if (!isSame(plan, now())) editor.replace(plan);
    keep();
    if (isClean()) put(SAVED);
    else later(0);
  };

  const sent = (): void => {
    sending = undefined;
  };
  const send = (): Promise<boolean> => (sending ??= sendOnce().finally(sent));
  const sendOnce = async (): Promise<boolean> => {
    cancel?.();
    if (isClean()) {
      put(SAVED);
      return true;
    }
    if (state.get().kind === "clash") return false;
    const plan = now();
    put(SAVING);
    try {
      const answer = await door.send(plan, base.revision);
      retryMs = FIRST_RETRY_MS;
      if (answer.kind === "stale") {
        // Even where the number is the same: the server says that it is another one.
        base = { ...base, revision: Math.min(base.revision, answer.theirs.revision - 1) };
        put(WAITING);
        heard(answer.theirs, answer.changedBy, answer.changedAt);
        return false;
      }
      base = { plan, revision: answer.revision };
    } catch (error) {
      put({ kind: "failed", error });
      later(retryMs);
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
      return false;
    }
    keep();
    if (isClean()) {
      put(SAVED);
      return true;
    }
    put(WAITING);
    later(QUIET_MS);
    return false;
  };

  const unsubscribe = editor.store.subscribe(() => {
    if (seen === now()) return;
    seen = now();
    keep();
    if (state.get().kind === "clash") return;
    if (isClean() && sending === undefined) {
      cancel?.();
      put(SAVED);
      return;
    }
    if (state.get().kind !== "saving") put(WAITING);
    later(QUIET_MS);
  });
  let seen = now();

  return {
    state,
    base: () => base,
    rebase: (saved) => {
      base = saved;
    },
    heard,
    async flush() {
      // What was typed while a request was under way goes with the next one.
      for (let round = 0; round < 3; round++) if (await send()) return true;
      return false;
    },
    choose(id, side) {
      const { clash } = clashOf(state.get());
      if (clash === undefined) return;
      put({ kind: "clash", clash: { ...clash, choices: new Map(clash.choices).set(id, side) } });
    },
    settle(how) {
      const { clash } = clashOf(state.get());
      if (clash === undefined) return;
      const { base: before, theirs, choices } = clash;
      const all = how === "merged" ? choices : undefined;
      const plan =
        how === "theirs" ? theirs.plan : how === "mine" ? now() : merge(before, now(), theirs.plan, all).plan;
      take(theirs, plan);
    },
    stop() {
      isStopped = true;
      cancel?.();
      unsubscribe();
    },
  };
}

function clashOf(state: SaveState): { readonly clash: Clash | undefined } {
  return { clash: state.kind === "clash" ? state.clash : undefined };
}
