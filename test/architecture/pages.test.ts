// What the pages of this repository say of themselves: a page that names what is not there misleads.

import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const read = (page: string): string => readFileSync(path.join(root, page), "utf8");
const decisions = globSync("docs/adr/[0-9]*.md", { cwd: root })
  .map((file) => path.basename(file))
  .filter((name) => !name.startsWith("0000"))
  .toSorted();

/** Every room, and the folders in rooms that have a page of their own. */
const ROOMS = [
  ...new Set([
    ...globSync("src/*/*.ts", { cwd: root }).map((file) => path.basename(path.dirname(file))),
    ...globSync("src/**/README.md", { cwd: root }).map((file) => path.relative("src", path.dirname(file))),
  ]),
].toSorted();

for (const room of ROOMS) {
  test(`src/${room} has a README, and each file that it names is there`, () => {
    const page = read(`src/${room}/README.md`);
    const names = [...page.matchAll(/`([\w./-]+\.(?:ts|md))`/g)].map(([, name = ""]) => name);
    for (const name of names) {
      const places = [
        path.join("src", room, name),
        path.join("src", name),
        name,
        path.join("test/scenarios", name),
      ];
      assert.ok(
        places.some((place) => existsSync(path.join(root, place))),
        `${name} is neither in src/${room} nor in the repository`,
      );
    }
  });
}

/** The decisions that stand in a line: `0012`. */
function numbersIn(text: string): readonly string[] {
  return [...text.matchAll(/\b0\d{3}\b/g)].map(([number]) => number);
}

test("each decision says in its head what it is, and both sides of a supersession say so", () => {
  const heads = new Map(
    decisions.map((name) => {
      const [title = "", , status = ""] = read(`docs/adr/${name}`).split("\n");
      assert.match(title, new RegExp(`^# ${name.slice(0, 4)}\\. `), name);
      assert.match(status, /^Date: \d{4}-\d{2}-\d{2}\. Status: (?:accepted|superseded)/, name);
      return [name.slice(0, 4), status];
    }),
  );
  assert.ok(heads.size >= 42);
  for (const [number, status] of heads) {
    for (const older of numbersIn(/Supersedes ([^.]*)/.exec(status)?.[1] ?? ""))
      assert.match(
        heads.get(older) ?? "",
        new RegExp(`superseded by ${number}`),
        `${number} supersedes ${older}`,
      );
    for (const newer of numbersIn(/superseded by ([^.]*)/.exec(status)?.[1] ?? ""))
      assert.match(
        heads.get(newer) ?? "",
        new RegExp(`Supersedes.*${number}`),
        `${newer} supersedes ${number}`,
      );
  }
});

test("the index of decisions has a line for each", () => {
  const lines = read("docs/adr/README.md").split("\n");
  const wanted = decisions.map((name) => {
    const [title = "", , head = ""] = read(`docs/adr/${name}`).split("\n");
    const status = /Status: ([^.]*)/.exec(head)?.[1];
    return `| [${name.slice(0, 4)}](${name}) | ${title.slice("# 0000. ".length)} | ${status} |`;
  });
  assert.deepEqual(
    lines.filter((line) => line.startsWith("| [")),
    wanted,
  );
});

test("each decision that pages and code refer to is there", () => {
  const pages = globSync(["*.md", "docs/*.md", "{src,test,bench,tools}/**/*.{md,ts}"], { cwd: root });
  assert.ok(pages.length > 400);
  for (const page of pages) {
    for (const [reference, number] of read(page).matchAll(/(?:docs\/adr\/|ADR )(\d{4})/g))
      assert.ok(
        decisions.some((name) => name.startsWith(`${number}-`)),
        `${page} refers to ${reference}`,
      );
  }
});
