import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { type CounterStore, createCounters } from "../lib/counters.ts";
import type { OutsideCallsNearLimit } from "../model/alert.ts";
import type { OutsideCallLimits } from "../model/outside-call-limits.ts";
import { type OutsideCall, OutsideCalls } from "./outside-calls.ts";

interface Table {
  readonly calls: OutsideCalls;
  readonly clock: VirtualClock;
  readonly counters: CounterStore;
  readonly alerts: OutsideCallsNearLimit[];
  readonly told: string[];
  limits: OutsideCallLimits;
  /** One more, which must be allowed. */
  begin(phone?: string): OutsideCall;
  /** One more, which must be refused: why. */
  refused(phone?: string): string;
}

function table(limits: OutsideCallLimits): Table {
  const clock = new VirtualClock();
  const counters = createCounters();
  const alerts: OutsideCallsNearLimit[] = [];
  const told: string[] = [];
  const made: Table = {
    clock,
    counters,
    alerts,
    told,
    limits,
    calls: new OutsideCalls({
      clock,
      counters,
      limits: () => made.limits,
      onAlert: (alert) => void alerts.push(alert),
      onRefused: (sentence) => void told.push(sentence),
    }),
    begin: (phone) => {
      const begun = made.calls.begin(phone);
      assert.ok(begun.ok, begun.ok ? "" : begun.error.text);
      return begun.value;
    },
    refused: (phone) => {
      const begun = made.calls.begin(phone);
      assert.ok(!begun.ok);
      return begun.error.text;
    },
  };
  return made;
}

const SMALL: OutsideCallLimits = { perPhone: 2, perCompany: 4, newPerMinute: 100 };

test("X9: a phone has its number of calls at once, and gets a place back when one is over", () => {
  const t = table(SMALL);
  const first = t.begin("215");
  t.begin("215");
  assert.equal(
    t.refused("215"),
    "phone 215 has 2 calls to the outside up, and may have 2 at once; where that is too few, raise security.outsideCalls.perPhone",
  );
  t.begin("216");
  first.end(true);
  first.end(true);
  t.begin("215");
  t.refused("215");
  assert.equal(t.counters.get('outside_calls_refused{limit="perPhone"}'), 2);
});

test("X9: the company has its number at once, calls that no phone causes included", () => {
  const t = table(SMALL);
  t.begin("215");
  t.begin("216");
  const plan = t.begin();
  t.begin();
  for (const who of ["217", undefined]) {
    assert.equal(
      t.refused(who),
      "4 calls to the outside are up, and 4 may be at once; where that is too few, raise security.outsideCalls.perCompany",
    );
  }
  plan.end(true);
  t.begin("217");
});

test("X9: so many begin in any 60 s, over or not; refused ones do not count, nor those that never left", async () => {
  const t = table({ perPhone: 100, perCompany: 100, newPerMinute: 3 });
  t.begin("215").end(true);
  await t.clock.advanceAsync(30_000);
  t.begin("216").end(true);
  t.begin("217").end(false);
  t.begin("217").end(true);
  for (let at = 0; at < 50; at++) {
    assert.match(t.refused(), /^3 calls to the outside began in the last 60 s.*outsideCalls\.newPerMinute$/);
  }
  await t.clock.advanceAsync(29_999);
  t.refused();
  await t.clock.advanceAsync(1);
  t.begin();
  t.refused();
  await t.clock.advanceAsync(30_000);
  t.begin();
  t.begin();
  t.refused();
});

test("X9: a raised or lowered limit counts at once, also for calls that are up", () => {
  const t = table(SMALL);
  const mine = [t.begin("215"), t.begin("215")];
  t.refused("215");
  t.limits = { ...SMALL, perPhone: 3 };
  mine.push(t.begin("215"));
  t.limits = { ...SMALL, perPhone: 1 };
  for (const call of mine) {
    assert.match(t.refused("215"), /may have 1 at once/);
    call.end(true);
  }
  t.begin("215");
});

test("X9: at 80 % of a limit somebody is told, once until it has been below that", async () => {
  const t = table({ perPhone: 5, perCompany: 10, newPerMinute: 100 });
  const mine = Array.from({ length: 5 }, () => t.begin("215"));
  assert.deepEqual(t.alerts, [
    {
      code: "outsideCallsNearLimit",
      args: { limit: "perPhone", phone: "215", used: 4, allowed: 5 },
      sentence:
        "4 of 5 outside calls that phone 215 may have at once are up (security.outsideCalls.perPhone); when they are used up, further ones are refused.",
    },
  ]);
  mine[0]?.end(true);
  t.begin("215");
  assert.equal(t.alerts.length, 1, "it never was below");
  await t.clock.advanceAsync(600_000);
  mine[1]?.end(true);
  mine[2]?.end(true);
  t.begin("215");
  assert.equal(t.alerts.length, 2);
  const others = Array.from({ length: 5 }, (_, at) => t.begin(String(300 + at)));
  assert.deepEqual(t.alerts[2]?.args, { limit: "perCompany", phone: undefined, used: 8, allowed: 10 });
  assert.equal(t.alerts.length, 3);
  for (const call of others) call.end(true);
  await t.clock.advanceAsync(600_000);
  t.begin();
  t.begin();
  t.begin();
  t.begin();
  assert.equal(t.alerts.length, 4);
  assert.equal(t.counters.get("outside_calls"), 16);
});

test("X9: the alert about new calls comes again only after a minute with fewer of them", async () => {
  const t = table({ perPhone: 100, perCompany: 1000, newPerMinute: 10 });
  const told = (): number => t.alerts.filter(({ args }) => args.limit === "newPerMinute").length;
  for (let at = 0; at < 10; at++) t.begin();
  assert.equal(told(), 1);
  assert.match(t.alerts[0]?.sentence ?? "", /^8 of 10 outside calls that may begin in a minute/);
  for (let at = 0; at < 100; at++) t.refused();
  assert.equal(told(), 1);
  await t.clock.advanceAsync(600_000);
  for (let at = 0; at < 7; at++) t.begin();
  assert.equal(told(), 1);
  t.begin();
  assert.equal(told(), 2);
});

test("X9: with a limit of 2, a phone whose calls come and go is told of once in 10 minutes, another by itself", async () => {
  const t = table({ perPhone: 2, perCompany: 100, newPerMinute: 1000 });
  const twoAtOnce = (phone: string): void => {
    for (const call of [t.begin(phone), t.begin(phone)]) call.end(true);
  };
  for (let at = 0; at < 10; at++) twoAtOnce("215");
  await t.clock.advanceAsync(599_999);
  twoAtOnce("215");
  assert.equal(t.alerts.length, 1);
  twoAtOnce("216");
  assert.equal(t.alerts.length, 2);
  // What was not told in the quiet time is told after it.
  t.begin("215");
  const second = t.begin("215");
  assert.equal(t.alerts.length, 2);
  await t.clock.advanceAsync(1);
  second.end(true);
  t.begin("215");
  assert.deepEqual(
    t.alerts.map(({ args }) => args.phone),
    ["215", "216", "215"],
  );
});

/** What the table is checked against: every call that is up, and when each began. */
interface Model {
  readonly up: { readonly phone: string | undefined; readonly at: number; readonly call: OutsideCall }[];
  begun: number[];
}

test("X9: whatever begins, ends and never leaves in whatever order, the counts are exact and come back to nothing", async () => {
  const step = fc.record({
    phone: fc.constantFrom(undefined, "215", "216", "217"),
    end: fc.boolean(),
    left: fc.boolean(),
    which: fc.nat(),
    waitMs: fc.constantFrom(0, 0, 1, 500, 20_000, 59_999, 60_000),
  });
  const limits = fc.record({
    perPhone: fc.integer({ min: 1, max: 4 }),
    perCompany: fc.integer({ min: 1, max: 8 }),
    newPerMinute: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { maxLength: 120 }), async (given, steps) => {
      const t = table(given);
      const model: Model = { up: [], begun: [] };
      for (const { phone, end, left, which, waitMs } of steps) {
        await t.clock.advanceAsync(waitMs);
        const now = t.clock.now();
        model.begun = model.begun.filter((at) => now - at < 60_000);
        const own = model.up.filter((one) => one.phone === phone).length;
        if (end && model.up.length > 0) {
          const [over] = model.up.splice(which % model.up.length, 1);
          assert.ok(over !== undefined);
          over.call.end(left);
          over.call.end(!left);
          const at = model.begun.indexOf(over.at);
          if (!left && at >= 0) model.begun.splice(at, 1);
        } else {
          const may =
            (phone === undefined || own < given.perPhone) &&
            model.up.length < given.perCompany &&
            model.begun.length < given.newPerMinute;
          const begun = t.calls.begin(phone);
          assert.equal(begun.ok, may);
          if (begun.ok) {
            model.up.push({ phone, at: now, call: begun.value });
            model.begun.push(now);
          }
        }
        assert.equal(t.calls.up, model.up.length);
        assert.equal(t.calls.lastMinute, model.begun.length);
        const phones = new Set(model.up.flatMap((one) => one.phone ?? []));
        assert.equal(t.calls.phones, phones.size, "an entry for each phone that has one up, and no other");
      }
      for (const { call } of model.up) call.end(true);
      assert.deepEqual([t.calls.up, t.calls.phones], [0, 0]);
      await t.clock.advanceAsync(60_000);
      assert.equal(t.calls.lastMinute, 0);
    }),
    { numRuns: 300 },
  );
});

test("N9: that calls are refused is told once a minute for each limit", () => {
  const { clock, told, begin, refused } = table({ perPhone: 1, perCompany: 2, newPerMinute: 100 });
  begin("215");
  for (let at = 0; at < 50; at++) refused("215");
  begin("216");
  for (let at = 0; at < 50; at++) refused("217");
  assert.deepEqual(
    told.map((sentence) => /outsideCalls\.(\w+)\.$/.exec(sentence)?.[1]),
    ["perPhone", "perCompany"],
  );
  clock.advance(60_000);
  refused("215");
  assert.equal(told.length, 3);
});
