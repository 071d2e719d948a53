import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  COMPANY_WITH_AUDIO_TEXT as COMPANY_TEXT,
  COMPANY_WARNING,
  companyWarningLine,
  LINES_OF_AUDIO,
} from "../../test/fakes/company-text.ts";
import { readBoth } from "../../test/support/company-problems.ts";
import { companyAround } from "../model/company-checks.ts";
import { formatProblem, readCompany } from "./file.ts";

test("the example is read without a problem, with every default filled in", () => {
  const read = readBoth(COMPANY_TEXT);
  assert.ok(read.ok, read.ok ? "" : read.error.map(formatProblem).join("\n"));
  assert.deepEqual(read.value.warnings.map(formatProblem), [companyWarningLine("c.yaml", LINES_OF_AUDIO)]);
  const { company } = read.value;
  assert.equal(company.webhooks[0]?.timeoutSeconds, 5);
  assert.equal(company.trunks[0]?.trusted, false);
  assert.equal(company.phones[1]?.name, "Andrew Garza");
});

test("a company that lets in whoever knows the door code", () => {
  const read = readCompany(
    `
version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
phones:
  - { extension: "31", name: Porter, password: let-them-in }
audioMessages:
  - { name: which code, text: "Please enter the door code, then press hash.", language: en }
  - { name: not that one, text: "That is not it.", language: en }
  - { name: still there, text: "Are you still there?", language: en }
  - { name: goodbye, text: "Goodbye.", language: en }
webhooks:
  - name: door
    urlTemplate: "https://doors.example/{did}/open?code={code}"
    ivr:
      timeoutSeconds: 15
      attempts: 2
      codeLength: 6
      startMessage: which code
      incorrectMessage: not that one
      timeoutMessage: still there
plans:
  - name: entrance
    steps:
      - type: webhook
        webhook: door
        success:
          - { type: phone, phone: "31" }
        failed:
          - { type: audio, message: goodbye }
          - { type: hangUp, as: normal }
numbers:
  - { number: "+31201234567", plan: entrance }
`,
    "doors.yaml",
  );
  assert.ok(read.ok, read.ok ? "" : read.error.map(formatProblem).join("\n"));
  assert.deepEqual(
    read.value.warnings.map(({ message }) => message),
    [COMPANY_WARNING.message],
  );
  assert.deepEqual(companyAround(read.value.company).directory.webhooks.get("door")?.ivr, {
    timeoutMs: 15_000,
    attempts: 2,
    codeLength: 6,
    startMessage: "which code",
    incorrectMessage: "not that one",
    timeoutMessage: "still there",
  });
});

test("JSON is read too", () => {
  const read = readCompany('{"version":1,"home":{"country":"NL","timeZone":"Europe/Amsterdam"}}', "c.json");
  assert.ok(read.ok);
});

for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
  test(`the key ${key} is an unknown setting like any other`, () => {
    for (const text of [
      `${key}: { x: 1 }\n${COMPANY_TEXT}`,
      COMPANY_TEXT.replace("country: NL", `country: NL\n  ${key}: x`),
    ]) {
      const read = readCompany(text, "c.yaml");
      assert.ok(!read.ok, `${key} was taken`);
      assert.match(read.error[0]?.message ?? "", new RegExp(`There is no setting "${key}"`));
    }
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });
}

test("bombs are refused: aliases, depth, size", () => {
  const levels = Array.from(
    { length: 30 },
    (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
  );
  const bombs = [
    `a0: &a0 [x, x]\n${levels.join("\n")}\n`,
    "[".repeat(100_000),
    `${"- ".repeat(100_000)}x`,
    "{a: ".repeat(50_000),
    "a".repeat(4 * 1024 * 1024 + 1),
    "a: 1\n".repeat(7 * 1024 * 1024),
    "&a [*a]",
    "x: *nobody",
  ];
  for (const text of bombs) {
    const read = readCompany(text, "c.yaml");
    assert.ok(!read.ok);
    assert.ok((read.error[0]?.message.length ?? 0) < 400);
  }
});

test("no text makes it throw, and every problem has a place inside the file", () => {
  const soup = fc
    .array(
      fc.constantFrom(
        "version: 1\n",
        "phones:",
        "\n  ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        ": ",
        "&a ",
        "*a ",
        '"',
        "'",
        "|\n",
        "? ",
        "!!x ",
        "#",
        "\t",
        "---\n",
        "\u0000",
        "€",
        "215",
        "null",
        "<<: ",
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(""));
  const mutated = fc
    .tuple(fc.nat(COMPANY_TEXT.length), fc.nat(30), fc.string({ maxLength: 8 }))
    .map(([at, length, put]) => COMPANY_TEXT.slice(0, at) + put + COMPANY_TEXT.slice(at + length));
  fc.assert(
    fc.property(fc.oneof(soup, mutated, fc.string({ unit: "binary" })), (text) => {
      const read = readCompany(text, "c.yaml");
      const lines = text.split("\n").length;
      for (const problem of read.ok ? read.value.warnings : read.error) {
        assert.ok(problem.line >= 1 && problem.line <= lines + 1, `line ${problem.line} of ${lines}`);
        assert.ok(problem.column >= 1 && problem.message.length > 0);
      }
    }),
    { numRuns: 600 },
  );
});

/** A company of 400 phones with much to say about each, over 4 MiB. */
function largeText(more: string): string {
  const remark = `  # ${"a long remark ".repeat(800)}\n`;
  const phones = Array.from(
    { length: 400 },
    (_, at) =>
      `${remark}  - extension: "${200 + at}"\n    name: Desk ${at}\n    password: "password-${at}"\n`,
  );
  return `version: 1\nhome: { country: NL, timeZone: Europe/Amsterdam }\nphones:\n${phones.join("")}${more}`;
}

test("a file over 4 MiB is read piece by piece; its problems have their lines", () => {
  const text = largeText('plans:\n  - name: main\n    steps:\n      - { type: phone, phone: "9" }\n');
  assert.ok(text.length > 4.2 * 1024 * 1024, `${text.length}`);
  const read = readCompany(text, "c.yaml");
  const lines = (read.ok ? [] : read.error).map(formatProblem);
  assert.equal(lines.length, 1, lines.slice(0, 3).join("\n"));
  assert.match(lines[0] ?? "", /^c\.yaml:1607:\d+: plans\[0\]\.steps\[0\]\.phone: /);
});

const IN_THE_WAY: readonly (readonly [more: string, problem: RegExp])[] = [
  ["numbers: &all []\n", /^c\.yaml:1604:1: .*larger than 4 MiB, and .* alias/],
  ["--- \n", /^c\.yaml:1604:1: .*larger than 4 MiB, and .* left edge/],
  ["phones: []\n", /^c\.yaml:1604:1: This key is given a second time/],
  ['numbers: ["a\\z"]\n', /^c\.yaml:1604:\d+: This is not valid YAML/],
];
for (const [more, problem] of IN_THE_WAY) {
  test(`a file over 4 MiB with ${JSON.stringify(more)} is refused at its line`, () => {
    const read = readCompany(largeText(more), "c.yaml");
    assert.ok(!read.ok);
    assert.match(read.error.map(formatProblem)[0] ?? "", problem);
  });
}
