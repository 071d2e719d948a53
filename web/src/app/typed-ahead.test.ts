import assert from "node:assert/strict";
import { test } from "node:test";
import { onTurnAway, typedAhead } from "./typed-ahead.ts";

/** Presses a key; answers whether somebody else may still have it. */
function press(where: EventTarget, key: string, held: Readonly<Record<string, boolean>> = {}): boolean {
  const event = new Event("keydown", { cancelable: true });
  const none = { ctrlKey: false, metaKey: false, altKey: false, isComposing: false };
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

test("what Option makes is text; Alt with a letter is a shortcut, and what an input method composes goes its way", () => {
  const where = new EventTarget();
  const typed = typedAhead(where);
  const theirs = ["@", "ß", "ø"].filter((key) => press(where, key, { altKey: true }));
  assert.deepEqual(theirs, []);
  for (const key of ["d", "4", "Backspace", "Enter"]) assert.ok(press(where, key, { altKey: true }), key);
  assert.ok(press(where, "@", { altKey: true, ctrlKey: true }));
  for (const key of ["Process", "Dead"]) assert.ok(press(where, key), key);
  assert.ok(press(where, "n", { isComposing: true }));
  assert.equal(typed.take(), "@ßø");
});

test("Escape or a press anywhere turns away from what is not there yet, other keys do not, nor does anything once that is stopped", () => {
  const where = new EventTarget();
  let times = 0;
  const stop = onTurnAway(where, () => {
    times += 1;
  });
  for (const key of ["a", "Enter", "Tab"]) press(where, key);
  assert.equal(times, 0);
  press(where, "Escape");
  assert.equal(times, 1);
  where.dispatchEvent(new Event("pointerdown"));
  assert.equal(times, 2);
  stop();
  press(where, "Escape");
  where.dispatchEvent(new Event("pointerdown"));
  assert.equal(times, 2);
});
