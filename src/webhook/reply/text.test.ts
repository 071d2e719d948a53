// Without Buffer, which browsers do not have, octets and texts are what Buffer makes of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bodyBytes, octetsOf, textOf } from "./text.ts";

const octets = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 100 }).map((text) => new TextEncoder().encode(text)),
);

test("each octet is one character, and comes back as that octet", () => {
  fc.assert(
    fc.property(octets, (body) => {
      const text = textOf(body);
      assert.equal(text, Buffer.from(body).toString("latin1"));
      assert.deepEqual(octetsOf(text), new Uint8Array(body));
    }),
  );
});

test("also in the largest body, and in one that is a part of something larger", () => {
  const large = Uint8Array.from({ length: 65_536 }, (_, at) => at * 7);
  assert.equal(textOf(large), Buffer.from(large).toString("latin1"));
  const part = large.subarray(5_000, 15_001);
  assert.equal(textOf(part), Buffer.from(part).toString("latin1"));
});

test("one byte order mark is dropped, and white space around the body", () => {
  assert.equal(bodyBytes(Buffer.from("\ufeff status=ACK\r\n")), "status=ACK");
  assert.equal(bodyBytes(Buffer.from("\ufeff")), "");
});
