import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../runtime/clock.ts";
import { familyOf, hostPort, isOneHost, plainAddress, sourceKey, withoutZone } from "./address.ts";
import { LocalAddresses } from "./local-address.ts";

test("addresses as sockets report them", () => {
  assert.equal(plainAddress("::ffff:192.0.2.1"), "192.0.2.1");
  assert.equal(plainAddress("2001:db8::1"), "2001:db8::1");
  assert.equal(withoutZone("fe80::1%eth0"), "fe80::1");
  assert.equal(hostPort("192.0.2.1", 5060), "192.0.2.1:5060");
  assert.equal(hostPort("fe80::1%eth0", 5060), "[fe80::1]:5060");
  assert.equal(hostPort("pbx.test", 5060), "pbx.test:5060");
});

for (const [address, key] of [
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0db8:0001:0002::", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
  ["1::2:3:4:5:6:7", "1:0:2:3"],
  ["fe80::1%eth0", "fe80:0:0:0"],
] as const) {
  test(`limits for ${address} are counted for ${key}`, () => {
    assert.equal(sourceKey(address), key);
  });
}

test("what names one host", () => {
  for (const host of ["192.0.2.1", "127.0.0.1", "223.255.255.255", "2001:db8::1", "fe80::1%eth0", "::1"])
    assert.equal(isOneHost(host), true, host);
  for (const host of [
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "ff02::1",
    "FF02::1",
    "::ffff:127.0.0.1",
    "a.b",
    "",
  ])
    assert.equal(isOneHost(host), false, host);
});

test("towards any address, reachable or not, some address of the same family is announced", () => {
  const local = new LocalAddresses(systemClock);
  assert.equal(local.towards("127.0.0.1"), "127.0.0.1");
  for (const remote of ["127.9.9.9", "192.0.2.1", "255.255.255.255", "0.0.0.0"])
    assert.equal(familyOf(local.towards(remote)), 4);
  for (const remote of ["::1", "2001:db8::1", "fe80::1%nosuch0", "ff02::1"])
    assert.equal(familyOf(local.towards(remote)), 6);
});
