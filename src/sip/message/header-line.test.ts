import assert from "node:assert/strict";
import { test } from "node:test";
import { octetsOf, textOf } from "./header-line.ts";

test("S12: a name in Latin-1 is read as it was meant, one in UTF-8 as ever", () => {
  assert.equal(textOf("J\xfcrgen"), "Jürgen");
  assert.equal(textOf("Fran\xe7ois \xb0"), "François °");
  for (const name of ["Jürgen", "王小明", "Łódź 😀"]) assert.equal(textOf(octetsOf(name)), name);
});
