import type { SnapshotChange, SnapshotDrop, SnapshotPut, SnapshotSet } from "../snapshot-change.ts";
import type { PlannedChange } from "./change.ts";
import { type Entities, type Entity, keyOf } from "./entities.ts";
import type { ProjectParts } from "./kind.ts";
import { type KindName, kindOf, kinds } from "./kinds.ts";

/** What calls need besides entities: hashes, and where files are. */
export type ProjectDoor = Omit<ProjectParts, "directory">;

/** What a change means for the snapshot. */
export function projectChange(
  { before, after, delta, affected }: Omit<PlannedChange, "warnings">,
  door: ProjectDoor,
): SnapshotChange {
  const parts = { ...door, directory: after.around.directory };
  const entries = new Map([...delta.put, ...affected].map((entity) => [entity, entryOf(entity, parts)]));
  const drop = [
    ...delta.drop.flatMap(entryGone),
    // What has another key now, or is not seen any more.
    ...delta.put.flatMap((entity) => {
      const was = before.byId(entity.id);
      if (was === undefined) return [];
      const isSeen = entries.get(entity) !== undefined;
      return isSeen && keyOf(was) === keyOf(entity) ? [] : entryGone(was);
    }),
  ];
  const touched = new Set([...delta.put, ...delta.drop].map(({ kind }) => kind));
  const put = [...entries.values()].flatMap((one) => one ?? []);
  return { version: after.version, set: wholes(after, touched, parts), put, drop };
}

/** A whole configuration as puts, one after the other, so that nobody has to hold all of them. */
export function* projectEntries(entities: Entities, door: ProjectDoor): Generator<SnapshotPut> {
  const parts = { ...door, directory: entities.around.directory };
  for (const entity of entities) {
    const put = entryOf(entity, parts);
    if (put !== undefined) yield put;
  }
}

/** The parts of a whole configuration that are no entries. */
export function projectWholes(entities: Entities, door: ProjectDoor): SnapshotSet {
  return wholes(entities, new Set(kinds.map(({ kind }) => kind)), {
    ...door,
    directory: entities.around.directory,
  });
}

function entryOf(entity: Entity, parts: ProjectParts): SnapshotPut | undefined {
  return kindOf(entity.kind).project.entry?.(entity.document, parts, entity);
}

function entryGone(entity: Entity): readonly SnapshotDrop[] {
  const { part } = kindOf(entity.kind).project;
  return part === undefined ? [] : [{ part, key: keyOf(entity) }];
}

function wholes(entities: Entities, touched: ReadonlySet<KindName>, parts: ProjectParts): SnapshotSet {
  return Object.assign(
    {},
    ...kinds.map(({ kind, project }) =>
      touched.has(kind)
        ? project.whole?.(
            entities.all(kind).map(({ document }) => document),
            parts,
          )
        : undefined,
    ),
  ) as SnapshotSet;
}
