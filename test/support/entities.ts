import assert from "node:assert/strict";
import { Desk } from "../../src/admin/desk.ts";
import { ok } from "../../src/lib/result.ts";
import type { Company } from "../../src/model/company.ts";
import { type Editor, planChange } from "../../src/model/entities/change.ts";
import { difference } from "../../src/model/entities/difference.ts";
import { Entities } from "../../src/model/entities/entities.ts";
import type { CompanyRepository } from "../../src/model/repositories.ts";
import { seededIds } from "../fakes/seeded-ids.ts";
import { person } from "./person.ts";

/** Whoever edits in tests, with ids that are counted. */
export function countingEditor(): Editor {
  return editorOf({});
}

/** The same; entities that come have been there before, up to the revision before the one that is given by kind and key. */
export function editorOf(revisions: Readonly<Record<string, number>>): Editor {
  let last = 0;
  return {
    by: "tester",
    at: 0,
    identity(kind, key) {
      last += 1;
      return { id: `id${last}`, revision: (revisions[`${kind} ${key}`] ?? 1) - 1 };
    },
  };
}

/** A desk over a store, with ids that repeat from run to run and are none of those in the store, which tells nobody. */
export async function deskOf(repository: CompanyRepository, wall: () => number = () => 1): Promise<Desk> {
  const { version } = (await repository.load()).entities;
  return Desk.open({ repository, ids: seededIds(version + 1), wall, publish: async () => true });
}

/** Saves a whole company, whatever is stored; the value is what is stored then. */
export async function saveCompany(
  repository: CompanyRepository,
  company: Company,
  at = 1,
): Promise<Entities> {
  const desk = await deskOf(repository, () => at);
  const made = await desk.change<never>(person("tester"), (before) => ok(difference(before, company)));
  assert.ok(made.ok, made.ok ? "" : made.error.sentence);
  return made.value.entities;
}

/** A configuration that was applied once, from nothing. */
export function entitiesOf(company: Company, editor: Editor = countingEditor()): Entities {
  const planned = planChange(Entities.none, difference(Entities.none, company), editor);
  assert.ok(planned.ok, planned.ok ? "" : planned.error.sentence);
  return planned.value?.after ?? Entities.none;
}
