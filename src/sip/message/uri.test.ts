import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  decodeUser,
  encodeUser,
  formatUri,
  isSipUri,
  parseUri,
  requestUriFault,
  type Uri,
  uriEquals,
} from "./uri.ts";

// Any code points, half of them ASCII with its controls. (fast-check's own units take seconds to prepare.)
const CODE_POINT = fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0x10_ffff }));
const ANY_TEXT = fc.array(CODE_POINT).map((codes) => String.fromCodePoint(...codes));

function uri(text: string): Uri {
  const parsed = parseUri(text);
  if (!parsed.ok) assert.fail(`${text}: ${parsed.error}`);
  return parsed.value;
}

test("RFC 3261 §19.1.3: the parts of a sip URI", () => {
  const parsed = uri(
    "sips:alice:secretword@Atlanta.com:5061;Transport=tcp;lr?subject=project%20x&priority=urgent",
  );
  assert.ok(isSipUri(parsed));
  assert.deepEqual(
    { ...parsed, params: [...parsed.params] },
    {
      scheme: "sips",
      user: "alice",
      password: "secretword",
      host: "atlanta.com",
      port: 5061,
      params: [
        ["transport", "tcp"],
        ["lr", undefined],
      ],
      headers: "subject=project%20x&priority=urgent",
    },
  );
});

test("what is written is what was read", () => {
  for (const text of [
    "sip:alice@atlanta.com",
    "sip:alice:secretword@atlanta.com;transport=tcp",
    "sips:1212@gateway.com",
    "sip:[2001:db8::10]:5070;lr",
    "sip:user;par=u%40example.net@example.com",
    "sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com",
    "tel:+31-20-123;phone-context=example.com",
    "tel:%23123",
    "isbn:2983792873",
  ]) {
    assert.equal(formatUri(uri(text)), text);
  }
});

test("what is no URI is refused", () => {
  for (const text of [
    "",
    "alice",
    "alice@atlanta.com",
    "sip:",
    "sip:alice@",
    "sip:alice@host name",
    "sip:alice@host\tname",
    "sip:alice@host>",
    'sip:"alice"@host',
    "sip:alice@host:port",
    "sip:alice@host:65536",
    "sip:alice@host:",
    "sip:alice@host;;lr",
    "sip:alice@host;lr@other",
    "sip:alice@host?",
    "sip:alice@[2001:db8::1",
    "sip:alice@[not-hex]",
    "sip:alice@host/path",
    `sip:alice@${"a".repeat(256)}`,
    "tel:",
    "tel:+",
    "tel:alice",
    "1sip:alice@host",
    "name:",
  ]) {
    assert.equal(parseUri(text).ok, false, text);
  }
});

test("a Request-URI is refused for brackets, spaces and header fields, or for its scheme", () => {
  assert.equal(requestUriFault("sip:a@b"), undefined);
  assert.equal(requestUriFault("tel:+31201234567"), undefined);
  assert.equal(requestUriFault("<sip:a@b>")?.status, 400);
  assert.equal(requestUriFault("sip:a@b?Route=x")?.status, 400);
  assert.equal(requestUriFault("sip:2001:db8::1")?.status, 400);
  assert.equal(requestUriFault("http://a/b")?.status, 416);
});

// The examples of RFC 3261 §19.1.4.
test("equal URIs", () => {
  for (const [a, b] of [
    ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"],
    [
      "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
      "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ],
    [
      "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
      "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ],
    ["tel:+31-20-1234567", "tel:+31201234567"],
    ["tel:(020)123;phone-context=EXAMPLE.com", "tel:020123;phone-context=example.com"],
    ["isbn:1", "ISBN:1"],
  ] as const) {
    assert.ok(uriEquals(uri(a), uri(b)), `${a} = ${b}`);
    assert.ok(uriEquals(uri(b), uri(a)), `${b} = ${a}`);
  }
});

test("unequal URIs", () => {
  for (const [a, b] of [
    ["SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"],
    ["sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"],
    ["sip:carol@chicago.com", "sip:carol@chicago.com;user=phone"],
    ["sip:carol@chicago.com", "sips:carol@chicago.com"],
    ["sip:nul%00one@chicago.com", "sip:nul%00two@chicago.com"],
    ["tel:+31", "tel:31"],
    ["tel:1;phone-context=a.com", "tel:1"],
    ["isbn:1", "isbn:2"],
  ] as const) {
    assert.ok(!uriEquals(uri(a), uri(b)), `${a} ≠ ${b}`);
    assert.ok(!uriEquals(uri(b), uri(a)), `${b} ≠ ${a}`);
  }
});

test("a user part is decoded once; what is no escape or no UTF-8 stays", () => {
  assert.equal(decodeUser("%25%34%31"), "%41");
  assert.equal(decodeUser("J%C3%BCrgen"), "Jürgen");
  assert.equal(decodeUser("50%"), "50%");
  assert.equal(decodeUser("%4"), "%4");
  assert.equal(decodeUser("%FF%61"), "%FFa");
});

test("escapes in parameters are taken out once; a stray percent sign makes no new escape", () => {
  const parsed = uri("sip:a@b;%6Cr;x=%%34%31;y=%25%34%31;z=%");
  assert.ok(isSipUri(parsed));
  assert.deepEqual(
    [...parsed.params],
    [
      ["lr", undefined],
      ["x", "%2541"],
      ["y", "%2541"],
      ["z", "%25"],
    ],
  );
});

test("an @ after the question mark cannot move the host when the URI is written again", () => {
  assert.equal(formatUri(uri("sip:@good.example?x@evil.example")), "sip:good.example?x%40evil.example");
});

test("an encoded user part survives a URI and decodes to the text", () => {
  fc.assert(
    fc.property(ANY_TEXT, (text) => {
      fc.pre(text.length > 0);
      const parsed = uri(`sip:${encodeUser(text)}@host;lr`);
      assert.ok(isSipUri(parsed) && parsed.user !== undefined && parsed.host === "host");
      assert.equal(decodeUser(parsed.user), text.toWellFormed());
    }),
  );
});

test("formatting what was parsed parses to the same", () => {
  const part = fc.string({ unit: fc.constantFrom(..."abZ09-._%41;=&@:?[]+~ é") });
  fc.assert(
    fc.property(fc.constantFrom("sip:", "sips:", "tel:", "x:"), part, (scheme, rest) => {
      const first = parseUri(scheme + rest);
      if (!first.ok) return;
      const second = uri(formatUri(first.value));
      assert.deepEqual(second, first.value);
      assert.ok(uriEquals(first.value, second));
    }),
    { numRuns: 1000 },
  );
});
