import assert from "node:assert/strict";
import { test } from "node:test";
import { trunkLines } from "../../../src/cli/trunks.ts";
import type { TrunkStatus } from "../../../src/model/trunk-status.ts";
import { buildResponse } from "../../../src/sip/message/build.ts";
import type { Packet } from "../../fakes/loop-network.ts";
import type { Agent } from "../agent.ts";
import { BOARD, CARRIER, CARRIER_TWO, Scenario } from "../harness.ts";

// T9: one health of a trunk's places, shared by calls, registrations and OPTIONS.

const OUTSIDE = "+31201234567";
const CARRIER_THREE = "10.0.0.11";
const MAY_REACH_ALL = "perPhone: 20, perCompany: 20, newPerMinute: 60";

function trunk(s: Scenario, name = "carrier"): TrunkStatus {
  const { trunks } = s.board.access({ bans: () => [], unban: () => false }, undefined);
  const found = trunks.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

function states(s: Scenario, name?: string): readonly string[] {
  return trunk(s, name).targets.map(({ state }) => state);
}

/** What phone 215 hears when it dials out, and after how many milliseconds. */
async function dials(s: Scenario): Promise<{ readonly status: number; readonly ms: number }> {
  const began = s.clock.now();
  const call = s.at("215").invite(OUTSIDE);
  await s.until(() => (call.last ?? 0) >= 200 && call.last !== 407 && call.last !== 401, 100_000);
  const ms = s.clock.now() - began;
  if (call.last === 200) {
    call.bye();
    await s.run(100);
  }
  return { status: call.last ?? 0, ms };
}

function sentTo(s: Scenario, host: string, method: string): readonly Packet[] {
  return s.network.log.filter(
    ({ to, message }) => to.host === host && message.kind === "request" && message.method === method,
  );
}

const DEAD: readonly (readonly [what: string, transport: string, drop: boolean])[] = [
  ["silent over UDP", "udp", false],
  ["that refuse TCP", "tcp", false],
  ["that take TCP and say nothing", "tcp", true],
  ["that refuse TLS", "tls", false],
];

for (const [what, transport, drop] of DEAD) {
  test(`T9: three hosts ${what}: the caller hears within 10 s, the second within 1 s`, async () => {
    const port = transport === "tls" ? 5061 : 5060;
    const hosts = ["10.9.0.1", "10.9.0.2", "10.9.0.3"];
    const s = await Scenario.start({
      carrierHosts: hosts.map((host) => `"sip:${host}:${port};transport=${transport}"`).join(", "),
      outsideCalls: MAY_REACH_ALL,
    });
    if (drop) for (const host of hosts) s.trunk(host, host);
    s.network.intercept = ({ to }) => (hosts.includes(to.host) ? "drop" : undefined);
    const first = await dials(s);
    assert.equal(first.status, 480);
    assert.ok(first.ms <= 10_000, `${first.ms} ms`);
    assert.deepEqual(states(s), ["down", "down", "down"]);
    const second = await dials(s);
    assert.equal(second.status, 480);
    assert.ok(second.ms <= 1_000, `${second.ms} ms`);
    await s.run(40_000);
    const [story] = s.records.map(({ story: events }) => JSON.stringify(events));
    assert.match(story ?? "", /none of its 3 addresses took the call/);
  });
}

test("T9: a host that refuses after it was given up takes nothing from the patience with the next ones", async () => {
  const s = await Scenario.start({
    carrierHosts: ["10.9.0.1", "10.9.0.2", "10.9.0.3"].map((host) => `"sip:${host}:5060"`).join(", "),
    outsideCalls: MAY_REACH_ALL,
  });
  for (const host of ["10.9.0.1", "10.9.0.2", "10.9.0.3"]) {
    s.trunk(host, host).onCall = (call) => {
      // A second into the patience with the next one.
      if (host !== "10.9.0.3") s.clock.after(4_000, () => call.respond(503));
    };
  }
  s.network.intercept = ({ from, message }) =>
    from.host.startsWith("10.9.") && message.kind === "response" && message.status === 100
      ? "drop"
      : undefined;
  const { status, ms } = await dials(s);
  assert.equal(status, 480);
  assert.ok(ms <= 10_000, `${ms} ms`);
  assert.equal(sentTo(s, "10.9.0.3", "INVITE").length > 0, true);
  await s.run(40_000);
});

test("T9: a host that is down goes last, and comes back by its first answer to OPTIONS", async () => {
  const s = await Scenario.start({ probeSeconds: 50, outsideCalls: MAY_REACH_ALL });
  const one = s.carrier;
  const two = s.trunk("two", CARRIER_TWO);
  for (const host of [one, two]) host.onCall = (call) => call.answer();
  await s.until(() => states(s).every((state) => state === "up"), 100_000);
  one.transport.up = false;
  const first = await dials(s);
  assert.equal(first.status, 200);
  assert.equal(Math.round(first.ms / 1_000), 4);
  assert.deepEqual(states(s), ["down", "up"]);
  assert.ok((await dials(s)).ms < 500, "the second call does not wait for it");
  assert.match(
    trunkLines(trunk(s), "UTC").join("\n"),
    /udp:10\.0\.0\.9:5060 {2}down since .*: no answer .*, next asked/,
  );
  one.transport.up = true;
  await s.until(() => states(s)[0] === "up", 60_000);
  await dials(s);
  assert.equal(one.calls.length, 1, "its place is the first again");
});

test("T9: without probes a host that is down has its turn again after five minutes", async () => {
  const s = await Scenario.start({ probeSeconds: 0, outsideCalls: MAY_REACH_ALL });
  s.carrier.onCall = (call) => call.answer();
  s.trunk("two", CARRIER_TWO).onCall = (call) => call.answer();
  s.carrier.transport.up = false;
  await dials(s);
  await s.run(40_000);
  s.carrier.transport.up = true;
  await s.run(200_000);
  await dials(s);
  assert.equal(s.carrier.calls.length, 0);
  await s.run(60_000);
  await dials(s);
  assert.equal(s.carrier.calls.length, 1);
  assert.equal(sentTo(s, CARRIER, "OPTIONS").length, 0);
});

test("T9: without probes a host that asked for 20 s has its turn again after these", async () => {
  const s = await Scenario.start({ probeSeconds: 0, outsideCalls: MAY_REACH_ALL });
  s.trunk("two", CARRIER_TWO).onCall = (call) => call.answer();
  s.carrier.onCall = (call) => call.respond(503, { headers: [["Retry-After", "20"]] });
  await dials(s);
  await s.run(15_000);
  await dials(s);
  assert.equal(s.carrier.calls.length, 1);
  await s.run(10_000);
  await dials(s);
  assert.equal(s.carrier.calls.length, 2);
});

for (const [retryAfter, seconds] of [
  ["120", 60],
  ["20 (maintenance)", 20],
] as const) {
  test(`T9: 503 with Retry-After ${retryAfter}: not asked first for ${seconds} s, nor by OPTIONS`, async () => {
    const s = await Scenario.start({ probeSeconds: 3600, outsideCalls: MAY_REACH_ALL });
    const two = s.trunk("two", CARRIER_TWO);
    two.onCall = (call) => call.answer();
    s.carrier.onCall = (call) => {
      call.respond(100);
      call.respond(503, { headers: [["Retry-After", retryAfter]] });
    };
    assert.equal((await dials(s)).status, 200);
    assert.equal((await dials(s)).status, 200);
    assert.equal(s.carrier.calls.length, 1, "the next call does not ask it");
    const said = s.clock.now();
    await s.until(() => s.carrier.others.length > 0, 100_000);
    const ms = s.clock.now() - said;
    assert.ok(ms > (seconds - 2) * 1_000 && ms < (seconds + 2) * 1_000, `${ms} ms`);
    await s.until(() => states(s)[0] === "up");
    await dials(s);
    assert.equal(s.carrier.calls.length, 2);
  });
}

test("T9: 503 without Retry-After is about that call only; where all places are down they are asked all the same", async () => {
  const s = await Scenario.start({ outsideCalls: MAY_REACH_ALL });
  const two = s.trunk("two", CARRIER_TWO);
  let busy: readonly (readonly [string, string])[] = [];
  for (const host of [s.carrier, two]) host.onCall = (call) => call.respond(503, { headers: busy });
  assert.equal((await dials(s)).status, 480);
  assert.deepEqual(states(s), ["up", "up"]);
  busy = [["Retry-After", "30"]];
  await dials(s);
  assert.deepEqual(states(s), ["down", "down"]);
  two.onCall = (call) => call.answer();
  assert.equal((await dials(s)).status, 200, "last is not away");
  assert.deepEqual(states(s), ["down", "up"]);
});

test("T9, H5: a peer that falls silent without a call is marked within a minute; the first call goes elsewhere", async () => {
  const s = await Scenario.start({ probeSeconds: 50 });
  s.carrier.onCall = (call) => call.answer();
  s.trunk("two", CARRIER_TWO).onCall = (call) => call.answer();
  await s.until(() => states(s).every((state) => state === "up"), 200_000);
  const before = s.carrier.others.length;
  await s.run(600_000);
  const asked = s.carrier.others.length - before;
  assert.ok(asked >= 10 && asked <= 13, `${asked} OPTIONS in ten minutes`);
  s.carrier.transport.up = false;
  const died = s.clock.now();
  await s.until(() => states(s)[0] === "down", 100_000);
  assert.ok(s.clock.now() - died <= 60_000, `${s.clock.now() - died} ms`);
  assert.ok((await dials(s)).ms < 500);
});

test("T9: what is asked by OPTIONS ends with its trunk", async () => {
  const s = await Scenario.start({ probeSeconds: 50 });
  await s.until(() => sentTo(s, CARRIER, "OPTIONS").length > 0, 100_000);
  s.snapshot = { ...s.snapshot, version: 2, trunks: [] };
  s.board.published(s.snapshot);
  await s.run(40_000);
  s.network.log.length = 0;
  await s.run(600_000);
  assert.equal(s.network.log.filter(({ to }) => to.host === CARRIER || to.host === CARRIER_TWO).length, 0);
  assert.equal(s.board.counts().transactions, 0);
});

/** A registrar at this agent. */
function registrar(at: Agent): void {
  at.transactions.use({
    onRequest: (transaction) => {
      const contact = transaction.request.headers.get("contact") ?? "";
      const headers = [["Contact", `${contact};expires=600`]] as const;
      transaction.respond(buildResponse(transaction.request, 200, undefined, { toTag: "r", headers }));
    },
    onAck() {},
    onCancel() {},
    onStrayResponse() {},
    onServerFailure() {},
  });
}

test("T9: a REGISTER waits 4 s for a silent host, and what it learns counts for calls; none of a registered trunk's hosts that are up is asked", async () => {
  const targets = ["10.0.0.21", "10.0.0.22"].map((host) => ({ transport: "udp", host, port: 5060 }) as const);
  const t = await Scenario.start({
    provider: `name: provider, kind: registration, hosts: ["sip:two.example"], credentials: { username: acct, password: provider-secret }`,
    names: { "sip:two.example": targets },
  });
  registrar(t.trunk("two", "10.0.0.22"));
  await t.until(() => trunk(t, "provider").state === "registered", 600_000);
  assert.deepEqual(states(t, "provider"), ["down", "up"]);
  const before = t.network.log.length;
  const since = t.clock.now();
  await t.run(700_000);
  const asked = (host: string): number => sentTo(t, host, "OPTIONS").filter(({ at }) => at > since).length;
  assert.equal(asked("10.0.0.22"), 0);
  assert.ok(asked("10.0.0.21") > 10);
  const refreshes = t.network.log
    .slice(before)
    .filter(({ message }) => message.kind === "request" && message.method === "REGISTER")
    .map(({ to }) => to.host);
  assert.ok(refreshes.length > 0);
  assert.ok(
    refreshes.every((host) => host === "10.0.0.22"),
    refreshes.join(),
  );
});

/** Another configuration in which the same trunks are. */
function editTrunks(s: Scenario): void {
  s.snapshot = { ...s.snapshot, version: s.snapshot.version + 1, trunks: [...s.snapshot.trunks] };
  s.board.published(s.snapshot);
}

test("T9: a registered trunk's host that is down is asked again, also when trunks are edited while it is asked", async () => {
  const targets = ["10.0.0.21", "10.0.0.22"].map((host) => ({ transport: "udp", host, port: 5060 }) as const);
  const t = await Scenario.start({
    provider: `name: provider, kind: registration, hosts: ["sip:two.example"], credentials: { username: acct, password: provider-secret }`,
    names: { "sip:two.example": targets },
  });
  registrar(t.trunk("two", "10.0.0.22"));
  await t.until(() => trunk(t, "provider").state === "registered", 600_000);
  // Each is sent several times.
  const asked = (): number =>
    new Set(sentTo(t, "10.0.0.21", "OPTIONS").map(({ message }) => message.headers.get("call-id"))).size;
  await t.until(() => asked() > 0, 100_000);
  await t.run(100);
  editTrunks(t);
  await t.run(5_000);
  const before = asked();
  await t.run(60_000);
  assert.ok(asked() > before, "nobody would find out that it is back");
});

test("T9, H5: a peer that is never heard is marked within a minute, however often trunks are edited", async () => {
  const s = await Scenario.start({ probeSeconds: 50 });
  const [carrier] = s.snapshot.trunks;
  assert.ok(carrier);
  s.snapshot = { ...s.snapshot, trunks: [carrier, { ...carrier, name: "late", hosts: ["sip:10.9.0.1"] }] };
  for (let at = 0; at < 4; at += 1) {
    editTrunks(s);
    await s.run(20_000);
  }
  assert.deepEqual(states(s, "late"), ["down"]);
});

test("T11: one call connects to one host of a stream trunk, to the next when that has failed", async () => {
  const hosts = [CARRIER, CARRIER_TWO, CARRIER_THREE];
  const s = await Scenario.start({
    carrierHosts: hosts.map((host) => `"sip:${host};transport=tcp"`).join(", "),
    outsideCalls: MAY_REACH_ALL,
  });
  const [two, three] = [s.trunk("two", CARRIER_TWO, "tcp"), s.trunk("three", CARRIER_THREE, "tcp")];
  for (const host of [s.carrier, two, three]) host.onCall = (call) => call.answer();
  const opened = (): readonly string[] =>
    s.network.connects.map(({ host }) => host).filter((host) => hosts.includes(host));
  await dials(s);
  assert.deepEqual(opened(), [CARRIER]);
  s.carrier.onCall = (call) => call.respond(500);
  await dials(s);
  assert.deepEqual(opened(), [CARRIER, CARRIER_TWO]);
});

test("T9: a trunk whose name leads to this very server is said so, and no call is sent there", async () => {
  const s = await Scenario.start({ carrierHosts: `"sip:${BOARD}"`, outsideCalls: MAY_REACH_ALL });
  await dials(s);
  await s.run(40_000);
  assert.equal(s.records.length, 1, "nor is it a stranger's here");
  assert.match(
    JSON.stringify(s.records[0]?.story),
    /trunk \\"carrier\\" leads to this server itself \(udp:[\d.]+:5060\)/,
  );
});
