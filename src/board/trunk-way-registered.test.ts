import assert from "node:assert/strict";
import { test } from "node:test";
import type { Trunk } from "../model/snapshot.ts";
import type { Flow, Target } from "../sip/index.ts";
import type { Place } from "./trunk-search.ts";
import { type TrunkWayPorts, wayToTrunk } from "./trunk-way.ts";

const HOSTS = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];

/** The hosts that a call asks in turn, where `known` are in the DNS and the trunk is registered by this flow. */
async function asked(known: readonly string[], flow: Flow | undefined) {
  const ports = {
    fixed: () => undefined,
    resolve: () => Promise.resolve(known.map((host): Target => ({ transport: "udp", host, port: 5060 }))),
    flowTo: ({ host }: Target) => (host === flow?.remote.host ? flow : flowOf(host)),
    order: (_: Trunk, places: readonly Place[]) => places,
    reach: () => ({ isOurs: () => false }),
    line: () => ({ contactUser: "x", serviceRoute: [], flow }),
  } as unknown as TrunkWayPorts;
  const way = await wayToTrunk({ name: "one", hosts: ["sip:one.example"] } as unknown as Trunk, ports);
  const hosts = way.places.map((place) => ("remote" in place ? place.remote : place).host);
  return { flow: way.flow, hosts };
}

function flowOf(host: string): Flow {
  return { transport: "udp", remote: { host, port: 5060 } } as Flow;
}

for (const registered of HOSTS) {
  test(`T3: a call goes first over the flow of the registration at ${registered}, each other host once after it`, async () => {
    const flow = flowOf(registered);
    const way = await asked(HOSTS, flow);
    assert.equal(way.flow, flow);
    assert.deepEqual(way.hosts, [registered, ...HOSTS.filter((host) => host !== registered)]);
  });
}

test("T3: the host that holds the registration comes first also when its name leads elsewhere by now", async () => {
  const flow = flowOf("192.0.2.9");
  const way = await asked(HOSTS, flow);
  assert.deepEqual([way.flow, way.hosts], [flow, ["192.0.2.9", ...HOSTS]]);
  const alone = await asked([], flow);
  assert.deepEqual([alone.flow, alone.hosts], [flow, ["192.0.2.9"]], "or nowhere at all");
});

test("T3: a trunk that is not registered at the moment is called where its name leads, in that order", async () => {
  const way = await asked(HOSTS, undefined);
  assert.deepEqual(way.hosts, HOSTS);
});
