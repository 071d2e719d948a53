import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flow, Target, Transport } from "../transport/transport.ts";
import { flowInDialog, type Reach, STAYS_ON_ITS_FLOW, waysInDialog } from "./reach.ts";

const NAMES = ["sip.carrier.example", "192.0.2.9"];

function flow(target: Target, parts: { readonly open?: boolean; readonly inbound?: boolean } = {}): Flow {
  const { transport, host, port } = target;
  return {
    transport,
    reliable: transport !== "udp",
    local: { host: "203.0.113.1", port: 5061 },
    remote: { host, port },
    sentBy: "203.0.113.1:5061",
    open: parts.open ?? true,
    target: parts.inbound === true ? undefined : target,
  };
}

/** Notes what is opened. */
function network(): { readonly opened: Target[]; readonly transport: Transport } {
  const opened: Target[] = [];
  const flowTo = (target: Target): Flow => {
    opened.push(target);
    return flow(target);
  };
  return { opened, transport: { flowTo } as unknown as Transport };
}

const trunk: Reach = { mayLead: () => true, mayMove: () => true, names: NAMES, hosts: () => [] };
const asked: Target = { transport: "tls", host: "192.0.2.9", port: 5061, serverName: "sip.carrier.example" };

for (const [where, contact] of [
  ["another port", "sip:a@192.0.2.9:5071;transport=tls"],
  ["another address", "sip:a@192.0.2.20;transport=tls"],
  ["another address by sips", "sips:a@192.0.2.20:5061"],
] as const) {
  for (const inbound of [false, true]) {
    test(`T1: a trunk that leads to ${where}: checked against its own names${inbound ? ", when it called" : ""}`, () => {
      const { opened, transport } = network();
      flowInDialog({ transport, reach: trunk, flow: flow(asked, { open: false, inbound }) }, contact);
      const named = opened.find(({ host, port }) => host !== asked.host || port !== asked.port) ?? opened[0];
      assert.equal(named?.serverName, "sip.carrier.example");
      for (const { serverName } of opened) assert.ok(serverName !== undefined && NAMES.includes(serverName));
    });
  }
}

test("T1: a closed stream is opened to the very target that it had", () => {
  for (const contact of [
    "sip:a@192.0.2.9:5061;transport=tls",
    "sip:a@edge.carrier.example;transport=tls",
    "sip:a@192.0.2.9",
  ]) {
    const { opened, transport } = network();
    const way = flowInDialog({ transport, reach: trunk, flow: flow(asked, { open: false }) }, contact);
    assert.equal(way.open, true);
    assert.deepEqual(opened, [asked], contact);
  }
});

test("T1: a trunk that called and whose Contact is a name is reached where it was configured", () => {
  const { transport, opened } = network();
  const host = flow(asked);
  const reach: Reach = { ...trunk, hosts: () => [host] };
  const came = flow({ transport: "tls", host: "192.0.2.9", port: 41_000 }, { open: false, inbound: true });
  assert.equal(flowInDialog({ transport, reach, flow: came }, "sip:a@gone.invalid;transport=tls"), host);
  assert.deepEqual(opened, []);
});

test("T1: a phone is where its binding is, before its Contact's port is tried", () => {
  const { transport, opened } = network();
  const contact = "sip:217@198.51.100.7:5060;transport=tcp";
  const place: Target = { transport: "tcp", host: "198.51.100.7", port: 40_001 };
  const now = flow({ ...place, port: 40_002 }, { inbound: true });
  const reach: Reach = { mayLead: () => true, mayMove: () => true, movedTo: () => [now] };
  const ways = waysInDialog({ transport, reach, flow: flow(place, { open: false, inbound: true }) }, contact);
  assert.equal(ways.next(), now);
  assert.deepEqual(opened, []);
  assert.equal(ways.next()?.remote.port, 5060);
});

test("T1: of a stranger nothing is opened; an open stream stays the way", () => {
  const { transport, opened } = network();
  const closed = flow({ transport: "tcp", host: "203.0.113.66", port: 5060 }, { open: false, inbound: true });
  const contact = "sip:x@203.0.113.66:5060;transport=tcp";
  assert.equal(flowInDialog({ transport, reach: STAYS_ON_ITS_FLOW, flow: closed }, contact), closed);
  const open = flow(asked);
  assert.equal(
    flowInDialog({ transport, reach: trunk, flow: open }, "sip:a@192.0.2.9:5071;transport=tls"),
    open,
  );
  assert.deepEqual(opened, []);
});
