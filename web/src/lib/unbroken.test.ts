import assert from "node:assert/strict";
import { test } from "node:test";
import { unbroken } from "./unbroken.ts";

for (const [sentence, expected] of [
  ["A call came in for +31 50 123 4570", "A call came in for +31~50~123~4570"],
  ["+31 6 1234 5678 → +44 20 7946 0000, 2 more", "+31~6~1234~5678 → +44~20~7946~0000, 2 more"],
  ["Rings 215 for 20 s, after 17 ms", "Rings 215 for 20~s, after 17~ms"],
  ["attempt 1 of 3; 4 digits; 2 steps", "attempt 1 of 3; 4 digits; 2 steps"],
  ["1 + 2", "1 + 2"],
] as const)
  test(`no line ends within: ${sentence}`, () => {
    assert.equal(unbroken(sentence).replaceAll("\u00a0", "~"), expected);
  });
