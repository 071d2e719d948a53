import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../../../test/fakes/company-text.ts";
import { countingEditor, entitiesOf } from "../../../test/support/entities.ts";
import { readCompany } from "../../company/file.ts";
import type { Company } from "../company.ts";
import { planChange } from "./change.ts";
import { describeChange, difference } from "./difference.ts";
import { Entities } from "./entities.ts";

function companyOf(text: string) {
  const read = readCompany(text, "c.yaml");
  assert.ok(read.ok);
  return read.value.company;
}

function describeChanges(before: Company | undefined, after: Company): readonly string[] {
  const editor = countingEditor();
  const stored = before === undefined ? Entities.none : entitiesOf(before, editor);
  const planned = planChange(stored, difference(stored, after), editor);
  assert.ok(planned.ok);
  return planned.value === undefined ? [] : describeChange(stored, planned.value.delta);
}

test("what changed is said by kind and name, without secrets", () => {
  const before = companyOf(COMPANY_TEXT);
  const after = companyOf(
    COMPANY_TEXT.replace("correct-horse", "quite-another-one")
      .replace("country: NL", "country: BE")
      .replace('"+31501234567"', '"+31501234599"')
      .replace("mode: prepend", "mode: replace"),
  );
  assert.deepEqual(describeChanges(before, after), [
    "home changed",
    "phone 215 changed",
    "plan main changed",
    "number +31501234599 added",
    "number +31501234567 removed",
  ]);
});

test("the first configuration is counted", () => {
  assert.deepEqual(describeChanges(undefined, companyOf(COMPANY_TEXT)), [
    "first configuration: 2 phones, 1 group, 2 trunks, 2 webhooks, 1 plan, 1 number",
  ]);
});

test("the order of keys in a file is not a change", () => {
  const swapped = COMPANY_TEXT.replace(
    "country: NL\n  timeZone: Europe/Amsterdam",
    "timeZone: Europe/Amsterdam\n  country: NL",
  );
  assert.notEqual(swapped, COMPANY_TEXT);
  assert.deepEqual(describeChanges(companyOf(COMPANY_TEXT), companyOf(swapped)), []);
});

test("another order of entries is told once a list, and changes nothing that refers to them", () => {
  const before = companyOf(COMPANY_TEXT);
  const after = { ...before, trunks: before.trunks.toReversed(), phones: before.phones.toReversed() };
  assert.deepEqual(describeChanges(before, after), ["order of phones changed", "order of trunks changed"]);
});

test("a new entry between others moves none of them", () => {
  const before = companyOf(COMPANY_TEXT);
  const [first, ...others] = before.phones;
  assert.ok(first !== undefined);
  const phones = [first, { ...first, extension: "250" }, ...others];
  const stored = entitiesOf(before);
  const edits = difference(stored, { ...before, phones });
  assert.deepEqual(
    edits.map((edit) => edit.type === "put" && edit.position),
    [0.5],
  );
  assert.deepEqual(describeChanges(before, { ...before, phones }), ["phone 250 added"]);
});
