import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flow, SipMessage } from "../sip/index.ts";
import { parseMessage } from "../sip/message/parser.ts";
import type { Recorder } from "./recorder.ts";
import { MessageTaps } from "./tap.ts";

const flow = { transport: "udp", remote: { host: "192.0.2.1", port: 5060 } } as Flow;

function message(extra: string): { readonly message: SipMessage; readonly octets: Buffer } {
  const octets = Buffer.from(
    `INVITE sip:1@x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:1@x>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n${extra}Content-Length: 0\r\n\r\n`,
  );
  const parsed = parseMessage(octets);
  assert.ok(parsed.ok);
  return { message: parsed.message, octets };
}

function recorded(extra: string): string {
  const texts: string[] = [];
  const recorder = {
    sipCallIds: [],
    packet: (_leg: number, _way: string, _flow: Flow, octets: Buffer) => texts.push(octets.toString()),
  };
  const taps = new MessageTaps();
  const seen = message(extra);
  taps.observer("in", seen.message, flow, seen.octets);
  taps.add("c1", recorder as unknown as Recorder, 0);
  assert.equal(texts.length, 1, "the message that made the call belongs to it");
  return texts[0] ?? "";
}

test("a message is recorded as it came", () => {
  assert.equal(recorded("X-Odd:  y\r\n"), message("X-Odd:  y\r\n").octets.toString());
});

test("a digest response is masked in every spelling, the rest of the line is not", () => {
  for (const line of [
    'Authorization: Digest username="215", response="0123456789abcdef", uri="sip:x"\r\n',
    'AUTHORIZATION : Digest username="215", response = "0123456789abcdef", uri="sip:x"\r\n',
    'Authorization: Digest username="215",\r\n  response="0123456789abcdef",\r\n\turi="sip:x"\r\n',
    'pRoXy-authorization: Digest username="215",RESPONSE=0123456789abcdef,uri="sip:x"\r\n',
  ]) {
    const text = recorded(line);
    assert.doesNotMatch(text, /0123456789abcdef/);
    assert.match(text, /username="215"/);
    assert.match(text, /uri="sip:x"/);
  }
});

test("what is released is no longer recorded, unless a newer call uses the Call-ID", () => {
  const taps = new MessageTaps();
  const older = { sipCallIds: [] } as unknown as Recorder;
  const newer = { sipCallIds: [] } as unknown as Recorder;
  taps.add("c1", older, 0);
  taps.add("c1", newer, 0);
  taps.release(older);
  assert.equal(taps.size, 1);
  taps.release(newer);
  assert.equal(taps.size, 0);
});

test("X13: credentials of any scheme are masked, of a digest what proves or does not belong there", () => {
  for (const line of [
    "Authorization: Basic c2VjcmV0LTEy\r\n",
    "Proxy-Authorization: Bearer c2VjcmV0LTEy\r\n",
    "Authorization: c2VjcmV0LTEy\r\n",
    "Authorization:\r\n Basic c2VjcmV0LTEy\r\n",
    'Authorization: Digest username="215", password="c2VjcmV0LTEy", uri="sip:x"\r\n',
    'Authorization: Digest username="215", response=\'c2VjcmV0LTEy\', uri="sip:x"\r\n',
  ]) {
    const text = recorded(line);
    assert.doesNotMatch(text, /c2VjcmV0/, line);
    assert.match(text, /uthorization:(?:\r\n)? (?:Basic |Bearer |Digest .*)?.*\*\*\*/, line);
    assert.match(text, /\r\nContent-Length: 0\r\n\r\n$/);
  }
});

test("X13: a password in an address and the key of a sound are masked", () => {
  const text = recorded("Contact: <sip:a:pw12@192.0.2.1:5060>\r\nX: a=crypto:1 A inline:QUJD|2^20\r\n");
  assert.match(text, /Contact: <sip:a:\*\*\*@192\.0\.2\.1:5060>\r\nX: a=crypto:1 A inline:\*\*\*\|2\^20\r\n/);
});
