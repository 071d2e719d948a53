import assert from "node:assert/strict";
import { test } from "node:test";
import { mayHoldUriPassword, withoutUriPasswords } from "./uri-passwords.ts";

const MASKED: readonly (readonly [text: string, masked: string])[] = [
  ["From: <sip:215:pw@h>;tag=1", "From: <sip:215:***@h>;tag=1"],
  ["Contact: SIPS:a:p,w;x=?@h:5061", "Contact: SIPS:a:***@h:5061"],
  ["<sip:a:p@ss@h>", "<sip:a:***@h>"],
  ["<http://u:pw@h/x>", "<http://u:***@h/x>"],
  ["INVITE sip:a:pw@h SIP/2.0", "INVITE sip:a:***@h SIP/2.0"],
  ["<sip:a@h?Contact=%3Csip%3Ab%3Apw%40h%3E>", "<sip:a@h?Contact=%3Csip%3Ab%3A***%40h%3E>"],
  ["sip::pw@h", "sip::***@h"],
];
for (const [text, masked] of MASKED) {
  test(`X13: ${text} is shown without its password`, () => {
    assert.equal(withoutUriPasswords(text), masked);
    assert.ok(text.includes("%40") || mayHoldUriPassword(Buffer.from(text)));
  });
}

const PLAIN: readonly string[] = [
  "From: <sip:215@h:5060>;tag=1",
  "Call-ID: a:b@h",
  "Contact: <sip:215@[2001:db8::1]:5060;ob>",
  "Route: <sip:h:5060;lr>, <sip:a@h>",
  "http://127.0.0.1:8080/r?mail=a@b",
  "mailto:a@b",
  "v=0\r\no=- 1 1 IN IP4 192.0.2.1",
];
for (const text of PLAIN)
  test(`X13: ${text} stays as it is`, () => assert.equal(withoutUriPasswords(text), text));

test("X13: an ordinary message is not even looked at closely", () => {
  const text =
    "INVITE sip:+31501234567@h:5060 SIP/2.0\r\nVia: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1\r\n" +
    'From: "A: b" <sip:215@h>;tag=1\r\nTo: <sip:1@h>\r\nCall-ID: f81d4fae@h\r\nContact: <sip:215@192.0.2.1:5060;ob>\r\n\r\n';
  assert.equal(mayHoldUriPassword(Buffer.from(text)), false);
});
