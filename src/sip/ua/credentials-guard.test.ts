import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import {
  createCredentialsGuard,
  defaultGuardLimits,
  type GuardLimits,
  type Refusal,
} from "./credentials-guard.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function setup(limits: Partial<GuardLimits> = {}, trusted: readonly string[] = []) {
  const clock = new VirtualClock();
  const refusals: Refusal[] = [];
  const guard = createCredentialsGuard(
    {
      clock,
      isTrusted: (address) => trusted.includes(address),
      onRefusal: (refusal) => refusals.push(refusal),
    },
    { ...defaultGuardLimits, ...limits },
  );
  const guess = (source: string, account: string, times: number): number => {
    let evaluated = 0;
    for (let i = 0; i < times; i += 1) {
      if (!guard.allows(source, account)) continue;
      evaluated += 1;
      guard.failed(source, account);
    }
    return evaluated;
  };
  return { clock, guard, guess, refusals };
}

test("B3: of 10,000 guesses in 60 s from one source 5 are evaluated, the true user elsewhere is never refused", () => {
  const { clock, guard, guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 10_000; i += 1) {
    evaluated += guess("198.51.100.7", "215", 1);
    assert.ok(guard.allows("192.0.2.15", "215"));
    clock.advance(6);
  }
  assert.equal(evaluated, 5);
});

test("B3: one source that tries another account with each guess is stopped as soon", () => {
  const { guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 10_000; i += 1) evaluated += guess("198.51.100.7", `2${i}`, 1);
  assert.equal(evaluated, 5);
});

test("B3: 2,000 sources against one account are stopped together, sources that proved it are not", () => {
  const { guard, guess } = setup();
  guard.succeeded("192.0.2.15", "215");
  let evaluated = 0;
  for (let i = 0; i < 10_000; i += 1) evaluated += guess(`198.51.${100 + (i % 100)}.${i % 20}`, "215", 1);
  assert.ok(evaluated <= 20, `${evaluated} guesses were evaluated`);
  assert.ok(guard.allows("192.0.2.15", "215"));
  assert.equal(guard.allows("192.0.2.16", "215"), false);
  assert.ok(guard.allows("192.0.2.16", "216"));
});

test("one or two sources never close an account to others", () => {
  const { guard, guess } = setup();
  guess("198.51.100.7", "215", 100);
  guess("198.51.100.8", "215", 100);
  assert.ok(guard.allows("198.51.100.9", "215"));
});

test("a refusal lasts 10 minutes and doubles up to 24 hours", () => {
  const { clock, guard, guess, refusals } = setup();
  for (let round = 0; round < 9; round += 1) {
    assert.equal(guess("198.51.100.7", `2${round}`, 50), 5);
    const last = refusals.at(-1);
    assert.equal(last?.scope, "source");
    assert.equal(last.forMs, Math.min(10 * MINUTE * 2 ** round, 24 * HOUR));
    clock.advance(last.forMs - 1);
    assert.equal(guard.allows("198.51.100.7", "x"), false);
    clock.advance(1);
    assert.equal(guard.allows("198.51.100.7", "x"), true);
  }
});

test("a day without a failure starts again at 10 minutes", () => {
  const { clock, guess, refusals } = setup();
  guess("198.51.100.7", "215", 5);
  clock.advance(10 * MINUTE + 24 * HOUR);
  guess("198.51.100.7", "215", 5);
  assert.deepEqual(
    refusals.filter((refusal) => refusal.scope === "source").map((refusal) => refusal.forMs),
    [10 * MINUTE, 10 * MINUTE],
  );
});

test("5 failures spread over more than 10 minutes are forgiven", () => {
  const { clock, guess, refusals } = setup();
  for (let i = 0; i < 20; i += 1) {
    assert.equal(guess("198.51.100.7", "215", 1), 1);
    clock.advance(2.5 * MINUTE);
  }
  assert.deepEqual(refusals, []);
});

test("one mistyped password in an office refuses that phone and spares the others behind the address", () => {
  const { guard, guess, refusals } = setup();
  guard.succeeded("192.0.2.1", "216");
  guess("192.0.2.1", "215", 10);
  assert.equal(guard.allows("192.0.2.1", "215"), false);
  assert.equal(guard.allows("192.0.2.1", "216"), true);
  assert.equal(guard.allows("192.0.2.1", "217"), false);
  assert.ok(refusals.every((refusal) => refusal.sharedWithProven));
});

test("a guesser cannot clear his count with an account of his own", () => {
  const { guard, guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 100; i += 1) {
    guard.succeeded("192.0.2.1", "299");
    evaluated += guess("192.0.2.1", `3${i}`, 1);
  }
  assert.equal(evaluated, 5);
});

test("an address stops being known for an account after a day", () => {
  const { clock, guard, guess } = setup();
  guard.succeeded("192.0.2.1", "216");
  clock.advance(24 * HOUR);
  guess("192.0.2.1", "215", 5);
  assert.equal(guard.allows("192.0.2.1", "216"), false);
});

test("trunks and allow-listed networks are never refused", () => {
  const { guard, guess, refusals } = setup({}, ["203.0.113.5"]);
  assert.equal(guess("203.0.113.5", "215", 1_000), 1_000);
  assert.deepEqual(refusals, []);
  assert.deepEqual(guard.counts(), { sources: 0, pairs: 0, accounts: 0, proven: 0 });
});

test("an IPv6 subscriber is one source, whichever address of his /64 he uses", () => {
  const { guess } = setup();
  let evaluated = 0;
  for (let i = 0; i < 1_000; i += 1) evaluated += guess(`2001:db8::1:${i.toString(16)}`, "215", 1);
  assert.equal(evaluated, 5);
});

test("the tables never grow past their size, and what is refused at the moment stays longest", () => {
  const { guard, guess } = setup({ tableSize: 100 });
  guess("198.51.100.7", "215", 5);
  for (let i = 0; i < 5_000; i += 1) {
    guess(`10.0.${i >> 8}.${i & 255}`, `u${i}`, 1);
    guard.succeeded(`10.1.${i >> 8}.${i & 255}`, `u${i}`);
  }
  const counts = guard.counts();
  for (const size of Object.values(counts)) assert.ok(size <= 100, JSON.stringify(counts));
  assert.equal(guard.allows("198.51.100.7", "215"), false);
});
