// Over 5 s: as many inputs as 30 s bring, at each parser.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzCases } from "./cases.ts";
import { fuzz } from "./fuzz.ts";

fuzzCases(0);

test("the fuzzer finds what it looks for", () => {
  const seeds = [Buffer.from("seed")];
  const noQuotes = (input: Buffer): boolean => {
    assert.ok(!input.includes('"'), "a quote");
    return true;
  };
  const throwing = fuzz({ name: "throwing", seeds, run: noQuotes }, 10_000, 1);
  assert.match(throwing.finding?.why ?? "", /a quote/);
  assert.ok(Buffer.from(throwing.finding?.input ?? "", "base64").includes('"'));
  const hang = (): boolean =>
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 110) === "timed-out";
  assert.match(fuzz({ name: "hanging", seeds, run: hang }, 10_000, 1).finding?.why ?? "", /it took \d+ ms/);
});
