import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const PROMISED =
  "A1 A2 A3 A5 A6 A7 B1 B2 B3 B5 B6 B7 B8 B9 B10 B11 B12 B13 C1 C2 C3 C4 C5 D1 D5 D6 D7 D9 D10 D11 D12 E1 E7 F1 F2 F5 I2 I3 I4 I5 I6 I7 I9 I10 I11 I12 I13 I14".split(
    " ",
  );

test("docs/reliability.md names a test that exists for every row that is promised", () => {
  const text = readFileSync(path.join(root, "docs/reliability.md"), "utf8");
  const rows = new Map<string, string>();
  for (const [, row = "", held = ""] of text.matchAll(/^\| ([A-I]\d+) \|[^|]*\| ([^|]*) \|$/gm))
    rows.set(row, held);
  for (const row of PROMISED) assert.ok(rows.has(row), `${row} has no line`);
  for (const [row, held] of rows) {
    const files = Array.from(held.matchAll(/`([a-z/.-]+\.ts)`/g), ([, file]) => file ?? "");
    assert.ok(files.length > 0 || held === "the same", `${row} names no file`);
    for (const file of files) assert.ok(existsSync(path.join(root, file)), `${row}: ${file} does not exist`);
  }
});
