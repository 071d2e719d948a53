import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { templateSpans } from "./template-parts.ts";

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
