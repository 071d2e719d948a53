import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { createCounters } from "../../lib/counters.ts";
import { ConnectionGate } from "./connection-gate.ts";
import { createGuard } from "./guard.ts";
import { defaultTransportLimits, type TransportLimits } from "./limits.ts";

const TRUNK = "198.51.100.1";
const OFFICE = "192.0.2.44";

/** A gate of 40 places, 30 of them for strangers, 8 for one source; who is in, in order. */
function setUp(limits: Partial<TransportLimits> = {}) {
  const clock = new VirtualClock();
  const counters = createCounters();
  const phones = new Set<string>();
  const guard = createGuard({
    clock,
    counters,
    known: {
      trunkAt: (address) => (address === TRUNK ? "carrier" : undefined),
      phonesAt: (address) => [...phones].filter((flow) => flow.startsWith(`${address} `)).length,
      isPhone: (_, { host, port }) => phones.has(`${host} ${port}`),
    },
  });
  const logged: object[] = [];
  const gate = new ConnectionGate({
    limits: {
      ...defaultTransportLimits,
      maxConnections: 40,
      maxConnectionsPerSource: 8,
      maxConnectionsPerNetwork: 12,
      ...limits,
    },
    guard,
    clock,
    counters,
    log: { warn: (what) => logged.push(what), error: assert.fail },
  });
  let ports = 1_000;
  /** Connections that are in, by `address port`. */
  const inside = new Map<string, () => void>();
  const enter = (host: string, transport: "tcp" | "tls" = "tcp"): string | undefined => {
    ports += 1;
    const name = `${host} ${ports}`;
    const out = (): void => {
      inside.delete(name);
      leave?.();
    };
    const leave = gate.enter({ transport, remote: { host, port: ports }, close: out });
    if (leave === undefined) return undefined;
    inside.set(name, out);
    return name;
  };
  const fill = (count: number, host: (at: number) => string): number =>
    Array.from({ length: count }, (_, at) => enter(host(at))).filter((name) => name !== undefined).length;
  const ask = (reason: string): number => counters.get(`sip_connections_refused{reason="${reason}"}`);
  return { clock, counters, phones, guard, gate, logged, inside, enter, fill, refused: ask };
}

const strangers = (at: number): string => `203.0.113.${at}`;

describe("X7: places", () => {
  test("X7: strangers get three quarters; the one that has been here longest makes room for the next", () => {
    const { gate, counters, inside, enter, fill } = setUp();
    const first = enter("203.0.113.200") ?? assert.fail();
    assert.equal(fill(29, strangers), 29);
    assert.equal(gate.open, 30);
    assert.notEqual(enter("203.0.113.201"), undefined);
    assert.equal(gate.open, 30);
    assert.equal(inside.has(first), false);
    assert.equal(counters.get("sip_connections_displaced"), 1);
  });

  test("X7: strangers that come again as they are closed never keep out trunk, phones' newcomers or our own streams", () => {
    const { gate, phones, enter, fill } = setUp();
    phones.add(`${OFFICE} 1`);
    for (let round = 0; round < 20; round += 1) fill(33, strangers);
    for (let at = 0; at < 3; at += 1) {
      assert.notEqual(enter(TRUNK), undefined);
      assert.notEqual(enter(OFFICE), undefined);
      assert.notEqual(gate.enterOutbound(TRUNK), undefined);
      fill(33, strangers);
    }
    assert.equal(gate.open, 39);
  });

  test("X7: known ones push strangers out, down to the last; only among themselves are they refused", () => {
    const { gate, inside, enter, fill, refused } = setUp();
    fill(30, strangers);
    for (let at = 0; at < 40; at += 1) assert.notEqual(enter(TRUNK), undefined);
    assert.equal(gate.open, 40);
    assert.equal([...inside.keys()].filter((name) => name.startsWith("203.")).length, 0);
    assert.equal(gate.enterOutbound(TRUNK), undefined);
    assert.equal(enter("203.0.113.9"), undefined);
    assert.equal(refused("total"), 2);
  });

  test("X7: a stranger that has become a phone keeps its place, whoever comes", () => {
    const { phones, inside, enter, fill } = setUp();
    const phone = enter("203.0.113.200") ?? assert.fail();
    phones.add(phone);
    assert.equal(fill(40, strangers), 40);
    assert.equal(inside.has(phone), true);
  });

  test("X7: an end frees the place once, however often it is told", () => {
    const { gate } = setUp();
    const leave = gate.enter({
      transport: "tcp",
      remote: { host: "203.0.113.1", port: 1 },
      close: assert.fail,
    });
    leave?.();
    leave?.();
    assert.equal(gate.open, 0);
  });
});

describe("T6: connections of one source", () => {
  test("T6: the limit is for strangers: registered phones behind the address do not count", () => {
    const { phones, enter, gate, refused } = setUp();
    // Each registers before the next comes.
    for (let at = 0; at < 40; at += 1) phones.add(enter(OFFICE) ?? assert.fail(`phone ${at} is refused`));
    assert.equal(gate.open, 40);
    assert.equal(refused("source"), 0);
  });

  test("T6: one too many is refused, counted, and said in the log once a minute", () => {
    const { clock, logged, enter, fill, refused } = setUp();
    assert.equal(
      fill(10, () => OFFICE),
      8,
    );
    assert.equal(refused("source"), 2);
    assert.deepEqual(logged, [{ address: OFFICE, reason: "source", times: 1 }]);
    clock.advance(60_000);
    enter(OFFICE);
    assert.deepEqual(logged[1], { address: OFFICE, reason: "source", times: 2 });
  });

  test("X7: a /64 counts as one source, a /48 as one network", () => {
    const { fill, refused } = setUp();
    assert.equal(
      fill(10, (at) => `2001:db8:1:2::${at + 1}`),
      8,
    );
    assert.equal(
      fill(10, (at) => `2001:db8:1:${at + 3}::1`),
      4,
    );
    assert.equal(
      fill(10, (at) => `2001:db8:${at + 3}::1`),
      10,
    );
    assert.equal(refused("source"), 2);
    assert.equal(refused("network"), 6);
  });
});

describe("X7: how fast connections come", () => {
  const wide = { maxConnections: 100_000, maxConnectionsPerSource: 10_000, maxConnectionsPerNetwork: 10_000 };

  test("X7: one stranger: 96 in 2 s, over TLS 64; all strangers together 200 TLS handshakes", () => {
    const { clock, enter, refused } = setUp(wide);
    const count = (times: number, host: (at: number) => string, transport: "tcp" | "tls"): number =>
      Array.from({ length: times }, (_, at) => enter(host(at), transport)).filter(Boolean).length;
    assert.equal(
      count(500, () => "203.0.113.1", "tcp"),
      96,
    );
    assert.equal(
      count(500, () => "203.0.113.2", "tls"),
      64,
    );
    assert.equal(
      count(500, (at) => `192.0.2.${at % 250}`, "tls"),
      136,
    );
    assert.equal(refused("rate"), 404 + 436 + 364);
    clock.advance(2_000);
    assert.equal(
      count(500, () => "203.0.113.1", "tcp"),
      96,
    );
  });

  test("X7: a trunk has no such limit, and an office of phones comes back with 400 TLS connections in 2 s", () => {
    const { phones, enter } = setUp(wide);
    phones.add(`${OFFICE} 1`);
    const count = (host: string, transport: "tcp" | "tls"): number =>
      Array.from({ length: 500 }, () => enter(host, transport)).filter(Boolean).length;
    assert.equal(count(TRUNK, "tls"), 500);
    assert.equal(count(OFFICE, "tcp"), 500);
    assert.equal(count(OFFICE, "tls"), 400);
  });
});
