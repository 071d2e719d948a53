import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DnsReply, type DnsServer, startDnsServer } from "../../test/fakes/dns-server.ts";
import { seededIds } from "../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { createCounters } from "../lib/counters.ts";
import type { Trunk } from "../model/snapshot.ts";
import { createResolver, parseUri, systemDns } from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import { TargetHealth } from "./target-health.ts";
import { TrunkTargets } from "./trunk-targets.ts";

// Trunks by name over the real resolver and a real DNS server whose answers change.

const HOST = "sip:carrier.test";
const TRUNK = { name: "carrier", hosts: [HOST] } as unknown as Trunk;
/** The address of the very server. */
const OURS = "192.0.2.99";
const zone = new Map<string, DnsReply>();
let server: DnsServer;

before(async () => {
  server = await startDnsServer((name, type) => zone.get(`${type} ${name}`) ?? { rcode: 3 });
});

after(() => server.close());

function srv(...servers: readonly (readonly [priority: number, port: number, name: string])[]): DnsReply {
  return { ttl: 60, srv: servers.map(([priority, port, name]) => ({ priority, weight: 0, port, name })) };
}

function at(...addresses: readonly string[]): DnsReply {
  return { addresses, ttl: 60 };
}

/** A zone as `TYPE name` to what is answered; what is missing does not exist. */
function setUp(records: Readonly<Record<string, DnsReply>>) {
  zone.clear();
  for (const [question, reply] of Object.entries(records)) zone.set(question, reply);
  const clock = new VirtualClock();
  const ids = seededIds(1);
  const resolver = createResolver({
    dns: systemDns({ clock, timeoutMs: 2_000, servers: [server.address] }),
    clock,
    ids,
    counters: createCounters(),
    transports: ["udp", "tcp", "tls"],
    families: [4],
  });
  const health = new TargetHealth({ clock, ids, onTurn() {}, onCertificate() {} });
  const targets = new TrunkTargets({
    resolve: async (text) => {
      const uri = parseUri(text);
      return uri.ok && "host" in uri.value ? resolver.resolve(uri.value) : [];
    },
    flowTo: () => undefined,
    registrationFlow: () => undefined,
    onTarget() {},
    isOurs: ({ host }) => host === OURS,
    health,
    clock,
  });
  targets.follow([TRUNK]);
  const places = async (): Promise<readonly string[]> =>
    (await targets.resolve(TRUNK, [HOST])).map(placeText);
  return { clock, health, targets, places };
}

/** Until the server has been asked for this name once more. */
async function asked(name: string, before: number): Promise<void> {
  const count = (): number => server.questions.filter((question) => question.name === name).length;
  while (count() <= before) await new Promise(setImmediate);
}

test("T9: SRV and A records that change are followed when their time is over", async () => {
  const { clock, places } = setUp({
    "SRV _sip._udp.carrier.test": srv([10, 5070, "a.carrier.test"], [20, 5060, "b.carrier.test"]),
    "A a.carrier.test": { addresses: ["192.0.2.1"], ttl: 30 },
    "A b.carrier.test": { addresses: ["192.0.2.2"], ttl: 300 },
  });
  assert.deepEqual(await places(), ["udp:192.0.2.1:5070", "udp:192.0.2.2:5060"]);
  zone.set("A a.carrier.test", { addresses: ["192.0.2.9"], ttl: 30 });
  assert.deepEqual(await places(), ["udp:192.0.2.1:5070", "udp:192.0.2.2:5060"], "its time is not over");
  clock.advance(30_000);
  assert.deepEqual(await places(), ["udp:192.0.2.9:5070", "udp:192.0.2.2:5060"]);
  zone.set("SRV _sip._udp.carrier.test", srv([20, 5070, "a.carrier.test"], [10, 5060, "b.carrier.test"]));
  clock.advance(60_000);
  assert.deepEqual(await places(), ["udp:192.0.2.2:5060", "udp:192.0.2.9:5070"]);
});

test("T9: RFC 3263 §4.1: where there are NAPTR records they choose the transport", async () => {
  const { clock, places } = setUp({
    "SRV _sip._udp.carrier.test": srv([10, 5060, "a.carrier.test"]),
    "SRV _sip._tcp.carrier.test": srv([10, 5062, "a.carrier.test"]),
    "A a.carrier.test": { addresses: ["192.0.2.1"], ttl: 300 },
  });
  assert.deepEqual(await places(), ["udp:192.0.2.1:5060", "tcp:192.0.2.1:5062"]);
  const naptr = { preference: 50, flags: "s", service: "SIP+D2T", replacement: "_sip._tcp.carrier.test" };
  zone.set("NAPTR carrier.test", { ttl: 60, naptr: [{ order: 10, ...naptr }] });
  clock.advance(60_000);
  assert.deepEqual(await places(), ["tcp:192.0.2.1:5062"]);
});

test("H4: DNS that answers late: the call takes the former addresses after half a second", async () => {
  const { clock, places } = setUp({ "A carrier.test": { addresses: ["192.0.2.1"], ttl: 30 } });
  assert.deepEqual(await places(), ["udp:192.0.2.1:5060"]);
  zone.set("A carrier.test", "silence");
  clock.advance(31_000);
  const count = server.questions.filter(({ name, type }) => name === "carrier.test" && type === "A").length;
  let found: readonly string[] | undefined;
  const waiting = places().then((result) => {
    found = result;
  });
  await asked("carrier.test", count);
  assert.equal(found, undefined);
  clock.advance(500);
  await waiting;
  assert.deepEqual(found, ["udp:192.0.2.1:5060"]);
  clock.advance(2_000);
});

test("H4: DNS that fails, answers rubbish or knows the name no more", async () => {
  const { clock, places, targets } = setUp({ "A carrier.test": { addresses: ["192.0.2.1"], ttl: 30 } });
  assert.deepEqual(await places(), ["udp:192.0.2.1:5060"]);
  for (const rcode of [2, 5, 1]) {
    zone.set("A carrier.test", { rcode });
    clock.advance(31_000);
    assert.deepEqual(await places(), ["udp:192.0.2.1:5060"], `rcode ${rcode}`);
  }
  zone.delete("A carrier.test");
  clock.advance(31_000);
  assert.deepEqual(await places(), [], "the name is gone");
  assert.equal(targets.listed(TRUNK).length, 1, "dialogs that are up still know where it was");
});

for (const [what, records, found] of [
  [
    "an SRV record whose target is an address",
    { "SRV _sip._udp.carrier.test": srv([1, 5070, "192.0.2.7"]) },
    ["udp:192.0.2.7:5070"],
  ],
  [
    "an SRV record with port 0 beside a good one",
    { "SRV _sip._udp.carrier.test": srv([1, 0, "a.test"], [2, 5060, "a.test"]), "A a.test": at("192.0.2.1") },
    ["udp:192.0.2.1:5060"],
  ],
  [
    "only an SRV record with port 0: no service, and no guess beside it",
    {
      "SRV _sip._udp.carrier.test": srv([1, 0, "a.test"]),
      "A a.test": at("192.0.2.1"),
      "A carrier.test": at("192.0.2.1"),
    },
    [],
  ],
  [
    'the target ".": decidedly no service',
    { "SRV _sip._udp.carrier.test": srv([0, 5060, "."]), "A carrier.test": at("192.0.2.1") },
    [],
  ],
  [
    "addresses of nobody, as blocking name servers have them",
    { "A carrier.test": at("0.0.0.0", "255.255.255.255", "224.0.1.75", "192.0.2.1") },
    ["udp:192.0.2.1:5060"],
  ],
  ["nothing but an address of nobody", { "A carrier.test": at("0.0.0.0") }, []],
  [
    "two servers at one address",
    {
      "SRV _sip._udp.carrier.test": srv([1, 5060, "a.test"], [2, 5060, "b.test"]),
      "A a.test": at("192.0.2.1"),
      "A b.test": at("192.0.2.1", "192.0.2.2"),
    },
    ["udp:192.0.2.1:5060", "udp:192.0.2.2:5060"],
  ],
  [
    "servers whose names nobody knows before one that is known",
    {
      "SRV _sip._udp.carrier.test": srv([1, 5060, "x.test"], [2, 5060, "y.test"], [3, 5060, "a.test"]),
      "A a.test": at("192.0.2.1"),
    },
    ["udp:192.0.2.1:5060"],
  ],
  ["AAAA records only, where nothing speaks IPv6", { "AAAA carrier.test": at("2001:db8::1") }, []],
  [
    "NAPTR that leads nowhere: what stands beside it",
    {
      "NAPTR carrier.test": {
        ttl: 60,
        naptr: [
          { order: 1, preference: 1, flags: "s", service: "SIP+D2U", replacement: "_sip._udp.nowhere.test" },
        ],
      },
      "A carrier.test": at("192.0.2.1"),
    },
    ["udp:192.0.2.1:5060"],
  ],
] as const satisfies readonly (readonly [
  what: string,
  records: Readonly<Record<string, DnsReply>>,
  found: readonly string[],
])[]) {
  test(`T9: ${what}`, async () => assert.deepEqual(await setUp(records).places(), found));
}

test("T9: a name with 200 addresses: twenty are known, those that are down come last, none goes away", async () => {
  const all = Array.from({ length: 200 }, (_, at) => `192.0.2.${at + 1}`);
  const { health, places } = setUp({ "A carrier.test": { addresses: all, ttl: 300 } });
  const known = await places();
  assert.equal(known.length, 20);
  const silent = { code: "peer.noAnswer", args: {}, text: "no answer" };
  for (const host of all.slice(0, 19)) health.failed({ transport: "udp", host, port: 5060 }, silent);
  const ordered = await places();
  assert.equal(ordered[0], "udp:192.0.2.20:5060");
  assert.deepEqual([...ordered].sort(), [...known].sort());
});

test("T9: of a name's addresses the server's own is passed by, unless there is no other", async () => {
  const { clock, targets, places } = setUp({ "A carrier.test": at("192.0.2.1", OURS) });
  assert.deepEqual(await places(), ["udp:192.0.2.1:5060"]);
  assert.deepEqual(
    targets.listed(TRUNK).map(({ target }) => target.host),
    ["192.0.2.1"],
  );
  zone.set("A carrier.test", at(OURS));
  clock.advance(61_000);
  await places();
  await asked("carrier.test", 1);
  assert.deepEqual(await places(), [`udp:${OURS}:5060`], "which its calls say then");
});
