// Decisions and code point at each other: the index lists each with its status, whoever names one names one that there is and
// that holds, and each that holds is named where it explains something.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "docs/adr");
/** The template, and that there are such files at all. */
const OF_THEMSELVES = new Set(["0000", "0001"]);
const PLACES = ["src", "web/src", "test", "tools", "bench", "bin", "deploy", "examples"];
const FILES = [".dependency-cruiser.cjs", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];
const TEXTS = /\.(?:[cm]?[jt]sx?|md|css|service)$|^(?:preinst|postinst|postrm|prerm)$/;
/** `docs/adr/0033`, `ADR 0033`, and of several: `docs/adr/0048, 0055`. */
const NAMED = /\b(?:docs\/adr\/|ADR )(\d{4})((?:, \d{4})*)/g;

interface Decision {
  readonly number: string;
  readonly title: string;
  readonly status: string;
}

/** As the files say it themselves. */
function decisions(): readonly Decision[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.md$/.test(name) && !name.startsWith("0000"))
    .sort()
    .map((name) => {
      const text = readFileSync(path.join(folder, name), "utf8");
      const [, number = "", title = ""] = /^# (\d{4})\. (.*)$/m.exec(text) ?? [];
      const [, status = ""] = /^Date: \S+ Status: ([^.\n]*)/m.exec(text) ?? [];
      assert.equal(number, name.slice(0, 4), name);
      return { number, title, status };
    });
}

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

test("the index has each decision with its title and status", () => {
  const rows = [
    ...readFileSync(path.join(folder, "README.md"), "utf8").matchAll(
      /^\| \[(\d{4})\]\((\S+)\) \| (.*) \| (.*) \|$/gm,
    ),
  ];
  assert.deepEqual(
    rows.map(([, number, , title, status]) => ({ number, title, status })),
    decisions(),
  );
});

test("whoever names a decision names one that there is, and that was not superseded as a whole", () => {
  const holding = new Set(
    decisions()
      .filter(({ status }) => status.startsWith("accepted"))
      .map(({ number }) => number),
  );
  const wrong = namings().flatMap(({ file, numbers }) =>
    numbers.filter((number) => !holding.has(number)).map((number) => `${file}: ${number}`),
  );
  assert.deepEqual(wrong, []);
});

test("each decision that holds is named somewhere in the code", () => {
  const named = new Set(namings().flatMap(({ numbers }) => numbers));
  const unnamed = decisions().filter(
    ({ number, status }) => status.startsWith("accepted") && !OF_THEMSELVES.has(number) && !named.has(number),
  );
  assert.deepEqual(
    unnamed.map(({ number, title }) => `${number} ${title}`),
    [],
  );
});

test("a number is found in each of the ways in which it is written", () => {
  assert.deepEqual(namedIn("see (docs/adr/0048, 0055), ADR 0007; not 0099, RFC 3261"), [
    "0048",
    "0055",
    "0007",
  ]);
});
