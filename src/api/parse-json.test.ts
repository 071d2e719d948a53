import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "./parse-json.ts";

test("a body is JSON, and not deeper than what reads it can go", () => {
  assert.deepEqual(parseJson('{"a":[1,"]]]\\"["]}'), { a: [1, ']]]"['] });
  for (const body of ["", "{", "nul", undefined, 1, `"${"[".repeat(9)}`])
    assert.equal(parseJson(body), undefined);
  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
  assert.ok(Array.isArray(parseJson(deep(200))));
  for (const levels of [201, 1_000_000]) assert.equal(parseJson(deep(levels)), undefined);
  assert.equal(parseJson(JSON.stringify("[".repeat(1000))), "[".repeat(1000), "in a text they are letters");
});
