import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKind } from "./address.ts";

test("kinds of addresses", () => {
  const kinds = {
    public: ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::2"],
    private: ["10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"],
    loopback: ["127.0.0.1", "127.255.0.9", "::1"],
    linkLocal: ["169.254.169.254", "fe80::1"],
    unspecified: ["0.0.0.0", "0.1.2.3", "::"],
    group: ["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "ff02::1"],
  } as const;
  for (const [kind, addresses] of Object.entries(kinds))
    for (const address of addresses) assert.equal(addressKind(address), kind, address);
});
