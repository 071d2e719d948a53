import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { SdpOrigin } from "../../src/call/sdp-origin.ts";
import { type EventReceiverState, parseEvent, receiveEvent } from "../../src/media/dtmf/event.ts";
import { ToneDetector } from "../../src/media/dtmf/tone-detector.ts";
import { emptyRtpPacket, readRtp } from "../../src/media/rtp/packet.ts";
import { buildBye, buildReport, parseRtcp } from "../../src/media/rtp/rtcp.ts";
import { readAudio } from "../../src/media/sdp/audio.ts";
import { parseSdp, writeSdp } from "../../src/media/sdp/description.ts";
import { answerTo } from "../../src/media/sdp/local.ts";
import { StreamFramer } from "../../src/sip/message/framer.ts";
import {
  parseCSeq,
  parseMediaType,
  parseQ,
  parseRAck,
  parseReason,
  parseReplaces,
  parseRetryAfter,
  parseSessionExpires,
  parseTokenWithParams,
} from "../../src/sip/message/header.ts";
import { bodyParts } from "../../src/sip/message/multipart.ts";
import { formatNameAddr, parseContacts, parseNameAddr } from "../../src/sip/message/name-addr.ts";
import { parseMessage } from "../../src/sip/message/parser.ts";
import { serialize } from "../../src/sip/message/serializer.ts";
import {
  decodeUser,
  formatUri,
  isSipUri,
  parseUri,
  requestUriFault,
  uriEquals,
} from "../../src/sip/message/uri.ts";
import { splitValues } from "../../src/sip/message/value-list.ts";
import { formatVia, parseVia } from "../../src/sip/message/via.ts";
import { parseAuthorization, parseChallenges } from "../../src/sip/ua/auth/digest.ts";
import { readReply } from "../../src/webhook/reply/read-reply.ts";

/** Something that takes octets from strangers. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Buffer[];
  /** Throws when something is wrong. True: the input was taken, so it is worth changing further. */
  readonly run: (input: Buffer) => boolean;
}

const golden = new URL("../golden/", import.meta.url);

function goldenSeeds(): Buffer[] {
  return readdirSync(golden)
    .filter((file) => file.endsWith(".sip"))
    .map((file) => readFileSync(new URL(file, golden)));
}

function texts(...seeds: readonly string[]): Buffer[] {
  return seeds.map((seed) => Buffer.from(seed));
}

function message(input: Buffer): boolean {
  const parsed = parseMessage(input);
  if (!parsed.ok) {
    for (const [, value] of parsed.fault.echo ?? []) assert.doesNotMatch(value, /[\r\n\0]/);
    return false;
  }
  const written = serialize(parsed.message);
  assert.ok(input.includes(written), "what nobody touched comes out as it came in");
  assert.ok(parseMessage(written).ok, "what was written can be read");
  const { headers } = parsed.message;
  for (const [name] of headers.entries()) assert.ok(headers.list(name).length > 0);
  return true;
}

function framer(input: Buffer): boolean {
  const whole = framesOf([input]);
  assert.equal(framesOf(inPieces(input)), whole);
  return whole.startsWith("message");
}

/** The input in pieces, whose sizes the input itself decides. */
function inPieces(input: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < input.length; ) {
    const size = 1 + (((input[at] ?? 0) * 7 + input.length) % 61);
    pieces.push(input.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function framesOf(chunks: readonly Buffer[]): string {
  const stream = new StreamFramer();
  const frames: string[] = [];
  for (const chunk of chunks) {
    stream.push(chunk);
    for (let frame = stream.next(); frame !== undefined; frame = stream.next()) {
      if (frame.kind === "message")
        frames.push(`message ${frame.bytes.length} ${parseMessage(frame.bytes).ok}`);
      // A message that is too long is refused as soon as that is seen, so how much of it is echoed depends on the cut.
      else frames.push(frame.kind === "fault" ? `fault ${frame.fault.reason}` : "keep-alive");
    }
  }
  return frames.join("\n");
}

function uri(input: Buffer): boolean {
  const text = input.toString();
  requestUriFault(text);
  const parsed = parseUri(text);
  if (!parsed.ok) return false;
  const again = parseUri(formatUri(parsed.value));
  assert.ok(again.ok && uriEquals(parsed.value, again.value));
  if (isSipUri(parsed.value)) decodeUser(parsed.value.user ?? "");
  return true;
}

function nameAddr(input: Buffer): boolean {
  const text = input.toString();
  const values: string[] = [];
  splitValues(text, values);
  parseContacts(values);
  const parsed = parseNameAddr(text);
  if (!parsed.ok) return false;
  const { displayName, params } = parsed.value;
  const again = parseNameAddr(formatNameAddr(displayName, formatUri(parsed.value.uri), params));
  assert.ok(again.ok && again.value.tag === parsed.value.tag);
  return true;
}

function via(input: Buffer): boolean {
  const parsed = parseVia(input.toString());
  if (!parsed.ok) return false;
  const again = parseVia(formatVia(parsed.value));
  assert.ok(again.ok);
  assert.deepEqual(again.value, parsed.value);
  return true;
}

function header(input: Buffer): boolean {
  const text = input.toString();
  return HEADER_PARSERS.filter((parse) => parse(text).ok).length > 0;
}

const HEADER_PARSERS = [
  parseCSeq,
  parseRAck,
  parseReason,
  parseReplaces,
  parseRetryAfter,
  parseSessionExpires,
  parseMediaType,
  parseTokenWithParams,
  parseQ,
];

function digest(input: Buffer): boolean {
  const text = input.toString();
  const challenges = parseChallenges(text);
  return parseAuthorization(text).ok || challenges.some((challenge) => challenge.ok);
}

function multipart(input: Buffer): boolean {
  const parts = bodyParts("multipart/mixed;boundary=edge", input);
  if (parts.ok) for (const part of parts.value) assert.ok(part.content.length <= input.length);
  return parts.ok;
}

/** Whatever description was read can be answered, every m-line in its place. */
function sdp(input: Buffer): boolean {
  const description = parseSdp(input);
  if (!description.ok) return false;
  const audio = readAudio(description.value);
  const index = audio.ok ? audio.value.index : -1;
  const answer = answerTo(
    description.value,
    index,
    {
      address: "192.0.2.9",
      port: 40_000,
      rtcpMux: false,
      direction: "sendrecv",
      codecs: audio.ok ? audio.value.codecs.slice(0, 1) : [],
      telephoneEvent: audio.ok ? audio.value.telephoneEvent : undefined,
      comfortNoise: undefined,
    },
    { session: "1", version: 1 },
  );
  const again = parseSdp(writeSdp(answer));
  assert.ok(again.ok && again.value.media.length === description.value.media.length);
  for (const [at, line] of again.value.media.entries()) assert.equal(line.port, at === index ? 40_000 : 0);
  return true;
}

const rtpPacket = emptyRtpPacket();

function rtp(input: Buffer): boolean {
  if (!readRtp(input, rtpPacket)) return false;
  const { payloadStart, payloadEnd } = rtpPacket;
  assert.ok(payloadStart >= 12 && payloadStart <= payloadEnd && payloadEnd <= input.length);
  return true;
}

function rtcp(input: Buffer): boolean {
  const packets = parseRtcp(input);
  for (const packet of packets ?? []) if (packet.kind === "bye") assert.ok(packet.reason.length <= 255);
  return packets !== undefined;
}

/** Octets as payloads of events, and as samples in which keys are looked for. */
function dtmf(input: Buffer): boolean {
  let state: EventReceiverState | undefined;
  let digits = 0;
  for (let at = 0; at + 8 <= input.length; at += 8) {
    const event = parseEvent(input.subarray(at + 4));
    assert.ok(event !== undefined);
    const packet = { ssrc: 1, timestamp: input.readUInt32BE(at), marker: (at & 8) === 0, sequence: at };
    const [next, digit] = receiveEvent(state, packet, event);
    if (digit !== undefined) digits += 1;
    state = next;
  }
  assert.ok(digits <= input.length / 8);
  const detector = new ToneDetector();
  const samples = Int16Array.from({ length: input.length >> 1 }, (_, n) => input.readInt16LE(2 * n));
  assert.match(detector.put(samples), /^[0-9*#A-D]*$/);
  return digits > 0;
}

/** What a leg gets of the other side's description: our own origin line, and nothing of the other's. */
function sdpOrigin(input: Buffer): boolean {
  const origin = new SdpOrigin("77", "192.0.2.9");
  const once = origin.rewrite(input);
  assert.ok(once.length <= input.length + 60);
  assert.ok(origin.rewrite(input).equals(once), "the version grows only with a change");
  return once !== input;
}

function webhookReply(input: Buffer): boolean {
  const reply = readReply({ status: 200, body: input });
  assert.ok(["ack", "nak", "error"].includes(reply.verdict));
  if (reply.callerName !== undefined) {
    assert.ok([...reply.callerName].length <= 64);
    assert.doesNotMatch(reply.callerName, /\p{Cc}/u);
  }
  return reply.verdict !== "error";
}

const NAME_ADDRS = texts(
  '"Ann \\"A\\" Hook" <sip:ann@hook.example;lr>;tag=1;x="y"',
  "Ann <sip:ann@hook.example>;tag=1",
  "sip:ann@hook.example;tag=1",
  '<sip:a@b>;+sip.instance="<urn:uuid:1>";reg-id=1, "x,y" <sip:c@d>;q=0.5;expires=60',
  "*",
);

/** All targets by name, the messages first. */
export const targets: readonly FuzzTarget[] = [
  { name: "sip-message", seeds: goldenSeeds(), run: message },
  { name: "stream-framer", seeds: goldenSeeds(), run: framer },
  {
    name: "uri",
    seeds: texts(
      "sip:bob:pw@hook.example:5060;transport=tcp;lr?Subject=x&a=b",
      "sips:b%20ob@[2001:db8::1]:5061;x",
      "tel:+31-20;phone-context=+31",
      "isbn:1",
    ),
    run: uri,
  },
  { name: "name-addr", seeds: NAME_ADDRS, run: nameAddr },
  {
    name: "via",
    seeds: texts(
      "SIP/2.0/UDP h.example:5060;branch=z9hG4bKx;rport;received=192.0.2.1",
      "SIP / 2.0 / TLS [2001:db8::1] : 5061 ; ttl = 1",
    ),
    run: via,
  },
  {
    name: "header",
    seeds: texts(
      "1 INVITE",
      "1 2 INVITE",
      'SIP;cause=200;text="x"',
      "id;to-tag=1;from-tag=2;early-only",
      "90 (busy);duration=1",
      "1800;refresher=uac",
      'multipart/mixed;boundary="x"',
      "0.5",
    ),
    run: header,
  },
  {
    name: "digest",
    seeds: texts(
      'Digest username="bob", realm="hook.example", nonce="dcd98b", uri="sip:hook.example", response="6629fae49393a05397450978507c4ef1", algorithm=MD5, cnonce="0a4f", qop=auth, nc=00000001, opaque="5ccc"',
      'Digest realm="hook.example", nonce="84a4", algorithm=SHA-256, qop="auth,auth-int", stale=true, Digest realm="b", nonce="c"',
    ),
    run: digest,
  },
  {
    name: "multipart",
    seeds: texts(
      "--edge\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--edge\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n\r\n--edge--\r\n",
    ),
    run: multipart,
  },
  {
    name: "sdp-origin",
    seeds: texts(
      "v=0\r\no=ann 1 2 IN IP4 10.0.0.1\r\ns=Phone\r\ni=x\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n",
      "v=0\no=- 1 1 IN IP6 ::1\ns= \nt=0 0\nm=audio 4294967296 RTP/AVP 0\n",
    ),
    run: sdpOrigin,
  },
  {
    name: "sdp",
    seeds: texts(
      "v=0\r\no=ann 1 2 IN IP4 10.0.0.1\r\ns=Phone\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendonly\r\na=rtcp:4001\r\n",
      "v=0\nt=0 0\nm=video 5000 RTP/AVP 31\nm=audio 5002/2 RTP/AVP 96\nc=IN IP6 2001:db8::1\na=rtpmap:96 PCMA/8000/1\na=rtcp-mux\n",
      "v=0\r\nc=IN IP4 0.0.0.0\r\nm=audio 4000 RTP/SAVP 8\r\nm=image 5 udptl t38\r\n",
    ),
    run: sdp,
  },
  {
    name: "rtp",
    seeds: [
      Buffer.from(`80880001000000a012345678${"d5".repeat(160)}`, "hex"),
      Buffer.from(`b2e500020000014012345678aabbccddaabbccddbede0001000000000500064000000004`, "hex"),
    ],
    run: rtp,
  },
  {
    name: "rtcp",
    seeds: [
      Buffer.from(
        buildReport(
          1,
          "switch@hook",
          { ntp: { seconds: 1, fraction: 2 }, rtpTimestamp: 3, packets: 4, octets: 5 },
          undefined,
        ),
      ),
      Buffer.from(buildBye(7, "switch@hook")),
      Buffer.from("81cb00030000000904676f6e65000000", "hex"),
    ],
    run: rtcp,
  },
  {
    name: "dtmf",
    seeds: [
      Buffer.from("000000a0050a00a0000000a0058a0320000006400b0a00a0", "hex"),
      Buffer.alloc(640, "\u0001\u0040"),
    ],
    run: dtmf,
  },
  {
    name: "webhook-reply",
    seeds: texts(
      "status=ACK&destination=%2B31502102544&callername=Jansen+Co",
      "\ufeffStatus=nak\r\n",
      '{"status":"ACK","destination":215,"callername":"\\u0000x"}',
      "<html><body>status=ACK</body></html>",
    ),
    run: webhookReply,
  },
];
