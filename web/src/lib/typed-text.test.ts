import assert from "node:assert/strict";
import { test } from "node:test";
import { heard, type Typed, told } from "./typed-text.ts";

const START: Typed = { text: "", value: "", given: [] };
const typing = (typed: Typed, text: string): Typed => ({ ...typed, text });

test("letters that are typed while the first ones are on their way stay", () => {
  const given = typing(told(typing(START, "a")), "ab");
  assert.deepEqual(heard(given, "a"), { text: "ab", value: "a", given: [] });
  const both = told(given);
  assert.equal(heard(heard(both, "a"), "ab").text, "ab");
  assert.deepEqual(
    heard(both, "ab"),
    { text: "ab", value: "ab", given: [] },
    "the first one may be passed over",
  );
});

test("an address that is cleared or followed from elsewhere is what the field shows", () => {
  const searched = heard(told(typing(START, "zz")), "zz");
  assert.deepEqual(heard(searched, ""), START);
  assert.equal(heard(typing(searched, "zzz"), "").text, "", "also what was not given yet");
  assert.equal(heard(heard(searched, ""), "zz").text, "zz", "and back again");
});
