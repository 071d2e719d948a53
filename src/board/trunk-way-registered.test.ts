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

/** The places that a service route with `uri` leads to, whose host the DNS knows as `found`, from a registration by `flow`. */
async function along(uri: string, found: readonly Target[], flow: Flow): Promise<readonly Place[]> {
  const ports = {
    lookUp: () => Promise.resolve(found),
    flowTo: ({ host }: Target) => flowOf(host),
    order: (_: Trunk, places: readonly Place[]) => places,
    reach: () => ({ trunk: () => ({ mayLead: () => true }) }),
    line: () => ({ contactUser: "x", serviceRoute: [`<${uri}>`], flow }),
  } as unknown as TrunkWayPorts;
  const trunk = { name: "one", hosts: ["sip:one.example;transport=tls"] } as unknown as Trunk;
  return (await wayToTrunk(trunk, ports)).places;
}

const tls = (host: string, serverName?: string): Target => ({
  transport: "tls",
  host,
  port: 5061,
  ...(serverName === undefined ? {} : { serverName }),
});

test("T3: a service route that names the registrar's own place leads over the flow of the registration", async () => {
  const flow = { transport: "tls", remote: { host: "192.0.2.2", port: 5061 } } as Flow;
  const byAddress = await along("sip:192.0.2.2:5061;transport=tls;lr", [tls("192.0.2.2")], flow);
  assert.deepEqual(byAddress, [flow], "no second stream, whose certificate would have to be for an address");
  const byName = await along(
    "sip:edge.example;transport=tls;lr",
    HOSTS.map((host) => tls(host)),
    flow,
  );
  assert.equal(byName[0], flow);
  assert.deepEqual(
    byName.slice(1).map((place) => "host" in place && place.host),
    ["192.0.2.1", "192.0.2.3"],
  );
});

test("T1: along a service route a certificate is for the trunk's name, or for the route's where the registrar showed its own", async () => {
  const secure = { transport: "tls", remote: { host: "192.0.2.9", port: 5061 } } as Flow;
  const [place] = await along(
    "sip:edge.example;transport=tls;lr",
    [tls("192.0.2.1", "edge.example")],
    secure,
  );
  assert.deepEqual(place, { ...tls("192.0.2.1", "one.example"), otherNames: ["edge.example"] });
  const [forged] = await along(
    "sip:evil.example;transport=tls;lr",
    [tls("192.0.2.1", "evil.example")],
    flowOf("192.0.2.9"),
  );
  assert.deepEqual(
    forged,
    { ...tls("192.0.2.1", "one.example"), otherNames: [] },
    "over UDP anybody may have written it",
  );
});
