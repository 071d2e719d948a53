import assert from "node:assert/strict";
import { test } from "node:test";
import { followsOnSomething } from "./follows.ts";

test("responses and requests inside of something are told by their first octets", () => {
  for (const [text, follows] of [
    ["SIP/2.0 200 OK\r\n", true],
    ["ACK sip:a SIP/2.0\r\n", true],
    ["BYE sip:a SIP/2.0\r\n", true],
    ["CANCEL sip:a SIP/2.0\r\n", true],
    ["PRACK sip:a SIP/2.0\r\n", true],
    ["UPDATE sip:a SIP/2.0\r\n", true],
    ["INFO sip:a SIP/2.0\r\n", true],
    ["INVITE sip:a SIP/2.0\r\n", false],
    ["SUBSCRIBE sip:a SIP/2.0\r\n", false],
    ["SIPS", false],
    ["BYEBYE sip:a SIP/2.0\r\n", false],
    ["bye sip:a SIP/2.0\r\n", false],
    ["AC", false],
    ["S", false],
    ["", false],
  ] as const) {
    assert.equal(followsOnSomething(Buffer.from(text)), follows, text);
  }
});
