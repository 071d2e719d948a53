import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope } from "./scope.ts";

/** A scope that owns these, and what has been ended so far. */
function owning(...names: readonly string[]) {
  const ended: string[] = [];
  const scope = new Scope();
  const forget = new Map(names.map((name) => [name, scope.own(() => ended.push(name))]));
  return { scope, ended, forget: (name: string) => forget.get(name)?.() };
}

test("what is owned ends once, newest first", () => {
  const { scope, ended } = owning("one", "two", "three");
  scope.close();
  scope.close();
  assert.deepEqual(ended, ["three", "two", "one"]);
  assert.ok(scope.closed);
});

test("what ended by itself is forgotten, wherever it stands, and once is as good as twice", () => {
  for (const name of ["one", "two", "three"]) {
    const { scope, ended, forget } = owning("one", "two", "three");
    forget(name);
    forget(name);
    scope.close();
    assert.deepEqual(
      ended,
      ["three", "two", "one"].filter((one) => one !== name),
    );
  }
  const { scope, ended, forget } = owning("one", "two", "three");
  for (const name of ["two", "three", "one"]) forget(name);
  scope.close();
  assert.deepEqual(ended, []);
});

test("what an ending forgets is not ended any more, and what comes late ends at once", () => {
  const ended: string[] = [];
  const scope = new Scope();
  const forget = scope.own(() => ended.push("old"));
  scope.own(() => {
    ended.push("new");
    forget();
    scope.own(() => ended.push("late"));
  });
  scope.close();
  assert.deepEqual(ended, ["new", "late"]);
});

test("an ending that throws keeps none from running; the first error is thrown", () => {
  const { scope, ended } = owning("one");
  for (const name of ["second", "first"])
    scope.own(() => {
      ended.push(name);
      throw new Error(name);
    });
  assert.throws(() => scope.close(), /^Error: first$/);
  assert.deepEqual(ended, ["first", "second", "one"]);
});
