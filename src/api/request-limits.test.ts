import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestLimits, SOURCE_REQUESTS, TOKEN_REQUESTS } from "./request-limits.ts";

/** How many of the requests at these times are let through. */
function letThrough(
  limits: RequestLimits,
  asking: "authorised" | "stranger",
  times: readonly number[],
): number {
  return times.filter((at) => limits.take(asking, "203.0.113.1", at) === undefined).length;
}

test("I14: no minute has more than 600 requests of a token, however they come", () => {
  for (const everyMs of [0.1, 1, 10, 50, 99, 150]) {
    const limits = new RequestLimits();
    const passed: number[] = [];
    for (let at = 0; at < 180_000; at += everyMs)
      if (limits.take("authorised", "x", at) === undefined) passed.push(at);
    let most = 0;
    let from = 0;
    for (const [index, at] of passed.entries()) {
      while (at - (passed[from] ?? 0) >= 60_000) from += 1;
      most = Math.max(most, index - from + 1);
    }
    assert.ok(most <= 600, `${most} at every ${everyMs} ms`);
    // Who asks less often than that is never refused.
    if (everyMs > 1000 / TOKEN_REQUESTS.perSecond) assert.equal(passed.length, 180_000 / everyMs);
  }
});

test("I14: each token and each user has an allowance of its own", () => {
  const limits = new RequestLimits();
  for (let at = 0; at < TOKEN_REQUESTS.atOnce; at++) limits.take("authorised", "token CRM", 0);
  assert.notEqual(limits.take("authorised", "token CRM", 0), undefined);
  assert.equal(limits.take("authorised", "session Anna", 0), undefined);
});

test("I14: what a refused request is told is true: come again then, and it is served", () => {
  const limits = new RequestLimits();
  let again: number | undefined;
  for (let at = 0; again === undefined; at++) again = limits.take("authorised", "x", at);
  assert.equal(limits.take("authorised", "x", 400 + again * 1000), undefined);
});

test("I14: strangers are counted by source, and never use up what the token has", () => {
  const limits = new RequestLimits();
  const burst = Array.from({ length: 10_000 }, () => 0);
  assert.equal(letThrough(limits, "stranger", burst), SOURCE_REQUESTS.perMinute);
  assert.equal(limits.take("stranger", "203.0.113.2", 0), undefined);
  assert.equal(limits.take("authorised", "203.0.113.1", 0), undefined);
  for (let at = 0; at < SOURCE_REQUESTS.wrongTokens; at++)
    assert.equal(limits.take("wrongToken", `2001:db8::${at}`, 0), undefined);
  assert.equal(limits.take("wrongToken", "2001:db8::ffff", 0), 60, "a /64 is one source");
  assert.equal(limits.take("wrongToken", "2001:db8::ffff", 60_000), undefined);
});
