import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { keepUnsaved, keptUnsaved, type Unsaved } from "./kept-edits.ts";

/** What a browser keeps, until the test is over. */
function keepIn(t: TestContext, items: Map<string, string>): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: {
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

const unsaved = (ringSeconds: number): Unsaved => ({
  plan: { name: "Main line", steps: [{ type: "phone", phone: "215", ringSeconds }] },
  base: { name: "Main line", steps: [] },
  revision: 1,
  basedOn: 1,
  at: 0,
  tab: "a",
});

test("what somebody could not send is there for that one, and stays while somebody else edits the same plan", (t) => {
  keepIn(t, new Map());
  keepUnsaved("p", "ann", unsaved(10));
  assert.equal(keptUnsaved("p", "bob"), undefined);
  keepUnsaved("p", "bob", unsaved(20));
  assert.deepEqual(keptUnsaved("p", "ann"), unsaved(10));
  keepUnsaved("p", "bob", undefined);
  assert.deepEqual([keptUnsaved("p", "ann"), keptUnsaved("p", "bob")], [unsaved(10), undefined]);
});

test("what is no kept plan is nothing, and what no name stands beside is nobody's", (t) => {
  keepIn(
    t,
    new Map([
      ["switchhook.plan.p.unsaved.ann", "not JSON"],
      ["switchhook.plan.q.unsaved", JSON.stringify(unsaved(10))],
    ]),
  );
  assert.deepEqual(
    [keptUnsaved("p", "ann"), keptUnsaved("q", "ann"), keptUnsaved("q", "")],
    [undefined, undefined, undefined],
  );
});
