import { type Conflict, merge, type Side } from "../tree/merge.ts";
import { isSamePlan, type RawPlan } from "../tree/outline.ts";
import type { Editor } from "./editor.ts";
import { type Store, storeOf } from "./store.ts";

/** What the server has of a draft. */
export interface Saved {
  readonly plan: RawPlan;
  /** 0: there is no draft, and this is what calls take. */
  readonly revision: number;
  /** The published version that it was made from. */
  readonly basedOn: number;
}

/** The same with who saved it last. */
export interface Read {
  readonly theirs: Saved;
  readonly changedBy: string | undefined;
  readonly changedAt: number | undefined;
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
  | { readonly kind: "saved"; readonly revision: number; readonly basedOn: number }
  | ({ readonly kind: "stale" } & Read);

/** What saving needs of the page. */
export interface SaveDoor {
  /** `base`: what the plan was made from. */
  send(plan: RawPlan, base: Saved): Promise<SaveAnswer>;
  /** What the server has now. */
  read(): Promise<Read>;
  /** Runs something later; answers how to call it off. */
  after(ms: number, run: () => void): () => void;
  /** Keeps what the server does not have; undefined: it has everything. */
  keep(unsaved: { readonly plan: RawPlan; readonly base: Saved } | undefined): void;
  /** What somebody else did was put together with what was done here. */
  merged(changedBy: string | undefined): void;
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
 * the same (docs/adr/0140).
 */
export class Autosave {
  readonly state: Store<SaveState> = storeOf(SAVED);
  readonly #editor: Editor;
  readonly #door: SaveDoor;
  readonly #unsubscribe: () => void;
  #base: Saved;
  /** The plan that the editor was last seen with. */
  #seen: RawPlan;
  #cancel: (() => void) | undefined;
  #sending: Promise<boolean> | undefined;
  /** The server has to be told, though it may be of nothing but what the draft is made from now. */
  #isDue = false;
  #retryMs = FIRST_RETRY_MS;
  #isStopped = false;

  /** `first`: what the server has. */
  constructor(editor: Editor, first: Saved, door: SaveDoor) {
    this.#editor = editor;
    this.#base = first;
    this.#door = door;
    this.#seen = this.#now();
    this.#unsubscribe = editor.store.subscribe(() => this.#edited());
  }

  /** The version that the server has. */
  base(): Saved {
    return this.#base;
  }

  /** Sends what there is now, and waits until the server has it; false: it does not. */
  async flush(): Promise<boolean> {
    // What was typed while a request was under way goes with the next one.
    for (let round = 0; round < 3; round++) if (await this.#send()) return true;
    return false;
  }

  /**
   * Reads what the server has and takes it in, for it may be another one: somebody saved, published or threw away the draft.
   * `told`: the revision of the draft that is told of. A server that is not reached says it another time: until then nothing of
   * what somebody else did is overwritten, as what is sent goes with what it was made from.
   */
  async look(told?: number): Promise<void> {
    await this.#sending;
    const base = this.#base;
    if (told === base.revision) return;
    const read = await this.#door.read().catch(() => undefined);
    // What was saved in the meantime is newer than what was read.
    if (read === undefined || this.#isStopped || this.#base !== base || this.#sending !== undefined) return;
    this.heard(read);
  }

  /** What the server has now came, in which somebody else may have done something; what was done here stays. */
  heard(read: Read): void {
    const { revision, basedOn } = read.theirs;
    if (revision !== this.#base.revision || basedOn !== this.#base.basedOn) this.#takeIn(read);
  }

  /**
   * Takes in what was published since the saved draft was made: `from` is what it was made from, `live` what calls take, by whom. Like a
   * version of somebody else it is put together with the draft, or somebody has to choose.
   */
  takeInPublished(from: RawPlan, live: Omit<Saved, "revision">, by: string | undefined): void {
    const { revision } = this.#base;
    this.#base = { ...this.#base, plan: from };
    this.#takeIn({ theirs: { ...live, revision }, changedBy: by, changedAt: undefined }, true);
  }

  choose(id: string, side: Side): void {
    const { clash } = clashOf(this.state.get());
    if (clash === undefined) return;
    this.#put({ kind: "clash", clash: { ...clash, choices: new Map(clash.choices).set(id, side) } });
  }

  /** Takes what was put together, or one side whole. */
  settle(how: "merged" | Side): void {
    const { clash } = clashOf(this.state.get());
    if (clash === undefined) return;
    const { base, theirs, choices } = clash;
    const chosen = how === "merged" ? choices : undefined;
    const mine = this.#now();
    const plan =
      how === "theirs" ? theirs.plan : how === "mine" ? mine : merge(base, mine, theirs.plan, chosen).plan;
    this.#take(theirs, plan);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#unsubscribe();
  }

  #now(): RawPlan {
    return this.#editor.store.get().history.plan;
  }

  #isClean(): boolean {
    return !this.#isDue && isSamePlan(this.#now(), this.#base.plan);
  }

  #put(next: SaveState): void {
    this.state.set(() => next);
  }

  /** Keeps in the browser what the server does not have. */
  #keep(): void {
    this.#door.keep(this.#isClean() ? undefined : { plan: this.#now(), base: this.#base });
  }

  #later(ms: number): void {
    this.#cancel?.();
    if (!this.#isStopped) this.#cancel = this.#door.after(ms, () => void this.#send());
  }

  #takeIn({ theirs, changedBy, changedAt }: Read, isDue = false): void {
    if (this.state.get().kind === "clash") return;
    this.#isDue = isDue;
    const base = this.#base.plan;
    if (this.#isClean()) {
      this.#base = theirs;
      if (!isSamePlan(base, theirs.plan)) this.#editor.follow(theirs.plan);
      this.#keep();
      this.#put(SAVED);
      return;
    }
    this.#putTogether({ base, theirs, changedBy, changedAt, choices: new Map() });
  }

  /** Puts both together, or has somebody choose where both changed the same. */
  #putTogether(sides: Omit<Clash, "conflicts">): void {
    const { base, theirs, changedBy } = sides;
    const { conflicts, plan } = merge(base, this.#now(), theirs.plan);
    if (conflicts.length > 0) {
      this.#put({ kind: "clash", clash: { ...sides, conflicts } });
      return;
    }
    // What was sent from here may come back as somebody's: its answer was lost.
    const isOther = !isSamePlan(plan, this.#now());
    this.#take(theirs, plan);
    if (isOther) this.#door.merged(changedBy);
  }

  /** What both changed the same may be something else after an edit. */
  #compare(clash: Clash): void {
    const { conflicts } = merge(clash.base, this.#now(), clash.theirs.plan);
    if (conflicts.length > 0) this.#put({ kind: "clash", clash: { ...clash, conflicts } });
    // Nothing to choose is left. It is put together later: the edit goes on with the plan that it made.
    else this.#later(0);
  }

  #take(theirs: Saved, plan: RawPlan): void {
    this.#base = theirs;
    this.#put(WAITING);
    if (!isSamePlan(plan, this.#now())) this.#editor.replace(plan);
    this.#keep();
    if (this.#isClean()) this.#put(SAVED);
    else this.#later(0);
  }

  #edited(): void {
    const now = this.#now();
    if (this.#seen === now) return;
    this.#seen = now;
    this.#keep();
    const state = this.state.get();
    if (state.kind === "clash") {
      this.#compare(state.clash);
      return;
    }
    if (this.#isClean() && this.#sending === undefined) {
      this.#cancel?.();
      this.#put(SAVED);
      return;
    }
    if (state.kind !== "saving") this.#put(WAITING);
    this.#later(QUIET_MS);
  }

  #send(): Promise<boolean> {
    this.#sending ??= this.#sendOnce().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendOnce(): Promise<boolean> {
    this.#cancel?.();
    const { clash } = clashOf(this.state.get());
    if (clash !== undefined) {
      this.#putTogether(clash);
      return this.state.get().kind === "saved";
    }
    if (this.#isClean()) {
      this.#put(SAVED);
      return true;
    }
    const plan = this.#now();
    this.#put(SAVING);
    try {
      const answer = await this.#door.send(plan, this.#base);
      this.#retryMs = FIRST_RETRY_MS;
      if (answer.kind === "stale") {
        this.#put(WAITING);
        // Even where the revision is the same: the server says that it is another one.
        this.#takeIn(answer);
        return false;
      }
      this.#isDue = false;
      this.#base = { plan, revision: answer.revision, basedOn: answer.basedOn };
    } catch (error) {
      this.#put({ kind: "failed", error });
      this.#later(this.#retryMs);
      this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
      return false;
    }
    this.#keep();
    if (this.#isClean()) {
      this.#put(SAVED);
      return true;
    }
    this.#put(WAITING);
    this.#later(QUIET_MS);
    return false;
  }
}

function clashOf(state: SaveState): { readonly clash: Clash | undefined } {
  return { clash: state.kind === "clash" ? state.clash : undefined };
}
