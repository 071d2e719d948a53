import { problemsOf } from "../company/sentence.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { type Edit, type EditRefusal, renaming } from "../model/entities/change.ts";
import { type Entities, type Entity, keyOf } from "../model/entities/entities.ts";
import { type AnyKind, type KindName, kindOf } from "../model/entities/kinds.ts";
import { keepIn } from "../model/entities/secrets.ts";
import type { Desk, Made } from "./desk.ts";

/** One entity as a person wants it. */
export interface WantedEntity {
  readonly kind: KindName;
  /** Undefined: a new one. */
  readonly id?: string | undefined;
  /** The revision that the person has seen. */
  readonly revision?: number | undefined;
  /** Anything at all. Secrets that it leaves out or writes as `***` stay. */
  readonly document: unknown;
  /** Where it gets another name, all that refer to it get that too. */
  readonly renameUsers?: boolean | undefined;
}

/** The entity as it is now. */
export interface EditedEntity extends Made {
  readonly entity: Entity;
}

/** Adds an entity, or puts it in the place of the one that has its id. Nothing is changed where that is refused. */
export async function putEntity(
  desk: Desk,
  wanted: WantedEntity,
  by: string,
): Promise<Result<EditedEntity, EditRefusal>> {
  let key = "";
  const made = await desk.change(by, (before) => {
    const edits = editsFor(before, wanted);
    const own = edits.ok ? edits.value[0] : undefined;
    if (own?.type === "put") key = kindOf(wanted.kind).key(own.document);
    return edits;
  });
  if (!made.ok) return made;
  const entity = made.value.entities.get(wanted.kind, key);
  if (entity === undefined) throw new Error(`${wanted.kind} ${key} was put and is not there`);
  return ok({ ...made.value, entity });
}

/** Takes an entity away, if nothing needs it. */
export function dropEntity(
  desk: Desk,
  edit: Omit<Extract<Edit, { type: "drop" }>, "type">,
  by: string,
): Promise<Result<Made, EditRefusal>> {
  return desk.change(by, () => ok([{ type: "drop", ...edit }]));
}

function editsFor(before: Entities, wanted: WantedEntity): Result<readonly Edit[], EditRefusal> {
  const { kind: name, id, revision, renameUsers } = wanted;
  const kind: AnyKind = kindOf(name);
  const stored = id === undefined ? undefined : before.byId(id);
  const shape = kind.schema.safeParse(wanted.document);
  if (!shape.success) return invalid(kind, stored, problemsOf(shape.error.issues, wanted.document));
  const kept = keepIn(before, kind, shape.data, stored);
  if (kept.problems.length > 0) return invalid(kind, stored, kept.problems);
  const edit: Edit = { type: "put", kind: name, id, revision, document: kept.document };
  const isRenamed = stored !== undefined && kind.key(kept.document) !== keyOf(stored);
  if (!isRenamed || renameUsers !== true || id === undefined) return ok([edit]);
  return ok([edit, ...renaming(before, id, kept.document).filter((other) => other.id !== id)]);
}

function invalid(
  kind: AnyKind,
  stored: Entity | undefined,
  problems: Parameters<typeof withKind>[2],
): Result<never, EditRefusal> {
  const found = withKind(kind, stored === undefined ? "" : keyOf(stored), problems);
  return err({ code: "invalid", sentence: found[0]?.message ?? "", problems: found });
}

function withKind(kind: AnyKind, key: string, problems: readonly ReturnType<typeof problemsOf>[number][]) {
  return problems.map((problem) => ({ ...problem, kind: kind.kind, key }));
}
