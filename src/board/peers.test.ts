import assert from "node:assert/strict";
import { test } from "node:test";
import { trunkWith } from "../../test/support/trunk.ts";
import type { Trunk } from "../model/snapshot.ts";
import { Peers } from "./peers.ts";

const trunk = (name: string, parts: Partial<Trunk>): Trunk => trunkWith({ name, ...parts });

function peers(...trunks: readonly Trunk[]): Peers {
  return new Peers(trunks);
}

test("a trunk is known by its networks and by the addresses among its hosts, IPv4 inside IPv6 too", () => {
  const known = peers(
    trunk("one", { acceptFrom: ["192.0.2.0/24", "2001:db8::/32"] }),
    trunk("two", {
      hosts: ["sip:198.51.100.9:5070;transport=tcp", "sips:[2001:db9::1]", "sip:name.example"],
    }),
    trunk("three", { acceptFrom: ["192.0.2.7/32"] }),
  );
  const name = (address: string): string | undefined => known.trunkAt(address)?.name;
  assert.deepEqual(
    ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::5", "198.51.100.9", "2001:db9::1"].map(name),
    ["one", "one", "one", "two", "two"],
  );
  assert.deepEqual(
    ["192.0.3.1", "2001:dba::1", "name.example", "", "192.0.2.7.evil", "::"].map(name),
    new Array(6).fill(undefined),
  );
});

test("B10: which addresses are public, in every spelling", () => {
  const known = peers();
  for (const address of ["8.8.8.8", "2a00:1450::1", "::ffff:8.8.8.8"])
    assert.equal(known.isPublic(address), true, address);
  for (const address of [
    "127.0.0.1",
    "::1",
    "10.8.0.1",
    "::ffff:10.7.3.4",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "fe80::1",
    "fc00::1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "0.0.0.0",
    "::",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "100.64.0.1",
    "name.example",
    "",
  ])
    assert.equal(known.isPublic(address), false, address);
});

test("T11: an IPv4 network written inside IPv6 is that network, in either spelling", () => {
  const known = peers(
    trunk("dotted", { acceptFrom: ["::ffff:192.0.2.0/120"] }),
    trunk("hexadecimal", { acceptFrom: ["::FFFF:c633:6407/128"] }),
    trunk("six", { acceptFrom: ["2001:db8::/64"] }),
  );
  const name = (address: string): string | undefined => known.trunkAt(address)?.name;
  assert.deepEqual(
    ["192.0.2.1", "::ffff:192.0.2.255", "192.0.3.1", "198.51.100.7", "198.51.100.8", "2001:db8::1"].map(name),
    ["dotted", "dotted", undefined, "hexadecimal", undefined, "six"],
  );
});
