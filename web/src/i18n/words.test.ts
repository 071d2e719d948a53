import assert from "node:assert/strict";
import { globSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

// Every text of the interface in every language, with the same values in it.

const web = path.resolve(import.meta.dirname, "..");
const folders = globSync("{app,features/*}/words", { cwd: web }).toSorted();

async function wordsOf(folder: string, language: string): Promise<ReadonlyMap<string, string>> {
  const file = pathToFileURL(path.join(web, folder, `${language}.ts`));
  const { default: words } = (await import(file.href)) as { default: object };
  return new Map(leaves(words, ""));
}

function leaves(value: unknown, at: string): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[at, value]];
  assert.ok(typeof value === "object" && value !== null, `${at} is no text`);
  return Object.entries(value).flatMap(([key, below]) => leaves(below, at === "" ? key : `${at}.${key}`));
}

const valuesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)/g)].map(([, name = ""]) => name).toSorted();

test("there are words to compare", () => assert.ok(folders.includes("app/words")));

for (const folder of folders) {
  test(`${folder}: Dutch has the keys of English, none empty, with the same values`, async () => {
    const [english, dutch] = await Promise.all([wordsOf(folder, "en"), wordsOf(folder, "nl")]);
    assert.deepEqual([...dutch.keys()].toSorted(), [...english.keys()].toSorted());
    for (const [key, text] of english) {
      assert.notEqual(text.trim(), "", key);
      assert.notEqual(dutch.get(key)?.trim(), "", key);
      assert.deepEqual(valuesIn(dutch.get(key) ?? ""), valuesIn(text), key);
    }
  });
}
