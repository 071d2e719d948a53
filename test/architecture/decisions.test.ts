// Decisions and code point at each other: the index lists each with its status, whoever names one names one that there is and
// that holds, and each that holds is named where it explains something.

import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "docs/adr");
/** That there are such files at all. */
const OF_THEMSELVES = new Set(["0001"]);
const PLACES = ["src", "web/src", "test", "tools", "bench", "bin", "deploy", "examples"];
const FILES = [".dependency-cruiser.cjs", ...globSync(["*.md", "docs/*.md"], { cwd: root })];
const TEXTS = /\.(?:[cm]?[jt]sx?|md|css|service)$|^(?:preinst|postinst|postrm|prerm)$/;
/** `docs/adr/0033`, `ADR 0033`, and of several: `docs/adr/0048, 0055`. */
const NAMED = /\b(?:docs\/adr\/|ADR )(\d{4})((?:, \d{4})*)/g;

const read = (page: string): string => readFileSync(path.join(root, page), "utf8");
const decisions = readdirSync(folder)
  .filter((name) => /^\d{4}-.*\.md$/.test(name) && !name.startsWith("0000"))
  .toSorted();
/** Those that hold, if in part. */
const holding = decisions
  .filter((name) => / Status: accepted/.test(read(`docs/adr/${name}`).split("\n")[2] ?? ""))
  .map((name) => name.slice(0, 4));

/** The numbers that a text names. */
function namedIn(text: string): readonly string[] {
  return [...text.matchAll(NAMED)].flatMap(([, first = "", more = ""]) => [
    first,
    ...more.split(", ").filter((one) => one !== ""),
  ]);
}

/** Which files name which decisions. */
function namings(): readonly { readonly file: string; readonly numbers: readonly string[] }[] {
  const files = PLACES.flatMap((place) =>
    readdirSync(path.join(root, place), { recursive: true, encoding: "utf8" })
      .filter((file) => !file.includes("node_modules") && TEXTS.test(path.basename(file)))
      .map((file) => path.join(place, file)),
  );
  return [...files, ...FILES]
    .filter(
      (file) => file !== "test/architecture/decisions.test.ts" && statSync(path.join(root, file)).isFile(),
    )
    .map((file) => ({ file, numbers: namedIn(readFileSync(path.join(root, file), "utf8")) }));
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

test("whoever names a decision names one that there is, and that was not superseded as a whole", () => {
  const wrong = namings().flatMap(({ file, numbers }) =>
    numbers.filter((number) => !holding.includes(number)).map((number) => `${file}: ${number}`),
  );
  assert.deepEqual(wrong, []);
});

test("each decision that holds is named somewhere in the code", () => {
  const named = new Set(namings().flatMap(({ numbers }) => numbers));
  const unnamed = holding.filter((number) => !OF_THEMSELVES.has(number) && !named.has(number));
  assert.deepEqual(unnamed, []);
});

test("a number is found in each of the ways in which it is written", () => {
  assert.deepEqual(namedIn("see (docs/adr/0048, 0055), ADR 0007; not 0099, RFC 3261"), [
    "0048",
    "0055",
    "0007",
  ]);
});
