import { randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Tables of lists, and the kind of entity that each of them held. */
const LISTS = {
  phones: "phone",
  groups: "group",
  trunks: "trunk",
  audio_messages: "audioMessage",
  webhooks: "webhook",
  numbers: "number",
} as const;

/** As that release wrote it; the same for all that was there before changes had authors. */
const UNKNOWN = "an earlier release";
const ROWS = 500;

interface OldRow {
  readonly name: string;
  readonly position: number;
  readonly document: string;
  readonly secret?: Uint8Array | null;
  readonly content?: string | null;
  readonly duration_ms?: number | null;
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly position: number;
  readonly revision: number;
  readonly document: string;
  readonly secret: Uint8Array | null;
  readonly changed_by: string;
  readonly changed_at: number;
  readonly dropped_at: number | null;
}

/** The lists of the company file, a table each, become one table of entities, each with an id of its own. */
export const entities: Migration = {
  async up(database: Kysely<unknown>) {
    await makeTables(database);
    const [installation] = await read<{ saved_at: number; document: string }>(database, "installation");
    const savedAt = installation?.saved_at ?? 0;
    if (installation !== undefined) {
      const { home, security, outbound } = JSON.parse(installation.document) as Record<string, unknown>;
      const single = (kind: string, document: unknown) => row(kind, kind, "", 0, document, savedAt);
      await insert(database, [single("settings", { home, security })]);
      if (outbound !== undefined) await insert(database, [single("outbound", outbound)]);
    }
    for (const [table, kind] of Object.entries(LISTS)) {
      const old = await read<OldRow>(database, table);
      await insert(
        database,
        old.map((one) => ({
          ...row(kind, newId(), one.name, one.position, documentOf(one), savedAt),
          secret: one.secret ?? null,
        })),
      );
    }
    await movePlans(database, savedAt);
    for (const table of ["numbers", "plans", "old_plan_versions"])
      await database.schema.dropTable(table).execute();
    for (const table of Object.keys(LISTS))
      if (table !== "numbers") await database.schema.dropTable(table).execute();
    await database.schema.alterTable("installation").dropColumn("document").execute();
  },
};

async function makeTables(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .createTable("entities")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("position", "double precision", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull())
    .addColumn("secret", "blob")
    .addColumn("changed_by", "text", (column) => column.notNull())
    .addColumn("changed_at", "bigint", (column) => column.notNull())
    .addColumn("dropped_at", "bigint")
    .execute();
  await sql`create unique index entities_key on entities (kind, key) where dropped_at is null`.execute(
    database,
  );
  await database.schema.alterTable("plan_versions").renameTo("old_plan_versions").execute();
  await database.schema
    .createTable("plan_versions")
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("document", "text", (column) => column.notNull())
    .addColumn("published_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("plan_versions_of", ["id", "version"])
    .execute();
}

/** Versions of a plan were kept by its name, also when the plan itself was gone. */
async function movePlans(database: Kysely<unknown>, savedAt: number): Promise<void> {
  const there = await read<{ name: string; position: number; version: number }>(database, "plans");
  const versions = await read<{ name: string; version: number; document: string; published_at: number }>(
    database,
    "old_plan_versions",
  );
  const ids = new Map<string, string>();
  for (const { name } of versions) if (!ids.has(name)) ids.set(name, newId());
  const rows = [...ids].flatMap(([name, id]): Row[] => {
    const plan = there.find((one) => one.name === name);
    const own = versions.filter((one) => one.name === name);
    const version = plan?.version ?? Math.max(...own.map((one) => one.version));
    const last = own.find((one) => one.version === version);
    if (last === undefined) return [];
    const made = row("plan", id, name, plan?.position ?? 0, JSON.parse(last.document), last.published_at);
    return [{ ...made, revision: version, dropped_at: plan === undefined ? savedAt : null }];
  });
  await insert(database, rows);
  for (let at = 0; at < versions.length; at += ROWS) {
    const part = versions.slice(at, at + ROWS).map(({ name, ...rest }) => ({ id: ids.get(name), ...rest }));
    await sql`insert into plan_versions (id, version, document, published_at) values ${sql.join(
      part.map((one) => sql`(${one.id}, ${one.version}, ${one.document}, ${one.published_at})`),
    )}`.execute(database);
  }
}

async function read<Found>(database: Kysely<unknown>, table: string): Promise<readonly Found[]> {
  return (await sql<Found>`select * from ${sql.table(table)}`.execute(database)).rows;
}

function documentOf({ document, content, duration_ms }: OldRow): unknown {
  const read: unknown = JSON.parse(document);
  if (content === undefined || content === null) return read;
  return Object.assign({}, read, { sound: { content, durationMs: duration_ms ?? 0 } });
}

function row(kind: string, id: string, key: string, position: number, document: unknown, at: number): Row {
  return {
    id,
    kind,
    key,
    position,
    revision: 1,
    document: JSON.stringify(document),
    secret: null,
    changed_by: UNKNOWN,
    changed_at: at,
    dropped_at: null,
  };
}

async function insert(database: Kysely<unknown>, rows: readonly Row[]): Promise<void> {
  const into = database as Kysely<{ entities: Row }>;
  for (let at = 0; at < rows.length; at += ROWS)
    await into
      .insertInto("entities")
      .values(rows.slice(at, at + ROWS))
      .execute();
}

function newId(): string {
  return randomBytes(6).toString("hex");
}
