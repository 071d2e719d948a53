import assert from "node:assert/strict";
import { test } from "node:test";
import { parseVia } from "../message/via.ts";
import type { Flow, TransportKind } from "../transport/transport.ts";
import { sentByIs, viaFor } from "./matching.ts";

test("sent-by is compared with what we announce, IPv6 and the case of names included", () => {
  const table: readonly (readonly [via: string, sentBy: string, same: boolean])[] = [
    ["192.0.2.1:5060", "192.0.2.1:5060", true],
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.1:5060", false],
    ["192.0.2.1:5061", "192.0.2.1:5060", false],
    ["[2001:db8::1]:5060", "[2001:db8::1]:5060", true],
    ["[2001:db8::1]", "[2001:db8::1]", true],
    ["[2001:db8::2]:5060", "[2001:db8::1]:5060", false],
    ["PBX.example.com:5060", "PBX.example.com:5060", true],
    ["pbx.example.com", "PBX.example.com", true],
  ];
  for (const [text, sentBy, same] of table) {
    const via = parseVia(`SIP/2.0/UDP ${text};branch=z9hG4bKx`);
    assert.ok(via.ok, text);
    assert.equal(sentByIs(via.value, sentBy), same, `${text} against ${sentBy}`);
  }
});

test("our Via names the transport, what the flow announces, the branch, and asks for rport", () => {
  const kinds: readonly TransportKind[] = ["udp", "tcp", "tls", "ws", "wss"];
  const address = { host: "192.0.2.1", port: 5060 };
  for (const transport of kinds) {
    const flow: Flow = {
      transport,
      reliable: transport !== "udp",
      local: address,
      remote: address,
      sentBy: "[2001:db8::1]:5060",
      open: true,
    };
    const via = parseVia(viaFor(flow, "z9hG4bKx"));
    assert.ok(via.ok);
    const { host, port, branch, rport } = via.value;
    assert.deepEqual(
      [via.value.transport, host, port, branch, rport],
      [transport.toUpperCase(), "2001:db8::1", 5060, "z9hG4bKx", true],
    );
  }
});
