import assert from "node:assert/strict";
import { test } from "node:test";
import { isBehindNat, isCidr, isIpAddress, isTooWideForIpv4 } from "./network.ts";

const ADDRESSES = [
  "0.0.0.0",
  "127.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fe80::1",
  "2001:db8::",
  "1:2:3:4:5:6:7:8",
  "::ffff:1.2.3.4",
  "1:2:3:4:5:6:1.2.3.4",
];
const NOT_ADDRESSES = [
  "",
  "1",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "01.2.3.4",
  "1.2.3.4 ",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "12345::",
  "g::",
  "::1.2.3",
  "1.2.3.4::",
  "fe80::1%eth0",
  "[::1]",
  "1:2:3:4:5:6:7:1.2.3.4",
];

test("addresses are told from everything else", () => {
  for (const text of ADDRESSES) assert.equal(isIpAddress(text), true, text);
  for (const text of NOT_ADDRESSES) assert.equal(isIpAddress(text), false, text);
});

test("a network has an address of its family and a length that fits", () => {
  for (const text of ["0.0.0.0/0", "10.0.0.0/8", "192.0.2.1/32", "::/0", "fd00::/8", "::1/128"])
    assert.equal(isCidr(text), true, text);
  for (const text of [
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/08",
    "::/129",
    "::1/-1",
    "10.0.0.0/8/8",
    "/8",
    "a/8",
    "10.0.0/8",
  ])
    assert.equal(isCidr(text), false, text);
});

test("a private address that packets do not come from is behind NAT; a public one is a media server", () => {
  assert.equal(isBehindNat("192.168.1.5", "198.51.100.7"), true);
  assert.equal(isBehindNat("192.168.1.5", "192.168.1.5"), false);
  assert.equal(isBehindNat("203.0.113.9", "198.51.100.7"), false);
  assert.equal(isBehindNat(undefined, "198.51.100.7"), false);
});

test("T11: an IPv4 network inside IPv6 that is wider than all of IPv4", () => {
  for (const cidr of [
    "::ffff:1.2.3.4/90",
    "::FFFF:0102:0304/95",
    "0:0:0:0:0:ffff:1.2.3.4/0",
    "::0:ffff:1.2.3.4/24",
  ])
    assert.equal(isTooWideForIpv4(cidr), true, cidr);
  for (const cidr of [
    "::ffff:1.2.3.4/96",
    "::ffff:1.2.3.0/120",
    "2001:db8::/32",
    "::/0",
    "fd00::ffff:1:2/64",
    "1.2.3.4/8",
  ])
    assert.equal(isTooWideForIpv4(cidr), false, cidr);
});
