import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const page = readFileSync(path.join(root, "docs/field-reports.md"), "utf8");
const rows = [...page.matchAll(/^\| ([A-Z]\d+) \|.*\| ([^|]+) \|$/gm)].map(([, id = "", since = ""]) => ({
  id,
  since: since.trim(),
}));

/** Ids that a test's name begins with, or has in a table of kinds. */
function tested(): ReadonlySet<string> {
  const files = globSync("{src,test,examples,tools,web/src}/**/*.test.ts", { cwd: root });
  const ids = files.flatMap((file) => {
    const text = readFileSync(path.join(root, file), "utf8");
    return [...text.matchAll(/[`"(]((?:[A-Z]\d+(?:, )?)+)(?::|", ")/g)].flatMap(([, list = ""]) =>
      list.split(", "),
    );
  });
  return new Set(ids);
}

test("docs/field-reports.md has every kind of the field once", () => {
  const kinds = (letter: string, from: number, to: number): readonly string[] =>
    Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);
  const expected = [
    ...kinds("W", 1, 12),
    ...kinds("S", 1, 12),
    ...kinds("T", 1, 11),
    ...kinds("M", 1, 9),
    ...kinds("A", 1, 3),
    ...kinds("N", 1, 15),
  ];
  assert.deepEqual(
    rows.map(({ id }) => id),
    expected,
  );
});

test("each kind that docs/field-reports.md calls mended has a test named by its id, and says since when", () => {
  const ids = tested();
  for (const { id, since } of rows) {
    assert.match(since, /^(?:open|\d+\.\d+\.\d+)$/, id);
    if (since !== "open") assert.ok(ids.has(id), `no test is named ${id}`);
  }
});
