import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BoundedCache } from "./bounded-cache.ts";

test("what was set is found until it falls out", () => {
  const cache = new BoundedCache<string, number>(4);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.set("c", 3);
  assert.equal(cache.get("a"), 1);
  assert.equal(cache.get("c"), 3);
  assert.equal(cache.get("x"), undefined);
});

test("an entry that is used stays, the others go", () => {
  const cache = new BoundedCache<number, number>(10);
  cache.set(-1, -1);
  for (let key = 0; key < 100; key += 1) {
    cache.set(key, key);
    assert.equal(cache.get(-1), -1);
  }
  assert.equal(cache.get(0), undefined);
  assert.equal(cache.get(99), 99);
});

test("it never holds more than its capacity and never answers wrongly", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.boolean())), (operations) => {
      const cache = new BoundedCache<number, number>(8);
      for (const [key, write] of operations) {
        if (write) cache.set(key, key * 2);
        else assert.ok([undefined, key * 2].includes(cache.get(key)));
        assert.ok(cache.size <= 8);
      }
    }),
  );
});
