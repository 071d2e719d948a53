import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { createCounters } from "../../lib/counters.ts";
import { createGuard, defaultGuardLimits, type GuardLimits } from "./guard.ts";

const STRANGER = "203.0.113.7";
const TRUNK = "198.51.100.1";

function setUp(limits: Partial<GuardLimits> = {}) {
  const clock = new VirtualClock();
  const counters = createCounters();
  const known = new Set([TRUNK]);
  let asked = 0;
  const isKnown = (address: string): boolean => {
    asked += 1;
    return known.has(address);
  };
  const guard = createGuard({ clock, counters, isKnown, limits });
  /** How many of `count` messages get in. */
  const admitted = (address: string, count: number, proven = false): number => {
    let passed = 0;
    for (let at = 0; at < count; at += 1) if (guard.admit(address, proven) === undefined) passed += 1;
    return passed;
  };
  return { clock, counters, guard, known, admitted, asked: () => asked };
}

describe("rate of strangers", () => {
  test("16 messages pass in 2 s, the rest is dropped, the next window starts anew", () => {
    const { clock, counters, admitted } = setUp();
    assert.equal(admitted(STRANGER, 20), 16);
    assert.equal(counters.get('sip_datagrams_dropped{reason="rate"}'), 4);
    clock.advance(1_999);
    assert.equal(admitted(STRANGER, 5), 0);
    clock.advance(1);
    assert.equal(admitted(STRANGER, 20), 16);
  });

  test("a known source has no limit, and is asked about once a second at most", () => {
    const { clock, admitted, asked } = setUp();
    assert.equal(admitted(TRUNK, 5_000), 5_000);
    assert.equal(asked(), 1);
    clock.advance(1_000);
    assert.equal(admitted(TRUNK, 5_000), 5_000);
    assert.equal(asked(), 2);
  });

  test("one stranger's flood costs another nothing", () => {
    const { admitted } = setUp();
    admitted(STRANGER, 1_000);
    assert.equal(admitted("203.0.113.8", 10), 10);
  });

  test("a stranger that becomes known passes at the limit at the latest", () => {
    const { admitted, known } = setUp();
    assert.equal(admitted(STRANGER, 16), 16);
    known.add(STRANGER);
    assert.equal(admitted(STRANGER, 100), 100);
  });

  test("whom we send requests to may answer without a limit, for a time", () => {
    const { clock, guard, admitted } = setUp();
    guard.contacted(STRANGER);
    assert.equal(admitted(STRANGER, 500), 500);
    clock.advance(defaultGuardLimits.contactedMs);
    assert.equal(admitted(STRANGER, 500), 16);
  });

  test("the addresses of one IPv6 /64 share one limit, other networks do not", () => {
    const { admitted } = setUp();
    assert.equal(admitted("2001:db8:1:2::1", 10), 10);
    assert.equal(admitted("2001:db8:1:2:ffff::9", 10), 6);
    assert.equal(admitted("2001:0db8:1:2:1:1:1:1", 10), 0);
    assert.equal(admitted("2001:db8:1:3::1", 10), 10);
    assert.equal(admitted("2001:db8::1", 10), 10);
  });
});

describe("bans", () => {
  test("a flood over UDP alone bans nobody: the source may be forged", () => {
    const { clock, guard, admitted } = setUp();
    admitted(STRANGER, 10_000);
    assert.equal(guard.isBanned(STRANGER), false);
    clock.advance(2_000);
    assert.equal(admitted(STRANGER, 1), 1);
  });

  test("a flood from a proven address bans it for five minutes", () => {
    for (const proof of ["stream", "nonce"]) {
      const { clock, guard, admitted } = setUp();
      if (proof === "nonce") guard.provedReturnPath(STRANGER);
      assert.equal(admitted(STRANGER, 64, proof === "stream"), 16);
      assert.equal(guard.isBanned(STRANGER), true, proof);
      assert.equal(guard.admit(STRANGER, false), "banned");
      clock.advance(299_999);
      assert.equal(guard.isBanned(STRANGER), true);
      clock.advance(1);
      assert.equal(guard.isBanned(STRANGER), false);
      assert.equal(guard.admit(STRANGER, false), undefined);
    }
  });

  test("a little too much from a proven address is dropped without a ban", () => {
    const { guard, admitted } = setUp();
    assert.equal(admitted(STRANGER, 63, true), 16);
    assert.equal(guard.isBanned(STRANGER), false);
  });

  test("known sources cannot be banned, one that has become known passes again", () => {
    const { clock, guard, known } = setUp();
    assert.equal(guard.ban(TRUNK, 60_000), false);
    assert.equal(guard.isBanned(TRUNK), false);
    assert.equal(guard.ban(STRANGER, 60_000), true);
    assert.equal(guard.admit(STRANGER, false), "banned");
    known.add(STRANGER);
    clock.advance(1_000);
    assert.equal(guard.admit(STRANGER, false), undefined);
    assert.equal(guard.isBanned(STRANGER), false);
  });

  test("a shorter ban does not shorten a longer one; unban lifts it", () => {
    const { clock, guard } = setUp();
    guard.ban(STRANGER, 60_000);
    guard.ban(STRANGER, 1_000);
    clock.advance(2_000);
    assert.equal(guard.isBanned(STRANGER), true);
    guard.unban(STRANGER);
    assert.equal(guard.isBanned(STRANGER), false);
  });
});

describe("tables", () => {
  test("100,000 sources are not remembered all, and do not push a ban out", () => {
    const { guard } = setUp();
    guard.ban(STRANGER, 600_000);
    for (let at = 0; at < 100_000; at += 1)
      guard.admit(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, false);
    assert.ok(guard.counts().sources <= defaultGuardLimits.maxSources);
    assert.equal(guard.isBanned(STRANGER), true);
  });

  test("bans are bounded: those that are over go first, then the oldest", () => {
    const { clock, guard } = setUp({ maxBans: 3 });
    guard.ban("192.0.2.1", 100_000);
    guard.ban("192.0.2.2", 10);
    guard.ban("192.0.2.3", 100_000);
    clock.advance(10);
    guard.ban("192.0.2.4", 100_000);
    assert.equal(guard.isBanned("192.0.2.1"), true);
    guard.ban("192.0.2.5", 100_000);
    assert.equal(guard.isBanned("192.0.2.1"), false);
    assert.deepEqual(
      ["192.0.2.3", "192.0.2.4", "192.0.2.5"].map((address) => guard.isBanned(address)),
      [true, true, true],
    );
    assert.equal(guard.counts().bans, 3);
  });

  test("after recheck everyone's standing is asked for anew", () => {
    const { guard, known, admitted } = setUp();
    admitted(TRUNK, 1);
    known.delete(TRUNK);
    guard.recheck();
    assert.equal(admitted(TRUNK, 20), 16);
  });
});

describe("scanners", () => {
  for (const agent of [
    "friendly-scanner",
    "sipcli/v1.8",
    "SIPVicious",
    "VaxSIPUserAgent/3.1",
    "pplsip",
    "sipptk",
    "Friendly-Request",
    "sundayddr",
  ]) {
    test(`${agent} from a stranger gets no answer, from a known source it is a phone like others`, () => {
      const { counters, guard } = setUp();
      assert.equal(guard.isScanner(STRANGER, agent), true);
      assert.equal(counters.get('sip_datagrams_dropped{reason="scanner"}'), 1);
      assert.equal(guard.isScanner(TRUNK, agent), false);
    });
  }

  test("phones are no scanners, nor is who says nothing", () => {
    const { guard } = setUp();
    for (const agent of [
      undefined,
      "",
      "baresip v1.0.0 (x86_64/linux)",
      "Yealink SIP-T46S 66.85",
      "Linphone/5.2",
    ])
      assert.equal(guard.isScanner(STRANGER, agent), false);
  });
});

test("faulty messages get a limited number of answers a second, known sources too", () => {
  const { clock, guard } = setUp({ faultAnswersPerSecond: 3 });
  for (const address of [STRANGER, TRUNK]) {
    const answers = () => [1, 2, 3, 4].map(() => guard.mayAnswerFault(address));
    assert.deepEqual(answers(), [true, true, true, false]);
    clock.advance(1_000);
    assert.deepEqual(answers(), [true, true, true, false]);
  }
});
