import type { WrittenEntity } from "../api/contract/entities.ts";
import { type Refused, refused } from "../api/contract/problems.ts";
import type { EntityPorts, EntityWrite, WriteCode } from "../api/ports.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { AudioMessageDocument, StoredAudio } from "../model/entities/audio-message.ts";
import type { EditRefusal } from "../model/entities/change.ts";
import { type Entity, keyOf } from "../model/entities/entities.ts";
import { KEPT_SECRET } from "../model/entities/kind.ts";
import { type AnyDocument, type KindName, kindOf } from "../model/entities/kinds.ts";
import type { Ids } from "../runtime/ids.ts";
import type { Desk } from "./desk.ts";
import { dropEntity, putEntity, type WantedEntity, wholeDocument } from "./edit-entity.ts";
import { refusedEdit, storeFailure } from "./edit-refusal.ts";
import { pageOf, type Sent, shownEntity, warningsOf, writtenEntity } from "./show-entity.ts";

export interface EntityServiceParts {
  readonly desk: Desk;
  readonly ids: Ids;
  /** Gives the sound of a message that is to be stored in the place of another: see `soundOf`. */
  readonly sound: (
    document: unknown,
    stored: AudioMessageDocument | undefined,
  ) => Promise<Result<StoredAudio | undefined, string>>;
}

/** Letters and digits that nobody takes for one another. */
const PASSWORD_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
/** 116 bits. */
const PASSWORD_LENGTH = 20;

/** Entities as the API gives and changes them. Only what is masked leaves it, but for a password that it has made. */
export function entityPorts(parts: EntityServiceParts): EntityPorts {
  const { desk, ids } = parts;
  const find = (kind: KindName, id: string | undefined): Entity | undefined => {
    const found = id === undefined ? desk.entities.all(kind)[0] : desk.entities.byId(id);
    return found?.kind === kind ? found : undefined;
  };
  return {
    list: (kind, query) => pageOf(desk.entities, kind, query),
    get(kind, id) {
      const found = find(kind, id);
      return found === undefined ? undefined : shownEntity(desk.entities, found);
    },
    async put(write, by) {
      const place = placeOf(write, find(write.kind, write.id));
      if (!place.ok) return place;
      const made = madePassword(write, ids);
      const written = await put(
        parts,
        { ...write, ...place.value, ...(made !== undefined && { document: made.document }) },
        by,
      );
      if (!written.ok || made === undefined) return written;
      return ok({ ...written.value, password: made.password });
    },
    async drop({ kind, id, revision }, by) {
      const found = find(kind, id);
      if (found === undefined) return err(notThere(kind));
      const sent: Sent = { kind, key: keyOf(found), document: undefined };
      const outcome = await saved(() => dropEntity(desk, { kind, id: found.id, revision }, by));
      if (!outcome.ok) return outcome;
      if (!outcome.value.ok) return err(refusedEdit(desk.entities, outcome.value.error, sent));
      const { entities, isLive } = outcome.value.value;
      return ok({ version: entities.version, live: isLive, warnings: warningsOf(outcome.value.value, sent) });
    },
    async newPassword(id, by) {
      if (find("phone", id) === undefined) return err(notThere("phone"));
      const password = newPassword(ids);
      const written = await put(parts, { kind: "phone", id, document: { password }, isPatch: true }, by);
      if (!written.ok) return written;
      const { revision, live } = written.value;
      return ok({ password, revision, live });
    },
  };
}

/** Which entity a write is to, where that can be said before its turn has come. */
function placeOf(
  { kind, id, revision, isNew }: EntityWrite,
  found: Entity | undefined,
): Result<Pick<WantedEntity, "id" | "revision">, Refused<"noSuchEntity" | "stale">> {
  if (isNew === true) return ok({ id: undefined, revision: undefined });
  if (found === undefined) {
    // Of what there is one of, the first one is written where none was seen.
    return id === undefined && (revision === undefined || revision === 0)
      ? ok({ id: undefined, revision: undefined })
      : err(notThere(kind));
  }
  return ok({ id: found.id, revision });
}

async function put(
  { desk, sound }: EntityServiceParts,
  wanted: WantedEntity,
  by: Doer,
): Promise<Result<WrittenEntity, Refused<WriteCode>>> {
  const { kind, document } = wanted;
  const sent: Sent = { kind, key: keySent(wanted), document };
  const made = kind === "audioMessage" ? await soundFor(desk, wanted, sound) : ok(undefined);
  if (!made.ok) {
    const problems = [{ pointer: "", severity: "error", code: "soundNotMade", message: made.error }];
    return err(refused("invalid", made.error, { problems }));
  }
  const complete = made.value === undefined ? undefined : withSound(made.value);
  const outcome = await saved(() =>
    putEntity(desk, { ...wanted, document: withoutContent(kind, document), complete }, by),
  );
  if (!outcome.ok) return outcome;
  if (!outcome.value.ok) return err(refusedEdit(desk.entities, outcome.value.error, sent));
  const { entity } = outcome.value.value;
  return ok(writtenEntity(outcome.value.value, { kind, key: keyOf(entity), document }));
}

function soundFor(desk: Desk, wanted: WantedEntity, sound: EntityServiceParts["sound"]) {
  const stored = desk.entities.all("audioMessage").find(({ id }) => id === wanted.id);
  return sound(wholeDocument(wanted, stored), stored?.document);
}

/** Under which name problems of what was sent are told; one that is wrong itself has none. */
function keySent({ kind, document }: WantedEntity): string {
  const { keyField } = kindOf(kind);
  const isObject = typeof document === "object" && document !== null;
  const key: unknown =
    isObject && keyField !== undefined && Object.hasOwn(document, keyField)
      ? (document as Readonly<Record<string, unknown>>)[keyField]
      : undefined;
  return typeof key === "string" ? key : "";
}

async function saved<Value>(
  work: () => Promise<Result<Value, EditRefusal>>,
): Promise<Result<Result<Value, EditRefusal>, Refused<"diskFull" | "notSaved">>> {
  try {
    return ok(await work());
  } catch (error) {
    return err(storeFailure(error));
  }
}

function notThere(kind: KindName): Refused<"noSuchEntity"> {
  return refused("noSuchEntity", `There is no such ${kindOf(kind).noun}.`);
}

/** A new phone may come without a password: it is given one. */
function madePassword(
  { kind, isNew, document }: EntityWrite,
  ids: Ids,
): { readonly password: string; readonly document: object } | undefined {
  if (kind !== "phone" || isNew !== true) return undefined;
  if (typeof document !== "object" || document === null || Array.isArray(document)) return undefined;
  const given: unknown = Object.hasOwn(document, "password")
    ? (document as { readonly password?: unknown }).password
    : undefined;
  if (given !== undefined && given !== KEPT_SECRET) return undefined;
  const password = newPassword(ids);
  return { password, document: { ...document, password } };
}

function newPassword(ids: Ids): string {
  return Array.from({ length: PASSWORD_LENGTH }, () =>
    PASSWORD_LETTERS.charAt(ids.integer(PASSWORD_LETTERS.length)),
  ).join("");
}

function withSound(sound: StoredAudio): (document: AnyDocument) => AnyDocument {
  return (document) => ({ ...document, sound });
}

/** `content` names sound that was sent before, `sound` what was made; neither is part of what a person writes. */
function withoutContent(kind: KindName, document: unknown): unknown {
  if (kind !== "audioMessage" || typeof document !== "object" || document === null) return document;
  return Object.fromEntries(Object.entries(document).filter(([key]) => key !== "content" && key !== "sound"));
}
