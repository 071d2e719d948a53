import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { axisOf, gapHeight, type Placed, ticks } from "./axis.ts";

const rows = fc
  .array(fc.record({ wait: fc.nat(600_000), isTall: fc.boolean() }), { minLength: 1, maxLength: 60 })
  .map((made): readonly Placed[] => {
    let atMs = 0;
    return made.map(({ wait, isTall }, index) => {
      atMs += wait;
      return { seq: 1 + index * 3, atMs, isTall };
    });
  });

test("waits from half a second on are drawn, and a long one is little higher than a short one", () => {
  assert.equal(gapHeight(499), 0);
  assert.equal(Math.round(gapHeight(500)), 34);
  assert.ok(gapHeight(60_000) <= 68);
  fc.assert(
    fc.property(fc.nat(1e7), fc.nat(1e7), (a, b) => gapHeight(Math.min(a, b)) <= gapHeight(Math.max(a, b))),
  );
});

test("rows and waits lie below each other without a hole", () => {
  fc.assert(
    fc.property(rows, (placed) => {
      const { slots, height } = axisOf(placed);
      let top = 0;
      for (const slot of slots) {
        assert.ok(Math.abs(slot.top - top) < 1e-6);
        top += slot.height;
      }
      assert.ok(Math.abs(top - height) < 1e-6);
      assert.equal(slots.filter(({ type }) => type === "row").length, placed.length);
    }),
  );
});

test("what comes later is never drawn higher", () => {
  fc.assert(
    fc.property(rows, fc.nat(200), fc.nat(200), (placed, one, other) => {
      const axis = axisOf(placed);
      const at = (seq: number): number => {
        const next = placed.find((row) => row.seq >= seq) ?? placed.at(-1);
        return axis.yAt(seq, next?.atMs ?? 0);
      };
      assert.ok(at(Math.min(one, other)) <= at(Math.max(one, other)) + 1e-6);
    }),
  );
});

test("a scale has few round numbers", () => {
  assert.deepEqual(ticks(11_500, 7), [0, 2000, 4000, 6000, 8000, 10_000]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 1e8 }), (total) => ticks(total, 7).length <= 8));
});
