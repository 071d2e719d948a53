import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Kept } from "./attempt.ts";
import { keepDraft, keptDraft } from "./kept-drafts.ts";

/** What a tab keeps, until the test is over. */
function keepIn(t: TestContext, items: Map<string, string>): void {
  const before = Object.getOwnPropertyDescriptor(globalThis, "sessionStorage");
  Object.defineProperty(globalThis, "sessionStorage", {
    configurable: true,
    value: {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, text: string) => void items.set(key, text),
      removeItem: (key: string) => void items.delete(key),
    },
  });
  t.after(() => {
    if (before === undefined) Reflect.deleteProperty(globalThis, "sessionStorage");
    else Object.defineProperty(globalThis, "sessionStorage", before);
  });
}

const typed = (name: string): Kept<{ readonly name: string }> => ({
  revision: 1,
  before: { name: "CRM" },
  document: { name },
});

test("what somebody typed is there for that one, and stays while somebody else types into the same form", (t) => {
  const items = new Map<string, string>();
  keepIn(t, items);
  keepDraft("webhook.new", "ann", typed("Ann's"));
  assert.equal(keptDraft("webhook.new", "bob"), undefined);
  keepDraft("webhook.new", "bob", typed("Bob's"));
  assert.deepEqual(keptDraft("webhook.new", "ann"), typed("Ann's"));
  keepDraft("webhook.new", "bob", undefined);
  assert.deepEqual(
    [keptDraft("webhook.new", "ann"), keptDraft("webhook.new", "bob")],
    [typed("Ann's"), undefined],
  );
});

test("of nobody nothing is kept, and what cannot be read is nothing", (t) => {
  const items = new Map([["switchhook.draft.webhook.new.ann", "not JSON"]]);
  keepIn(t, items);
  keepDraft("webhook.new", undefined, typed("Nobody's"));
  assert.equal(items.size, 1);
  assert.deepEqual(
    [keptDraft("webhook.new", undefined), keptDraft("webhook.new", "ann")],
    [undefined, undefined],
  );
});
