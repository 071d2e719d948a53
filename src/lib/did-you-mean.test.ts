import assert from "node:assert/strict";
import { test } from "node:test";
import { didYouMean } from "./did-you-mean.ts";

const KEYS = ["phones", "groups", "trunks", "webhooks", "callerIdForwarding", "urlTemplate"];

for (const [word, meant] of [
  ["phnoes", "phones"],
  ["Phones", "phones"],
  ["grups", "groups"],
  ["webhook", "webhooks"],
  ["callerIDforwarding", "callerIdForwarding"],
  ["url_template", "urlTemplate"],
  ["xyz", undefined],
  ["", undefined],
  ["telephones-and-more", undefined],
  ["p".repeat(10_000), undefined],
] as const) {
  test(`"${word.slice(0, 20)}" means ${meant ?? "nothing"}`, () => {
    assert.equal(didYouMean(word, KEYS), meant);
  });
}

test("the nearest of several wins", () => {
  assert.equal(didYouMean("217", ["215", "216", "117", "2177"]), "215");
  assert.equal(didYouMean("trunk", ["trunks", "trunk"]), "trunk");
});
