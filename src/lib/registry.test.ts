import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Registry } from "./registry.ts";

test("it is a map: in the order of coming, with what is there replaced in its place", () => {
  const registry = new Registry<string, { n: number }>();
  for (const [n, key] of ["a", "b", "c"].entries()) registry.set(key, { n });
  registry.set("a", { n: 9 });
  assert.equal(registry.delete("b"), true);
  assert.equal(registry.delete("b"), false);
  assert.deepEqual(
    [...registry.entries()],
    [
      ["a", { n: 9 }],
      ["c", { n: 2 }],
    ],
  );
  assert.deepEqual(
    [registry.size, registry.has("a"), registry.has("b"), registry.get("b")],
    [2, true, false, undefined],
  );
  registry.clear();
  assert.deepEqual([registry.size, [...registry.values()]], [0, []]);
});

test("what is deleted while it is gone through is passed over, what is added comes", () => {
  const registry = new Registry<number, { n: number }>();
  for (const n of [1, 2, 3]) registry.set(n, { n });
  const seen: number[] = [];
  for (const { n } of registry.values()) {
    seen.push(n);
    registry.delete(n + 1);
    if (n === 3) registry.set(4, { n: 4 });
  }
  assert.deepEqual(seen, [1, 3, 4]);
});

/** A thousand values come and go, three at a time; KiB that two collections of young objects leave of them. */
function keptKiB(collect: Collect, map: Pick<Registry<string, object>, "set" | "delete">): number {
  map.set("first", {});
  // Its table is old now: what a dead one of these links to survives until the next full collection.
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 1000; n += 1) {
    map.set(`${n}`, { numbers: new Array(1000).fill(0) });
    if (n >= 3) map.delete(`${n - 3}`);
  }
  collect({ type: "minor" });
  collect({ type: "minor" });
  return (process.memoryUsage().heapUsed - before) / 1024;
}

type Collect = (options?: { readonly type: "minor" }) => void;

test("tables that it has outgrown hold nothing of what was deleted; those of a Map do", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as Collect;
  const registry = keptKiB(collect, new Registry<string, object>());
  const map = keptKiB(collect, new Map<string, object>());
  assert.ok(registry < 500, `${registry} KiB`);
  assert.ok(map > 2000, `${map} KiB: V8 has learned it, Registry is not needed any more`);
});
