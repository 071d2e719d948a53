import assert from "node:assert/strict";
import { test } from "node:test";
import { randomIds } from "../../src/runtime/ids.ts";
import { depth } from "../support/depth.ts";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

// Reliability row A5: 60 s in CI over all targets, a CPU-hour for each before a release; a taste of it elsewhere.
const eachMs = depth((process.env.CI === undefined ? 8_000 : 60_000) / targets.length, 3_600_000);

/** Two files share the targets, for they run side by side. */
export function fuzzCases(part: 0 | 1): void {
  for (const target of targets.filter((_, at) => at % 2 === part)) {
    test(`fuzz ${target.name}: nothing throws, hangs or eats memory`, () => {
      const seed = randomIds().integer(2 ** 31);
      const { inputs, finding } = fuzz(target, eachMs, seed);
      assert.equal(finding, undefined, `seed ${seed}: ${finding?.why} input ${finding?.input}`);
      assert.ok(inputs > 10, `only ${inputs} inputs were tried`);
    });
  }
}
