import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { previewTemplate, SAMPLE_VALUES } from "./template-preview.ts";

describe("a preview", () => {
  test("shows the sample values where they stand, and its pieces make the very URL", () => {
    const preview = previewTemplate(
      "https://crm.example/{did}/x?from={callerid}&name={callername}&key=s3cret",
    );
    assert.ok(preview.ok);
    assert.equal(
      preview.url,
      "https://crm.example/%2B31501234567/x?from=%2B31612345678&name=Jan%20Jansen&key=s3cret",
    );
    assert.equal(preview.pieces.map(({ text }) => text).join(""), preview.url);
    assert.deepEqual(
      preview.pieces.flatMap(({ text, of }) => (of === undefined ? [] : [[of, text]])),
      [
        ["did", "%2B31501234567"],
        ["callerid", "%2B31612345678"],
        ["callername", "Jan%20Jansen"],
      ],
    );
    assert.match(preview.masked, /key=\*\*\*$/);
  });

  test("values that would change the path are left out, in the pieces too", () => {
    const preview = previewTemplate("https://crm.example/a/{callername}/b", {
      ...SAMPLE_VALUES,
      callername: "..",
    });
    assert.ok(preview.ok);
    assert.equal(preview.url, "https://crm.example/a//b");
    assert.equal(preview.pieces.map(({ text }) => text).join(""), preview.url);
  });

  test("an unknown placeholder is located, each of several at its own place", () => {
    const text = "https://crm.example/{kode}?a={kode}&b={did}&c={number}";
    const preview = previewTemplate(text);
    assert.ok(!preview.ok);
    assert.deepEqual(
      preview.problems.map(({ from, to }) => [from, text.slice(from, to)]),
      [
        [20, "{kode}"],
        [29, "{kode}"],
        [46, "{number}"],
      ],
    );
    assert.match(
      preview.problems[0]?.text ?? "",
      /^\{kode\} in the path is not a placeholder; there are \{code\}/,
    );
  });

  test("a problem in a secret has no place, for the place would show it", () => {
    const preview = previewTemplate("https://user:p{x}w@crm.example/");
    assert.ok(!preview.ok);
    assert.deepEqual([preview.problems[0]?.from, preview.problems[0]?.to], [0, 0]);
    assert.equal(JSON.stringify(preview).includes("p{x}w"), false);
  });
});
