import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cleanDisplayName, MAX_DISPLAY_NAME } from "./display-name.ts";

const CASES: readonly (readonly [string, string, string])[] = [
  ["plain", "Jan Jansen", "Jan Jansen"],
  ["empty", "", ""],
  ["only white space", " \t\u00a0\u2028 ", ""],
  ["white space collapsed and trimmed", "  Jan \t  Jansen ", "Jan Jansen"],
  ["CR LF cannot add a header", "Jan\r\nVia: evil", "JanVia: evil"],
  ["NUL and other controls", "a\u0000b\u001bc\u007fd\u0085e", "abcde"],
  ["quotes, brackets and backslash stay for the serialiser", '"a\\" <sip:x>;tag=1', '"a\\" <sip:x>;tag=1'],
  ["bidi override", "a\u202eb\u2066c\u200fd", "abcd"],
  ["zero width", "a\u200bb\ufeffc\u2060d\u00ade", "abcde"],
  ["lone surrogates", "a\ud800b\udc00c", "abc"],
  ["surrogates are not joined by a removal", "\ud83d\u0000\ude00", ""],
  ["pairs stay", "😀 é ü 漢字", "😀 é ü 漢字"],
  ["emoji joiners stay", "👩\u200d🚒", "👩\u200d🚒"],
  ["non-characters", "a\uffff\ufffeb\ufdd0c\u{1ffff}d", "abcd"],
  ["cut by code points", "😀".repeat(70), "😀".repeat(64)],
  ["no trailing space after the cut", `${"a".repeat(63)} b`, "a".repeat(63)],
];
for (const [name, text, expected] of CASES) {
  test(name, () => assert.equal(cleanDisplayName(text), expected));
}

test("10,000 hostile names: clean, short, well-formed, idempotent", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 120 }),
    fc.string({ unit: "grapheme", maxLength: 120 }),
    fc
      .array(
        fc.constantFrom(
          "\r",
          "\n",
          "\u0000",
          '"',
          "\\",
          "<",
          ">",
          ",",
          ";tag=",
          "\u202e",
          "😀",
          " ",
          "\t",
          "\ud800",
          "a",
        ),
      )
      .map((all) => all.join("")),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const name = cleanDisplayName(text);
      assert.ok([...name].length <= MAX_DISPLAY_NAME);
      assert.ok(name.isWellFormed());
      assert.equal(cleanDisplayName(name), name);
      assert.equal(name.trim(), name);
      assert.doesNotMatch(name, /[\p{Cc}\u202a-\u202e\u2066-\u2069]|\s\s/u);
    }),
    { numRuns: 10_000 },
  );
});
