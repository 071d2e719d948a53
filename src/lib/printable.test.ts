import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { printable, printableJson } from "./printable.ts";

const cases: readonly (readonly [name: string, given: string, shown: string])[] = [
  ["plain text stays", "Jan Jansen & Søn 株式会社", "Jan Jansen & Søn 株式会社"],
  ["a terminal escape", "\u001b[2J", "\\x1b[2J"],
  ["line breaks", "a\r\nb", "a\\x0d\\x0ab"],
  ["NUL and DEL", "\0\u007f", "\\x00\\x7f"],
  ["C1 CSI", "\u009b31m", "\\x9b31m"],
  ["right-to-left override", "a\u202eb", "a\\u{202e}b"],
  ["a lone surrogate", "a\ud800b", "a\\u{d800}b"],
  ["emoji stay whole", "📞", "📞"],
];

for (const [name, given, shown] of cases) {
  test(`printable: ${name}`, () => assert.equal(printable(given), shown));
}

test("printable: idempotent, and never leaves a control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const once = printable(text);
      assert.equal(printable(once), once);
      assert.doesNotMatch(once, /\p{Cc}/u);
    }),
  );
});

test("X12: JSON is the same value, and nothing in it steers a terminal", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      const text = printableJson(value);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      assert.doesNotMatch(text.replaceAll("\n", ""), /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u);
    }),
  );
  assert.equal(printableJson(["\u009b\u007f\u202e\u2028"]), '[\n  "\\u009b\\u007f\\u202e\\u2028"\n]');
});
