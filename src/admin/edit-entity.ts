import { problemsOf } from "../company/sentence.ts";
import { mergePatch } from "../lib/merge-patch.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import { type Edit, type EditRefusal, renaming } from "../model/entities/change.ts";
import { type Entities, type Entity, keyOf } from "../model/entities/entities.ts";
import { type AnyDocument, type AnyKind, type KindName, kindOf } from "../model/entities/kinds.ts";
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
  /** `document` is a merge patch (RFC 7396) of what is stored. */
  readonly isPatch?: boolean | undefined;
  /** Puts in what nobody writes. */
  readonly complete?: ((document: AnyDocument) => AnyDocument) | undefined;
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
  by: Doer,
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
  by: Doer,
): Promise<Result<Made, EditRefusal>> {
  return desk.change(by, () => ok([{ type: "drop", ...edit }]));
}

function editsFor(before: Entities, wanted: WantedEntity): Result<readonly Edit[], EditRefusal> {
  const { kind: name, id, revision, renameUsers } = wanted;
  const kind: AnyKind = kindOf(name);
  const stored = id === undefined ? undefined : before.byId(id);
  const given = wholeDocument(wanted, stored);
  const shape = kind.schema.safeParse(given);
  if (!shape.success) return invalid(kind, stored, problemsOf(shape.error.issues, given));
  const kept = keepIn(before, kind, shape.data, stored);
  if (kept.problems.length > 0) return invalid(kind, stored, kept.problems);
  const document = wanted.complete?.(kept.document) ?? kept.document;
  const edit: Edit = { type: "put", kind: name, id, revision, document };
  const isRenamed = stored !== undefined && kind.key(document) !== keyOf(stored);
  if (!isRenamed || renameUsers !== true || id === undefined) return ok([edit]);
  return ok([edit, ...renaming(before, id, document).filter((other) => other.id !== id)]);
}

/** What a person wants it to be: a patch is put into what is stored. */
export function wholeDocument(
  { kind, document, isPatch }: Pick<WantedEntity, "kind" | "document" | "isPatch">,
  stored: Pick<Entity, "document"> | undefined,
): unknown {
  return isPatch === true ? mergePatch(writtenOf(kindOf(kind), stored), document) : document;
}

/** What a person would have written. */
function writtenOf(kind: AnyKind, stored: Pick<Entity, "document"> | undefined): unknown {
  return stored === undefined ? undefined : (kind.written?.(stored.document) ?? stored.document);
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
