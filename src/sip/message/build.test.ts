import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buildRequest, buildResponse, withReceived, withTopVia } from "./build.ts";
import type { SipRequest } from "./message.ts";
import { parseMessage } from "./parser.ts";
import { reasonPhrase } from "./reason-phrases.ts";
import { serialize } from "./serializer.ts";

// Any code points, half of them ASCII with its controls. (fast-check's own units take seconds to prepare.)
const CODE_POINT = fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0x10_ffff }));
const ANY_TEXT = fc.array(CODE_POINT).map((codes) => String.fromCodePoint(...codes));

function invite(via = "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;rport", extra = ""): SipRequest {
  const text = `INVITE sip:bob@h SIP/2.0\r\nv: ${via}\r\nVia: SIP/2.0/TCP far\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\nTimestamp: 54\r\nf: <sip:ann@h>;tag=1\r\nt: sip:bob@h\r\ni: c\r\nCSeq: 1 INVITE\r\n${extra}\r\n`;
  const parsed = parseMessage(Buffer.from(text));
  assert.ok(parsed.ok && parsed.message.kind === "request", text);
  return parsed.message;
}

const MANDATORY = [
  ["From", "<sip:a@b>;tag=1"],
  ["To", "<sip:c@d>"],
  ["Call-ID", "x"],
  ["CSeq", "1 INVITE"],
] as const;

test("a request of our own is what another parser reads", () => {
  const request = withTopVia(
    buildRequest({
      method: "INVITE",
      uri: "sip:c@d",
      headers: [...MANDATORY, ["Content-Type", "text/plain"]],
      body: "hé",
    }),
    "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx",
  );
  const bytes = serialize(request);
  const parsed = parseMessage(bytes);
  assert.ok(parsed.ok && parsed.message.kind === "request");
  assert.equal(parsed.message.via.branch, "z9hG4bKx");
  assert.equal(request.via.branch, "z9hG4bKx");
  assert.equal(parsed.message.headers.get("content-length"), "3");
  assert.equal(parsed.message.body.toString(), "hé");
  assert.deepEqual(parsed.message.from, request.from);
  assert.deepEqual(parsed.message.cseq, request.cseq);
});

test("hostile values stay values", () => {
  fc.assert(
    fc.property(ANY_TEXT, ANY_TEXT, (subject, uri) => {
      const request = buildRequest({
        method: "INVITE",
        uri: `sip:${uri}@d`,
        headers: [...MANDATORY, ["Subject", subject]],
      });
      const head = serialize(request).toString("latin1");
      assert.equal(head.split("\r\n").length, 9);
      assert.match(head, /^INVITE [^\0- ]+ SIP\/2\.0\r\n/);
      assert.equal(/[^\r]\n|\r[^\n]/.test(head), false);
    }),
  );
});

test("what only a bug can bring throws", () => {
  const without = (name: string): readonly (readonly [string, string])[] =>
    MANDATORY.filter(([field]) => field !== name);
  for (const [name] of MANDATORY) {
    assert.throws(
      () => buildRequest({ method: "INVITE", uri: "sip:c@d", headers: without(name) }),
      new RegExp(name, "i"),
    );
  }
  assert.throws(() => buildRequest({ method: "IN VITE", uri: "sip:c@d", headers: MANDATORY }), /method/);
});

test("RFC 3261 §8.2.6.2: a response takes Via, From, To, Call-ID and CSeq from its request", () => {
  const response = buildResponse(invite(), 180, undefined, {
    toTag: "mine",
    headers: [["Contact", "<sip:me@h>"]],
  });
  assert.equal(
    serialize(response).toString(),
    "SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;rport\r\nVia: SIP/2.0/TCP far\r\nRecord-Route: <sip:p1;lr>\r\nRecord-Route: <sip:p2;lr>\r\nf: <sip:ann@h>;tag=1\r\nTo: sip:bob@h;tag=mine\r\ni: c\r\nCSeq: 1 INVITE\r\nContact: <sip:me@h>\r\nContent-Length: 0\r\n\r\n",
  );
  assert.equal(response.to.tag, "mine");
  const parsed = parseMessage(serialize(response));
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.message.to, response.to);
});

test("Record-Route is for responses that make a dialog, Timestamp for 100, and a tag that is there stays", () => {
  const trying = buildResponse(invite(), 100);
  assert.equal(trying.headers.get("timestamp"), "54");
  assert.equal(trying.headers.has("record-route"), false);
  assert.equal(trying.to.tag, undefined);
  const busy = buildResponse(invite(), 486, "Do not\r\nX: y");
  assert.equal(busy.headers.has("record-route"), false);
  assert.equal(busy.reason, "Do not  X: y");
  const inDialog = { ...invite(), to: buildResponse(invite(), 200, undefined, { toTag: "theirs" }).to };
  assert.equal(buildResponse(inDialog, 200, undefined, { toTag: "mine" }).to.tag, "theirs");
});

test("RFC 3581: rport asked for gets the source address and port", () => {
  const marked = withReceived(invite(), "198.51.100.7", 40_000);
  assert.equal(
    marked.headers.list("via")[0],
    "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;rport=40000;received=198.51.100.7",
  );
  assert.equal(marked.headers.count("via"), 2);
  assert.deepEqual([marked.via.received, marked.via.rport], ["198.51.100.7", 40_000]);
  assert.equal(withReceived(invite(), "192.0.2.1", 5060).via.received, "192.0.2.1");
});

test("RFC 3261 §18.2.1: without rport only a differing address is noted, and a forged one replaced", () => {
  const plain = invite("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx, SIP/2.0/UDP next");
  assert.equal(withReceived(plain, "192.0.2.1", 9), plain);
  const marked = withReceived(plain, "2001:db8::7", 9);
  assert.deepEqual(marked.headers.list("via").slice(0, 2), [
    "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx;received=2001:db8::7",
    "SIP/2.0/UDP next",
  ]);
  const forged = invite("SIP/2.0/UDP 192.0.2.1;received=203.0.113.9;branch=z9hG4bKx");
  assert.equal(withReceived(forged, "192.0.2.1", 9).via.received, "192.0.2.1");
});

test("a changed start line is written as changed, an odd one that nobody touched as it came", () => {
  const parsed = parseMessage(
    Buffer.from(serialize(invite()).toString("latin1").replace("SIP/2.0\r\nv", "sip/2.0\r\nv"), "latin1"),
  );
  assert.ok(parsed.ok && parsed.message.kind === "request");
  assert.match(serialize(parsed.message).toString(), /^INVITE sip:bob@h sip\/2\.0\r\n/);
  assert.match(
    serialize({ ...parsed.message, uri: "sip:eve@h" }).toString(),
    /^INVITE sip:eve@h SIP\/2\.0\r\n/,
  );
});

test("reason phrases", () => {
  assert.equal(reasonPhrase(486), "Busy Here");
  assert.equal(reasonPhrase(499), "Request Failure");
  assert.equal(reasonPhrase(999), "Unknown");
});
