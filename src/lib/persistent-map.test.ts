import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MapView } from "./map-view.ts";
import { PersistentMap } from "./persistent-map.ts";

const key = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "215", "+31501234567"));
const change = fc.record({ put: fc.array(fc.tuple(key, fc.integer())), drop: fc.array(key) });

test("after any changes it holds what a Map holds, and the maps before it hold what they held", () => {
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      const plain = new Map<string, number>();
      let map = PersistentMap.of<number>([]);
      const before: { map: PersistentMap<number>; plain: Map<string, number> }[] = [];
      for (const { put, drop } of changes) {
        before.push({ map, plain: new Map(plain) });
        const was = new Map(plain);
        const last = map;
        map = map.with(put, drop);
        for (const one of drop) plain.delete(one);
        for (const [one, value] of put) plain.set(one, value);
        const keys = [...new Set([...was.keys(), ...plain.keys()])];
        const differ = keys.filter((one) => was.get(one) !== plain.get(one));
        assert.deepEqual([...map.differing(last)].sort(), differ.sort());
      }
      before.push({ map, plain });
      for (const each of before) {
        assert.deepEqual(new Map(each.map), each.plain);
        assert.equal(each.map.size, each.plain.size);
        for (const one of each.plain.keys()) assert.equal(each.map.get(one), each.plain.get(one));
        assert.deepEqual(new Set(each.map.keys()), new Set(each.plain.keys()));
        assert.deepEqual(new Set(each.map.values()), new Set(each.plain.values()));
      }
    }),
  );
});

test("a change that changes nothing gives the very same map; so does a map of a map", () => {
  const map = PersistentMap.of([["a", 1]]);
  assert.equal(map.with([], []), map);
  assert.equal(PersistentMap.of(map), map);
  assert.ok(!PersistentMap.of([]).has("a"));
});

test("ten thousand keys are each visited once", () => {
  const map = PersistentMap.of(
    Array.from({ length: 10_000 }, (_, at): [string, number] => [`+3150${String(at).padStart(7, "0")}`, at]),
  );
  assert.equal(map.size, 10_000);
  const seen: number[] = [];
  map.forEach((value) => void seen.push(value));
  assert.deepEqual(
    seen.sort((one, other) => one - other),
    Array.from({ length: 10_000 }, (_, at) => at),
  );
});

test("a view of two maps is what they hold together, the last one counting", () => {
  const view = new MapView(
    [
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      new Map([
        ["b", 3],
        ["c", 4],
      ]),
    ],
    (n) => n * 10,
  );
  assert.deepEqual(
    [...view],
    [
      ["a", 10],
      ["b", 30],
      ["c", 40],
    ],
  );
  assert.deepEqual(
    [view.size, view.get("b"), view.get("d"), view.has("c"), view.has("d")],
    [3, 30, undefined, true, false],
  );
  assert.deepEqual([...view.values()], [10, 30, 40]);
});
