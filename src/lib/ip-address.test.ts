import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalIp } from "./ip-address.ts";

test("one form for each address", () => {
  const forms: readonly (readonly [string, string | undefined])[] = [
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["2001:DB8::0:1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["::", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:c000:207", "192.0.2.7"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["fe80::1%eth0", undefined],
    ["192.0.2.256", undefined],
    ["192.0.2", undefined],
    ["010.0.0.1", undefined],
    ["1.2.3.4.5", undefined],
    ["1::2::3", undefined],
    ["1:2:3:4:5:6:7:8:9", undefined],
    ["1:2:3:4:5:6:7::8", undefined],
    ["12345::", undefined],
    ["::1.2.3.4:5", undefined],
    ["phone.example.org", undefined],
    ["", undefined],
    [":", undefined],
    [`1${":0".repeat(500)}`, undefined],
  ];
  for (const [text, canonical] of forms) assert.equal(canonicalIp(text), canonical, text);
});

test("IPv6 is read as Node reads it, and its form is stable", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), fc.string({ maxLength: 20 })), (text) => {
      const canonical = canonicalIp(text);
      assert.equal(canonical !== undefined, isIP(text) !== 0, text);
      if (canonical !== undefined) assert.equal(canonicalIp(canonical), canonical);
    }),
  );
});
