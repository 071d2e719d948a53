import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultBaseTimers, transactionTimers } from "./timers.ts";

test("RFC 3261 table 4 over an unreliable transport", () => {
  assert.deepEqual(transactionTimers(defaultBaseTimers, false), {
    a: 500,
    b: 32_000,
    d: 32_000,
    e: 500,
    f: 32_000,
    g: 500,
    h: 32_000,
    i: 5000,
    j: 32_000,
    k: 5000,
    l: 32_000,
    m: 32_000,
    t2: 4000,
    cancel: 32_000,
    trying: 3500,
    expiry: 32_000,
  });
});

test("RFC 3261 table 4 over a reliable transport: nothing repeats, nothing waits for repeats, L and M still run", () => {
  const timers = transactionTimers(defaultBaseTimers, true);
  assert.deepEqual([timers.a, timers.e, timers.g], [undefined, undefined, undefined]);
  assert.deepEqual([timers.d, timers.i, timers.j, timers.k], [0, 0, 0, 0]);
  assert.deepEqual([timers.b, timers.f, timers.h, timers.l, timers.m], Array(5).fill(32_000));
});

test("Timer D stays above 32 s with a small T1", () => {
  assert.equal(transactionTimers({ t1: 100, t2: 400, t4: 500 }, false).d, 32_000);
});
