import assert from "node:assert/strict";
import net from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ADDRESS_VECTORS, PUBLIC_ADDRESSES } from "../../test/fakes/address-vectors.ts";
import { addressPolicy } from "./address-policy.ts";

/** Everything that a list can open. */
const ALL = ["0.0.0.0/0", "::/0"];
const literals = ADDRESS_VECTORS.filter(({ kind }) => kind !== "notAUrl").flatMap(({ host, kind }) => {
  const { hostname } = new URL(`http://${host}/`);
  const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return net.isIP(address) === 0 ? [] : [{ host, address, kind }];
});

describe("the address policy", () => {
  test("there are at least 150 vectors, each written once", () => {
    assert.ok(ADDRESS_VECTORS.length >= 150, String(ADDRESS_VECTORS.length));
    assert.equal(new Set(ADDRESS_VECTORS.map(({ host }) => host)).size, ADDRESS_VECTORS.length);
  });

  test("without a list, none of them is allowed", () => {
    const judge = addressPolicy([]);
    for (const { host, address, kind } of literals) {
      const verdict = judge(address);
      assert.equal(verdict.ok, false, host);
      if (verdict.ok) continue;
      assert.equal(verdict.error.code, kind === "forbidden" ? "addressForbidden" : "addressNotListed", host);
    }
  });

  test("with everything listed, metadata, link-local, multicast and unspecified stay refused, the others open", () => {
    const judge = addressPolicy(ALL);
    for (const { host, address, kind } of literals) assert.equal(judge(address).ok, kind === "private", host);
  });

  test("a list opens what it names and nothing beside it", () => {
    const judge = addressPolicy(["127.0.0.0/8", "10.1.0.0/16", "fd12:3456::/32"]);
    for (const open of [
      "127.0.0.1",
      "::ffff:127.0.0.1",
      "10.1.2.3",
      "::ffff:10.1.2.3",
      "64:ff9b::10.1.2.3",
      "fd12:3456::1",
    ]) {
      assert.equal(judge(open).ok, true, open);
    }
    for (const shut of [
      "::1",
      "10.2.0.1",
      "192.168.0.1",
      "fd12:3457::1",
      "64:ff9b::10.2.0.1",
      "169.254.169.254",
    ]) {
      assert.equal(judge(shut).ok, false, shut);
    }
  });

  test("public addresses need no list", () => {
    const judge = addressPolicy([]);
    for (const address of PUBLIC_ADDRESSES)
      assert.deepEqual(judge(address), { ok: true, value: undefined }, address);
  });

  test("a zone id does not help, and neither does something that is no address", () => {
    const judge = addressPolicy(ALL);
    for (const text of ["fe80::1%eth0", "fe80::1%1", "", "localhost", "1.2.3.4.5", "999.1.1.1"]) {
      assert.equal(judge(text).ok, false, text);
    }
  });

  test("a refusal says which range, and which address inside", () => {
    const judge = addressPolicy([]);
    const range = (address: string): string => {
      const verdict = judge(address);
      return verdict.ok ? "" : verdict.error.range;
    };
    assert.equal(range("10.0.0.5"), "a private address (10.0.0.0/8)");
    assert.equal(range("169.254.169.254"), "a link-local or cloud-metadata address (169.254.0.0/16)");
    assert.equal(range("64:ff9b::10.0.0.5"), "a private address (10.0.0.0/8, for it contains 10.0.0.5)");
  });

  test("an entry that is no CIDR opens nothing", () => {
    const judge = addressPolicy(["127.0.0.1", "nonsense", "10.0.0.0/33", ""]);
    assert.equal(judge("127.0.0.1").ok, false);
    assert.equal(judge("10.0.0.1").ok, false);
  });

  test("an IPv4 address is judged the same in all its wrappings", () => {
    const judge = addressPolicy(["10.0.0.0/8"]);
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const v4 = `${a}.${b}.${c}.${d}`;
        const plain = judge(v4).ok;
        assert.equal(judge(`::ffff:${v4}`).ok, plain, v4);
        assert.equal(judge(`64:ff9b::${v4}`).ok, plain, v4);
      }),
      { numRuns: 2_000 },
    );
  });
});
