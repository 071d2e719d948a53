import assert from "node:assert/strict";
import { test } from "node:test";
import { addressIn } from "./sip-address.ts";

test("a caller on this machine reaches the first UDP listener over IPv4", () => {
  const rows: readonly (readonly [listeners: readonly string[], address: string | undefined])[] = [
    [["tls:0.0.0.0:5061", "udp:[::]:5060", "udp:192.0.2.7:5062", "udp:192.0.2.8:5063"], "192.0.2.7:5062"],
    [["udp:0.0.0.0:5060"], "127.0.0.1:5060"],
    [["tcp:127.0.0.1:5060", "udp:sip.example:5060", "udp:[::1]:5060"], undefined],
    [[], undefined],
  ];
  for (const [listeners, wanted] of rows) {
    const found = addressIn(listeners);
    assert.equal(found && `${found.host}:${found.port}`, wanted, listeners.join(" "));
  }
});
