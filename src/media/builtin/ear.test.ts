import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { assertTone } from "../../../test/support/rtp-party.ts";
import { type AudioCodec, STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import { ToneDetector } from "../dtmf/tone-detector.ts";
import { ToneGenerator } from "../dtmf/tone-generator.ts";
import { emptyRtpPacket, RTP_HEADER_OCTETS, type RtpPacket, readRtp, writeRtpHeader } from "../rtp/packet.ts";
import { decoder, encoder } from "./convert.ts";
import { Ear } from "./ear.ts";
import type { MediaEnvironment } from "./environment.ts";
import { MessageFiles } from "./message-files.ts";
import { type Agreement, Negotiation } from "./negotiation.ts";
import { Pacer } from "./pacer.ts";
import { PortPool } from "./port-pool.ts";
import { ToneRecordings } from "./recording.ts";
import { StreamSender } from "./stream-sender.ts";

interface Sent extends RtpPacket {
  readonly payload: Uint8Array;
}

/** What a party has and wants. */
interface PartyParts {
  readonly codec?: AudioCodec;
  /** Payload types; undefined: it has none. */
  readonly event?: number;
  readonly noise?: boolean;
  readonly direction?: string;
}

function agreementWith({
  codec = "PCMA",
  event,
  noise = false,
  direction = "sendrecv",
}: PartyParts): Agreement {
  const formats = [
    STATIC_PAYLOAD_TYPES.get(codec),
    ...(noise ? [13] : []),
    ...(event === undefined ? [] : [event]),
  ];
  const lines = [
    "v=0",
    "o=- 1 1 IN IP4 192.0.2.7",
    "s=-",
    "c=IN IP4 192.0.2.7",
    "t=0 0",
    `m=audio 5000 RTP/AVP ${formats.join(" ")}`,
    ...(event === undefined ? [] : [`a=rtpmap:${event} telephone-event/8000`]),
    `a=${direction}`,
  ];
  const negotiation = new Negotiation({ address: "192.0.2.1", port: 40_000 }, "1");
  assert.ok(negotiation.remoteOffer(Buffer.from(lines.map((line) => `${line}\r\n`).join(""))).ok);
  assert.ok(negotiation.answer({ codecs: [], comfortNoise: noise }).ok);
  return negotiation.agreement ?? assert.fail("nothing is agreed");
}

/** An ear on a virtual clock, whose party has these parts, and what it gets. */
class Scene {
  readonly clock = new VirtualClock();
  readonly sent: Sent[] = [];
  readonly ear: Ear;
  #sequence = 0;

  constructor(parts: PartyParts) {
    const sender = new StreamSender(
      (octets) => {
        const packet = emptyRtpPacket();
        assert.ok(readRtp(octets, packet));
        this.sent.push({ ...packet, payload: octets.slice(packet.payloadStart, packet.payloadEnd) });
      },
      1,
      100,
      1000,
    );
    const ids = seededIds();
    const environment: MediaEnvironment = {
      start: {
        ports: { min: 4000, max: 4001 },
        bindAddress: undefined,
        externalAddress: undefined,
        silentMs: 60_000,
        silentOnHoldMs: 600_000,
        portRestMs: 30_000,
      },
      clock: this.clock,
      ids,
      ports: new PortPool({ min: 4000, max: 4001 }, 30_000, this.clock, ids),
      pacer: new Pacer(this.clock),
      files: new MessageFiles(),
      tones: new ToneRecordings(),
      counters: { received: 0, sent: 0, foreign: 0, malformed: 0 },
    };
    this.ear = new Ear(environment, sender);
    this.ear.agree(agreementWith(parts));
  }

  /** The other party's next datagram. */
  #packet(payload: Uint8Array, payloadType: number): readonly [Uint8Array, RtpPacket] {
    const octets = new Uint8Array(RTP_HEADER_OCTETS + payload.length);
    const sequence = this.#sequence++;
    writeRtpHeader({ payloadType, marker: false, sequence, timestamp: sequence * 160, ssrc: 9 }, octets);
    octets.set(payload, RTP_HEADER_OCTETS);
    const packet = emptyRtpPacket();
    assert.ok(readRtp(octets, packet));
    return [octets, packet];
  }

  /** The other party says a tone. */
  speak(codec: AudioCodec, hz: number, ms: number): void {
    const samples = new Int16Array(ms * 8);
    new ToneGenerator([{ frequencies: [hz], ms }], -10, false).write(samples);
    const octets = new Uint8Array(samples.length);
    encoder(codec)(samples, octets);
    for (let at = 0; at < octets.length; at += 160) {
      const [datagram, packet] = this.#packet(
        octets.slice(at, at + 160),
        STATIC_PAYLOAD_TYPES.get(codec) ?? 0,
      );
      this.ear.hearSound(codec, datagram, packet, this.clock.now());
      this.clock.advance(20);
    }
  }

  /** The other party presses 5: three packets. */
  press(): void {
    for (let n = 0; n < 3; n++) {
      const [octets, packet] = this.#packet(Uint8Array.of(5, 10, 0, 160 * n), 97);
      this.ear.hearEvent(octets, packet, n === 0 ? "5" : undefined, this.clock.now());
      this.clock.advance(20);
    }
  }

  noise(): void {
    const [octets, packet] = this.#packet(Uint8Array.of(40), 13);
    this.ear.hearNoise(octets, packet, this.clock.now());
  }

  /** What was sent, as sound. */
  sound(codec: AudioCodec, from = 0): Int16Array {
    const payloads = this.sent.slice(from).flatMap(({ payload }) => [...payload]);
    const samples = new Int16Array(payloads.length);
    decoder(codec)(Uint8Array.from(payloads), samples);
    return samples;
  }

  get payloadTypes(): readonly number[] {
    return this.sent.map(({ payloadType }) => payloadType);
  }

  /** Nothing is missing in what was sent. */
  assertWhole(): void {
    for (const [n, { sequence }] of this.sent.entries())
      assert.equal(sequence, ((this.sent[0]?.sequence ?? 0) + n) & 0xffff);
  }
}

describe("what is said is heard, converted where codecs differ", () => {
  const codecs: readonly AudioCodec[] = ["PCMA", "PCMU", "G722"];
  for (const from of codecs) {
    for (const to of codecs) {
      test(`${from} to ${to}`, () => {
        const scene = new Scene({ codec: to });
        scene.speak(from, 700, 400);
        assert.equal(scene.sent.length, 20);
        assert.ok(scene.payloadTypes.every((type) => type === STATIC_PAYLOAD_TYPES.get(to)));
        scene.assertWhole();
        assertTone(scene.sound(to).subarray(-800), [700]);
      });
    }
  }
});

test("a codec that changes in the middle is converted from then on", () => {
  const scene = new Scene({ codec: "PCMU" });
  scene.speak("PCMU", 500, 200);
  scene.speak("G722", 900, 200);
  assertTone(scene.sound("PCMU").subarray(-800), [900]);
  scene.ear.agree(agreementWith({ codec: "PCMA" }));
  scene.speak("G722", 600, 200);
  assertTone(scene.sound("PCMA", 20).subarray(-800), [600]);
  scene.assertWhole();
});

test("a payload too long to be converted is left out; unconverted it passes", () => {
  const scene = new Scene({ codec: "PCMU" });
  const octets = new Uint8Array(RTP_HEADER_OCTETS + 1441);
  octets[0] = 0x80;
  const packet = emptyRtpPacket();
  assert.ok(readRtp(octets, packet));
  scene.ear.hearSound("PCMA", octets, packet, 0);
  assert.equal(scene.sent.length, 0);
  scene.ear.hearSound("PCMU", octets, packet, 0);
  assert.equal(scene.sent.length, 1);
});

test("keys go through under the number that the hearer knows", () => {
  const scene = new Scene({ event: 110 });
  scene.speak("PCMA", 500, 60);
  scene.press();
  scene.speak("PCMA", 500, 60);
  assert.deepEqual(scene.payloadTypes, [8, 8, 8, 110, 110, 110, 8, 8, 8]);
  scene.assertWhole();
});

test("for a hearer without events a key becomes a tone, in place of what is said meanwhile", () => {
  const scene = new Scene({ codec: "PCMU" });
  scene.speak("PCMU", 500, 60);
  scene.press();
  scene.speak("PCMU", 500, 400);
  scene.assertWhole();
  assert.ok(scene.payloadTypes.every((type) => type === 0));
  assert.equal(new ToneDetector().put(scene.sound("PCMU")), "5");
  assertTone(scene.sound("PCMU").subarray(-800), [500]);
});

for (const noise of [true, false]) {
  test(`comfort noise (payload type 13) ${noise ? "passes where both have it" : "is kept back elsewhere"}`, () => {
    const scene = new Scene({ noise });
    scene.speak("PCMA", 500, 40);
    scene.noise();
    scene.speak("PCMA", 500, 40);
    assert.deepEqual(scene.payloadTypes, noise ? [8, 8, 13, 8, 8] : [8, 8, 8, 8]);
    scene.assertWhole();
  });
}

test("what plays is heard in place of the other, then the other again, in one stream", () => {
  const scene = new Scene({});
  scene.speak("PCMA", 500, 100);
  scene.ear.play({ kind: "ringback" }, "NL", () => assert.fail("ringback has no end"));
  scene.speak("PCMA", 500, 400);
  assertTone(scene.sound("PCMA").subarray(-800), [425]);
  scene.ear.stop();
  const before = scene.sent.length;
  scene.speak("PCMA", 500, 200);
  assertTone(scene.sound("PCMA", before).subarray(-800), [500]);
  scene.assertWhole();
  assert.deepEqual(
    scene.sent.flatMap(({ marker }, n) => (marker ? [n] : [])),
    [0, 5, before],
  );
});

test("tones of a country", () => {
  for (const [country, kind, frequencies] of [
    ["NL", "ringback", [425]],
    ["AT", "ringback", [420]],
    ["gb", "busy", [400]],
    ["no country", "busy", [425]],
  ] as const) {
    const scene = new Scene({});
    scene.ear.play({ kind }, country, () => undefined);
    scene.clock.advance(200);
    assertTone(scene.sound("PCMA").subarray(-800), frequencies);
  }
});

test("hold tones give way to whatever the other party sends", () => {
  const scene = new Scene({});
  scene.ear.playHold("NL");
  scene.clock.advance(140);
  assertTone(scene.sound("PCMA").subarray(-800), [425]);
  assert.equal(scene.ear.playing, false, "not what somebody asked for");
  scene.speak("PCMA", 800, 200);
  assertTone(scene.sound("PCMA").subarray(-800), [800]);
  const quiet = scene.sent.length;
  scene.clock.advance(1000);
  assert.equal(scene.sent.length, quiet);
});

test("hold tones do not replace what plays, and end by themselves with the hold", () => {
  const scene = new Scene({});
  scene.ear.play({ kind: "busy" }, "NL", () => undefined);
  scene.ear.playHold("NL");
  assert.ok(scene.ear.playing);
  scene.ear.stopHold();
  assert.ok(scene.ear.playing);
  scene.ear.stop();
  scene.ear.playHold("NL");
  scene.ear.stopHold();
  const before = scene.sent.length;
  scene.clock.advance(200);
  assert.equal(scene.sent.length, before);
});

test("a party that does not want to hear gets nothing, whatever there is", () => {
  for (const direction of ["sendonly", "inactive"]) {
    const scene = new Scene({ direction, event: 101 });
    scene.speak("PCMA", 500, 100);
    scene.press();
    scene.noise();
    scene.ear.play({ kind: "busy" }, "NL", () => undefined);
    scene.clock.advance(500);
    assert.deepEqual(scene.sent, []);
    scene.ear.agree(agreementWith({}));
    scene.clock.advance(100);
    assert.ok(scene.sent.length > 0, "what plays is heard when it comes back");
  }
});

test("before anything is agreed nothing is sent, and a sound says why it is not played", () => {
  const scene = new Scene({});
  const silent = new Ear({} as MediaEnvironment, new StreamSender(() => assert.fail("sent"), 1, 1, 1));
  const told: unknown[] = [];
  silent.play({ kind: "busy" }, "NL", (result) => told.push(result));
  assert.deepEqual(told, [
    { ok: false, error: "There is no agreement with this party yet on how it hears." },
  ]);
  assert.deepEqual(scene.sent, []);
});

test("a message that arrives after it was stopped is not played, and nothing is told", async () => {
  const scene = new Scene({});
  const told: unknown[] = [];
  const missing = { kind: "message", name: "late", path: "/nowhere/late", durationMs: 100 } as const;
  scene.ear.play(missing, "NL", (result) => told.push(result));
  scene.ear.stop();
  const done = Promise.withResolvers<unknown>();
  scene.ear.play({ ...missing, name: "next" }, "NL", done.resolve);
  assert.deepEqual(await done.promise, {
    ok: false,
    error: 'The message "next" cannot be played: the file /nowhere/late.alaw is missing.',
  });
  assert.deepEqual(told, []);
});
