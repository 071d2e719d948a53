import assert from "node:assert/strict";
import { test } from "node:test";
import { hidePassword, shownPassword, showOnce, stillShown } from "./shown-password.ts";

test("a password is shown until its page is left", () => {
  showOnce("one", "Tr0ub4dor-3", 4);
  assert.equal(shownPassword("one", 3), "Tr0ub4dor-3", "the page has not heard of its own write yet");
  assert.equal(shownPassword("one", 4), "Tr0ub4dor-3");
  assert.equal(shownPassword("other", 4), undefined);
  hidePassword("one");
  assert.equal(shownPassword("one", 4), undefined);
});

test("a phone that somebody else wrote since may have another password", () => {
  showOnce("one", "Tr0ub4dor-3", 4);
  stillShown("one", 5);
  assert.equal(shownPassword("one", 5), "Tr0ub4dor-3", "only its name was changed, here");
  assert.equal(shownPassword("one", 6), undefined);
  stillShown("one", 7);
  assert.equal(shownPassword("one", 7), undefined, "6 was somebody else's");
  showOnce("one", "Tr0ub4dor-4", 8);
  assert.equal(shownPassword("one", 8), "Tr0ub4dor-4");
});
