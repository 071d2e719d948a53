// What the pages of this repository say of themselves: a page that names what is not there misleads.

import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "../..");
const read = (page: string): string => readFileSync(path.join(root, page), "utf8");

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
