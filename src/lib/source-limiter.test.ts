import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SourceLimiter, type SourceLimits } from "./source-limiter.ts";

const limits: SourceLimits = { source: { units: 16, windowMs: 2_000 }, maxSources: 1_000 };

/** How many of `count` pass at one time. */
function passed(limiter: SourceLimiter, addresses: readonly string[], now: number): number {
  return addresses.filter((address) => limiter.take(address, now) === undefined).length;
}

const times = (count: number, address: (at: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, at) => address(at));
const hex = (at: number): string => at.toString(16);

describe("X7: who shares an allowance", () => {
  const table: readonly (readonly [
    what: string,
    count: number,
    address: (at: number) => string,
    within: number,
  ])[] = [
    ["one IPv4 address", 960, () => "203.0.113.7", 16],
    ["60 IPv4 addresses of one network", 960, (at) => `203.0.113.${at % 60}`, 960],
    ["one IPv6 address", 960, () => "2001:db8:1:2::1", 16],
    ["960 addresses of one /64", 960, (at) => `2001:db8:1:2:${hex(at)}::1`, 16],
    ["60 /64 of one /48", 960, (at) => `2001:db8:1:${hex(at % 60)}::1`, 64],
    ["60 /48 of one /32", 960, (at) => `2001:db8:${hex(at % 60)}::1`, 960],
    ["one /64 in other spellings", 20, (at) => (at % 2 ? "2001:0db8:0:0::9" : "2001:db8::0:1:2:3:4"), 16],
    ["a link-local address with and without its zone", 20, (at) => (at % 2 ? "fe80::1%eth0" : "fe80::2"), 16],
  ];
  for (const [what, count, address, within] of table) {
    test(`X7: ${what}: ${within} of ${count}`, () => {
      assert.equal(passed(new SourceLimiter(limits), times(count, address), 0), within);
    });
  }
});

test("a window ends for each source by itself, and what was refused does not reach into the next", () => {
  const limiter = new SourceLimiter(limits);
  const flood = times(100, () => "192.0.2.1");
  assert.equal(passed(limiter, flood, 0), 16);
  assert.equal(passed(limiter, flood, 1_999), 0);
  assert.equal(passed(limiter, flood, 2_000), 16);
  assert.equal(limiter.take("192.0.2.2", 2_000), undefined);
});

test("a cost of more than one counts as so many", () => {
  const limiter = new SourceLimiter(limits);
  assert.equal(limiter.take("192.0.2.1", 0, 12), undefined);
  assert.equal(limiter.take("192.0.2.1", 0, 5), "source");
  assert.equal(limiter.take("192.0.2.2", 0, 17), "source");
});

test("all sources together: what one was refused costs the others nothing", () => {
  const limiter = new SourceLimiter({ ...limits, all: { units: 20, windowMs: 1_000 } });
  for (let at = 0; at < 500; at += 1) limiter.take("192.0.2.1", 0);
  const others = times(10, (at) => `198.51.100.${at}`);
  assert.equal(passed(limiter, others, 0), 4);
  assert.equal(limiter.take("198.51.100.99", 0), "all");
  assert.equal(passed(limiter, others, 1_000), 10);
});

test("100,000 sources are not remembered all, in IPv4 or IPv6", () => {
  const limiter = new SourceLimiter(limits);
  for (let at = 0; at < 100_000; at += 1) {
    limiter.take(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, 0);
    limiter.take(`2001:${hex(at >> 8)}:${hex(at & 255)}::1`, 0);
  }
  assert.ok(limiter.size <= limits.maxSources, String(limiter.size));
});
