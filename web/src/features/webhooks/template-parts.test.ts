import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { templateSpans, urlPieces } from "./template-parts.ts";

test("placeholders and what is none are told apart", () => {
  assert.deepEqual(templateSpans("https://a/?d={did}&n={callerld}"), [
    { text: "https://a/?d=", kind: "text" },
    { text: "{did}", kind: "known" },
    { text: "&n=", kind: "text" },
    { text: "{callerld}", kind: "unknown" },
  ]);
});

test("no character is lost, whatever is typed", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("{", "}", "did", "a", "&", "\n") }), (text) => {
      assert.equal(
        templateSpans(text)
          .map((span) => span.text)
          .join(""),
        text,
      );
    }),
  );
});

test("a URL breaks at its separators, never in a word, and no character is lost", () => {
  const url = "https://crm.example/route?did=%2B31502102544&name=Jan%20Jansen";
  const pieces = ["https://", "crm.example/", "route", "?did=", "%2B31502102544", "&name=", "Jan%20Jansen"];
  assert.deepEqual(urlPieces(url), pieces);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("/", "=", "?", "&", "a", "%20") }), (text) => {
      assert.equal(urlPieces(text).join(""), text);
    }),
  );
});
