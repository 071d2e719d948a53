import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createSearch, NeedleIndex, replaceFound } from "./secret-search.ts";

test("X13: finds what a plain search finds, first place and longest needle", () => {
  const letters = fc.constantFrom("a", "b", "é");
  const text = fc.array(letters, { maxLength: 60 }).map((all) => all.join(""));
  const needle = fc.array(letters, { minLength: 8, maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.array(needle, { maxLength: 6 }), text, text, (needles, before, after) => {
      const whole = before + (needles[0] ?? "") + after;
      let start = -1;
      for (let at = 0; at < whole.length && start < 0; at += 1)
        if (needles.some((one) => whole.startsWith(one, at))) start = at;
      const lengths = needles
        .filter((one) => start >= 0 && whole.startsWith(one, start))
        .map((one) => one.length);
      const expected = start < 0 ? undefined : { start, end: start + Math.max(...lengths) };
      const index = new NeedleIndex();
      for (const one of needles) index.add(one);
      assert.deepEqual(index.search(whole, 0), expected);
      assert.equal(index.isIn(Buffer.from(whole, "latin1")), expected !== undefined);
    }),
    { numRuns: 1000 },
  );
});

test("X13: replaces all of them, and leaves a text without any as it is", () => {
  const search = createSearch(["secret-1", "secret-12", "short"]);
  assert.equal(
    replaceFound("secret-12, secret-1 short secret-1", search, () => "*"),
    "*, * short *",
  );
  assert.equal(
    replaceFound("secret", search, () => "*"),
    "secret",
  );
});
