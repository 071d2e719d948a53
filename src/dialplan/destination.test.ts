import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type RefusalCode, understandDestination, understandExternal } from "./destination.ts";
import type { Directory } from "./directory.ts";

function directory(country: string, dialCountries: readonly string[]): Directory {
  return {
    home: { country },
    security: { dialCountries },
    phones: new Map([
      ["215", { name: "Reception" }],
      ["0201234567", { name: "Spelled like an outside number" }],
      ["1", { name: "One digit" }],
    ]),
    plans: new Map(),
    groups: new Map([["300", { name: "Sales", members: ["215"], strategy: "all" as const }]]),
    audioMessages: new Map(),
    webhooks: new Map(),
  };
}

const COMPANY = directory("NL", ["NL", "BE", "DE"]);
/** Nothing is refused for its country, so that the kinds are what is tested. */
const WORLD = directory("NL", ["NL", "BE", "DE", "GB", "US", "FR", "AT", "CH", "IT", "ES", "AU"]);

const ALLOWED: readonly (readonly [string, string])[] = [
  ["+31201234567", "+31201234567"],
  [" +31201234567 ", "+31201234567"],
  ["+31 20 123 45 67", "+31201234567"],
  ["+31-20-123.45.67", "+31201234567"],
  ["+31 (0)20 1234567", "+31201234567"],
  ["+31(20)1234567", "+31201234567"],
  ["0031201234567", "+31201234567"],
  ["00 31 20 1234567", "+31201234567"],
  ["020 1234567", "+31201234567"],
  ["(020) 123 45 67", "+31201234567"],
  ["020/1234567", "+31201234567"],
  ["31201234567", "+31201234567"],
  ["0612345678", "+31612345678"],
  ["06-12345678", "+31612345678"],
  ["+31502102544", "+31502102544"],
  ["0881234567", "+31881234567"],
  ["0850123456", "+31850123456"],
  ["08001234", "+318001234"],
  ["+32 2 555 01 23", "+3225550123"],
  ["+32470123456", "+32470123456"],
  ["003225550123", "+3225550123"],
  ["+49 30 12345678", "+493012345678"],
  ["+4915112345678", "+4915112345678"],
];
for (const [text, number] of ALLOWED) {
  test(`allowed: ${JSON.stringify(text)} is ${number}`, () => {
    const result = understandDestination(text, COMPANY);
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(result.value.kind, "external");
    assert.equal(result.value.kind === "external" && result.value.number, number);
  });
}

test("an exact internal number comes first", () => {
  assert.deepEqual(understandDestination("215", COMPANY), {
    ok: true,
    value: { kind: "phone", extension: "215" },
  });
  assert.deepEqual(understandDestination(" 300\r\n", COMPANY), {
    ok: true,
    value: { kind: "group", extension: "300" },
  });
  assert.deepEqual(understandDestination("0201234567", COMPANY), {
    ok: true,
    value: { kind: "phone", extension: "0201234567" },
  });
  assert.deepEqual(understandDestination("1", COMPANY), {
    ok: true,
    value: { kind: "phone", extension: "1" },
  });
});

const REFUSED: readonly (readonly [RefusalCode, readonly string[]])[] = [
  ["empty", ["", " ", "\r\n"]],
  [
    "notANumber",
    [
      "sip:215@evil.example",
      "sips:+31201234567",
      "tel:+31201234567",
      "215@evil.example",
      "215&300",
      "500&SIP/itsp/+881612345678",
      "215;tag=1",
      "+31201234567;phone-context=evil",
      "+31201234567;ext=9",
      "215,300",
      "215%40evil",
      "SIP/215",
      "Local/215@internal",
      "<215>",
      '"215"',
      "reception",
      "0900CALLME",
      "+31201234567x3",
      "+31201234567 ext. 3",
      "++31201234567",
      "31+201234567",
      "+",
      "-",
      "#31#0201234567",
      "*21*0900123456#",
      "112#",
      "1\u00002",
      "215\r\nVia: evil",
      "٣١٢٠١٢٣٤٥٦٧",
      "+３１201234567",
      "__proto__",
      "constructor",
      "toString",
      "+312012345678901234567890123456789012345678901234567890",
    ],
  ],
  [
    "emergency",
    [
      "112",
      "1-1-2",
      " 112 ",
      "+112",
      "00112",
      "0112",
      "+31112",
      "0031112",
      "+31 (0)112",
      "911",
      "+911",
      "999",
      "000",
      "110",
      "118",
      "119",
      "113",
      "+31911",
      "+32112",
      "+49110",
      "+1911",
      "+44999",
      "+33 15",
      "+61000",
    ],
  ],
  [
    "shortCode",
    ["2", "217", "1233", "1888", "14020", "+3114020", "0031 14020", "0900", "12345", "144", "116006"],
  ],
  [
    "premium",
    [
      "0900-1234",
      "09001234",
      "0900 123 4567",
      "+319001234",
      "00319001234",
      "319001234",
      "+31 (0)900 1234",
      "0906-1234",
      "0909-1234",
      "+31909123456",
      "+3290212345",
      "+32 903 12 345",
      "+49 900 1 234567",
      "+19005551234",
      "+44 909 8790000",
      "+44 871 2345678",
      "+33 899 123456",
      "+41 900 123456",
      "+41 901 123456",
      "+43 900 123456",
      "+39 899 123456",
      "+34 803 123456",
      "+979123456789",
      "00979123456789",
      "+61 1900 123456",
    ],
  ],
  ["sharedCost", ["+49 180 5 123456", "+41 842 123456", "+43 810 123456", "+41 840 123456"]],
  ["specialService", ["+44 70 12345678", "+49 700 12345678", "+31 66 1234567", "+44 76 40123456"]],
  [
    "satellite",
    [
      "+881612345678",
      "00881612345678",
      "+8816 1234 5678",
      "+881 7 12345678",
      "+88213300655",
      "+882 16 12345678",
      "+883510012345678",
      "+870773111632",
      "00870773111632",
      "+870 7 7311 1632",
      "+871761234567",
      "+872761234567",
      "+873761234567",
      "+874761234567",
      "+8812",
    ],
  ],
  [
    "internationalService",
    [
      "+80012345678",
      "0080012345678",
      "+800 1234 5678",
      "+80812345678",
      "+878101234567890",
      "+888123456789",
      "+991001234567",
    ],
  ],
  [
    "country",
    [
      "+442079460000",
      "00442079460000",
      "+12025550123",
      "+18765551234",
      "+18095551234",
      "+2522123456",
      "+53 5 1234567",
      "+39 06 12345678",
      "+441534123456",
      "+7 495 1234567",
      "+77012345678",
      "+24740000",
      "+29022222",
      "+6723 12345",
      "+35312345678",
    ],
  ],
  [
    "unknownNumber",
    [
      "0201234",
      "02012345678",
      "+3120123456789",
      "442079460000",
      "+31 9012345",
      "+310000000000",
      "+9991234567",
      "+2101234567",
      "1121234567",
      "+31970123456789",
      "0000000000",
      "+49 112 1234567",
    ],
  ],
];
for (const [code, texts] of REFUSED) {
  const where = code === "country" || code === "unknownNumber" ? COMPANY : WORLD;
  for (const text of texts) {
    test(`refused as ${code}: ${JSON.stringify(text)}`, () => {
      const result = understandDestination(text, where);
      assert.ok(!result.ok, JSON.stringify(result));
      assert.equal(result.error.code, code, result.error.message);
      assert.match(result.error.message, /^The .*\.$/u);
      assert.doesNotMatch(result.error.message, /\p{Cc}/u);
    });
  }
}

test("every kind of number is refused in the home country's own spelling too", () => {
  const cases: readonly (readonly [string, string, RefusalCode])[] = [
    ["US", "911", "emergency"],
    ["US", "1-900-555-1234", "premium"],
    ["US", "011881612345678", "satellite"],
    ["US", "00881612345678", "satellite"],
    ["US", "411", "shortCode"],
    ["US", "01180012345678", "internationalService"],
    ["GB", "09098790000", "premium"],
    ["GB", "07012345678", "specialService"],
    ["GB", "118118", "shortCode"],
    ["DE", "0900 1 234567", "premium"],
    ["DE", "0180 5 123456", "sharedCost"],
    ["FR", "0899 123456", "premium"],
    ["FR", "3615", "shortCode"],
    ["AU", "0011881612345678", "satellite"],
    ["AU", "1900123456", "premium"],
  ];
  for (const [country, text, code] of cases) {
    const result = understandDestination(text, directory(country, [country]));
    assert.ok(!result.ok, `${country} ${text}`);
    assert.equal(result.error.code, code, `${country} ${text}: ${result.error.message}`);
  }
});

test("the refusal says what would have been right", () => {
  const abroad = understandDestination("442079460000", COMPANY);
  assert.ok(!abroad.ok);
  assert.equal(
    abroad.error.message,
    'The destination "442079460000" is not a phone number that exists in NL; abroad it would be +442079460000.',
  );
  const country = understandDestination("+442079460000", COMPANY);
  assert.ok(!country.ok);
  assert.equal(
    country.error.message,
    'The destination "+442079460000" is a number of GB; security.dialCountries allows NL, BE, DE.',
  );
  const none = understandDestination("+442079460000", directory("NL", []));
  assert.ok(!none.ok);
  assert.match(none.error.message, /allows no country at all\.$/);
});

test("an outside number never means an internal one", () => {
  const result = understandExternal("215", COMPANY);
  assert.ok(!result.ok);
  assert.equal(result.error.code, "shortCode");
});

test("whatever the text, an accepted outside number is E.164 in an allowed country", () => {
  const prefix = fc.constantFrom("", "+", "00", "0", "+31", "0031", "+32", "+49", "+88", "+9", "011");
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 14 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(prefix, digits).map((two) => two.join("")),
        fc.string({ unit: "binary" }),
      ),
      (text) => {
        const result = understandDestination(text, COMPANY);
        if (!result.ok || result.value.kind !== "external") return;
        assert.match(result.value.number, /^\+(?:31|32|49)\d{5,13}$/);
        assert.ok(["NL", "BE", "DE"].includes(result.value.country));
      },
    ),
    { numRuns: 5_000 },
  );
});
