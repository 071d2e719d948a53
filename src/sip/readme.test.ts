import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
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
