import assert from "node:assert/strict";
import { test } from "node:test";
import { trunkWith } from "../../test/support/trunk.ts";
import type { Snapshot, Trunk } from "../model/snapshot.ts";
import { type Flow, parseUri, type Target } from "../sip/index.ts";
import { Peers } from "./peers.ts";
import { ReachGuard } from "./reach-guard.ts";
import { type RegisteredContact, type RoutingPorts, routesToPhone } from "./routes.ts";
import { TrunkAddresses } from "./trunk-addresses.ts";

const US = { host: "203.0.113.1", port: 5060 };

const trunk = (name: string, acceptFrom: readonly string[]): Trunk =>
  trunkWith({ name, hosts: [`sip:${name}.example`], acceptFrom });

const ONE = trunk("one", ["198.51.100.0/24", "10.7.0.0/16"]);
const TWO = trunk("two", ["192.0.2.9/32", "198.51.100.9/32"]);

function guard(): { readonly guard: ReachGuard; readonly learned: TrunkAddresses } {
  const peers = new Peers([ONE, TWO]);
  const learned = new TrunkAddresses();
  const isOurs = ({ host, port }: Flow["remote"]): boolean => host === US.host && port === US.port;
  return {
    guard: new ReachGuard({
      peers,
      learned,
      isOurs,
      isPhoneAt: (_, address) => MOVED.has(address),
      whereabouts: { phone: () => [], trunk: () => [] },
    }),
    learned,
  };
}

function flow(text: string, transport: Target["transport"] = "udp"): Flow {
  const { host, port } = place(text);
  const reliable = transport !== "udp";
  return { transport, reliable, local: US, remote: { host, port }, sentBy: "203.0.113.1:5060", open: true };
}

function place(text: string, transport: Target["transport"] = "udp"): Target {
  const at = text.lastIndexOf(":");
  return { transport, host: text.slice(0, at), port: Number(text.slice(at + 1)) };
}

/** Where phone 215 has registered besides. */
const MOVED: ReadonlySet<string> = new Set(["1.1.1.1", "198.51.100.77"]);

const FOREIGN = [
  "8.8.8.8:5060",
  "2a00:1450::1:5060",
  "198.51.100.7:5060",
  "10.7.1.1:5060",
  "192.0.2.9:5060",
  "203.0.113.1:5060",
  "127.0.0.1:5060",
  "169.254.169.254:80",
  "::ffff:198.51.100.7:5060",
  "64:ff9b::c633:6407:5060",
  "255.255.255.255:5060",
];

test("X4: a dialog with a phone is led nowhere but to another port of the phone's own address", () => {
  const phone = guard().guard.phone("215");
  for (const at of FOREIGN) assert.equal(phone.mayLead(place(at), flow("8.8.4.4:40000")), false, at);
  assert.equal(phone.mayLead(place("8.8.4.4:5060"), flow("8.8.4.4:40000")), true);
  assert.equal(phone.mayLead(place("8.8.4.4:5060", "tcp"), flow("8.8.4.4:40000")), false);
});

test("X1: nor to another port where the address is a trunk's, also of one that its name led to, or ours", () => {
  const made = guard();
  const phone = made.guard.phone("215");
  for (const host of ["198.51.100.7", "10.7.1.1", US.host])
    assert.equal(phone.mayLead(place(`${host}:5060`), flow(`${host}:40000`)), false, host);
  assert.equal(phone.mayLead(place("8.8.8.8:5060"), flow("8.8.8.8:40000")), true);
  made.learned.note("two", "8.8.8.8");
  assert.equal(phone.mayLead(place("8.8.8.8:5060"), flow("8.8.8.8:40000")), false);
});

test("X4: a phone's dialog moves with the phone, not by a datagram that may be forged", () => {
  const phone = guard().guard.phone("215");
  const from = flow("8.8.4.4:40000");
  assert.equal(phone.mayMove(flow("8.8.4.4:40001"), from), true, "its NAT gave it another port");
  assert.equal(phone.mayMove(flow("1.1.1.1:40001"), from), true, "it has registered from another network");
  assert.equal(phone.mayMove(flow("1.1.1.2:40001"), from), false, "nobody has said that it is there");
  assert.equal(phone.mayMove(flow("1.1.1.2:40001", "tcp"), from), true);
  assert.equal(
    phone.mayMove(flow("198.51.100.77:5060"), from),
    false,
    "registered, but a trunk is there too",
  );
  assert.equal(phone.mayMove(flow("198.51.100.7:5060"), from), false);
  assert.equal(phone.mayMove(flow("203.0.113.1:5060"), from), false);
  assert.equal(phone.mayMove(flow("198.51.100.7:40001", "tcp"), from), true, "a stream is proof");
  const beside = flow("198.51.100.7:40000");
  assert.equal(phone.mayMove(flow("198.51.100.7:5060"), beside), false);
  assert.equal(phone.mayMove(flow("198.51.100.7:40000"), beside), true);
});

test("X4: a trunk leads to its own addresses and to public ones, never to another trunk or to us", () => {
  const made = guard();
  const one = made.guard.trunk(ONE);
  const at = flow("198.51.100.1:5060");
  for (const own of [
    "198.51.100.1:5099",
    "198.51.100.7:5060",
    "10.7.3.3:5070",
    "8.8.8.8:5060",
    "198.51.100.9:5060",
  ])
    assert.equal(one.mayLead(place(own), at), true, own);
  for (const foreign of [
    "192.0.2.9:5060",
    "203.0.113.1:5060",
    "10.8.0.1:5060",
    "127.0.0.1:5060",
    "169.254.169.254:80",
  ])
    assert.equal(one.mayLead(place(foreign), at), false, foreign);
  made.learned.note("two", "8.8.8.8");
  assert.equal(one.mayLead(place("8.8.8.8:5060"), at), false);
  made.learned.note("one", "8.8.8.8");
  assert.equal(one.mayLead(place("8.8.8.8:5060"), at), true, "both names lead there");
  assert.equal(one.mayMove(flow("192.0.2.9:5060"), at), false);
  assert.equal(one.mayMove(flow("198.51.100.200:5060"), at), true);
  assert.equal(one.mayMove(flow("1.1.1.1:5060"), at), true, "a provider's other address");
  assert.equal(one.mayMove(flow("10.8.0.1:5060"), at), false);
  assert.equal(one.mayMove(flow("203.0.113.1:5060"), at), false);
});

/** Where phone 215 is rung when it has registered so. */
function rung(contactUri: string, from: Flow | undefined): string {
  const uri = parseUri(contactUri);
  assert.ok(uri.ok && "host" in uri.value);
  const binding: RegisteredContact = { uri: uri.value, contactUri, path: [], flow: from };
  const made = guard().guard;
  const ports = {
    bindings: () => [binding],
    flowTo: (target: Target) => flow(`${target.host}:${target.port}`, target.transport),
    reach: () => made,
  } as unknown as RoutingPorts;
  const snapshot = { realm: "pbx", phones: new Map() } as unknown as Snapshot;
  return routesToPhone("215", snapshot, ports)
    .map(({ flow: { transport, remote }, uri }) => `${transport}:${remote.host}:${remote.port} ${uri}`)
    .join();
}

test("X1: a binding leads to the flow that it came from; without one, or a closed one, nowhere", () => {
  const uri = "sip:+3190012345@198.51.100.7:5060";
  assert.equal(rung(uri, undefined), "");
  assert.equal(rung(uri, { ...flow("8.8.4.4:40000", "tcp"), open: false }), "");
  assert.equal(rung(uri, flow("203.0.113.1:5060")), "", "ourselves");
  assert.equal(rung(uri, flow("8.8.4.4:40000", "tcp")), `tcp:8.8.4.4:40000 ${uri}`);
  assert.equal(rung(uri, flow("8.8.4.4:40000")), `udp:8.8.4.4:40000 ${uri}`);
  assert.equal(
    rung("sip:line7@8.8.4.4:5070", flow("8.8.4.4:40000")),
    "udp:8.8.4.4:5070 sip:line7@8.8.4.4:5070",
    "a phone that sends from another port than it listens on",
  );
});

test("X1: at a trunk's address a contact's user is the extension or a plain name, never another number", () => {
  const at = flow("198.51.100.7:40000");
  for (const user of [
    "+3190012345",
    "%2B3190012345",
    "0900-12345",
    "p;phone-context=+31",
    "x%31",
    "216",
    "(0)900",
    "*21",
  ])
    assert.equal(
      rung(`sip:${user}@198.51.100.7:5060`, at),
      "udp:198.51.100.7:40000 sip:215@198.51.100.7:40000",
      user,
    );
  for (const user of ["215", "line7", "a1b2c3~x"])
    assert.equal(
      rung(`sip:${user}@192.168.1.5:5060`, at),
      `udp:198.51.100.7:40000 sip:${user}@192.168.1.5:5060`,
    );
  assert.equal(
    rung("sip:+3190012345@198.51.100.7;transport=tcp", flow("198.51.100.7:40000", "tcp")),
    "tcp:198.51.100.7:40000 sip:215@198.51.100.7:40000;transport=tcp",
  );
});
