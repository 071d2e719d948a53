import assert from "node:assert/strict";
import { test } from "node:test";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { flat } from "./flat.ts";

const COUNT = 1000;
const MESSAGE = 10_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Octets on the heap for each of these texts. */
function heldBy(make: (message: string) => string): number {
  const kept: string[] = [];
  // Twice: what the first one frees may hold more.
  collect();
  collect();
  const before = getHeapStatistics().used_heap_size;
  for (let at = 0; at < COUNT; at++) kept.push(make(Buffer.alloc(MESSAGE, `${at} `).toString("latin1")));
  collect();
  const held = (getHeapStatistics().used_heap_size - before) / COUNT;
  assert.equal(kept.length, COUNT);
  return held;
}

test("a copy of a part keeps nothing of the whole", () => {
  const part = (message: string): string => message.slice(100, 140);
  assert.ok(heldBy(part) > MESSAGE / 2, "a part does");
  for (const make of [flat, (text: string) => flat(`<${text}>`), (text: string) => flat(text.slice(0, 12))]) {
    assert.ok(heldBy((message) => make(part(message))) < 200);
  }
});

test("a copy says the same", () => {
  for (const text of [
    "",
    "a",
    "twelve chars",
    "thirteen char",
    "é and more than that",
    "日本 and some more text",
  ]) {
    assert.equal(flat(text), text);
    assert.equal(flat(`${text}${text}`.slice(0, text.length)), text);
  }
});
