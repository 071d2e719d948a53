import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { countingEditor, entitiesOf } from "../../test/support/entities.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import { planChange } from "../model/entities/change.ts";
import { companyOf as companyIn } from "../model/entities/difference.ts";
import { Entities } from "../model/entities/entities.ts";
import { merge, NOTHING_SINCE } from "../model/entities/merge.ts";
import type { Problem } from "../model/problem.ts";
import { formatProblem, readCompany } from "./file.ts";
import { writeCompany } from "./write.ts";

function companyOf(text: string): Company {
  const read = readCompany(text, "c.yaml");
  assert.ok(read.ok, read.ok ? "" : `${read.error.map(formatProblem).join("\n")}\n${text}`);
  return read.value.company;
}

const COMPANY = companyOf(COMPANY_TEXT);

/** What an apply makes of what is stored, or what is wrong with the file. */
function keepSecrets(company: Company, stored: Entities): Result<Company, readonly Problem[]> {
  const { edits, problems } = merge(stored, { company, was: new Map() }, NOTHING_SINCE);
  if (problems.length > 0) return err(problems);
  const planned = planChange(stored, edits, countingEditor());
  assert.ok(planned.ok);
  return ok(companyIn(planned.value?.after ?? stored));
}

test("an export with secrets reads back to the same company, and writing it again gives the same text", () => {
  const text = writeCompany(COMPANY, "clear");
  assert.deepEqual(companyOf(text), COMPANY);
  assert.equal(writeCompany(companyOf(text), "clear"), text);
});

test("what differs from the default stands in an export, what does not is left out", () => {
  const strict = companyOf(
    COMPANY_TEXT.replace("    timeoutSeconds: 3\n", "    timeoutSeconds: 3\n    followRedirects: false\n"),
  );
  assert.deepEqual(
    strict.webhooks.map(({ followRedirects }) => followRedirects),
    [true, false],
  );
  const text = writeCompany(strict, "clear");
  assert.equal(text.match(/followRedirects: \w+/g)?.join(), "followRedirects: false");
  assert.deepEqual(companyOf(text), strict);
});

test("a masked export has no secret in it, and an apply of it keeps the stored ones", () => {
  const text = writeCompany(COMPANY, "masked");
  for (const secret of ["correct-horse", "battery-staple", "trunk-secret", "hook-secret"]) {
    assert.ok(COMPANY_TEXT.includes(secret) && !text.includes(secret), secret);
  }
  const kept = keepSecrets(companyOf(text), entitiesOf(COMPANY));
  assert.ok(kept.ok);
  assert.deepEqual(kept.value, COMPANY);
});

test("X13: each secret of a URL is masked in an export, and an apply puts it back where it was", () => {
  const urlTemplate =
    "https://jan:s3cr3t-a@crm.example/9aF3kL2mQ8xZ7vB4nC6d?did={did}&key=s3cr3t-b&key=s3cr3t-c{code}s3cr3t-d&n=1";
  const stored: Company = {
    ...COMPANY,
    webhooks: COMPANY.webhooks.map((webhook) => ({ ...webhook, urlTemplate })),
  };
  const text = writeCompany(stored, "masked");
  assert.doesNotMatch(text, /s3cr3t|9aF3/);
  const kept = keepSecrets(companyOf(text), entitiesOf(stored));
  assert.ok(kept.ok);
  assert.deepEqual(kept.value, stored);
  const moved = companyOf(text.replaceAll("key=***&key=***", "key=new&lang=nl&key=***"));
  const both = keepSecrets(moved, entitiesOf(stored));
  assert.ok(both.ok);
  assert.match(
    both.value.webhooks[0]?.urlTemplate ?? "",
    /key=new&lang=nl&key=s3cr3t-c\{code\}s3cr3t-d&n=1$/,
  );
});

test("a masked export for an empty installation says which passwords are missing, at their lines", () => {
  const text = writeCompany(COMPANY, "masked");
  const read = readCompany(text, "c.yaml");
  assert.ok(read.ok);
  const kept = keepSecrets(read.value.company, Entities.none);
  assert.ok(!kept.ok);
  const lines = text.split("\n");
  for (const problem of kept.error.map((one) => read.value.locate(one))) {
    assert.match(lines[problem.line - 1] ?? "", /\*\*\*/);
  }
  assert.deepEqual(
    kept.error.map((problem) => problem.message.split(" has no", 1)[0]),
    ["Phone 215", "Phone 216", 'Trunk "provider"', 'Webhook "CRM"'],
  );
});

/** Text that YAML could take for something else, or that needs quoting. */
const name = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.constantFrom(
      "yes",
      "null",
      "~",
      "1e3",
      "0x1f",
      "- a",
      "a: b",
      "# c",
      "*x",
      "&y",
      "!!str",
      "'",
      '"',
      "{",
      "[",
      "%",
      "@",
      "`",
      "| ",
      "> ",
      "2026-11-22",
      "true",
      ".inf",
      "=",
      "<<",
      "é",
      "日本",
      "\u{1f600}",
    ),
  )
  .map((text) => text.toWellFormed().trim())
  .filter((text) => text.length > 0 && text.length <= 100 && !/[\u0000-\u001f\u007f-\u009f]/.test(text));
const password = fc
  .string({ unit: "binary", minLength: 8, maxLength: 40 })
  .map((text) => text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f]/g, "x"));

test("any names and passwords survive the round trip", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.integer({ min: 10_000, max: 99_999 }), name, password), {
        maxLength: 8,
        selector: ([extension]) => extension,
      }),
      fc.uniqueArray(name, { maxLength: 5 }),
      (phones, plans) => {
        const company: Company = {
          ...COMPANY,
          groups: [],
          phones: phones.map(([extension, phone, secret]) => ({
            extension: String(extension),
            name: phone,
            password: secret,
            media: "auto",
          })),
          plans: plans.map((plan) => ({ name: plan, steps: [{ type: "hangUp", as: "busy" }] })),
          numbers: plans.map((plan, index) => ({ number: `+3150123456${index}`, plan })),
        };
        assert.deepEqual(companyOf(writeCompany(company, "clear")), company);
      },
    ),
    { numRuns: 200 },
  );
});

test("S5: every setting of a registered trunk comes back as it was", () => {
  const settings = `    account: "31501234567"
    outboundProxy: "sip:proxy.provider.example:5061;transport=tls"
    fromUser: "31501234567"
    fromDomain: provider.example
    contactUser: "31501234567"
    calledNumberFrom: header X-Called
    plan: main
    userPhone: true
    callerIdProfile: pPreferredIdentity
`;
  const read = readCompany(COMPANY_TEXT.replace("    trusted: true\n", settings), "c.yaml");
  assert.ok(read.ok, JSON.stringify(read));
  const text = writeCompany(read.value.company, "clear");
  for (const line of settings.trim().split("\n")) {
    const [key, ...value] = line.trim().split(": ");
    const bare = value.join(": ").replaceAll('"', "");
    assert.ok(text.includes(`${key}: ${bare}\n`) || text.includes(`${key}: "${bare}"\n`), line);
  }
  const again = readCompany(text, "c.yaml");
  assert.ok(again.ok);
  assert.deepEqual(again.value.company, read.value.company);
});
