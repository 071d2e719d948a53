import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";

const text = readFileSync(new URL("README.md", import.meta.url), "utf8");

test("the README lists all 25 pitfalls, each with a test or as a deviation", () => {
  const rows = [...text.matchAll(/^\| (\d{1,2}) \|(.*)\|$/gm)];
  assert.deepEqual(
    rows.map(([, number]) => Number(number)),
    Array.from({ length: 25 }, (_, at) => at + 1),
  );
  for (const [, number, row] of rows) assert.match(row ?? "", /\.test\.ts`/, `pitfall ${number}`);
});

test("every file that the README names exists", () => {
  const names = [...text.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => name ?? "");
  assert.ok(names.length > 50);
  for (const name of names) {
    const base = /^(?:off-)?nominal\//.test(name) ? `../../test/scenarios/${name}` : name;
    assert.ok(existsSync(new URL(base, import.meta.url)), name);
  }
});

test("docs/rfc-coverage.md has every RFC that signalling and sound are written by", () => {
  const page = readFileSync(new URL("../../docs/rfc-coverage.md", import.meta.url), "utf8");
  const covered = new Set([...page.matchAll(/\b\d{4}\b/g)].map(([number]) => number));
  const files = globSync(
    ["sip", "media", "call", "board"].map((room) => `../${room}/**/*.ts`),
    { cwd: import.meta.dirname },
  );
  assert.ok(files.length > 200);
  for (const file of files) {
    const code = readFileSync(new URL(file, import.meta.url), "utf8");
    for (const [, number = ""] of code.matchAll(/\bRFC (\d{4})\b/g))
      assert.ok(covered.has(number), `RFC ${number} in ${file}`);
  }
});
