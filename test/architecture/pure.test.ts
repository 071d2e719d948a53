// Pure means pure: tsc judges these rooms without the types of Node or a browser (tsconfig.pure.json, docs/adr/0060). Each is
// shown a file that leans on a platform. sip/message, which has Buffer, is judged by the lint.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { after, test } from "node:test";
import { PlantedTree } from "./planted-tree.ts";

const root = path.resolve(import.meta.dirname, "../..");
const { include } = JSON.parse(readFileSync(path.join(root, "tsconfig.pure.json"), "utf8")) as {
  readonly include: readonly string[];
};
const rooms = include.filter((entry) => entry.startsWith("src/"));

/** What neither the language nor pure-globals.d.ts has. */
const wrong: readonly (readonly [name: string, code: string])[] = [
  ["Buffer", 'export const octets = Buffer.from("a");'],
  ["process", "export const { platform } = process;"],
  ["setTimeout", "setTimeout(() => {}, 1);"],
  ["setImmediate", "setImmediate(() => {});"],
  ["console", 'console.log("hello");'],
  ["fetch", 'void fetch("http://crm.example/");'],
  ["crypto", "export const id = crypto.randomUUID();"],
  ["performance", "export const now = performance.now();"],
  ["document", 'export const title = document.querySelector("title");'],
  ["window", "export const { location } = window;"],
  ["NodeJS", "export type Timer = NodeJS.Timeout;"],
];

/** Each in another room. */
function planted(index: number): string {
  return `${rooms[index % rooms.length]}/leans-${index}.ts`;
}

const tree = new PlantedTree();
after(() => tree.remove());
for (const room of rooms) {
  tree.plant(
    `${room}/ok.ts`,
    'export const text = new TextDecoder().decode(new TextEncoder().encode("é"));\n',
  );
  tree.plant(`${room}/ok.test.ts`, 'export const octets = Buffer.from("a");\n');
}
for (const [index, [, code]] of wrong.entries()) tree.plant(planted(index), `${code}\n`);
for (const room of rooms) tree.plant(`${room}/buffer.ts`, "export const octets = Buffer.alloc(1);\n");

const said = tree.run(
  "tsc",
  "-p",
  "tsconfig.pure.json",
  "--noEmit",
  "--pretty",
  "false",
  "--incremental",
  "false",
);
const faulty = new Set([...said.matchAll(/^(src\/\S+)\(\d+,\d+\): error TS/gm)].map(([, file]) => file));

for (const [index, [name]] of wrong.entries()) {
  const file = planted(index);
  test(`${name} is seen in ${file}`, () => assert.ok(faulty.has(file), said));
}

for (const room of rooms) {
  test(`${room} is judged, its tests are not`, () => {
    assert.ok(faulty.has(`${room}/buffer.ts`), said);
    assert.equal(faulty.has(`${room}/ok.ts`), false, said);
    assert.equal(faulty.has(`${room}/ok.test.ts`), false, said);
  });
}

test("tsc's rooms and sip/message are those of the layer rules and of ARCHITECTURE.md", () => {
  const page = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");
  const [, sentence = ""] = /\*\*Pure\*\* rooms \(([^)]*)\)/.exec(page) ?? [];
  const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, room]) => `src/${room}`);
  assert.deepEqual(named.toSorted(), [...rooms, "src/sip/message"].toSorted());
  const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
    readonly forbidden: readonly {
      readonly name: string;
      readonly from: { readonly path: readonly string[] };
    }[];
  };
  const rule = forbidden.find(({ name }) => name === "pure-no-node");
  assert.deepEqual(rule?.from.path.toSorted(), named.map((room) => `^${room}/`).toSorted());
});
