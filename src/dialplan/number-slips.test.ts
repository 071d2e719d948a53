import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { understandDestination, understandExternal } from "./destination.ts";

const COMPANY = {
  home: { country: "NL" },
  security: { dialCountries: ["NL", "DE", "FR", "US"] },
  phones: new Map([["215", { name: "Reception" }]]),
  plans: new Map(),
  groups: new Map(),
  audioMessages: new Map(),
  webhooks: new Map(),
};

const SLIPS: readonly (readonly [why: RegExp, texts: readonly string[]])[] = [
  [
    /spreadsheet makes of a phone number: with its decimals/,
    [
      "4930901820.0",
      "+4930901820.0",
      "004930901820.0",
      "4930901820.00",
      "4930901820,0",
      "+49 30 901820,00",
      "0201234567.0",
      "215.0",
      "4,930,901,820.00",
      "4.930.901.820,00",
    ],
  ],
  [
    /its last digits are lost/,
    ["3,15021E+10", "3.15E10", "3.15E+10", "4.930901820E+09", "4.93090182e+10", "3E10", "+3,15E+10", "3.e10"],
  ],
  [/marks text; send the number without it/, ["'+31501234567", "\u20190501234567", '="0501234567"']],
  [
    /holds more than one number; send one/,
    [
      "030 1234567/68",
      "030 1234567 / 68",
      "+49 30 1234567/68",
      "030/1234567/68",
      "0201234567/0201234568",
      "020/0201234567",
      "215/216",
      "020 1234567\\68",
      "0201234567,0201234568",
      "0201234567, 68",
      "215,216",
      "0201234567;0201234568",
      "0201234567|68",
      "0201234567 or 0201234568",
      "0201234567 OR 68",
      "0201234567 oder 68",
      "0201234567 of 0201234568",
      "+31201234567+31201234568",
      "+31201234567 +31201234568",
    ],
  ],
];
for (const [why, texts] of SLIPS) {
  for (const text of texts) {
    test(`W6: ${JSON.stringify(text)} is refused by name`, () => {
      for (const read of [understandDestination(text, COMPANY), understandExternal(text, COMPANY)]) {
        assert.ok(!read.ok, JSON.stringify(read));
        assert.equal(read.error.code, "notANumber");
        assert.match(read.error.message, why);
        assert.ok(read.error.message.startsWith('The destination "'), read.error.message);
      }
    });
  }
}

const READ: readonly (readonly [string, string])[] = [
  ["020.123.45.67", "+31201234567"],
  ["+33 1.23.45.67.00", "+33123456700"],
  ["+33.1.23.45.67.00", "+33123456700"],
  ["020-123 45 67", "+31201234567"],
  ["(020) 1234567", "+31201234567"],
  ["020/1234567", "+31201234567"],
  ["020 / 123 45 67", "+31201234567"],
  ["+31 (0)20/123-45.67", "+31201234567"],
  ["0031 20/1234567", "+31201234567"],
  ["+49 (0)30/901820", "+4930901820"],
  ["+31201234567.", "+31201234567"],
  ["+49 30 901820-0", "+49309018200"],
];
for (const [text, number] of READ) {
  test(`W6: ${JSON.stringify(text)} is still ${number}`, () => {
    const read = understandDestination(text, COMPANY);
    assert.ok(read.ok && read.value.kind === "external", JSON.stringify(read));
    assert.equal(read.value.number, number);
  });
}

test("W6: what no sentence fits keeps the general one", () => {
  for (const text of [
    "+31201234567;tag=x",
    "215@evil.example",
    "500&SIP/itsp/+881612345678",
    "or",
    ",",
    "/",
  ]) {
    const read = understandExternal(text, COMPANY);
    assert.ok(!read.ok);
    assert.match(read.error.message, /only digits, a leading \+ and the usual punctuation/, text);
  }
});

test("W6: no decimals, exponent or second number ever become digits of an accepted number", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 3, maxLength: 12 });
  const ending = fc.oneof(
    fc.constantFrom(".0", ".00", ",0", ",00", "E+10", "e9", ".5E+09"),
    fc
      .tuple(fc.constantFrom("\\", ",", ";", "|", " or ", "+", "/0", "/+"), digits)
      .map((two) => two.join("")),
  );
  const start = fc.constantFrom("", "+", "00", "+31", "+49", "0");
  fc.assert(
    fc.property(start, digits, ending, (prefix, number, end) => {
      assert.ok(!understandDestination(prefix + number + end, COMPANY).ok);
    }),
    { numRuns: 3_000 },
  );
});

test("W6: a long text costs no long look", () => {
  for (const unit of ["1", "1 ", "1/", " ", "+", "1,", "1+", "or ", "(", "."]) {
    const read = understandExternal(unit.repeat(100_000), COMPANY);
    assert.ok(!read.ok);
  }
});
