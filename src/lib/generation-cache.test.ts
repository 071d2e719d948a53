import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GenerationCache } from "./generation-cache.ts";

test("the cache never holds more than its capacity and keeps what was used last", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }),
      (capacity, keys) => {
        const cache = new GenerationCache<number, string>(capacity);
        for (const key of keys) {
          if (cache.get(key) === undefined) cache.set(key, `v${key}`);
          assert.ok(cache.size <= capacity);
        }
        const recent = [...new Set(keys.toReversed())].slice(0, Math.floor(capacity / 2));
        for (const key of recent) assert.equal(cache.get(key), `v${key}`);
      },
    ),
  );
});

test("what was deleted is gone from either generation", () => {
  const cache = new GenerationCache<number, string>(4);
  for (const key of [1, 2, 3, 4]) cache.set(key, "x");
  cache.delete(2);
  cache.delete(4);
  assert.deepEqual(
    [1, 2, 3, 4].map((key) => cache.get(key)),
    ["x", undefined, "x", undefined],
  );
  cache.clear();
  assert.equal(cache.size, 0);
});
