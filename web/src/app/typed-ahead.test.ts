import assert from "node:assert/strict";
import { test } from "node:test";
import { typedAhead } from "./typed-ahead.ts";

/** Presses a key; answers whether somebody else may still have it. */
function press(where: EventTarget, key: string, held: Readonly<Record<string, boolean>> = {}): boolean {
  const event = new Event("keydown", { cancelable: true });
  const none = { ctrlKey: false, metaKey: false, altKey: false };
  return where.dispatchEvent(Object.assign(event, none, held, { key }));
}

test("what is typed before the field is there is its text, corrected, and nobody else's", () => {
  const where = new EventTarget();
  const typed = typedAhead(where);
  const theirs = ["p", "é", "x", "Backspace", " ", "😀", "Enter"].filter((key) => press(where, key));
  assert.deepEqual(theirs, []);
  assert.equal(typed.take(), "pé 😀");
});

test("keys that make no text go their way, and so does all once the field has taken it", () => {
  const where = new EventTarget();
  const typed = typedAhead(where);
  for (const key of ["Escape", "Tab", "ArrowDown", "Shift", "F5"]) assert.ok(press(where, key), key);
  for (const held of ["ctrlKey", "metaKey", "altKey"]) assert.ok(press(where, "k", { [held]: true }), held);
  press(where, "a");
  assert.equal(typed.take(), "a");
  assert.ok(press(where, "b"));
  assert.equal(typed.take(), "");
});
