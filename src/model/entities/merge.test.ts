import assert from "node:assert/strict";
import { test } from "node:test";
import { entitiesOf } from "../../../test/support/entities.ts";
import { type Company, companySchema } from "../company.ts";
import { type Edit, type Editor, planChange, renaming } from "./change.ts";
import { companyOf } from "./difference.ts";
import { type Entities, type Entity, keyOf } from "./entities.ts";
import type { KindName } from "./kinds.ts";
import { type Former, type Formers, merge, NOTHING_SINCE } from "./merge.ts";

const BASE = companySchema.parse({
  version: 1,
  home: { country: "NL", timeZone: "Europe/Amsterdam" },
  phones: ["215", "216", "217"].map((extension) => ({
    extension,
    name: "a",
    password: `horse-${extension}`,
  })),
  groups: [{ extension: "300", name: "Sales", members: ["215", "216"] }],
});

type Phone = Company["phones"][number];

let ids = 0;
/** New things have ids that nothing has. */
const editor: Editor = { by: "file", at: 0, identity: () => ({ id: `new${(ids += 1)}`, revision: 0 }) };

/** Edits here, one after the other, and what the audit log would say of them. */
class Here {
  entities: Entities = entitiesOf(BASE);
  readonly #formers = new Map<string, Former>();
  #at = 0;

  get since(): Formers {
    return this.#formers;
  }

  edit(by: string, edits: (entities: Entities) => readonly Edit[]): this {
    this.#at += 1;
    const planned = planChange(this.entities, edits(this.entities), { ...editor, by, at: this.#at });
    assert.ok(planned.ok && planned.value !== undefined, JSON.stringify(planned));
    const { before, delta, after } = planned.value;
    for (const { id, kind } of [...delta.put, ...delta.drop]) {
      const was = before.byId(id);
      const known = this.#formers.get(id) ?? { kind, document: was?.document, position: was?.position };
      this.#formers.set(id, { ...known, changedBy: by, changedAt: this.#at });
    }
    this.entities = after;
    return this;
  }

  /** Another document for a phone. */
  phone(by: string, extension: string, parts: Partial<Phone>): this {
    return this.edit(by, (entities) => {
      const { id, document } = found(entities, "phone", extension);
      return renaming(entities, id, { ...document, ...parts });
    });
  }

  drop(by: string, kind: KindName, key: string): this {
    return this.edit(by, (entities) => [{ type: "drop", kind, id: found(entities, kind, key).id }]);
  }

  /** Applies a file that was made of BASE. */
  apply(company: Company, was: Readonly<Record<string, string>> = {}) {
    const filed = { company, was: new Map(Object.entries(was)) };
    const { edits, conflicts, problems } = merge(this.entities, filed, this.since);
    const planned = planChange(this.entities, edits, editor);
    assert.ok(planned.ok, JSON.stringify(planned));
    const after = planned.value?.after ?? this.entities;
    return {
      conflicts: conflicts.map((one) => [
        one.kind,
        one.key,
        one.here,
        one.inFile,
        one.changedBy,
        one.changedAt,
      ]),
      problems,
      edits,
      after,
      phones: after.all("phone").map(({ document }) => `${document.extension} ${document.name}`),
    };
  }
}

function found<Name extends KindName>(entities: Entities, kind: Name, key: string): Entity<Name> {
  const entity = entities.get(kind, key);
  assert.ok(entity !== undefined, `${kind} ${key}`);
  return entity;
}

function withPhones(map: (phone: Phone) => readonly Phone[]): Company {
  return { ...BASE, phones: BASE.phones.flatMap(map) };
}

/** The file gives a phone another name, or takes it away. */
const renamed = (extension: string, name: string) =>
  withPhones((phone) => [phone.extension === extension ? { ...phone, name } : phone]);

test("what only the file changed is taken, what only was changed here stays", () => {
  const { conflicts, phones, after } = new Here()
    .phone("anna", "216", { name: "here" })
    .apply(renamed("215", "file"));
  assert.deepEqual(conflicts, []);
  assert.deepEqual(phones, ["215 file", "216 here", "217 a"]);
  assert.equal(found(after, "phone", "216").changedBy, "anna");
});

test("what both changed is a conflict by name, who and when; nothing else of it is one", () => {
  const here = new Here().phone("anna", "215", { name: "one" }).phone("bert", "215", { name: "here" });
  const { conflicts, phones } = here.apply(renamed("215", "file"));
  assert.deepEqual(conflicts, [["phone", "215", "changed", true, "bert", 2]]);
  assert.deepEqual(phones, ["215 here", "216 a", "217 a"]);
});

test("both made the same of it, or it was put back here: no conflict", () => {
  const same = new Here().phone("anna", "215", { name: "file" }).apply(renamed("215", "file"));
  assert.deepEqual([same.conflicts, same.edits], [[], []]);
  const back = new Here().phone("anna", "215", { name: "x" }).phone("anna", "215", { name: "a" });
  assert.deepEqual(back.apply(renamed("215", "file")).conflicts, []);
});

test("gone in the file and changed here, gone here and changed in the file: conflicts; untouched it goes", () => {
  const without = (extension: string): Company =>
    withPhones((phone) => (phone.extension === extension ? [] : [phone]));
  const changed = new Here().phone("anna", "217", { name: "here" }).apply(without("217"));
  assert.deepEqual(changed.conflicts, [["phone", "217", "changed", false, "anna", 1]]);
  const gone = new Here().drop("anna", "phone", "217").apply(renamed("217", "file"));
  assert.deepEqual(gone.conflicts, [["phone", "217", "removed", true, "anna", 1]]);
  const stays = new Here().drop("anna", "phone", "217").apply(renamed("215", "file"));
  assert.deepEqual([stays.conflicts, stays.phones], [[], ["215 file", "216 a"]]);
  assert.deepEqual(new Here().apply(without("217")).phones, ["215 a", "216 a"]);
});

test("what came here stays; what came on both sides is one thing, or a conflict", () => {
  const phone = (name: string): Phone => ({ ...(BASE.phones[0] as Phone), extension: "230", name });
  const added = (name: string) =>
    new Here().edit("anna", () => [{ type: "put", kind: "phone", id: undefined, document: phone(name) }]);
  assert.deepEqual(added("here").apply(BASE).phones, ["215 a", "216 a", "217 a", "230 here"]);
  const both = { ...BASE, phones: [...BASE.phones, phone("here")] };
  assert.deepEqual([added("here").apply(both).conflicts, added("here").apply(both).edits], [[], []]);
  assert.deepEqual(added("other").apply(both).conflicts, [["phone", "230", "added", true, "anna", 1]]);
});

test("a new name here is no conflict with a file that has the old one and has not touched it", () => {
  const here = new Here().phone("anna", "215", { extension: "250" });
  const { conflicts, phones, after } = here.apply(renamed("216", "file"));
  assert.deepEqual([conflicts, phones], [[], ["250 a", "216 file", "217 a"]]);
  assert.deepEqual(found(after, "group", "300").document.members, ["250", "216"]);
});

test("was: the thing keeps its id and its secret under the new name; a second apply changes nothing", () => {
  const { password: _password, ...rest } = BASE.phones[2] as Phone;
  const phones = [...BASE.phones.slice(0, 2), { ...rest, extension: "260" }];
  const here = new Here();
  const was = { "phone 260": "217" };
  const { after, problems } = here.apply({ ...BASE, phones }, was);
  assert.deepEqual(problems, []);
  assert.equal(found(after, "phone", "260").id, found(here.entities, "phone", "217").id);
  assert.equal(found(after, "phone", "260").document.password, "horse-217");
  const again = merge(
    after,
    { company: { ...BASE, phones }, was: new Map(Object.entries(was)) },
    NOTHING_SINCE,
  );
  assert.deepEqual([again.edits, again.conflicts], [[], []]);
});

test("a password that was changed here stays where the file does not give one, or gives the old one", () => {
  const here = new Here().phone("anna", "215", { password: "new-one-here" });
  const masked = withPhones((phone) => [{ ...phone, password: "***" }]);
  for (const file of [masked, BASE]) {
    const { conflicts, after } = here.apply(file);
    assert.deepEqual(conflicts, []);
    assert.equal(found(after, "phone", "215").document.password, "new-one-here");
  }
  const other = withPhones((phone) => [{ ...phone, password: "another-password" }]);
  assert.deepEqual(here.apply(other).conflicts, [["phone", "215", "changed", true, "anna", 1]]);
});

test("the order of the file counts where it was changed in the file, else the one here", () => {
  const [first, second, third] = BASE.phones as [Phone, Phone, Phone];
  const phone = { ...first, extension: "230", name: "new" };
  const moved = { ...BASE, phones: [third, first, phone, second] };
  assert.deepEqual(new Here().apply(moved).phones, ["217 a", "215 a", "230 new", "216 a"]);
  const reordered = new Here().edit("anna", (entities) => [
    { type: "put", kind: "phone", id: found(entities, "phone", "217").id, document: third, position: -0.5 },
  ]);
  assert.deepEqual(reordered.apply(BASE).edits, []);
  const between = { ...BASE, phones: [first, phone, second, third] };
  assert.deepEqual(reordered.apply(between).phones, ["217 a", "215 a", "230 new", "216 a"]);
});

test("with nothing changed since, a merge leaves what the file says and nothing else", () => {
  const other = renamed("216", "file");
  const { after } = new Here().apply({ ...other, groups: [] });
  assert.deepEqual(companyOf(after), { ...other, groups: [] });
  assert.equal(keyOf(found(after, "phone", "216")), "216");
});
