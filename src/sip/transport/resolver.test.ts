import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { createCounters } from "../../lib/counters.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { parseUri, type SipUri } from "../message/uri.ts";
import { type DnsAnswer, type DnsFailure, type DnsPort, parseHosts, systemDns } from "./dns-port.ts";
import { createResolver, orderSrv, type ResolverOptions } from "./resolver.ts";

/** A zone as `TYPE name` to records; what is missing does not exist. */
type Zone = Record<string, readonly unknown[] | "failed">;

class FakeDns implements DnsPort {
  readonly asked: string[] = [];
  zone: Zone;
  ttlMs = 60_000;
  /** Set: questions wait until it settles. */
  gate: Promise<void> | undefined;

  constructor(zone: Zone) {
    this.zone = zone;
  }

  addresses(name: string, type: "A" | "AAAA") {
    return this.#answer<string>(`${type} ${name}`);
  }
  srv(name: string) {
    return this.#answer<never>(`SRV ${name}`);
  }
  naptr(name: string) {
    return this.#answer<never>(`NAPTR ${name}`);
  }

  async #answer<R>(key: string): Promise<Result<DnsAnswer<R>, DnsFailure>> {
    this.asked.push(key);
    await this.gate;
    const records = this.zone[key];
    if (records === "failed") return err("failed");
    return records === undefined
      ? err("notFound")
      : ok({ records: records as readonly R[], ttlMs: this.ttlMs });
  }
}

const srv = (priority: number, weight: number, port: number, name: string) => ({
  priority,
  weight,
  port,
  name,
});

const ZONE: Zone = {
  "A plain.test": ["192.0.2.1", "192.0.2.2"],
  "AAAA plain.test": ["2001:db8::1"],
  "A only4.test": ["192.0.2.3"],
  "SRV _sip._udp.srv.test": [srv(20, 0, 5062, "b.srv.test"), srv(10, 0, 5061, "a.srv.test")],
  "SRV _sip._tcp.srv.test": [srv(10, 0, 5071, "a.srv.test")],
  "SRV _sips._tcp.srv.test": [srv(10, 0, 5081, "a.srv.test")],
  "A a.srv.test": ["192.0.2.10"],
  "A b.srv.test": ["192.0.2.11"],
  "SRV _sip._tcp.tcponly.test": [srv(1, 1, 5090, "only4.test")],
  "A tcponly.test": ["192.0.2.99"],
  "SRV _sip._udp.notoffered.test": [srv(0, 0, 0, ".")],
  "A notoffered.test": ["192.0.2.98"],
  "SRV _sip._udp.literal.test": [srv(0, 0, 5060, "192.0.2.77")],
  "NAPTR naptr.test": [
    { order: 50, preference: 50, flags: "s", service: "SIP+D2T", replacement: "_sip._tcp.srv.test" },
    { order: 90, preference: 50, flags: "s", service: "SIP+D2U", replacement: "_sip._udp.srv.test" },
    { order: 10, preference: 50, flags: "u", service: "E2U+sip", replacement: "." },
  ],
};

function setUp(options: Partial<ResolverOptions> & { zone?: Zone } = {}) {
  const clock = new VirtualClock();
  const counters = createCounters();
  const { zone = ZONE, ...rest } = options;
  const dns = new FakeDns({ ...zone });
  const base = { dns, clock, counters, ids: seededIds(1), transports: ["udp", "tcp", "tls"] as const };
  const resolver = createResolver({ ...base, ...rest });
  const resolve = async (uri: string): Promise<readonly string[]> =>
    (await resolver.resolve(sipUri(uri))).map(
      ({ transport, host, port, serverName }) =>
        `${transport} ${host} ${port}${serverName === undefined ? "" : ` (${serverName})`}`,
    );
  return { clock, counters, dns, resolver, resolve };
}

function sipUri(text: string): SipUri {
  const parsed = parseUri(text);
  assert.ok(parsed.ok && (parsed.value.scheme === "sip" || parsed.value.scheme === "sips"), text);
  return parsed.value as SipUri;
}

describe("RFC 3263: where a URI leads", () => {
  const table: readonly (readonly [uri: string, targets: readonly string[]])[] = [
    ["sip:192.0.2.5", ["udp 192.0.2.5 5060"]],
    ["sip:192.0.2.5:5999", ["udp 192.0.2.5 5999"]],
    ["sip:192.0.2.5;transport=tcp", ["tcp 192.0.2.5 5060"]],
    ["sip:192.0.2.5;transport=TLS", ["tls 192.0.2.5 5061"]],
    ["sip:bob@[2001:db8::5]:5070", ["udp 2001:db8::5 5070"]],
    ["sips:192.0.2.5", ["tls 192.0.2.5 5061"]],
    ["sips:192.0.2.5;transport=tcp", ["tls 192.0.2.5 5061"]],
    ["sips:192.0.2.5;transport=udp", []],
    ["sip:192.0.2.5;transport=sctp", []],
    ["sip:192.0.2.5;maddr=198.51.100.66", ["udp 192.0.2.5 5060"]],
    ["sip:plain.test:5070", ["udp 192.0.2.1 5070", "udp 192.0.2.2 5070", "udp 2001:db8::1 5070"]],
    ["sip:plain.test", ["udp 192.0.2.1 5060", "udp 192.0.2.2 5060", "udp 2001:db8::1 5060"]],
    ["sip:only4.test;transport=tcp", ["tcp 192.0.2.3 5060"]],
    ["sip:only4.test:5063;transport=tls", ["tls 192.0.2.3 5063 (only4.test)"]],
    ["sip:only4.test.:5063;transport=tls", ["tls 192.0.2.3 5063 (only4.test)"]],
    ["sips:only4.test", ["tls 192.0.2.3 5061 (only4.test)"]],
    ["sip:srv.test", ["udp 192.0.2.10 5061", "udp 192.0.2.11 5062", "tcp 192.0.2.10 5071"]],
    ["sip:srv.test;transport=tcp", ["tcp 192.0.2.10 5071"]],
    ["sips:srv.test", ["tls 192.0.2.10 5081 (srv.test)"]],
    ["sip:srv.test:5060", []],
    ["sip:tcponly.test", ["tcp 192.0.2.3 5090"]],
    ["sip:notoffered.test", []],
    ["sip:literal.test", ["udp 192.0.2.77 5060"]],
    ["sip:nowhere.test", []],
    ["sip:localhost:5070", ["udp 127.0.0.1 5070", "udp ::1 5070"]],
    ["sip:naptr.test", ["tcp 192.0.2.10 5071", "udp 192.0.2.10 5061", "udp 192.0.2.11 5062"]],
    ["sip:naptr.test;transport=udp", []],
  ];
  for (const [uri, targets] of table) {
    test(uri, async () => {
      const { resolve } = setUp();
      assert.deepEqual(await resolve(uri), targets);
    });
  }

  test("only transports and families with a listener are used", async () => {
    const { resolve, dns } = setUp({ transports: ["tcp"], families: [4] });
    assert.deepEqual(await resolve("sip:plain.test"), ["tcp 192.0.2.1 5060", "tcp 192.0.2.2 5060"]);
    assert.deepEqual(await resolve("sip:192.0.2.5"), ["tcp 192.0.2.5 5060"]);
    assert.deepEqual(await resolve("sips:srv.test"), []);
    assert.equal(
      dns.asked.some((question) => question.startsWith("AAAA")),
      false,
    );
  });

  test("a URI with an IP literal is answered at once, a name is not", () => {
    const { resolver } = setUp();
    assert.equal(resolver.resolveNow(sipUri("sip:192.0.2.5"))?.length, 1);
    assert.equal(resolver.resolveNow(sipUri("sip:plain.test")), undefined);
  });

  test("a zone with a hundred servers gives twenty targets", async () => {
    const many = Array.from({ length: 100 }, (_, at) => srv(at, 0, 5060, `192.0.2.${at + 1}`));
    const lines: string[] = [];
    const zone = { "SRV _sip._udp.many.test": many };
    const { resolve } = setUp({ zone, warn: (text) => lines.push(text) });
    assert.equal((await resolve("sip:many.test")).length, 20);
    await resolve("sip:many.test");
    const line =
      "The name many.test leads to 100 addresses; the first 20 are used, and the others are not asked.";
    assert.deepEqual(lines, [line]);
  });
});

describe("RFC 2782: the order of servers", () => {
  test("lower priorities first; within one, as often as their weight says", () => {
    const ids = seededIds(7);
    const records = [
      srv(2, 0, 1, "last"),
      srv(1, 75, 1, "heavy"),
      srv(1, 25, 1, "light"),
      srv(1, 0, 1, "zero"),
    ];
    const firsts = new Map<string, number>();
    for (let at = 0; at < 4_000; at += 1) {
      const order = orderSrv(records, ids).map(({ name }) => name);
      assert.equal(order.length, 4);
      assert.equal(order[3], "last");
      firsts.set(order[0] ?? "", (firsts.get(order[0] ?? "") ?? 0) + 1);
    }
    const share = (name: string): number => (firsts.get(name) ?? 0) / 4_000;
    assert.ok(Math.abs(share("heavy") - 0.75) < 0.05, `heavy ${share("heavy")}`);
    assert.ok(Math.abs(share("light") - 0.25) < 0.05, `light ${share("light")}`);
    assert.ok(share("zero") > 0 && share("zero") < 0.05, `zero ${share("zero")}`);
  });
});

describe("the cache", () => {
  test("asks once within the time of an answer, again after it", async () => {
    const { clock, dns, resolve } = setUp();
    await resolve("sip:only4.test:5060");
    await resolve("sip:only4.test:5060");
    assert.deepEqual(dns.asked, ["A only4.test", "AAAA only4.test"]);
    clock.advance(60_000);
    await resolve("sip:only4.test:5060");
    assert.equal(dns.asked.length, 4);
  });

  test("many who want to know at once ask once", async () => {
    const { dns, resolve } = setUp({ families: [4] });
    await Promise.all(Array.from({ length: 50 }, () => resolve("sip:only4.test:5060")));
    assert.deepEqual(dns.asked, ["A only4.test"]);
  });

  test("old answers serve for a day while the servers are silent, and are asked about only now and then", async () => {
    const { clock, counters, dns, resolve } = setUp({ families: [4] });
    const wanted = ["udp 192.0.2.3 5060"];
    assert.deepEqual(await resolve("sip:only4.test:5060"), wanted);
    dns.zone["A only4.test"] = "failed";
    clock.advance(60_000);
    assert.deepEqual(await resolve("sip:only4.test:5060"), wanted);
    assert.deepEqual(await resolve("sip:only4.test:5060"), wanted);
    assert.equal(dns.asked.length, 2);
    clock.advance(23 * 3_600_000);
    assert.deepEqual(await resolve("sip:only4.test:5060"), wanted);
    assert.equal(counters.get("sip_dns_stale_answers"), 2);
    clock.advance(2 * 3_600_000);
    assert.deepEqual(await resolve("sip:only4.test:5060"), []);
    dns.zone["A only4.test"] = ["192.0.2.4"];
    clock.advance(2_000);
    assert.deepEqual(await resolve("sip:only4.test:5060"), ["udp 192.0.2.4 5060"]);
  });

  test("a name that is gone is not kept alive by its old answer", async () => {
    const { clock, dns, resolve } = setUp({ families: [4] });
    await resolve("sip:only4.test:5060");
    delete dns.zone["A only4.test"];
    clock.advance(60_000);
    assert.deepEqual(await resolve("sip:only4.test:5060"), []);
  });

  test("at most 200 questions are under way; the others fail at once", async () => {
    const { dns, resolve } = setUp({ families: [4] });
    const { promise, resolve: open } = Promise.withResolvers<void>();
    dns.gate = promise;
    const all = Array.from({ length: 250 }, (_, at) => resolve(`sip:n${at}.test:5060`));
    await new Promise(setImmediate);
    assert.equal(dns.asked.length, 200);
    open();
    assert.deepEqual((await Promise.all(all)).flat(), []);
  });
});

test("the hosts file: comments, several names, rubbish", () => {
  const hosts = parseHosts(
    "127.0.0.1 localhost\n# 192.0.2.1 no\n192.0.2.7\tPBX.test pbx # office\n2001:db8::7 pbx\nx y\n",
  );
  assert.deepEqual(hosts.get("pbx.test"), ["192.0.2.7"]);
  assert.deepEqual(hosts.get("pbx"), ["192.0.2.7", "2001:db8::7"]);
  assert.equal(hosts.get("y"), undefined);
  assert.equal(hosts.get("__proto__"), undefined);
});

test("silent name servers: an answer comes after the time-out, not after c-ares' own", async () => {
  const { createSocket } = await import("node:dgram");
  const silent = createSocket("udp4");
  await new Promise<void>((resolve) => {
    silent.bind(0, "127.0.0.1", resolve);
  });
  const clock = new VirtualClock();
  const dns = systemDns({ clock, timeoutMs: 200, servers: [`127.0.0.1:${silent.address().port}`] });
  const asked = new Promise((resolve) => {
    silent.once("message", resolve);
  });
  const answer = dns.addresses("pbx.test", "A");
  await asked;
  clock.advance(200);
  assert.deepEqual(await answer, err("failed"));
  silent.close();
});
