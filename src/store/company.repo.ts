import type { Transaction } from "kysely";
import type { Company } from "../model/company.ts";
import { companySchema } from "../model/company.ts";
import type { CompanyRepository, StoredAudio, StoredCompany } from "../model/repositories.ts";
import { entryRow, openEntries, sealEntries, secretCodecs } from "./company-entries.ts";
import type { Database } from "./database.ts";
import type { Seal } from "./seal.ts";
import type { Tables } from "./tables.ts";

/** Versions of one plan that are kept. */
const KEPT_PLAN_VERSIONS = 100;
/** Rows of one INSERT: SQLite takes 32,766 parameters, PostgreSQL 65,535; ours have at most five a row. */
const ROWS_PER_INSERT = 500;

type Plan = Company["plans"][number];
/** Tables that a save empties and fills, those that refer to others first. */
const REPLACED = ["numbers", "plans", "phones", "groups", "trunks", "audio_messages", "webhooks"] as const;

/** The configuration in the database. */
export function companyRepository(database: Database, seal: Seal): CompanyRepository {
  return {
    load: () => database.transaction().execute((transaction) => load(transaction, seal)),
    save: (company, savedAt, audio) =>
      database.transaction().execute((transaction) => save(transaction, seal, company, savedAt, audio)),
    async planVersion(name, version) {
      const row = await database
        .selectFrom("plan_versions")
        .select("document")
        .where("name", "=", name)
        .where("version", "=", version)
        .executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.document) as Plan);
    },
  };
}

async function save(
  transaction: Transaction<Tables>,
  seal: Seal,
  company: Company,
  savedAt: number,
  audio: ReadonlyMap<string, StoredAudio>,
): Promise<StoredCompany> {
  const before = await transaction.selectFrom("installation").select("version").executeTakeFirst();
  const version = (before?.version ?? 0) + 1;
  const planVersions = await keepPlans(transaction, company.plans, savedAt);
  for (const table of REPLACED) await transaction.deleteFrom(table).execute();
  for (const table of ["phones", "trunks", "webhooks"] as const) {
    await insert(sealRows(table, company, seal), (rows) =>
      transaction.insertInto(table).values(rows).execute(),
    );
  }
  const groups = company.groups.map((group, position) => entryRow(group.extension, position, group));
  await insert(groups, (rows) => transaction.insertInto("groups").values(rows).execute());
  const messages = company.audioMessages.map((message, position) => ({
    ...entryRow(message.name, position, message),
    content: audio.get(message.name)?.content ?? null,
    duration_ms: audio.get(message.name)?.durationMs ?? null,
  }));
  await insert(messages, (rows) => transaction.insertInto("audio_messages").values(rows).execute());
  const plans = company.plans.map(({ name }, position) => ({
    name,
    position,
    version: planVersions.get(name) ?? 1,
  }));
  await insert(plans, (rows) => transaction.insertInto("plans").values(rows).execute());
  const numbers = company.numbers.map((number, position) => ({
    ...entryRow(number.number, position, number),
    plan: number.plan ?? null,
  }));
  await insert(numbers, (rows) => transaction.insertInto("numbers").values(rows).execute());
  await transaction.deleteFrom("installation").execute();
  const { home, security, outbound } = company;
  const document = JSON.stringify({ version: company.version, home, security, outbound });
  await transaction
    .insertInto("installation")
    .values({ id: 1, version, saved_at: savedAt, document })
    .execute();
  return { version, savedAt, company, planVersions, audio: audioOf(messages) };
}

function audioOf(
  rows: readonly {
    readonly name: string;
    readonly content: string | null;
    readonly duration_ms: number | null;
  }[],
): ReadonlyMap<string, StoredAudio> {
  return new Map(
    rows.flatMap(({ name, content, duration_ms }) =>
      content === null ? [] : [[name, { content, durationMs: duration_ms ?? 0 }] as const],
    ),
  );
}

function sealRows(table: "phones" | "trunks" | "webhooks", company: Company, seal: Seal) {
  if (table === "phones") return sealEntries(table, secretCodecs.phones, company.phones, seal);
  if (table === "trunks") return sealEntries(table, secretCodecs.trunks, company.trunks, seal);
  return sealEntries(table, secretCodecs.webhooks, company.webhooks, seal);
}

async function insert<Row>(
  rows: readonly Row[],
  execute: (rows: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT)
    await execute(rows.slice(at, at + ROWS_PER_INSERT));
}

/** Gives each plan that is new or changed its next version; what was published before is never touched. */
async function keepPlans(
  transaction: Transaction<Tables>,
  plans: readonly Plan[],
  publishedAt: number,
): Promise<ReadonlyMap<string, number>> {
  const newest = await transaction
    .selectFrom("plan_versions as plan")
    .select(["plan.name", "plan.version", "plan.document"])
    .where("plan.version", "=", (query) =>
      query
        .selectFrom("plan_versions as other")
        .select((other) => other.fn.max("other.version").as("version"))
        .whereRef("other.name", "=", "plan.name"),
    )
    .execute();
  const known = new Map(newest.map((row) => [row.name, row]));
  const versions = new Map<string, number>();
  const added = [];
  for (const plan of plans) {
    const document = JSON.stringify(plan);
    const last = known.get(plan.name);
    const version = last?.document === document ? last.version : (last?.version ?? 0) + 1;
    versions.set(plan.name, version);
    if (last?.document !== document)
      added.push({ name: plan.name, version, document, published_at: publishedAt });
  }
  await insert(added, (rows) => transaction.insertInto("plan_versions").values(rows).execute());
  // After `plans` is filled again the rows it refers to are the newest ones, which are never deleted here.
  for (const { name, version } of added) {
    if (version <= KEPT_PLAN_VERSIONS) continue;
    await transaction
      .deleteFrom("plan_versions")
      .where("name", "=", name)
      .where("version", "<=", version - KEPT_PLAN_VERSIONS)
      .execute();
  }
  return versions;
}

async function load(transaction: Transaction<Tables>, seal: Seal): Promise<StoredCompany | undefined> {
  const installation = await transaction.selectFrom("installation").selectAll().executeTakeFirst();
  if (installation === undefined) return undefined;
  const messages = await transaction.selectFrom("audio_messages").selectAll().orderBy("position").execute();
  const entries = (table: "groups" | "numbers") =>
    transaction.selectFrom(table).select(["document"]).orderBy("position").execute();
  const sealed = (table: "phones" | "trunks" | "webhooks") =>
    transaction.selectFrom(table).selectAll().orderBy("position").execute();
  const plans = await transaction
    .selectFrom("plans")
    .innerJoin("plan_versions", (join) =>
      join
        .onRef("plan_versions.name", "=", "plans.name")
        .onRef("plan_versions.version", "=", "plans.version"),
    )
    .select(["plans.name", "plans.version", "plan_versions.document"])
    .orderBy("plans.position")
    .execute();
  const parse = (rows: readonly { document: string }[]): unknown[] =>
    rows.map((row) => JSON.parse(row.document) as unknown);
  const document = {
    ...(JSON.parse(installation.document) as object),
    phones: openEntries("phones", secretCodecs.phones, await sealed("phones"), seal),
    groups: parse(await entries("groups")),
    trunks: openEntries("trunks", secretCodecs.trunks, await sealed("trunks"), seal),
    audioMessages: parse(messages),
    webhooks: openEntries("webhooks", secretCodecs.webhooks, await sealed("webhooks"), seal),
    plans: parse(plans),
    numbers: parse(await entries("numbers")),
  };
  return {
    version: installation.version,
    savedAt: installation.saved_at,
    // What an older release wrote gets the defaults of this one; anything else in the tables is a bug and throws.
    company: companySchema.parse(document),
    planVersions: new Map(plans.map((plan) => [plan.name, plan.version])),
    audio: audioOf(messages),
  };
}
