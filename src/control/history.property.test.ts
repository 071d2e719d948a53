// Issue 13: whatever is edited, drafted, published, restored and applied, by file and by API, from two processes at once, what is
// stored is what the audit log says when it is replayed from the beginning.
// Over 5 s: a property of any series of edits.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { depth, isSoak } from "../../test/support/depth.ts";
import { quietJobs } from "../../test/support/jobs.ts";
import { person } from "../../test/support/person.ts";
import { exportCompany } from "../admin/apply.ts";
import { AudioService, openLibrary } from "../admin/audio-service.ts";
import { Desk } from "../admin/desk.ts";
import { planPorts } from "../admin/plans/plan-service.ts";
import type { ApiPorts } from "../api/ports.ts";
import type { Doer, StoredAuditEntry } from "../model/audit.ts";
import { companyOf } from "../model/entities/difference.ts";
import type { Entity } from "../model/entities/entities.ts";
import { type KindName, kindOf } from "../model/entities/kinds.ts";
import { systemClock } from "../runtime/clock.ts";
import { openStore, type Store } from "../store/store.ts";
import { companyPorts } from "./company-ports.ts";

const RUNS = depth(12, 200);
/** The same each time, so that every end that is asked for below comes; another one in a soak. */
const CHANCE = isSoak ? {} : { seed: 4 };

/** One process that changes what is stored. */
interface Side {
  readonly desk: Desk;
  readonly ports: ReturnType<typeof companyPorts> & Pick<ApiPorts, "plans">;
}

interface World {
  readonly sides: readonly Side[];
  readonly store: Store;
  /** Files that were exported, the newest last. */
  readonly files: string[];
}

const word = fc.constantFrom("one", "two", "three", "four");
const op = fc.record({
  side: fc.nat(1),
  what: fc.constantFrom(
    "put",
    "put",
    "rename",
    "add",
    "drop",
    "restore",
    "password",
    "draft",
    "publish",
    "rollback",
    "export",
    "apply",
    "apply",
    "overwrite",
    "keep",
    "takeOver",
    "both",
  ),
  kind: fc.constantFrom<KindName>("phone", "group", "webhook", "plan", "number"),
  which: fc.nat(30),
  word,
  isSeen: fc.boolean(),
});
type Op = typeof op extends fc.Arbitrary<infer Value> ? Value : never;

async function inWorld(work: (world: World) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-history-"));
  const stores: Store[] = [];
  let now = Date.parse("2026-11-29T00:00:00Z");
  const wall = (): number => (now += 1000);
  const open = async (seed: number): Promise<Side> => {
    const store = await openStore(folder);
    assert.ok(store.ok);
    stores.push(store.value);
    const { company, plans, calls, audit } = store.value;
    const desk = await Desk.open({
      repository: company,
      ids: seededIds(seed),
      wall,
      publish: async () => true,
    });
    const audio = new AudioService(openLibrary(folder, undefined, systemClock), systemClock, false);
    const ask = () => Promise.reject(new Error("nobody is asked"));
    return {
      desk,
      ports: {
        ...companyPorts({ desk, audio, store: { company, audit }, jobs: quietJobs(), heard: undefined }),
        plans: planPorts({ desk, plans, calls, wall, rest: async () => {}, ask }),
      },
    };
  };
  try {
    const sides = [await open(1), await open(2)];
    const [store] = stores;
    assert.ok(store !== undefined);
    await work({ sides, store, files: [] });
  } finally {
    for (const store of stores) await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A document with another name or text in it. */
function touched(
  { kind, document }: { readonly kind: KindName; readonly document: object },
  text: string,
): object {
  switch (kind) {
    case "webhook":
      return { ...document, description: text };
    case "plan":
      return {
        ...document,
        steps: [
          { type: "callerName", mode: "prepend", text },
          { type: "phone", phone: "215" },
        ],
      };
    case "number":
      return { ...document, plan: "main" };
    default:
      return { ...document, name: text };
  }
}

function renamedTo({ kind, document }: Entity, which: number): object {
  const { keyField = "name" } = kindOf(kind);
  const key = { phone: `40${which % 10}`, group: `50${which % 10}`, number: `+3150123456${which % 10}` }[
    kind as string
  ];
  return { ...document, [keyField]: key ?? `name ${which % 5}` };
}

async function perform(
  world: World,
  { side: at, what, kind, which, word: text, isSeen }: Op,
): Promise<string> {
  const side = world.sides[at] ?? assert.fail();
  const { desk, ports } = side;
  const all = desk.entities.all(kind);
  const entity = all[which % Math.max(1, all.length)];
  const told = (result: { readonly ok: boolean }): string => `${what} ${result.ok ? "done" : "refused"}`;
  const apply = (file: string, overwrite: boolean): Promise<string> =>
    ports
      .apply(file, "c.yaml", { audio: {}, overwrite, by: person(`file ${at}`) })
      .then(({ type }) => `${what} ${type}`);
  const by = person(`person ${at}`);
  const edited = (document: object, revision?: number) =>
    ports.entities.put({ kind, id: entity?.id, revision, document, renameUsers: true }, by);
  switch (what) {
    case "put":
    case "rename":
      if (entity === undefined) return "nothing there";
      return told(
        await edited(
          what === "put" ? touched(entity, text) : renamedTo(entity, which),
          isSeen ? entity.revision : undefined,
        ),
      );
    case "add":
      if (entity === undefined) return "nothing there";
      return told(await ports.entities.put({ kind, isNew: true, document: renamedTo(entity, which) }, by));
    case "drop":
      if (entity === undefined) return "nothing there";
      return told(await ports.entities.drop({ kind, id: entity.id, revision: undefined }, by));
    case "restore": {
      const trash = await ports.history.trash({ limit: 50 });
      const id = trash.ok ? trash.value.items[which % Math.max(1, trash.value.items.length)]?.id : undefined;
      return id === undefined ? "nothing there" : told(await ports.history.restore(id, by));
    }
    case "password": {
      const phone = desk.entities.all("phone")[which % Math.max(1, desk.entities.count("phone"))];
      return phone === undefined ? "nothing there" : told(await ports.entities.newPassword(phone.id, by));
    }
    case "draft":
    case "publish":
    case "rollback":
      return told(await planned(side, what, { which, text, by }));
    case "export": {
      const file = await exportCompany(desk, isSeen ? "clear" : "masked");
      if (file !== undefined) world.files.push(file);
      return what;
    }
    case "apply":
    case "overwrite": {
      const file = world.files[which % Math.max(1, world.files.length)] ?? COMPANY_TEXT;
      const changed = file.replaceAll(isSeen ? "Reception" : "Sales", text);
      if (what === "overwrite") return apply(changed, true);
      return keepingOthers(world.store, changed, () => apply(changed, false));
    }
    case "keep":
      return apply(COMPANY_TEXT.replace("version: 1", "version: 1\nkeptIn: file"), isSeen);
    case "takeOver":
      return told(await ports.companyFile.takeOver(by));
    case "both": {
      // Both at once, on the same thing.
      const both = await Promise.all(
        world.sides.map(async (one, index) => {
          const own = one.desk.entities.all(kind)[which % Math.max(1, one.desk.entities.count(kind))];
          if (own === undefined) return "nothing there";
          const document = touched(own, `${text} ${index}`);
          return told(
            await one.ports.entities.put({ kind, id: own.id, revision: own.revision, document }, by),
          );
        }),
      );
      return both.join(", ");
    }
  }
  return assert.fail(what);
}

/** What was changed since the file was made is after an apply of it as it was before. */
async function keepingOthers(
  { company }: Store,
  file: string,
  apply: () => Promise<string>,
): Promise<string> {
  const { entities: before } = await company.load();
  const since = await company.since(Number(/^basedOn: (\d+)$/m.exec(file)?.[1] ?? before.version));
  const end = await apply();
  const { entities: after } = await company.load();
  for (const [id, former] of since?.formers ?? []) {
    const was = before.byId(id);
    if (was !== undefined && plain(was.kind, was.document) !== plain(was.kind, former.document))
      assert.deepEqual(after.byId(id)?.document, was.document, end);
  }
  return end;
}

async function planned(
  { desk, ports: { plans } }: Side,
  what: "draft" | "publish" | "rollback",
  { which, text, by }: { readonly which: number; readonly text: string; readonly by: Doer },
): Promise<{ readonly ok: boolean }> {
  const plan = desk.entities.all("plan")[which % Math.max(1, desk.entities.count("plan"))];
  if (plan === undefined) return { ok: false };
  if (what === "draft") return plans.saveDraft(plan.id, touched(plan, text), { by });
  if (what === "publish") return plans.publish(plan.id, { note: text, overwrite: which % 2 === 0, by });
  return plans.rollback(plan.id, { version: 1 + (which % 3), note: "", by });
}

/** All of the audit log, the oldest first. */
async function auditOf({ audit }: Store): Promise<readonly StoredAuditEntry[]> {
  const entries: StoredAuditEntry[] = [];
  for (let before: number | undefined; ; before = entries.at(-1)?.id) {
    const page = await audit.list({ limit: 100, before });
    entries.push(...page);
    if (page.length < 100) return entries.toReversed();
  }
}

test("edits, drafts, publishes, restores and files from two sides end in what the audit log says", async () => {
  const ended = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(op, { minLength: 20, maxLength: 40 }), (series) =>
      inWorld(async (world) => {
        const { sides, store } = world;
        const first = await sides[0]?.ports.apply(COMPANY_TEXT, "c.yaml", {
          audio: {},
          overwrite: false,
          by: person("file"),
        });
        assert.equal(first?.type, "applied");
        for (const one of series) {
          const end = await perform(world, one);
          ended.set(end, (ended.get(end) ?? 0) + 1);
        }
        const entries = await auditOf(store);
        const replayed = new Map<string, string>();
        const versions = entries.flatMap(({ version }) => version ?? []);
        for (const { changes } of entries)
          for (const { kind, id, before, after } of changes) {
            // Each entry begins where the one before has ended.
            assert.equal(replayed.get(id), before === undefined ? undefined : plain(kind, before));
            if (after === undefined) replayed.delete(id);
            else replayed.set(id, plain(kind, after));
          }
        const { entities } = await store.company.load();
        assert.deepEqual(
          versions,
          Array.from({ length: entities.version }, (_, index) => index + 1),
        );
        const stored = [...entities].map(
          (entity) => [entity.id, plain(entity.kind, masked(entity))] as const,
        );
        assert.deepEqual(new Map(stored), replayed);
        // Whoever has changed something last knows what is stored.
        assert.ok(sides.some(({ desk }) => isSameCompany(desk, entities)));
      }),
    ),
    { numRuns: RUNS, ...CHANCE },
  );
  for (const end of [
    "put done",
    "put refused",
    "restore done",
    "publish done",
    "apply applied",
    "apply conflicts",
    "overwrite applied",
  ])
    assert.ok((ended.get(end) ?? 0) > 0, `${end} never came: ${JSON.stringify([...ended])}`);
});

function isSameCompany(desk: Desk, entities: Desk["entities"]): boolean {
  if (desk.entities.version !== entities.version) return false;
  assert.deepEqual(companyOf(desk.entities), companyOf(entities));
  return true;
}

function masked({ kind, document }: Entity): Entity["document"] {
  return kindOf(kind).secrets.masked(document, (text) => text);
}

/** The same for the same document, in whatever order its keys are. */
function plain(kind: KindName, document: unknown): string {
  const sorted = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .filter(([, inner]) => inner !== undefined)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : Array.isArray(value)
        ? value.map(sorted)
        : value;
  return `${kind} ${JSON.stringify(sorted(document))}`;
}
