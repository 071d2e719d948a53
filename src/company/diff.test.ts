import assert from "node:assert/strict";
import { test } from "node:test";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { describeChanges } from "./diff.ts";
import { readCompany } from "./file.ts";

function companyOf(text: string) {
  const read = readCompany(text, "c.yaml");
  assert.ok(read.ok);
  return read.value.company;
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
