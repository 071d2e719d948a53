import assert from "node:assert/strict";
import { test } from "node:test";
import { getHeapStatistics } from "node:v8";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { collectWhenIdle } from "./memory.ts";

/** Collected by a full collection only. */
function garbage(): WeakRef<object> {
  return new WeakRef({ some: "garbage" });
}

test("what loading and each load have left is collected once nothing goes on, and not without a load", async () => {
  const clock = new VirtualClock();
  let idle = true;
  let work = 0;
  const stop = collectWhenIdle({ clock, isIdle: () => idle, work: () => work });
  // A WeakRef keeps its object until the turn is over.
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const first = garbage();
  await turn();
  clock.advance(3000);
  await turn();
  assert.equal(first.deref(), undefined, "the program is loaded");
  idle = false;
  const left = garbage();
  await turn();
  work = 1000;
  clock.advance(10_000);
  await turn();
  assert.notEqual(left.deref(), undefined, "calls were up");
  await turn();
  idle = true;
  clock.advance(3000);
  await turn();
  assert.equal(left.deref(), undefined);
  const later = garbage();
  await turn();
  clock.advance(60_000);
  await turn();
  assert.notEqual(later.deref(), undefined, "nothing has happened since");
  stop();
  assert.equal(clock.pending, 0);
});

/** Some 50 MiB that nobody keeps, in many small objects as calls leave them; returns V8's memory while they were there. */
function load(): number {
  const kept = Array.from({ length: 600_000 }, (_, index) => ({ index, text: String(index) }));
  return kept.length === 0 ? 0 : getHeapStatistics().total_heap_size;
}

test("the memory that a load has taken goes back to the system", () => {
  const clock = new VirtualClock();
  let work = 0;
  const stop = collectWhenIdle({ clock, isIdle: () => true, work: () => work });
  const loaded = load();
  work = 1000;
  clock.advance(3000);
  const left = getHeapStatistics().total_heap_size;
  stop();
  // An ordinary collection keeps two thirds of it.
  assert.ok(left < loaded / 3, `${left} of ${loaded} octets are left`);
});
