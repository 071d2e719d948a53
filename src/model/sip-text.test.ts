import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SipTrace } from "./call-record.ts";
import { packSipTraces, unpackSipTraces } from "./sip-text.ts";

const trace: fc.Arbitrary<SipTrace> = fc.record(
  {
    atMs: fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0),
    leg: fc.stringMatching(/^[A-Z][0-9]{0,2}$/),
    direction: fc.constantFrom("in", "out"),
    peer: fc.stringMatching(/^(udp|tcp|tls):[0-9a-f.:[\]]{1,30}$/),
    text: fc.string({ unit: "binary", maxLength: 300 }),
  },
  { noNullPrototype: true },
);

test("what is packed is unpacked to the same messages", () => {
  fc.assert(
    fc.property(fc.array(trace, { maxLength: 20 }), (traces) => {
      assert.deepEqual(unpackSipTraces(packSipTraces(traces)), traces);
    }),
  );
});

test("a peer with spaces or line breaks cannot change where texts begin", () => {
  const [unpacked] = unpackSipTraces(
    packSipTraces([{ atMs: 1, leg: "A\n", direction: "in", peer: "udp:x 9\n\n", text: "INVITE" }]),
  );
  assert.deepEqual(unpacked, { atMs: 1, leg: "A_", direction: "in", peer: "udp:x_9__", text: "INVITE" });
});

test("damaged text never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void unpackSipTraces(text)));
  assert.deepEqual(unpackSipTraces("1 A in udp:x 3\n2 A sideways udp:x 3\n\nabcdef"), [
    { atMs: 1, leg: "A", direction: "in", peer: "udp:x", text: "abc" },
  ]);
});
