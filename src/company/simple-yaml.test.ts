import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { parseDocument } from "yaml";
import { readSimpleYaml } from "./simple-yaml.ts";

/** What the library makes of a text; undefined where it complains. */
function byLibrary(text: string): { readonly data: unknown } | undefined {
  const document = parseDocument(text, { version: "1.2", uniqueKeys: true });
  if (document.errors.length + document.warnings.length > 0) return undefined;
  return { data: document.toJS() };
}

/** Whatever is taken means the same to the library. */
function assertSame(text: string): boolean {
  const simple = readSimpleYaml(text);
  if (simple === undefined) return false;
  assert.deepEqual({ data: simple }, byLibrary(text), text);
  return true;
}

const TAKEN: readonly string[] = [
  "version: 1\nhome: { country: NL, timeZone: Europe/Amsterdam }\n",
  "phones:\n  - { extension: \"215\", name: Jan de Vries, password: 'x y' } # his\n  - { extension: 216, codes: [] }\n",
  "plans:\n- name: main\n  steps:\n  - type: phone\n    phone: 215\n    ringSeconds: 20\n\n  - type: hangUp\nnumbers:\n",
  'a: true\nb: null\nc: yes\nd: 12 monkeys\ne: O\'Neill, & sons\nf: http://x\ng: "é # ü" # comment\n',
  "list:\n  - - a\n    - b\n  -\n    c: d\n  - {}\n",
];
for (const text of TAKEN) {
  test(`taken, and as the library reads it: ${JSON.stringify(text)}`, () => assert.ok(assertSame(text)));
}

const LEFT: readonly string[] = [
  "a: 1.5",
  "a: +31",
  "a: 0612",
  "a: 1e3",
  "a: |\n  text\n",
  "a: one\n  two\n",
  "a: *b",
  "a: &b c",
  "a: !x y",
  'a: "x\\n"',
  "a: 1\na: 2\n",
  "a: { b: 1, b: 2 }",
  "a: { b }",
  "a: [1,\n 2]",
  "a: b: c",
  "a:\tb",
  "- a\nb: c\n",
  "a:\n   b: 1\n  c: 2\n",
  "true: 1",
  "",
  "# nothing\n",
  "--- \na: 1\n",
  "a: True",
];
for (const text of LEFT) {
  test(`left to the library: ${JSON.stringify(text)}`, () => assert.equal(readSimpleYaml(text), undefined));
}

test("every YAML file of the examples is read alike", () => {
  const root = join(import.meta.dirname, "../..");
  const files = globSync(["examples/**/*.yaml", "test/**/*.yaml", "src/**/*.yaml"], { cwd: root });
  assert.ok(files.length > 3, "there are files");
  for (const file of files) assertSame(readFileSync(join(root, file), "utf8"));
});

/** Pieces of YAML, of which most texts are none. */
const PIECES = [
  "a",
  "key",
  "b",
  "215",
  "0",
  "-",
  "- ",
  ": ",
  ":",
  "{ ",
  " }",
  "[",
  "]",
  ", ",
  ",",
  '"',
  "'",
  "#",
  " # c",
  "\n",
  "\n  ",
  "\n    ",
  "  ",
  " ",
  "true",
  "null",
  "~",
  "é",
  "+",
  ".",
  "1.5",
  "0x1",
  "|",
  ">",
  "&",
  "*",
  "!",
  "%",
  "@",
  "\\",
  "a: ",
  "key: ",
  "- a: ",
  "\n- ",
  "\n  - ",
  "\n  key: ",
  "\nb: ",
  "{ a: 1 }",
  "[a, b]",
  '"x y"',
  "'x'",
  "?",
  "<<",
];

test("whatever is taken means the same to the library", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 14 }), (pieces) => {
      if (assertSame(pieces.join(""))) taken += 1;
    }),
    { numRuns: 6_000 },
  );
  assert.ok(taken > 100, `${taken} texts were taken`);
});
