import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OctetWriter } from "./octet-writer.ts";

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString("utf8");
}

test("octets become the JSON of their text, whatever they are", () => {
  const out = new OctetWriter();
  const every = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  for (const octets of [
    every,
    every.subarray(0, 128),
    Buffer.from('INVITE sip:é@x\r\n"\\\t\u{1f4de}'),
    Buffer.of(),
  ])
    assert.equal(textOf(out.quoted(octets).take()), JSON.stringify(new TextDecoder().decode(octets)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (octets, from) => {
      const to = Math.max(from, octets.length - 3);
      const part = octets.subarray(from, to);
      assert.equal(textOf(out.quoted(part).take()), JSON.stringify(new TextDecoder().decode(part)));
      const [whole, places] = [new OctetWriter(), [Math.min(from, octets.length), octets.length]];
      const rest = octets.subarray(...places);
      assert.equal(
        textOf(whole.quoted(octets, ...places).take()),
        JSON.stringify(new TextDecoder().decode(rest)),
      );
    }),
  );
});

test("numbers are as JSON has them", () => {
  const out = new OctetWriter();
  const written = (value: number): string => textOf(out.number(value).take());
  for (const value of [
    0,
    -0,
    7,
    10,
    99,
    100,
    1e6,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    1e21,
    0.1,
    -12.34,
    1764.02,
  ])
    assert.equal(written(value), JSON.stringify(value));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer(),
        fc.nat().map((hundredths) => hundredths / 100),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      (value) => {
        assert.equal(written(value), JSON.stringify(value));
      },
    ),
  );
});

test("what was taken stays as it is, at every boundary of what is kept together, and however long it gets", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.record({ text: fc.string({ unit: "grapheme", maxLength: 50 }) }),
      fc.record({ length: fc.integer({ min: 60_000, max: 300_000 }) }),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(pieces, fc.nat(4), (some, many) => {
      const out = new OctetWriter();
      const [taken, wanted]: [Uint8Array[], string[]] = [[], []];
      let begun = "";
      for (const [index, piece] of some.entries()) {
        const text = "text" in piece ? piece.text : "x\n".repeat(piece.length / 2);
        const octets = Buffer.from(text);
        out.text(JSON.stringify(text)).quoted(octets).octets(octets, 0, octets.length);
        begun += JSON.stringify(text) + JSON.stringify(octets.toString()) + octets.toString();
        if (index % (many + 1) !== 0) continue;
        taken.push(out.take());
        wanted.push(begun);
        begun = "";
      }
      assert.deepEqual(taken.map(textOf), wanted);
    }),
    { numRuns: 40 },
  );
});
