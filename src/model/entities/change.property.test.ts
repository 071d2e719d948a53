import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { countingEditor, entitiesOf } from "../../../test/support/entities.ts";
import { type Company, companySchema } from "../company.ts";
import { checkCompany } from "../company-checks.ts";
import type { Snapshot } from "../snapshot.ts";
import { applyChange, emptySnapshot } from "../snapshot-change.ts";
import { type Edit, planChange, renaming } from "./change.ts";
import { companyOf, difference } from "./difference.ts";
import { Entities, type Entity, keyOf } from "./entities.ts";
import { type AnyDocument, type KindName, kindOf, kinds } from "./kinds.ts";
import { type ProjectDoor, projectChange, projectEntries, projectWholes } from "./project.ts";

// Delta publication: whatever is edited, the snapshot that deltas made equals the one that is built from nothing, and every
// snapshot before it stays what it was.

const DOOR: ProjectDoor = {
  realm: "switchhook",
  ha1: (username, password) => ({ md5: `${username} ${password}`, sha256: `${password} ${username}` }),
  soundPath: (content) => `/audio/${content}`,
};

/** What a snapshot says, apart from the order in which its maps give it. */
function plain(snapshot: Snapshot): unknown {
  return Object.fromEntries(
    Object.entries(snapshot).map(([key, value]) => [
      key,
      typeof value === "object" && Symbol.iterator in value && !Array.isArray(value)
        ? new Map(value as ReadonlyMap<string, unknown>)
        : value,
    ]),
  );
}

function fromNothing(entities: Entities): Snapshot {
  return applyChange(emptySnapshot(DOOR.realm), {
    version: entities.version,
    set: projectWholes(entities, DOOR),
    put: [...projectEntries(entities, DOOR)],
    drop: [],
  });
}

// Few names, so that edits meet: what one edit makes another one refers to, renames and drops.
const extension = fc.constantFrom("200", "201", "202", "300", "301");
const name = fc.constantFrom("a", "b", "c");
const number = fc.constantFrom("+31501234567", "+31501234568", "+31201234567");

const step = fc.oneof(
  fc.record({ type: fc.constant("phone"), phone: extension }),
  fc.record({ type: fc.constant("group"), group: extension }),
  fc.record({ type: fc.constant("audio"), message: fc.oneof(name, fc.constant("en/goodbye")) }),
  fc.record({
    type: fc.constant("fixedDestination"),
    number: fc.oneof(number, extension, fc.constant("+32471234567")),
  }),
);

const written: Readonly<Record<string, fc.Arbitrary<object>>> = {
  settings: fc.record({
    home: fc.record({ country: fc.constantFrom("NL", "BE"), timeZone: fc.constant("Europe/Amsterdam") }),
    security: fc.record({ dialCountries: fc.subarray(["NL", "BE"]) }),
  }),
  phone: fc.record({ extension, name, password: fc.constantFrom("correct-horse", "battery-staple") }),
  group: fc.record({
    extension,
    name,
    members: fc.uniqueArray(extension, { minLength: 1 }),
    strategy: fc.constantFrom("all", "inOrder", "smart"),
  }),
  trunk: fc.record(
    {
      name,
      kind: fc.constant("peer"),
      hosts: fc.constant(["sip:192.0.2.1"]),
      acceptFrom: fc.constant(["192.0.2.0/24"]),
      plan: name,
    },
    { requiredKeys: ["name", "kind", "hosts", "acceptFrom"] },
  ),
  outbound: fc.record({ trunk: name }),
  audioMessage: fc.record({ name, file: fc.constantFrom("one.wav", "two.wav") }),
  webhook: fc.record(
    {
      name,
      urlTemplate: fc.constantFrom("https://one.example/?c={code}", "https://two.example/"),
      ivr: fc.record({ startMessage: fc.oneof(name, fc.constant("en/enter-code")) }),
    },
    { requiredKeys: ["name", "urlTemplate"] },
  ),
  plan: fc.record({
    name,
    steps: fc.oneof(
      fc.array(step, { minLength: 1, maxLength: 3 }),
      fc
        .record({ webhook: name, success: fc.array(step, { maxLength: 2 }) })
        .map((one) => [{ type: "webhook", ...one }]),
    ),
  }),
  number: fc.record({ number, plan: name }, { requiredKeys: ["number"] }),
};

const edit = fc
  .tuple(
    fc.constantFrom(...kinds.map(({ kind }) => kind)),
    fc.nat(),
    fc.constantFrom("add", "put", "rename", "drop", "sound"),
  )
  .chain(([kind, which, what]) =>
    (written[kind] ?? fc.constant({})).map((document) => ({ kind, which, what, document })),
  );

type Drawn = { kind: KindName; which: number; what: string; document: object };

/** The drawn edit as edits of what there is. */
function editsOf(entities: Entities, { kind, which, what, document }: Drawn): readonly Edit[] {
  const own = entities.all(kind);
  const entity: Entity | undefined = own[which % Math.max(1, own.length)];
  const parsed: AnyDocument = kindOf(kind).schema.parse(document);
  if (what === "add" || entity === undefined)
    return [{ type: "put", kind, id: undefined, document: parsed, position: which % 7 }];
  const { id } = entity;
  if (what === "drop") return [{ type: "drop", kind, id, revision: entity.revision }];
  if (what === "rename") return renaming(entities, id, parsed);
  if (what === "sound" && entity.kind === "audioMessage") {
    const sounding = { ...entity.document, sound: { content: String(which % 3), durationMs: 1 } };
    return [{ type: "put", kind: "audioMessage", id, document: sounding as AnyDocument }];
  }
  return [{ type: "put", kind, id, document: parsed }];
}

const START = companySchema.parse({
  version: 1,
  home: { country: "NL", timeZone: "Europe/Amsterdam" },
  security: { dialCountries: ["NL"] },
  phones: ["200", "201"].map((one) => ({ extension: one, name: "a", password: "correct-horse" })),
  groups: [{ extension: "300", name: "a", members: ["200"] }],
  audioMessages: ["a", "b"].map((one) => ({ name: one, file: "one.wav" })),
  webhooks: ["a", "b"].map((one) => ({ name: one, urlTemplate: "https://two.example/" })),
  plans: ["a", "b"].map((one) => ({ name: one, steps: [{ type: "phone", phone: "200" }] })),
  numbers: [{ number: "+31501234567", plan: "a" }],
});

test("any series of edits by delta equals a snapshot built from nothing", () => {
  let made = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(fc.array(edit, { minLength: 1, maxLength: 2 }), { minLength: 10, maxLength: 25 }),
      (series) => {
        const who = countingEditor();
        let entities = entitiesOf(START, who);
        let snapshot = fromNothing(entities);
        const earlier: { snapshot: Snapshot; said: unknown }[] = [];
        for (const batch of series) {
          const edits = batch.flatMap((one) => editsOf(entities, one));
          const isOnce = new Set(edits.map((one) => one.id ?? one)).size === edits.length;
          if (!isOnce) continue;
          const planned = planChange(entities, edits, who);
          if (!planned.ok) {
            refused += 1;
            continue;
          }
          if (planned.value === undefined) continue;
          made += 1;
          earlier.push({ snapshot, said: plain(snapshot) });
          snapshot = applyChange(snapshot, structuredClone(projectChange(planned.value, DOOR)));
          entities = planned.value.after;
          // What the edit's own checks allow, the checks of a whole file allow.
          assert.deepEqual(errorsOf(companyOf(entities)), []);
          const again = Entities.of(entities.version, entities.savedAt, [...entities]);
          assert.deepEqual(plain(snapshot), plain(fromNothing(again)));
        }
        for (const each of earlier) assert.deepEqual(plain(each.snapshot), each.said);
      },
    ),
    { numRuns: 200 },
  );
  assert.ok(made > 500 && refused > 300, `${made} edits were made, ${refused} refused`);
});

test("the edits of one entity are refused exactly where the file with them would be", () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 25 }), (series) => {
      const who = countingEditor();
      let entities = entitiesOf(START, who);
      for (const one of series) {
        const edits = editsOf(entities, one);
        // There is always one of these, or at most one: a file cannot say what would be refused.
        if (["settings", "outbound"].includes(one.kind) && one.what !== "put") continue;
        const planned = planChange(entities, edits, who);
        const company = companyAfter(entities, edits);
        const problems = errorsOf(company);
        assert.equal(planned.ok, problems.length === 0, JSON.stringify({ planned, problems }));
        if (planned.ok) entities = planned.value?.after ?? entities;
        else refused += 1;
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(refused > 100);
});

test("whatever two companies are, applying one after the other leaves the second; applying it again changes nothing", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 15 }), fc.array(edit, { maxLength: 15 }), (one, other) => {
      const who = countingEditor();
      const [first, second] = [one, other].map((series) => {
        let entities = entitiesOf(START, who);
        for (const drawn of series) {
          const planned = planChange(entities, editsOf(entities, drawn), who);
          if (planned.ok) entities = planned.value?.after ?? entities;
        }
        return entities;
      });
      assert.ok(first !== undefined && second !== undefined);
      const company = companyOf(second);
      const planned = planChange(first, difference(first, company), who);
      assert.ok(planned.ok, JSON.stringify(planned));
      const after = planned.value?.after ?? first;
      assert.deepEqual(companyOf(after), company);
      assert.deepEqual(difference(after, company), []);
      // The same thing under the same name stays the same thing.
      for (const entity of after) {
        const was: Entity | undefined = first.get(entity.kind, keyOf(entity));
        if (was !== undefined) assert.equal(entity.id, was.id);
      }
    }),
    { numRuns: 200 },
  );
});

function errorsOf(company: Company): readonly string[] {
  return checkCompany(company)
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message);
}

/** What a person would have written into the file. */
function companyAfter(entities: Entities, edits: readonly Edit[]): Company {
  const gone = new Set(edits.map(({ id }) => id));
  const put = edits.flatMap((one) => (one.type === "put" ? [one] : []));
  const lists = kinds.map((kind): object => {
    const documents = [
      ...entities
        .all(kind.kind)
        .filter(({ id }) => !gone.has(id))
        .map(({ document }) => document),
      ...put.filter((one) => one.kind === kind.kind).map(({ document }) => document),
    ];
    const { place } = kindOf(kind.kind);
    if (place.type === "list") return { [place.key]: documents };
    // One that is there a second time is what the file cannot say.
    const last = documents.at(-1);
    return last === undefined ? {} : place.type === "top" ? last : { [place.key]: last };
  });
  return Object.assign({ version: 1 }, ...lists) as Company;
}
