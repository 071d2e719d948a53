import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { understandDestination } from "./destination.ts";

const COMPANY = {
  home: { country: "NL" },
  security: { dialCountries: ["NL", "DE", "GB"] },
  phones: new Map([["215", { name: "Reception" }]]),
  plans: new Map(),
  groups: new Map([["300", { name: "Sales", members: [] }]]),
  audioMessages: new Map(),
  webhooks: new Map(),
} as unknown as Parameters<typeof understandDestination>[1];

const INVISIBLE = [
  "\u202a",
  "\u202c",
  "\u200b",
  "\u200e",
  "\u2060",
  "\u2068",
  "\ufeff",
  "\u00ad",
  "\u200d",
  "\u061c",
  "\u{e0001}",
];
for (const mark of INVISIBLE) {
  test(`W4: U+${(mark.codePointAt(0) ?? 0).toString(16)} in a number is not seen, and not read`, () => {
    for (const [text, leads] of [
      [`${mark}+31501234567${mark}`, "+31501234567"],
      [`+3150${mark}1234567`, "+31501234567"],
      [`2${mark}15`, "215"],
    ] as const) {
      const read = understandDestination(text, COMPANY);
      assert.ok(read.ok, JSON.stringify(read));
      assert.equal(read.value.kind === "external" ? read.value.number : read.value.extension, leads);
    }
  });
}

for (const gap of [
  "\u00a0",
  "\u2009",
  "\u202f",
  "\u3000",
  "\u2010",
  "\u2011",
  "\u2013",
  "\u2014",
  "\u2212",
  "\uff0d",
]) {
  test(`W4: U+${gap.charCodeAt(0).toString(16)} is a blank or a dash of another script`, () => {
    const read = understandDestination(`+31${gap}50${gap}123${gap}4567`, COMPANY);
    assert.ok(
      read.ok && read.value.kind === "external" && read.value.number === "+31501234567",
      JSON.stringify(read),
    );
  });
}

test("W4: what is no digit of ours is named", () => {
  for (const [text, character] of [
    ["+3150\uff11234567", "U+FF11"],
    ["\u0663\u0661501234567", "U+0663"],
  ] as const) {
    const read = understandDestination(text, COMPANY);
    assert.ok(!read.ok && read.error.message.includes(character), JSON.stringify(read));
  }
});

test("W4: marks make no guard looser: an emergency or premium number stays one", () => {
  for (const text of ["1\u200b12", "+31\u2060900\u20131234567", "\u202a09001234567"]) {
    const read = understandDestination(text, COMPANY);
    assert.ok(!read.ok, text);
    assert.notEqual(read.error.code, "notANumber");
  }
});

const SLIPS: readonly (readonly [text: string, why: RegExp, line: string | undefined])[] = [
  ["%2B31501234567", /percent-encoded twice/, "destination=%2B31501234567"],
  ["%252B31501234567", /percent-encoded twice/, "destination=%2B31501234567"],
  ["050%201234567", /percent-encoded twice/, "destination=050%201234567"],
  ["tel:+31501234567", /is an address/, "destination=%2B31501234567"],
  ["sip:+31501234567@trunk.example;user=phone", /is an address/, "destination=%2B31501234567"],
  ["callto:0501234567", /is an address/, "destination=0501234567"],
  ["sip:jan@crm.example", /is an address/, undefined],
  ['"+31501234567"', /stands in quotes/, "destination=%2B31501234567"],
  ["\u201c215\u201d", /stands in quotes/, "destination=215"],
  ["+31501234567x12", /has an extension/, "destination=%2B31501234567"],
  ["0501234567,,12#", /has an extension/, "destination=0501234567"],
  ["0501234567 ext. 4", /has an extension/, "destination=0501234567"],
  ["0501234567 toestel 12", /has an extension/, "destination=0501234567"],
  ["None", /value that is missing/, undefined],
  ["undefined", /value that is missing/, undefined],
  ["[object Object]", /value that is missing/, undefined],
  ["NaN", /value that is missing/, undefined],
];
for (const [text, why, line] of SLIPS) {
  test(`W9: ${text} is refused by name${line === undefined ? "" : ", with the line that was meant"}`, () => {
    const read = understandDestination(text, COMPANY);
    assert.ok(!read.ok, JSON.stringify(read));
    assert.match(read.error.message, why);
    assert.equal(/`(destination=[^`]*)`/.exec(read.error.message)?.[1], line);
    assert.match(read.error.message, /\.$/);
  });
}

test("W9: an internal number that there is not names the one that is a digit away", () => {
  for (const [text, near] of [
    ["251", "215"],
    ["2155", "215"],
    ["21", "215"],
    ["216", "215"],
    ["301", "300"],
  ] as const) {
    const read = understandDestination(text, COMPANY);
    assert.ok(
      !read.ok && read.error.message.endsWith(`The internal number ${near} is one digit away.`),
      JSON.stringify(read),
    );
  }
  const far = understandDestination("9876", COMPANY);
  assert.ok(!far.ok && !far.error.message.includes("digit away"));
});

test("W9: nothing around a number is ever dialled with it", () => {
  const number = fc.constantFrom("+31501234567", "0501234567", "215");
  const around = fc.constantFrom(
    ...(["%2B", "tel:", "sip:", '"', "x12", ",,12", "None", "&", ";tag=1", "@evil.example"] as const),
  );
  fc.assert(
    fc.property(number, around, fc.boolean(), (one, other, before) => {
      const read = understandDestination(before ? other + one : one + other, COMPANY);
      assert.ok(!read.ok, JSON.stringify(read));
    }),
  );
});
