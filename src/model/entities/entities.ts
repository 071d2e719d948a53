import { MapView } from "../../lib/map-view.ts";
import { PersistentMap } from "../../lib/persistent-map.ts";
import { aroundOf, type DocumentsByKey } from "./around.ts";
import type { Around } from "./kind.ts";
import { type DocumentOf, type KindName, kindOf, kinds } from "./kinds.ts";

/** One thing of the configuration: the unit that is changed, stored and published. */
export interface Entity<Name extends KindName = KindName> {
  readonly kind: Name;
  /** Its own for good, whatever it is named. */
  readonly id: string;
  /** Grows by one with each change. */
  readonly revision: number;
  readonly document: DocumentOf<Name>;
  /** Entities of a kind lie in the order of this. */
  readonly position: number;
  readonly changedBy: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** What makes one configuration of another. */
export interface EntityDelta {
  /** The version that it makes. */
  readonly version: number;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** New ones, and those that take the place of the one of their id. */
  readonly put: readonly Entity[];
  /** As they were. */
  readonly drop: readonly Entity[];
}

type ByKey = Readonly<Record<KindName, PersistentMap<Entity>>>;

const NOTHING = PersistentMap.of<Entity>([]);

/**
 * A whole configuration. It never changes: `with` gives the next one, at the cost of what is changed (docs/adr/0058).
 */
export class Entities {
  /** Grows by one with each publication; 0: nothing was ever published. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  readonly #byKey: ByKey;
  readonly #byId: PersistentMap<Entity>;
  /** Ids of those that refer to something, by `refersTo`. */
  readonly #users: PersistentMap<ReadonlySet<string>>;
  #around: Around | undefined;

  static readonly none = new Entities(
    { version: 0, savedAt: 0 },
    Object.fromEntries(kinds.map(({ kind }) => [kind, NOTHING])) as ByKey,
    NOTHING,
    PersistentMap.of<ReadonlySet<string>>([]),
  );

  private constructor(
    { version, savedAt }: { readonly version: number; readonly savedAt: number },
    byKey: ByKey,
    byId: PersistentMap<Entity>,
    users: PersistentMap<ReadonlySet<string>>,
  ) {
    this.version = version;
    this.savedAt = savedAt;
    this.#byKey = byKey;
    this.#byId = byId;
    this.#users = users;
  }

  /** A configuration that has been stored. */
  static of(version: number, savedAt: number, entities: readonly Entity[]): Entities {
    return Entities.none.with({ version, by: "", at: savedAt, put: entities, drop: [] });
  }

  with({ version, at, put, drop }: EntityDelta): Entities {
    const before = [...put, ...drop].flatMap(({ id }) => this.#byId.get(id) ?? []);
    const byKey = { ...this.#byKey };
    for (const { kind } of kinds) {
      const gone = before.filter((one) => one.kind === kind).map(keyOf);
      const come = put.filter((one) => one.kind === kind).map((one) => [keyOf(one), one] as const);
      byKey[kind] = byKey[kind].with(come, gone);
    }
    const byId = this.#byId.with(
      put.map((one) => [one.id, one] as const),
      drop.map(({ id }) => id),
    );
    return new Entities({ version, savedAt: at }, byKey, byId, this.#usersWith(before, put));
  }

  byId(id: string): Entity | undefined {
    return this.#byId.get(id);
  }

  get<Name extends KindName>(kind: Name, key: string): Entity<Name> | undefined {
    return this.#byKey[kind].get(key) as unknown as Entity<Name> | undefined;
  }

  count(kind: KindName): number {
    return this.#byKey[kind].size;
  }

  /** Every one of a kind, in their order. */
  all<Name extends KindName>(kind: Name): readonly Entity<Name>[] {
    const found = [...this.#byKey[kind].values()] as unknown as Entity<Name>[];
    return found.sort((one, other) => one.position - other.position || (one.id < other.id ? -1 : 1));
  }

  /** Every one of every kind. */
  [Symbol.iterator](): Iterator<Entity> {
    return this.#byId.values();
  }

  /** Those that look for something of this name, whether it is there or not. */
  lookingFor(kind: KindName, key: string): readonly Entity[] {
    const ids = this.#users.get(refersTo(kind, key)) ?? [];
    return [...ids].flatMap((id) => this.#byId.get(id) ?? []);
  }

  /** Those that need it to be there. */
  usersOf(kind: KindName, key: string): readonly Entity[] {
    return this.lookingFor(kind, key).filter((user) =>
      kindOf(user.kind)
        .references(user.document)
        .some((one) => one.weak !== true && one.kind === kind && one.key === key),
    );
  }

  /** For the checks of one document. */
  get around(): Around {
    const documents: DocumentsByKey = (kind) => this.documents(kind);
    this.#around ??= aroundOf(documents);
    return this.#around;
  }

  /** The documents of a kind by their keys. */
  documents<Name extends KindName>(kind: Name): ReadonlyMap<string, DocumentOf<Name>> {
    return new MapView<Entity, DocumentOf<Name>>(
      [this.#byKey[kind]],
      ({ document }) => document as DocumentOf<Name>,
    );
  }

  #usersWith(before: readonly Entity[], after: readonly Entity[]): PersistentMap<ReadonlySet<string>> {
    const copied = new Map<string, Set<string>>();
    const own = (place: string): Set<string> => {
      const users = copied.get(place) ?? new Set(this.#users.get(place));
      copied.set(place, users);
      return users;
    };
    const now = new Map(after.map((entity) => [entity.id, looks(entity)]));
    for (const entity of before) {
      const kept = now.get(entity.id);
      for (const place of looks(entity)) if (kept?.delete(place) !== true) own(place).delete(entity.id);
    }
    // What an entity looked for before too is not among them any more.
    for (const [id, places] of now) for (const place of places) own(place).add(id);
    const empty = [...copied].filter(([, users]) => users.size === 0).map(([place]) => place);
    return this.#users.with(
      [...copied].filter(([, users]) => users.size > 0),
      empty,
    );
  }
}

/** What others refer to an entity by. */
export function keyOf({ kind, document }: Pick<Entity, "kind" | "document">): string {
  return kindOf(kind).key(document);
}

function refersTo(kind: string, key: string): string {
  return `${kind} ${key}`;
}

function looks({ kind, document }: Entity): Set<string> {
  return new Set(
    kindOf(kind)
      .references(document)
      .map((one) => refersTo(one.kind, one.key)),
  );
}
