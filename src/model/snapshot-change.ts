import { PersistentMap } from "../lib/persistent-map.ts";
import { DEFAULT_OUTSIDE_CALL_LIMITS } from "./outside-call-limits.ts";
import type { Snapshot } from "./snapshot.ts";

/** The parts of a snapshot that are changed entry by entry. */
type SnapshotMaps = Pick<Snapshot, "phones" | "groups" | "webhooks" | "audioMessages" | "plans" | "numbers">;

export type SnapshotPart = keyof SnapshotMaps;

type EntryOf<Part extends SnapshotPart> =
  SnapshotMaps[Part] extends ReadonlyMap<string, infer Value>
    ? { readonly part: Part; readonly key: string; readonly value: Value }
    : never;

/** An entry that comes, or takes the place of the one of its key. */
export type SnapshotPut = { [Part in SnapshotPart]: EntryOf<Part> }[SnapshotPart];

/** An entry that goes. */
export interface SnapshotDrop {
  readonly part: SnapshotPart;
  readonly key: string;
}

/** Parts that are replaced whole. */
export type SnapshotSet = Partial<Omit<Snapshot, SnapshotPart | "version" | "realm">>;

/** What makes one snapshot of another: plain data. */
export interface SnapshotChange {
  /** The version that it makes. */
  readonly version: number;
  readonly set: SnapshotSet;
  readonly put: readonly SnapshotPut[];
  readonly drop: readonly SnapshotDrop[];
}

/** Before anything was published: every call is refused with the reason. */
export function emptySnapshot(realm: string): Snapshot {
  return {
    version: 0,
    home: { country: "NL", timeZone: "Europe/Amsterdam" },
    realm,
    security: {
      webhookAllowedNetworks: [],
      dialCountries: [],
      outsideCalls: DEFAULT_OUTSIDE_CALL_LIMITS,
    },
    phones: PersistentMap.of([]),
    groups: PersistentMap.of([]),
    trunks: [],
    outboundTrunk: undefined,
    ownNumber: undefined,
    webhooks: PersistentMap.of([]),
    audioMessages: PersistentMap.of([]),
    plans: PersistentMap.of([]),
    numbers: PersistentMap.of([]),
  };
}

/** The snapshot with a change in it; the one that was there stays as it is, and calls that have it keep it. */
export function applyChange(snapshot: Snapshot, { version, set, put, drop }: SnapshotChange): Snapshot {
  const changed = <Part extends SnapshotPart>(part: Part): SnapshotMaps[Part] => {
    const dropped = drop.filter((one) => one.part === part).map(({ key }) => key);
    const entries = put.filter((one) => one.part === part).map(({ key, value }) => [key, value] as const);
    if (dropped.length + entries.length === 0) return snapshot[part];
    // Which kind of value stands in which part is said by `SnapshotPut`, which TypeScript cannot follow through a filter.
    const before = PersistentMap.of(snapshot[part] as ReadonlyMap<string, unknown>);
    return before.with(entries, dropped) as ReadonlyMap<string, unknown> as SnapshotMaps[Part];
  };
  return {
    ...snapshot,
    ...set,
    version,
    phones: changed("phones"),
    groups: changed("groups"),
    webhooks: changed("webhooks"),
    audioMessages: changed("audioMessages"),
    plans: changed("plans"),
    numbers: changed("numbers"),
  };
}
