import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { createCounters } from "../../lib/counters.ts";
import { Spending } from "../../lib/spending.ts";
import { createGuard } from "./guard.ts";
import { defaultGuardLimits, type GuardLimits } from "./guard-limits.ts";

const STRANGER = "203.0.113.7";
const TRUNK = "198.51.100.1";
/** Where a phone is registered, at port 5062 over UDP and 40001 over TCP. */
const OFFICE = "192.0.2.44";
const PORT = 5060;

type Transport = "udp" | "tcp";

function setUp(limits: Partial<GuardLimits> = {}) {
  const clock = new VirtualClock();
  const counters = createCounters();
  const trunks = new Map([[TRUNK, "carrier"]]);
  const phones = new Set([`udp ${OFFICE} 5062`, `tcp ${OFFICE} 40001`]);
  let asked = 0;
  const guard = createGuard({
    clock,
    counters,
    limits,
    known: {
      trunkAt: (address) => {
        asked += 1;
        return trunks.get(address);
      },
      phonesAt: (address) => [...phones].filter((flow) => flow.includes(` ${address} `)).length,
      isPhone: (transport, { host, port }) => phones.has(`${transport} ${host} ${port}`),
    },
  });
  const admit = (host: string, transport: Transport = "udp", port = PORT, follows = false) =>
    guard.admit(transport, { host, port }, follows);
  /** How many of `count` messages get in. */
  const admitted = (
    host: string,
    count: number,
    {
      transport = "udp",
      port = PORT,
      follows = false,
    }: { transport?: Transport; port?: number; follows?: boolean } = {},
  ): number => {
    let passed = 0;
    for (let at = 0; at < count; at += 1)
      if (admit(host, transport, port, follows) === undefined) passed += 1;
    return passed;
  };
  return { clock, counters, guard, trunks, phones, admit, admitted, asked: () => asked };
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

  test("a trunk may send 2,000 a second, 600 at once, over all its addresses, and is asked about once a second", () => {
    const { clock, admitted, asked, trunks } = setUp();
    assert.equal(admitted(TRUNK, 699), 699);
    assert.equal(asked(), 1);
    trunks.set("198.51.100.2", "carrier");
    assert.equal(admitted("198.51.100.2", 20_000), 100 + 1);
    clock.advance(1_000);
    assert.equal(admitted(TRUNK, 20_000), 100 + 600);
    assert.equal(asked(), 3);
  });

  test("B4: whoever forges other ports of a trunk's address takes nothing from the flows that it had before", () => {
    const { clock, admit, admitted } = setUp();
    assert.equal(admitted(TRUNK, 10), 10);
    for (let second = 0; second < 3; second += 1) {
      let passed = 0;
      for (let port = 10_000; port < 30_000; port += 1)
        if (admit(TRUNK, "udp", port) === undefined) passed += 1;
      assert.ok(passed <= 150 + 7, String(passed));
      assert.equal(admitted(TRUNK, 25), 25, "its own flow's own");
      clock.advance(1_000);
    }
  });

  test("B4: flows beyond a trunk's first eight share a quarter of what it has", () => {
    const { clock, admit, admitted } = setUp();
    for (let port = 1; port <= 8; port += 1) assert.equal(admit(TRUNK, "udp", port), undefined);
    let passed = 0;
    for (let window = 0; window < 10; window += 1) {
      for (let port = 10_000; port < 12_000; port += 1)
        if (admit(TRUNK, "udp", port) === undefined) passed += 1;
      assert.equal(admitted(TRUNK, 150, { port: 1 }), 150, "the trunk's own call goes on");
      clock.advance(100);
    }
    assert.equal(passed, 10 * 50 + 2 * 50, "and what was saved before the first");
  });

  test("a trunk that keeps its rate loses nothing when we could not read for 0.3 s", () => {
    const { clock, admitted } = setUp();
    admitted(TRUNK, 20_000);
    for (let window = 0; window < 20; window += 1) {
      clock.advance(100);
      assert.equal(admitted(TRUNK, 200), 200);
    }
    clock.advance(300);
    assert.equal(admitted(TRUNK, 600), 600);
  });

  test("G2: a trunk's flood of new requests costs it none that follow on others", () => {
    const { admitted } = setUp();
    admitted(TRUNK, 20_000);
    assert.equal(admitted(TRUNK, 500, { follows: true }), 500);
    assert.equal(admitted(TRUNK, 20_000, { follows: true }), 2_400 - 100);
  });

  test("one stranger's flood costs another nothing", () => {
    const { admitted } = setUp();
    admitted(STRANGER, 1_000);
    assert.equal(admitted("203.0.113.8", 10), 10);
  });

  test("a stranger that becomes known passes at the limit at the latest", () => {
    const { admitted, phones } = setUp();
    assert.equal(admitted(STRANGER, 16), 16);
    phones.add(`udp ${STRANGER} ${PORT}`);
    assert.equal(admitted(STRANGER, 90), 90);
  });

  test("T2: whom we send requests to is a trunk, by flow; what else comes from there has room too, for a time", () => {
    const { clock, guard, admitted } = setUp();
    guard.contacted({ transport: "udp", host: STRANGER, port: PORT });
    assert.equal(guard.isKnown("udp", { host: STRANGER, port: PORT }), true);
    assert.equal(guard.ban(STRANGER, 60_000), false);
    assert.equal(admitted(STRANGER, 5_000), 600);
    assert.equal(admitted(STRANGER, 5_000, { port: 5080 }), 96);
    clock.advance(defaultGuardLimits.contactedMs);
    assert.equal(guard.isKnown("udp", { host: STRANGER, port: PORT }), false);
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

describe("X6: a phone is known by its flow", () => {
  test("X6: a registered phone's flow may send 100 in 2 s, and four times as many that follow on others", () => {
    const { clock, guard, admitted } = setUp();
    assert.equal(admitted(OFFICE, 40_000, { port: 5062 }), 100);
    assert.equal(admitted(OFFICE, 40_000, { port: 5062, follows: true }), 400);
    assert.equal(guard.isBanned(OFFICE), false);
    clock.advance(2_000);
    assert.equal(admitted(OFFICE, 40_000, { port: 5062 }), 100, "and again when the flood is over");
  });

  test("X6: any other port of its address is a stranger over UDP, and none of them costs the phone anything", () => {
    const { admit, admitted } = setUp();
    let passed = 0;
    for (let port = 10_000; port < 50_000; port += 1)
      if (admit(OFFICE, "udp", port) === undefined) passed += 1;
    assert.equal(passed, 16);
    assert.equal(admitted(OFFICE, 50, { port: 5062 }), 50);
    assert.equal(admitted(OFFICE, 50, { transport: "tcp", port: 40_001 }), 50);
  });

  test("X6: the UDP port of a phone is a stranger's over TCP, and the other way round", () => {
    const { guard } = setUp();
    for (const [transport, port, known] of [
      ["udp", 5062, true],
      ["tcp", 5062, false],
      ["tcp", 40_001, true],
      ["udp", 40_001, false],
    ] as const)
      assert.equal(guard.isKnown(transport, { host: OFFICE, port }), known, `${transport} ${port}`);
  });

  test("X6: phones behind one NAT have an allowance each", () => {
    const { phones, admitted } = setUp();
    for (let port = 6_000; port < 6_050; port += 1) phones.add(`udp ${OFFICE} ${port}`);
    for (let port = 6_000; port < 6_050; port += 1) assert.equal(admitted(OFFICE, 100, { port }), 100);
  });

  test("T6: a proven newcomer beside phones: the more of them, the more may come back at once", () => {
    const { phones, admitted } = setUp();
    for (let port = 6_000; port < 6_098; port += 1) phones.add(`tcp ${OFFICE} ${port}`);
    assert.equal(admitted(OFFICE, 10_000, { transport: "tcp", port: 7_000 }), 16 + 8 * 100);
  });

  test("X6: nothing from a phone's address, proven or not, gets it banned", () => {
    const { guard, admitted } = setUp();
    guard.provedReturnPath(OFFICE);
    admitted(OFFICE, 10_000);
    admitted(OFFICE, 10_000, { transport: "tcp" });
    assert.equal(guard.isBanned(OFFICE), false);
    assert.equal(admitted(OFFICE, 1, { port: 5062 }), 1);
  });

  test("a phone that is gone is a stranger a second later", () => {
    const { clock, phones, admitted } = setUp();
    assert.equal(admitted(OFFICE, 50, { port: 5062 }), 50);
    phones.clear();
    clock.advance(1_000);
    assert.equal(admitted(OFFICE, 50, { port: 5062 }), 16);
  });
});

test("all strangers together: 1,000 messages a second, 500 at once, from however many forged addresses", () => {
  const { clock, admit, admitted } = setUp();
  let passed = 0;
  for (let at = 0; at < 40_000; at += 1)
    if (admit(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`) === undefined) passed += 1;
  assert.equal(passed, 500);
  clock.advance(250);
  for (let at = 0; at < 1_000; at += 1) if (admit(`11.0.${at >> 8}.${at & 255}`) === undefined) passed += 1;
  assert.equal(passed, 750);
  assert.equal(admitted(TRUNK, 200), 200);
  assert.equal(admitted(OFFICE, 50, { port: 5062 }), 50);
});

describe("X2: what a stream brings that is no message", () => {
  for (const [what, count] of [
    ["keepAlive", 16],
    ["piece", 128],
  ] as const) {
    test(`X2: ${count} in 2 s are a stranger's, then the one who did it alone is banned`, () => {
      const { guard } = setUp();
      const remote = { host: STRANGER, port: PORT };
      const own = new Spending();
      for (let at = 0; at < count; at += 1) assert.equal(guard.admitIdle("tcp", remote, what, own), true);
      assert.equal(guard.admitIdle("tcp", remote, what, own), false);
      assert.equal(guard.isBanned(STRANGER), true);
    });

    test(`X2: ${what}: many streams of one address together are refused, but not banned`, () => {
      const { guard } = setUp();
      let passed = 0;
      for (let port = 1; port <= 2 * count; port += 1)
        if (guard.admitIdle("tcp", { host: STRANGER, port }, what, new Spending())) passed += 1;
      assert.equal(passed, count);
      assert.equal(guard.isBanned(STRANGER), false);
    });
  }

  test("X2: a phone and a trunk may send more keep-alives, and whole messages in as many pieces as they like", () => {
    const { guard } = setUp();
    for (const [remote, limit] of [
      [{ host: OFFICE, port: 40_001 }, 100],
      [{ host: TRUNK, port: 5 }, 600],
    ] as const) {
      const own = new Spending();
      const passed = (what: "keepAlive" | "piece"): number =>
        Array.from({ length: 3_000 }, () => guard.admitIdle("tcp", remote, what, own)).filter(Boolean).length;
      assert.equal(passed("piece"), 3_000);
      assert.equal(passed("keepAlive"), limit);
    }
    assert.equal(guard.isBanned(OFFICE), false);
  });

  test("X2: another stream from a phone's address is cut off, not banned", () => {
    const { guard } = setUp();
    const own = new Spending();
    const remote = { host: OFFICE, port: 7_000 };
    for (let at = 0; at < 16; at += 1) guard.admitIdle("tcp", remote, "keepAlive", own);
    assert.equal(guard.admitIdle("tcp", remote, "keepAlive", own), false);
    assert.equal(guard.isBanned(OFFICE), false);
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
      const { clock, guard, admit, admitted } = setUp();
      if (proof === "nonce") guard.provedReturnPath(STRANGER);
      assert.equal(admitted(STRANGER, 64, { transport: proof === "stream" ? "tcp" : "udp" }), 16);
      assert.equal(guard.isBanned(STRANGER), true, proof);
      assert.equal(admit(STRANGER), "banned");
      clock.advance(299_999);
      assert.equal(guard.isBanned(STRANGER), true);
      clock.advance(1);
      assert.equal(guard.isBanned(STRANGER), false);
      assert.equal(admit(STRANGER), undefined);
    }
  });

  test("a little too much from a proven address is dropped without a ban", () => {
    const { guard, admitted } = setUp();
    assert.equal(admitted(STRANGER, 63, { transport: "tcp" }), 16);
    assert.equal(guard.isBanned(STRANGER), false);
  });

  test("known sources cannot be banned, one that has become known passes again", () => {
    const { clock, guard, phones, admit } = setUp();
    assert.equal(guard.ban(OFFICE, 60_000), false);
    assert.equal(guard.ban(TRUNK, 60_000), false);
    assert.equal(guard.isBanned(TRUNK), false);
    assert.equal(guard.ban(STRANGER, 60_000), true);
    assert.equal(admit(STRANGER), "banned");
    phones.add(`udp ${STRANGER} ${PORT}`);
    clock.advance(1_000);
    assert.equal(admit(STRANGER), undefined);
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
    const { guard, admit } = setUp();
    guard.ban(STRANGER, 600_000);
    for (let at = 0; at < 100_000; at += 1) admit(`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
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
    const { guard, trunks, admitted } = setUp();
    admitted(TRUNK, 1);
    trunks.delete(TRUNK);
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
      assert.equal(guard.isScanner("udp", { host: STRANGER, port: PORT }, agent), true);
      assert.equal(counters.get('sip_datagrams_dropped{reason="scanner"}'), 1);
      assert.equal(guard.isScanner("udp", { host: TRUNK, port: PORT }, agent), false);
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
      assert.equal(guard.isScanner("udp", { host: STRANGER, port: PORT }, agent), false);
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
