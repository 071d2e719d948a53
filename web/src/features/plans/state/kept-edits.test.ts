import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { forgetUnsaved, keepUnsaved, leaveUnsaved, takeUnsaved, type Unsaved } from "./kept-edits.ts";

/** What a browser keeps, until the test is over. */
function keepIn(t: TestContext, items: Map<string, string>): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: {
      get length() {
        return items.size;
      },
      key: (index: number) => [...items.keys()][index] ?? null,
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, text: string) => void items.set(key, text),
      removeItem: (key: string) => void items.delete(key),
    },
  });
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(globalThis, "localStorage");
    else Object.defineProperty(globalThis, "localStorage", before);
  });
}

const unsaved = (ringSeconds: number, tab: string, at = 0): Unsaved => ({
  plan: { name: "Main line", steps: [{ type: "phone", phone: "215", ringSeconds }] },
  base: { name: "Main line", steps: [] },
  revision: 1,
  basedOn: 1,
  at,
  tab,
});
const NOW = 1_000_000;

test("what somebody could not send is there for that one, and stays while somebody else edits the same plan", (t) => {
  keepIn(t, new Map());
  keepUnsaved("p", "ann", unsaved(10, "a"));
  assert.equal(takeUnsaved("p", "bob", "a", NOW), undefined);
  keepUnsaved("p", "bob", unsaved(20, "a"));
  forgetUnsaved("p", "bob", "a");
  assert.equal(takeUnsaved("p", "bob", "a", NOW), undefined);
  assert.deepEqual(takeUnsaved("p", "ann", "a", NOW), unsaved(10, "a", NOW));
});

test("a tab neither overwrites nor forgets what another one of the same person could not send", (t) => {
  keepIn(t, new Map());
  keepUnsaved("p", "ann", unsaved(10, "a", NOW));
  assert.equal(takeUnsaved("p", "ann", "b", NOW + 1), undefined, "the tab that made it may be there still");
  keepUnsaved("p", "ann", unsaved(20, "b", NOW + 2));
  forgetUnsaved("p", "ann", "b");
  assert.deepEqual(takeUnsaved("p", "ann", "a", NOW + 3), unsaved(10, "a", NOW + 3));
});

test("what tabs left that are gone is taken over, the oldest first and each once; a tab's own comes before it", (t) => {
  const items = new Map<string, string>();
  keepIn(t, items);
  keepUnsaved("p", "ann", unsaved(10, "a", NOW - 61_000));
  keepUnsaved("p", "ann", unsaved(20, "b", NOW - 62_000));
  keepUnsaved("p", "ann", unsaved(30, "c", NOW - 1));
  assert.deepEqual(takeUnsaved("p", "ann", "c", NOW), unsaved(30, "c", NOW));
  assert.deepEqual(takeUnsaved("p", "ann", "d", NOW), unsaved(20, "d", NOW));
  assert.deepEqual(takeUnsaved("p", "ann", "d", NOW), unsaved(20, "d", NOW), "its own now");
  assert.deepEqual(takeUnsaved("p", "ann", "e", NOW), unsaved(10, "e", NOW));
  assert.equal(takeUnsaved("p", "ann", "f", NOW), undefined);
  assert.equal(items.size, 3);
});

test("of a tab that says that it goes the next one takes over at once", (t) => {
  keepIn(t, new Map());
  keepUnsaved("p", "ann", unsaved(10, "a", NOW));
  leaveUnsaved("p", "ann", "b");
  assert.equal(takeUnsaved("p", "ann", "b", NOW), undefined);
  leaveUnsaved("p", "ann", "a");
  assert.deepEqual(takeUnsaved("p", "ann", "b", NOW), unsaved(10, "b", NOW));
});

test("what is no kept plan is nothing, and what is kept under another name than its tab's is nobody's", (t) => {
  keepIn(
    t,
    new Map([
      ["switchhook.plan.p.unsaved.ann.a", "not JSON"],
      ["switchhook.plan.q.unsaved", JSON.stringify(unsaved(10, "a"))],
      ["switchhook.plan.q.unsaved.ann.b.a", JSON.stringify(unsaved(10, "a"))],
    ]),
  );
  assert.deepEqual(
    [takeUnsaved("p", "ann", "a", NOW), takeUnsaved("q", "ann", "a", NOW), takeUnsaved("q", "", "a", NOW)],
    [undefined, undefined, undefined],
  );
  assert.deepEqual(takeUnsaved("q", "ann.b", "c", NOW), unsaved(10, "c", NOW));
});
