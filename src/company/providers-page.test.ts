// The settings on docs/providers.md are what people copy: each of them has to pass `switchhook check`.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { formatProblem, readCompany } from "./file.ts";

const page = readFileSync(new URL("../../docs/providers.md", import.meta.url), "utf8");
const sections = page
  .split(/^## /m)
  .slice(1)
  .flatMap((text) => {
    const block = /^```yaml\n([\s\S]*?)^```/m.exec(text)?.[1];
    return block === undefined ? [] : [{ title: text.split("\n", 1)[0] ?? "", text, block }];
  });

function companyWith(trunk: string): string {
  const name = /name: (\S+)/.exec(trunk)?.[1] ?? "";
  return `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
phones: [{ extension: "215", name: Reception, password: correct-horse }]
trunks:
${trunk.replace(/^(?=.)/gm, "  ")}
outbound: { trunk: ${name} }
plans: [{ name: main, steps: [{ type: phone, phone: "215", ringSeconds: 20 }] }]
numbers: [{ number: "+31501234567", plan: main }]
`;
}

test("S5: the page has at least a dozen providers, each in the table and each marked", () => {
  assert.ok(sections.length >= 12);
  for (const { title, text } of sections) {
    assert.ok(page.includes(`| [${title}](#`), `${title} is not in the table`);
    assert.match(text, /\b(?:Not tried|Tried)\b/, title);
  }
});

for (const { title, block } of sections) {
  test(`S5: ${title}: the block passes check without an error or a warning`, () => {
    const read = readCompany(companyWith(block), "c.yaml");
    assert.ok(read.ok, read.ok ? "" : read.error.map(formatProblem).join("\n"));
    assert.deepEqual(read.value.warnings.map(formatProblem), []);
  });
}

test("S5: every setting of a trunk is explained on the page", () => {
  for (const setting of [
    "account",
    "credentials",
    "outboundProxy",
    "fromUser",
    "fromDomain",
    "contactUser",
    "callerIdProfile",
    "calledNumberFrom",
    "plan",
    "userPhone",
    "probeSeconds",
  ]) {
    assert.ok(page.includes(`\`${setting}\``), setting);
  }
});
