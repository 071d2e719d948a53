import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatNameAddr, parseContacts, parseNameAddr, quoteDisplayName } from "./name-addr.ts";
import { Params } from "./params.ts";
import { unquote } from "./quoted-string.ts";
import { formatUri } from "./uri.ts";

// Any code points, half of them ASCII with its controls. (fast-check's own units take seconds to prepare.)
const CODE_POINT = fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0x10_ffff }));
const ANY_TEXT = fc.array(CODE_POINT).map((codes) => String.fromCodePoint(...codes));

test("the forms that RFC 3261 §20.10 gives", () => {
  for (const [text, name, uri, tag] of [
    [
      '"Mr. Watson" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600',
      "Mr. Watson",
      "sip:watson@worcester.bell-telephone.com",
      undefined,
    ],
    ["<sip:a@b;x=1>;tag=t1", undefined, "sip:a@b;x=1", "t1"],
    ["sip:a@b;tag=t2", undefined, "sip:a@b", "t2"],
    ["Bell Boy <sip:a@b>;TAG=t3", "Bell Boy", "sip:a@b", "t3"],
    ["caller<sip:a@b>", "caller", "sip:a@b", undefined],
    ['"a \\"b\\" \\\\" <sip:a@b>', 'a "b" \\', "sip:a@b", undefined],
    ['"<sip:x@y>;tag=no" <sip:a@b>;tag=yes', "<sip:x@y>;tag=no", "sip:a@b", "yes"],
    ['"" <sip:a@b>', "", "sip:a@b", undefined],
    ['sip:a@b;+sip.instance="<urn:uuid:1>";tag=t4', undefined, "sip:a@b", "t4"],
    ["<tel:+31201234567>;tag=t5", undefined, "tel:+31201234567", "t5"],
  ] as const) {
    const parsed = parseNameAddr(text);
    assert.ok(parsed.ok, text);
    assert.equal(parsed.value.displayName, name, text);
    assert.equal(formatUri(parsed.value.uri), uri, text);
    assert.equal(parsed.value.tag, tag, text);
  }
});

test("what is malformed is refused", () => {
  for (const text of [
    "",
    " ",
    "<>",
    "<sip:a@b",
    "sip:a@b>",
    '"open <sip:a@b>',
    '"name" sip:a@b',
    "Bell, Alexander <sip:a@b>",
    'a"b <sip:a@b>',
    "< sip:a@b >",
    "sip:a@b?x=y",
    "sip:a@b,c",
    "<sip:a@b>;;",
    "<sip:a@b>;tag=",
    '<sip:a@b>;x="open',
    "<sip:a@b> junk",
    "<sip:a@b>,<sip:c@d>",
  ]) {
    assert.equal(parseNameAddr(text).ok, false, text);
  }
});

test("parameters keep their quotes, and unquote takes them off", () => {
  const parsed = parseNameAddr('<sip:a@b>;+sip.instance="<urn:uuid:\\"1\\">";flag');
  assert.ok(parsed.ok);
  const instance = parsed.value.params.get("+sip.instance") ?? "";
  assert.equal(instance, '"<urn:uuid:\\"1\\">"');
  assert.equal(unquote(instance), '<urn:uuid:"1">');
  assert.ok(parsed.value.params.has("flag"));
});

test("a star stands alone", () => {
  assert.deepEqual(parseContacts(["*"]), { ok: true, value: "*" });
  assert.equal(parseContacts(["*", "<sip:a@b>"]).ok, false);
  assert.equal(parseContacts(["<sip:a@b>", ""]).ok, false);
});

test("any name becomes one quoted-string that reads back as the name without its control characters", () => {
  fc.assert(
    fc.property(ANY_TEXT, (name) => {
      const clean = [...name].filter((char) => !/[\p{Cc}]/u.test(char)).join("");
      assert.equal(unquote(quoteDisplayName(name)), clean);
      const parsed = parseNameAddr(formatNameAddr(name, "sip:a@b", Params.of([["tag", "t"]])));
      assert.ok(parsed.ok && parsed.value.tag === "t" && parsed.value.params.size === 1);
      assert.equal(parsed.value.displayName ?? "", clean);
    }),
    { numRuns: 500 },
  );
});

test("injection through a display name is impossible", () => {
  assert.equal(quoteDisplayName('Eve"\r\nVia: x\0'), '"Eve\\"Via: x"');
});
