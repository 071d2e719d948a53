import assert from "node:assert/strict";
import { readCompany } from "../../src/company/file.ts";
import type { Company } from "../../src/model/company.ts";
import type { Entities, Entity } from "../../src/model/entities/entities.ts";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../fakes/company-text.ts";

/** The company of the tests, but for what is changed of it. */
export function company(change: (company: Company) => Partial<Company> = () => ({})): Company {
  const read = readCompany(COMPANY_TEXT, "c.yaml");
  assert.ok(read.ok);
  return { ...read.value.company, ...change(read.value.company) };
}

/** What two stores can be compared by. */
export function byId(entities: Entities): ReadonlyMap<string, Entity> {
  return new Map([...entities].map((entity) => [entity.id, entity]));
}
