import type { Snapshot } from "../model/snapshot.ts";
import {
  applyChange,
  emptySnapshot,
  type SnapshotChange,
  type SnapshotPut,
} from "../model/snapshot-change.ts";

/** Steps of plans, and other entries, of one slice: the signalling thread is busy with it for a millisecond or so. */
const SLICE_WEIGHT = 300;

/** A piece of a publication that is small enough to be taken in between the messages of calls. */
export interface SnapshotSlice {
  /** What it changes: nothing at all, the snapshot of a version that is in force, or what the slice before it made. */
  readonly onto: "nothing" | "draft" | number;
  /** What the slices have made is in force from now on. */
  readonly last: boolean;
  readonly change: SnapshotChange;
}

/**
 * Cuts a publication into slices. `put` is taken one by one, and more than a slice of it is never held. Nothing is in force
 * before the last one.
 */
export function* slicesOf(
  onto: "nothing" | number,
  { version, set, drop, put }: Omit<SnapshotChange, "put"> & { readonly put: Iterable<SnapshotPut> },
): Generator<SnapshotSlice> {
  let base: SnapshotSlice["onto"] = onto;
  let part: SnapshotPut[] = [];
  let weight = 0;
  // All that goes first: what comes may take its place.
  for (let at = 0; at + SLICE_WEIGHT < drop.length; at += SLICE_WEIGHT) {
    yield slice(base, { version, set: {}, put: [], drop: drop.slice(at, at + SLICE_WEIGHT) });
    base = "draft";
  }
  let gone = drop.slice(Math.max(0, Math.ceil(drop.length / SLICE_WEIGHT) - 1) * SLICE_WEIGHT);
  for (const one of put) {
    part.push(one);
    weight += one.part === "plans" ? one.value.steps.length : 1;
    if (weight < SLICE_WEIGHT) continue;
    yield slice(base, { version, set: {}, put: part, drop: gone });
    base = "draft";
    part = [];
    weight = 0;
    gone = [];
  }
  yield { onto: base, last: true, change: { version, set, put: part, drop: gone } };
}

function slice(onto: SnapshotSlice["onto"], change: SnapshotChange): SnapshotSlice {
  return { onto, last: false, change };
}

/** The signalling side: puts slices together. */
export class SliceTaker {
  readonly #realm: string;
  #inForce: Snapshot | undefined;
  #draft: Snapshot | undefined;

  constructor(realm: string) {
    this.#realm = realm;
  }

  /** What was put together last; undefined: nothing yet. */
  get inForce(): Snapshot | undefined {
    return this.#inForce;
  }

  /** Forgets what was begun. */
  reset(): void {
    this.#draft = undefined;
  }

  /** `refused`: it does not fit what is here. */
  take({ onto, last, change }: SnapshotSlice): "refused" | "more" | Snapshot {
    const base = this.#base(onto);
    if (base === undefined) return "refused";
    const made = applyChange(base, change);
    this.#draft = last ? undefined : made;
    if (!last) return "more";
    this.#inForce = made;
    return made;
  }

  #base(onto: SnapshotSlice["onto"]): Snapshot | undefined {
    if (onto === "nothing") return emptySnapshot(this.#realm);
    if (onto === "draft") return this.#draft;
    return this.#inForce?.version === onto ? this.#inForce : undefined;
  }
}
