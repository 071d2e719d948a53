// The layer rules, ARCHITECTURE.md and the folders name the same rooms (docs/adr/0060).

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const page = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string | readonly string[]; readonly pathNot?: readonly string[] };
  readonly to: { readonly path?: string | readonly string[]; readonly pathNot?: string | readonly string[] };
}
const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  readonly forbidden: readonly Rule[];
};

/** `src/sip/index.ts` of the pattern `^src/sip/index\.ts$`; undefined for one that is no plain name. */
function nameOf(pattern: string): string | undefined {
  const name = pattern.replace(/^\^/, "").replace(/\$$/, "").replaceAll("\\.", ".");
  return /^src\/[\w./-]+$/.test(name) && name !== "src/" ? name : undefined;
}

/** The rooms and single files that a rule names. */
function namesIn({ from, to }: Rule): readonly string[] {
  const patterns = [from.path, from.pathNot, to.path, to.pathNot].flatMap((part) => part ?? []);
  return patterns.flatMap((pattern) => nameOf(pattern) ?? []);
}

const rooms = forbidden
  .filter(({ name }) => name.startsWith("layer-"))
  .map(({ from }) => nameOf(String(from.path)) ?? "");

/** First cells of the table under a heading, each with all the names in backticks. */
function firstCells(heading: string): readonly (readonly string[])[] {
  const [, part = ""] = page.split(`## ${heading}`);
  const [text = ""] = part.split("\n## ");
  return [...text.matchAll(/^\| (.*?) \|/gm)].map(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
}

test("every room and file that a rule names is there", () => {
  const named = new Set(forbidden.flatMap(namesIn));
  assert.ok(named.size > rooms.length && rooms.length > 25);
  assert.deepEqual(
    [...named].filter((name) => !existsSync(path.join(root, name))),
    [],
  );
});

test("every folder of src is a room, or parted into rooms; nothing lies beside them", () => {
  const outside = readdirSync(path.join(root, "src"), { withFileTypes: true }).flatMap((entry) => {
    const name = entry.isDirectory() ? `src/${entry.name}/` : `src/${entry.name}`;
    if (rooms.includes(name)) return [];
    if (!entry.isDirectory()) return [name];
    return readdirSync(path.join(root, name), { withFileTypes: true })
      .map((inner) => (inner.isDirectory() ? `${name}${inner.name}/` : `${name}${inner.name}`))
      .filter((inner) => !rooms.includes(inner) && !/\.(?:md|test\.ts)$/.test(inner));
  });
  assert.deepEqual(outside, []);
});

test("ARCHITECTURE.md says of each room, and of no other, whom it may import", () => {
  const told = firstCells("Who may import whom").flat();
  const short = (room: string): string => room.replace(/^src\//, "").replace(/(\/|\.ts)$/, "");
  assert.deepEqual(told.toSorted(), rooms.map(short).toSorted());
});

test("its map shows where each room is, and nothing that is not there", () => {
  const shown = firstCells("Code map").flat();
  const gone = shown.flatMap(expand).filter((name) => !existsSync(path.join(root, name)));
  assert.deepEqual(gone, []);
  const folders = readdirSync(path.join(root, "src")).map((name) => `src/${name}/`);
  assert.deepEqual(
    folders.filter((folder) => !shown.some((name) => name.startsWith(folder))),
    [],
  );
});

/** `test/golden/` and `test/fuzz/` of `test/{golden,fuzz}/`. */
function expand(name: string): readonly string[] {
  const [, before = "", list, after = ""] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  return list === undefined ? [name] : list.split(",").map((one) => before + one + after);
}
