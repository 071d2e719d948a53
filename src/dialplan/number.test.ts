import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bareNumber, formatNumber, type NumberFormat, understandNumber } from "./number.ts";

const UNDERSTOOD: readonly (readonly [string, string, NumberFormat, string])[] = [
  ["+31201234567", "NL", "e164Plus", "+31201234567"],
  ["+31 20 123 45 67", "NL", "e164Plus", "+31201234567"],
  ["+31 (0)20-123.4567", "NL", "e164Plus", "+31201234567"],
  ["0031201234567", "NL", "e164Plus", "+31201234567"],
  ["31201234567", "NL", "e164Plus", "+31201234567"],
  ["31201234567", "NL", "e164", "+31201234567"],
  ["442079460000", "NL", "e164Plus", "+442079460000"],
  ["442079460000", "NL", "e164", "+442079460000"],
  ["4420794600001", "NL", "e164", "+4420794600001"],
  ["0201234567", "NL", "national", "+31201234567"],
  ["020 1234567", "NL", "national", "+31201234567"],
  ["0612345678", "NL", "e164Plus", "+31612345678"],
  ["00442079460000", "NL", "national", "+442079460000"],
  ["2025550123", "US", "national", "+12025550123"],
  ["12025550123", "US", "e164", "+12025550123"],
  ["011442079460000", "US", "national", "+442079460000"],
  ["0011442079460000", "AU", "national", "+442079460000"],
  ["00442079460000", "US", "national", "+442079460000"],
  ["0612345678", "IT", "national", "+390612345678"],
  ["030 12345678", "DE", "national", "+493012345678"],
  ["0901234567", "NL", "national", "+31901234567"],
  // A range that no numbering plan here knows, but of the right length: an operator's own trunk is believed.
  ["0192345678", "NL", "e164Plus", "+31192345678"],
  ["009991234567", "NL", "e164Plus", "+9991234567"],
];
for (const [text, home, written, expected] of UNDERSTOOD) {
  test(`understood: ${text} (${home}, ${written}) as ${expected}`, () => {
    const result = understandNumber(text, home, written);
    assert.deepEqual(result, { ok: true, value: expected });
  });
}

const NOT_UNDERSTOOD = [
  "",
  "+",
  "anonymous",
  "sip:+31201234567",
  "215",
  "1",
  "112",
  "+31",
  "+0123456789",
  "+31;x=1",
  "٣١٢٠١٢٣٤٥٦٧",
  "++31201234567",
  "31+201234567",
  "+3120123456789012",
  "0".repeat(41),
  "020 1234567 ext 3",
];
for (const text of NOT_UNDERSTOOD) {
  test(`not a number: ${JSON.stringify(text)}`, () => {
    const result = understandNumber(text, "NL");
    assert.ok(!result.ok, JSON.stringify(result));
    assert.match(result.error, /\.$/);
  });
}

const FORMATTED: readonly (readonly [string, NumberFormat, string, string])[] = [
  ["+31201234567", "e164Plus", "NL", "+31201234567"],
  ["+31201234567", "e164", "NL", "31201234567"],
  ["+31201234567", "national", "NL", "0201234567"],
  ["+442079460000", "national", "NL", "00442079460000"],
  ["+31201234567", "national", "US", "01131201234567"],
  ["+12025550123", "national", "US", "12025550123"],
  ["+390612345678", "national", "IT", "0612345678"],
  ["+34911234567", "national", "ES", "911234567"],
  ["+31201234567", "national", "XX", "0031201234567"],
  ["+9991234567", "national", "NL", "009991234567"],
];
for (const [number, format, home, expected] of FORMATTED) {
  test(`${number} written ${format} in ${home} is ${expected}`, () => {
    assert.equal(formatNumber(number, format, home), expected);
    assert.equal(formatNumber(number, format, home), expected, "from the cache");
  });
}

test("what is written for a trunk is understood from that trunk", () => {
  const numbers = fc.constantFrom(
    "+31201234567",
    "+31612345678",
    "+442079460000",
    "+12025550123",
    "+4930123456",
    "+390612345678",
  );
  const formats = fc.constantFrom<NumberFormat>("e164Plus", "e164", "national");
  fc.assert(
    fc.property(
      numbers,
      formats,
      fc.constantFrom("NL", "DE", "GB", "US", "IT", "BE"),
      (number, format, home) => {
        assert.deepEqual(understandNumber(formatNumber(number, format, home), home, format), {
          ok: true,
          value: number,
        });
      },
    ),
  );
});

test("reading never throws, and a success is always E.164", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."+0123456789 ()-./"), maxLength: 50 }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom("NL", "US", "IT", "XX", "__proto__"), (number, home) => {
      for (const format of ["e164Plus", "e164", "national"] as const) {
        const result = understandNumber(number, home, format);
        if (result.ok) assert.match(result.value, /^\+[1-9]\d{6,14}$/);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("bare numbers: punctuation goes, everything else is refused", () => {
  assert.equal(bareNumber("+31 (0)20/123-45.67"), "+310201234567");
  for (const text of ["", "+", "1a", "1;2", "1&2", "1@2", "1#", "*1", "1,2", "1\n2", "1\t2"])
    assert.equal(bareNumber(text), undefined);
});
