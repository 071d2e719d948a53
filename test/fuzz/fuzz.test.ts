import assert from "node:assert/strict";
import { test } from "node:test";
import { randomIds } from "../../src/runtime/ids.ts";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

// Reliability row A5: 60 s in CI over all targets; a taste of it elsewhere. `test/fuzz/run.ts` takes longer.
const totalMs = process.env.CI === undefined ? 8_000 : 60_000;

for (const target of targets) {
  test(`fuzz ${target.name}: nothing throws, hangs or eats memory`, () => {
    const seed = randomIds().integer(2 ** 31);
    const { inputs, finding } = fuzz(target, totalMs / targets.length, seed);
    assert.equal(finding, undefined, `seed ${seed}: ${finding?.why} input ${finding?.input}`);
    assert.ok(inputs > 10, `only ${inputs} inputs were tried`);
  });
}

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
