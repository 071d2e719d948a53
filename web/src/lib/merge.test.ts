import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { merge, same, withValue } from "./merge.ts";

const before = { name: "CRM", ivr: { attempts: 3, timeoutSeconds: 10 }, members: ["1"] };

test("changes of different fields are put together", () => {
  const theirs = { ...before, name: "CRM 2" };
  const yours = { ...before, ivr: { attempts: 5, timeoutSeconds: 10 } };
  assert.deepEqual(merge(before, theirs, yours), {
    document: { name: "CRM 2", ivr: { attempts: 5, timeoutSeconds: 10 }, members: ["1"] },
    clashes: [],
  });
});

test("what both changed is a clash, with all three values", () => {
  const theirs = { ...before, ivr: { attempts: 1, timeoutSeconds: 20 } };
  const yours = { ...before, ivr: { attempts: 5, timeoutSeconds: 10 } };
  const merged = merge(before, theirs, yours);
  assert.deepEqual(merged.clashes, [{ path: "ivr.attempts", before: 3, theirs: 1, yours: 5 }]);
  assert.deepEqual(merged.document.ivr, { attempts: 5, timeoutSeconds: 20 });
  assert.equal(withValue(merged.document, "ivr.attempts", 1).ivr.attempts, 1);
});

test("what one took away and the other left alone is gone", () => {
  const { ivr: _ivr, ...yours } = before;
  const merged = merge<Partial<typeof before>>(before, { ...before, name: "X" }, yours);
  assert.deepEqual(merged, { document: { name: "X", members: ["1"] }, clashes: [] });
});

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    fc.integer({ min: 0, max: 3 }),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("any"), { maxKeys: 3 }),
  ),
})).any;

test("whoever changed nothing gets the other's, whatever it is", () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      assert.ok(same(merge(one, one, other).document, other));
      assert.ok(same(merge(one, other, one).document, other));
      assert.deepEqual(merge(one, other, other).clashes, []);
    }),
  );
});

test("all clashes decided for theirs and nothing else changed is theirs", () => {
  fc.assert(
    fc.property(value, value, value, (base, theirs, yours) => {
      const merged = merge(base, theirs, yours);
      if (merged.clashes.length === 0) return;
      for (const clash of merged.clashes) assert.ok(!same(clash.theirs, clash.yours));
    }),
  );
});
