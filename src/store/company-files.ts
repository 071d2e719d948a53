import type { Transaction } from "kysely";
import type { KindName } from "../model/entities/kinds.ts";
import type { Former, Formers } from "../model/entities/merge.ts";
import type { AppliedFile, KeptInFile } from "../model/kept-in-file.ts";
import type { CompanyRepository } from "../model/repositories.ts";
import { append } from "./audit.repo.ts";
import { BURIED_MS } from "./buried.ts";
import type { Database } from "./database.ts";
import { withSecret } from "./entity-row.ts";
import { inParts } from "./in-parts.ts";
import type { Seal } from "./seal.ts";
import { settledTime } from "./settled-time.ts";
import type { Tables } from "./tables.ts";

/** Files that are known again by their text. */
const KEPT_FILES = 200;
/** Of the hash of the audit log. */
const MARK_DIGITS = 12;

/** The company files that were applied, and what a file that was made earlier is laid beside. */
export function companyFiles(
  database: Database,
  seal: Seal,
): Pick<CompanyRepository, "noteApplied" | "wasApplied" | "takeOver" | "since"> {
  return {
    noteApplied: (file) => database.transaction().execute((transaction) => noteApplied(transaction, file)),
    async wasApplied(hash) {
      const row = await database
        .selectFrom("applied_files")
        .select("hash")
        .where("hash", "=", hash)
        .executeTakeFirst();
      return row !== undefined;
    },
    takeOver: (entry) =>
      database.transaction().execute(async (transaction) => {
        await transaction
          .updateTable("installation")
          .set({ kept_file: null, kept_at: null, kept_by: null })
          .execute();
        await append(transaction, entry);
      }),
    since: (version) =>
      database.transaction().execute(async (transaction) => {
        const now = await transaction.selectFrom("installation").select("version").executeTakeFirst();
        if (now === undefined || version > now.version) return undefined;
        const entries = await transaction
          .selectFrom("audit")
          .select(["id", "version", "at", "by", "hash"])
          .where("version", ">=", version)
          .orderBy("id")
          .execute();
        const later = entries.filter((entry) => (entry.version ?? 0) > version);
        if (later.length !== now.version - version) return undefined;
        const mark = entries.find((entry) => entry.version === version)?.hash.slice(0, MARK_DIGITS);
        return { mark, formers: await formersOf(transaction, seal, later) };
      }),
  };
}

interface Entry {
  readonly id: number;
  readonly version: number | null;
  readonly at: number;
  readonly by: string;
}

/** What the things that these entries changed were before the first of them, and who changed them last. */
async function formersOf(
  transaction: Transaction<Tables>,
  seal: Seal,
  entries: readonly Entry[],
): Promise<Formers> {
  const first = entries[0];
  const formers = new Map<string, Former>();
  if (first === undefined) return formers;
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const changes = await transaction
    .selectFrom("audit_changes")
    .select(["entry", "kind", "entity", "before"])
    .where("entry", ">=", first.id)
    .orderBy("entry")
    .orderBy("place")
    .execute();
  const parts = await transaction
    .selectFrom("former_parts")
    .select(["version", "entity", "position", "secret"])
    .where("version", ">=", first.version ?? 0)
    .execute();
  const partsAt = new Map(parts.map((part) => [`${part.version} ${part.entity}`, part]));
  for (const { entry: id, kind, entity, before } of changes) {
    const entry = byId.get(id);
    if (entry === undefined) continue;
    const who = { changedBy: entry.by, changedAt: entry.at };
    const known = formers.get(entity);
    if (known !== undefined) {
      formers.set(entity, { ...known, ...who });
      continue;
    }
    const part = partsAt.get(`${entry.version} ${entity}`);
    const document =
      before === null
        ? undefined
        : withSecret({ kind, id: entity, document: before }, part?.secret ?? null, seal);
    formers.set(entity, { kind: kind as KindName, document, position: part?.position, ...who });
  }
  return formers;
}

/** Keeps, for 30 days, what the audit log will not have of things that are about to change. */
export async function keepFormer(
  transaction: Transaction<Tables>,
  { version, at }: { readonly version: number; readonly at: number },
  ids: readonly string[],
): Promise<void> {
  await inParts(ids, (part) =>
    transaction
      .insertInto("former_parts")
      .columns(["version", "entity", "position", "secret", "at"])
      .expression((from) =>
        from
          .selectFrom("entities")
          .select((select) => [
            select.val(version).as("version"),
            select.ref("id").as("entity"),
            select.ref("position").as("position"),
            select.ref("secret").as("secret"),
            select.val(at).as("at"),
          ])
          .where("id", "in", part)
          .where("dropped_at", "is", null),
      )
      .execute(),
  );
  await transaction
    .deleteFrom("former_parts")
    .where("at", "<", (await settledTime(transaction, at)) - BURIED_MS)
    .execute();
}

export async function noteApplied(
  transaction: Transaction<Tables>,
  { hash, file, appliedAt: at, appliedBy: by, keeps, isAll }: AppliedFile,
): Promise<void> {
  const installation = await transaction.selectFrom("installation").select("version").executeTakeFirst();
  const row = { file, version: isAll ? (installation?.version ?? 0) : 0, at, by };
  await transaction
    .insertInto("applied_files")
    .values({ hash, ...row })
    .onConflict((conflict) => conflict.column("hash").doUpdateSet(row))
    .execute();
  await transaction
    .updateTable("installation")
    .set(
      keeps
        ? { kept_file: file, kept_at: at, kept_by: by }
        : { kept_file: null, kept_at: null, kept_by: null },
    )
    .execute();
  await transaction
    .deleteFrom("applied_files")
    .where("hash", "not in", (rows) =>
      rows.selectFrom("applied_files").select("hash").orderBy("at", "desc").limit(KEPT_FILES),
    )
    .execute();
}

/** What an installation's row says of the file that keeps it. */
export function keptIn({
  kept_file: file,
  kept_at: appliedAt,
  kept_by: appliedBy,
}: Tables["installation"]): KeptInFile | undefined {
  return file === null ? undefined : { file, appliedAt: appliedAt ?? 0, appliedBy: appliedBy ?? "" };
}

/** The newest version of which a company file has all. */
export async function lastApplied(transaction: Transaction<Tables>): Promise<number | undefined> {
  const row = await transaction
    .selectFrom("applied_files")
    .select((query) => query.fn.max("version").as("version"))
    .executeTakeFirst();
  return row?.version ?? undefined;
}
