import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { answerDirection, hears, type RemoteAudio, readAudio, speaks } from "./audio.ts";
import { parseSdp, type SessionDescription, writeSdp } from "./description.ts";
import { answerTo, type LocalAudio, offerOf } from "./local.ts";

function octets(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
}

/** A description with these lines behind the usual first ones. */
function sdp(...lines: readonly string[]): Buffer {
  return octets("v=0", "o=phone 1 1 IN IP4 192.0.2.7", "s=-", "c=IN IP4 192.0.2.7", "t=0 0", ...lines);
}

function parsed(input: Uint8Array): SessionDescription {
  const result = parseSdp(input);
  assert.ok(result.ok, result.ok ? "" : result.error.text);
  return result.value;
}

function audio(...lines: readonly string[]): RemoteAudio {
  const result = readAudio(parsed(sdp(...lines)));
  assert.ok(result.ok, result.ok ? "" : result.error.text);
  return result.value;
}

function refusal(input: Uint8Array): string {
  const description = parseSdp(input);
  if (!description.ok) return description.error.text;
  const result = readAudio(description.value);
  return result.ok ? "" : result.error.text;
}

const ours: LocalAudio = {
  address: "198.51.100.1",
  port: 40_000,
  rtcpMux: false,
  direction: "sendrecv",
  codecs: [{ codec: "PCMA", payloadType: 8 }],
  telephoneEvent: 101,
  comfortNoise: undefined,
};

test("an ordinary offer", () => {
  const read = audio(
    "m=audio 49170 RTP/AVP 9 8 0 13 101",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-16",
    "a=ptime:20",
  );
  assert.deepEqual(read, {
    index: 0,
    address: "192.0.2.7",
    port: 49_170,
    rtcpPort: 49_171,
    rtcpMux: false,
    direction: "sendrecv",
    codecs: [
      { codec: "G722", payloadType: 9 },
      { codec: "PCMA", payloadType: 8 },
      { codec: "PCMU", payloadType: 0 },
    ],
    telephoneEvent: 101,
    comfortNoise: 13,
  });
});

test("payload types: dynamic ones, other clocks, stereo, doubled, out of range", () => {
  const read = audio(
    "m=audio 4000 RTP/AVP 96 97 98 99 100 8 8 128 x 300 0",
    "a=rtpmap:96 opus/48000/2",
    "a=rtpmap:97 telephone-event/48000",
    "a=rtpmap:98 Telephone-Event/8000",
    "a=rtpmap:99 pcma/8000/1",
    "a=rtpmap:100 PCMU/16000",
    "a=rtpmap:0 PCMU/8000/2",
  );
  assert.deepEqual(read.codecs, [
    { codec: "PCMA", payloadType: 99 },
    { codec: "PCMA", payloadType: 8 },
  ]);
  assert.equal(read.telephoneEvent, 98);
});

test("the first m-line that can be used is taken, wherever it is", () => {
  const read = audio(
    "m=video 5000 RTP/AVP 31",
    "m=audio 5002 RTP/SAVP 8",
    "m=audio 0 RTP/AVP 8",
    "m=audio 5004 RTP/AVP 18",
    "m=audio 5006 RTP/AVP 8",
    "m=audio 5008 RTP/AVP 8",
  );
  assert.deepEqual([read.index, read.port], [4, 5006]);
});

test("what cannot be used is refused with its reason", () => {
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["nothing", new Uint8Array(0), /is empty/],
    ["blank lines", octets("", ""), /is empty/],
    ["no version", octets("o=x"), /does not begin with v=0/],
    ["not SDP", Buffer.from("<html>"), /Line 1 .* x=value/],
    ["a NUL", sdp("a=x\0y"), /Line 6 .* x=value/],
    ["too long", Buffer.alloc(70_000, "a"), /more than 65536 octets/],
    ["too many lines", Buffer.from(`v=0\r\n${"a=x\r\n".repeat(1000)}`), /more than 1000 lines/],
    ["too many m-lines", sdp(...new Array<string>(33).fill("m=audio 2 RTP/AVP 8")), /more than 32 m-lines/],
    ["port 4294967296 (CVE-2018-1000098)", sdp("m=audio 4294967296 RTP/AVP 8"), /\(m=\) cannot be read/],
    ["port 65536", sdp("m=audio 65536 RTP/AVP 8"), /\(m=\) cannot be read/],
    ["no formats", sdp("m=audio 5000 RTP/AVP"), /\(m=\) cannot be read/],
    ["no m-line", sdp(), /no m-line for sound/],
    ["only video", sdp("m=video 5000 RTP/AVP 31"), /m-line 1 is video/],
    ["encrypted", sdp("m=audio 5000 RTP/SAVP 8"), /RTP\/SAVP/],
    ["feedback", sdp("m=audio 5000 RTP/AVPF 8"), /RTP\/AVPF/],
    ["no codec of ours", sdp("m=audio 5000 RTP/AVP 18 101"), /no codec/],
    ["no address", octets("v=0", "m=audio 5000 RTP/AVP 8"), /no address/],
    ["a name", sdp("m=audio 5000 RTP/AVP 8", "c=IN IP4 phone.example"), /not an IP address/],
    ["wrong family", sdp("m=audio 5000 RTP/AVP 8", "c=IN IP6 192.0.2.1"), /not IP6/],
    ["multicast", sdp("m=audio 5000 RTP/AVP 8", "c=IN IP4 224.2.1.1/127"), /nobody's address/],
    ["broadcast", sdp("m=audio 5000 RTP/AVP 8", "c=IN IP4 255.255.255.255"), /nobody's address/],
    ["half unspecified", sdp("m=audio 5000 RTP/AVP 8", "c=IN IP4 0.0.0.1"), /nobody's address/],
    ["multicast of IPv6", sdp("m=audio 5000 RTP/AVP 8", "c=IN IP6 ff02::1"), /nobody's address/],
    ["a broken c=", sdp("c=IN IP4"), /\(c=\) is not an address/],
  ];
  for (const [name, input, reason] of cases) assert.match(refusal(input), reason, name);
});

test("of four m-lines it is told why they cannot be used, of no more", () => {
  const media = ["audio 0", "image 4000", "video 4000", "text 4000", "image 4002"];
  const told = refusal(sdp(...media.map((one) => `m=${one} RTP/AVP 0`)));
  const reasons = ["switched off (port 0)", "image", "video", "text"].map(
    (why, at) => `m-line ${at + 1} is ${why}`,
  );
  assert.equal(told, `The description has no sound that can be used: ${reasons.join("; ")}.`);
});

test("hold in all its forms, and the direction that answers it", () => {
  const table: readonly (readonly [string, readonly string[], boolean, boolean, string])[] = [
    ["none", [], true, true, "sendrecv"],
    ["sendonly", ["a=sendonly"], false, true, "recvonly"],
    ["inactive", ["a=inactive"], false, false, "inactive"],
    ["recvonly", ["a=recvonly"], true, false, "sendonly"],
    ["0.0.0.0 at the m-line", ["c=IN IP4 0.0.0.0"], false, true, "recvonly"],
    ["0.0.0.0 and inactive", ["c=IN IP4 0.0.0.0", "a=inactive"], false, false, "inactive"],
    [":: at the m-line", ["c=IN IP6 ::"], false, true, "recvonly"],
  ];
  for (const [name, lines, hearing, speaking, answer] of table) {
    const read = audio("m=audio 5000 RTP/AVP 8", ...lines);
    assert.deepEqual([hears(read), speaks(read), answerDirection(read)], [hearing, speaking, answer], name);
  }
  const session = (...lines: readonly string[]): RemoteAudio => {
    const read = readAudio(parsed(octets("v=0", ...lines)));
    assert.ok(read.ok);
    return read.value;
  };
  assert.equal(hears(session("c=IN IP4 0.0.0.0", "m=audio 5000 RTP/AVP 8")), false, "0.0.0.0 of the session");
  assert.equal(hears(session("c=IN IP4 192.0.2.1", "a=sendonly", "m=audio 5000 RTP/AVP 8")), false);
  const own = session(
    "c=IN IP4 0.0.0.0",
    "a=inactive",
    "m=audio 5 RTP/AVP 8",
    "c=IN IP4 192.0.2.1",
    "a=sendrecv",
  );
  assert.ok(hears(own) && speaks(own), "the m-line goes before the session");
});

test("where RTCP goes", () => {
  assert.equal(audio("m=audio 5000 RTP/AVP 8", "a=rtcp:6001").rtcpPort, 6001);
  assert.equal(audio("m=audio 5000 RTP/AVP 8", "a=rtcp:6001 IN IP4 192.0.2.9").rtcpPort, 6001);
  assert.equal(audio("m=audio 5000 RTP/AVP 8", "a=rtcp:99999").rtcpPort, 5000);
  assert.equal(audio("m=audio 65535 RTP/AVP 8").rtcpPort, 65_535);
  assert.equal(audio("m=audio 5000 RTP/AVP 8", "a=rtcp-mux").rtcpMux, true);
});

test("lines may end in LF, and IPv6 is an address like any other", () => {
  const description = parsed(Buffer.from("v=0\nc=IN IP6 2001:DB8::7\nt=0 0\nm=audio 5000/1 RTP/AVP 8 \n"));
  const read = readAudio(description);
  assert.equal(read.ok && read.value.address, "2001:db8::7");
});

test("an answer keeps every m-line in its place, and the time of the offer", () => {
  const offer = parsed(
    octets(
      "v=0",
      "o=- 1 1 IN IP4 192.0.2.7",
      "s=x",
      "c=IN IP4 192.0.2.7",
      "t=100 200",
      "m=video 5000 RTP/AVP 31 34",
      "m=audio 5002 RTP/AVP 8 101",
      "m=image 5004 udptl t38",
    ),
  );
  const text = Buffer.from(writeSdp(answerTo(offer, 1, ours, { session: "77", version: 2 }))).toString();
  assert.equal(
    text,
    octets(
      "v=0",
      "o=- 77 2 IN IP4 198.51.100.1",
      "s=-",
      "c=IN IP4 198.51.100.1",
      "t=100 200",
      "m=video 0 RTP/AVP 31 34",
      "m=audio 40000 RTP/AVP 8 101",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=sendrecv",
      "m=image 0 udptl t38",
    ).toString(),
  );
});

test("an offer within a dialog keeps the m-lines of before", () => {
  const before = parsed(sdp("m=video 5000 RTP/AVP 31", "m=audio 5002 RTP/AVP 8"));
  const offer = offerOf(
    { ...ours, rtcpMux: true, comfortNoise: 13 },
    { session: "1", version: 1 },
    before,
    1,
  );
  assert.deepEqual(
    offer.media.map(({ kind, port }) => [kind, port]),
    [
      ["video", 0],
      ["audio", 40_000],
    ],
  );
  const fresh = offerOf({ ...ours, address: "2001:db8::1" }, { session: "1", version: 1 }, undefined, 0);
  assert.equal(fresh.media.length, 1);
  assert.deepEqual(fresh.connection, { family: "IP6", address: "2001:db8::1" });
});

test("what we write is read back the same", () => {
  const description = offerOf({ ...ours, comfortNoise: 13 }, { session: "9", version: 3 }, undefined, 0);
  assert.deepEqual(parsed(writeSdp(description)), description);
});

test("names that JavaScript knows change nothing (reliability I13)", () => {
  const read = audio(
    "m=audio 5000 RTP/AVP 8",
    "a=__proto__:x",
    "a=constructor",
    "a=rtpmap:__proto__ PCMA/8000",
  );
  assert.deepEqual(read.codecs, [{ codec: "PCMA", payloadType: 8 }]);
});

test("no octets make it throw, and an answer can be written to whatever was read", () => {
  const line = fc.oneof(
    fc.constantFrom(
      "v=0",
      "m=audio 5000 RTP/AVP 8 0",
      "c=IN IP4 192.0.2.1",
      "a=rtpmap:8 PCMA/8000",
      "a=sendonly",
      "t=0 0",
    ),
    fc
      .tuple(fc.constantFrom(..."vosiuepcbtrzkam"), fc.string({ maxLength: 30 }))
      .map(([key, value]) => `${key}=${value}`),
    fc.string({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.boolean(), (lines, proper) => {
      const input = octets(...(proper ? ["v=0", ...lines] : lines));
      const description = parseSdp(input);
      if (!description.ok) return;
      const read = readAudio(description.value);
      const answer = answerTo(description.value, read.ok ? read.value.index : -1, ours, {
        session: "1",
        version: 1,
      });
      const again = parsed(writeSdp(answer));
      assert.equal(again.media.length, description.value.media.length);
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
      parseSdp(input);
    }),
  );
});
