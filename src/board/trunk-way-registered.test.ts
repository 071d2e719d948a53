import assert from "node:assert/strict";
import { test } from "node:test";
import type { Trunk } from "../model/snapshot.ts";
import type { Flow, Target } from "../sip/index.ts";
import type { Place } from "./trunk-search.ts";
import { type TrunkWayPorts, wayToTrunk } from "./trunk-way.ts";

const HOSTS = ["192.0.2.1", "192.0.2.2", "192.0.2.3"];

for (const registered of HOSTS) {
  test(`T3: a call goes first over the flow of the registration at ${registered}, each other host once after it`, async () => {
    const flows = new Map(
      HOSTS.map((host) => [host, { transport: "udp", remote: { host, port: 5060 } } as Flow]),
    );
    const flow = flows.get(registered);
    const ports = {
      fixed: () => undefined,
      resolve: () => Promise.resolve(HOSTS.map((host): Target => ({ transport: "udp", host, port: 5060 }))),
      flowTo: ({ host }: Target) => flows.get(host),
      order: (_: Trunk, places: readonly Place[]) => places,
      line: () => ({ contactUser: "x", serviceRoute: [], flow }),
    } as unknown as TrunkWayPorts;
    const way = await wayToTrunk({ name: "one", hosts: ["sip:one.example"] } as unknown as Trunk, ports);
    const asked = way.places.map((place) => ("remote" in place ? place.remote : place).host);
    assert.equal(way.flow, flow);
    assert.deepEqual(asked, [registered, ...HOSTS.filter((host) => host !== registered)]);
  });
}
