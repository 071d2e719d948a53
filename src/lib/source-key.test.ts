import assert from "node:assert/strict";
import { test } from "node:test";
import { networkKey, sourceKey } from "./source-key.ts";

test("X7: an address counts by itself or by its /64, and wider by its /48", () => {
  for (const [address, source, network] of [
    ["192.0.2.1", "192.0.2.1", undefined],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2", "2001:db8:1/48"],
    ["2001:0db8:0001:0002::", "2001:db8:1:2", "2001:db8:1/48"],
    ["2001:db8::1", "2001:db8:0:0", "2001:db8:0/48"],
    ["::1", "0:0:0:0", "0:0:0/48"],
    ["fe80::1%eth0", "fe80:0:0:0", "fe80:0:0/48"],
  ] as const) {
    assert.equal(sourceKey(address), source);
    assert.equal(networkKey(address), network);
  }
});
