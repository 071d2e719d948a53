import assert from "node:assert/strict";
import { decoder, encoder, silentOctet } from "../../src/media/builtin/convert.ts";
import { Ear } from "../../src/media/builtin/ear.ts";
import type { MediaEnvironment } from "../../src/media/builtin/environment.ts";
import { MessageFiles } from "../../src/media/builtin/message-files.ts";
import { type Agreement, Negotiation } from "../../src/media/builtin/negotiation.ts";
import { Pacer } from "../../src/media/builtin/pacer.ts";
import { PortPool } from "../../src/media/builtin/port-pool.ts";
import { ToneRecordings } from "../../src/media/builtin/recording.ts";
import { StreamSender } from "../../src/media/builtin/stream-sender.ts";
import { type AudioCodec, STATIC_PAYLOAD_TYPES } from "../../src/media/codec/codec.ts";
import { DIGITS } from "../../src/media/dtmf/digit.ts";
import { ToneGenerator } from "../../src/media/dtmf/tone-generator.ts";
import {
  emptyRtpPacket,
  RTP_HEADER_OCTETS,
  type RtpPacket,
  readRtp,
  writeRtpHeader,
} from "../../src/media/rtp/packet.ts";
import { seededIds } from "../fakes/seeded-ids.ts";
import { VirtualClock } from "../fakes/virtual-clock.ts";

interface Sent extends RtpPacket {
  readonly payload: Uint8Array;
  /** Virtual ms. */
  readonly at: number;
  /** The other party's, not one of ours. */
  readonly relayed: boolean;
}

/** What a party has and wants. */
export interface EarParty {
  readonly codec?: AudioCodec;
  /** Payload types; undefined: it has none. */
  readonly event?: number;
  readonly noise?: boolean;
  readonly direction?: string;
}

/** What we have agreed on with such a party, which offered. */
export function agreementWith({
  codec = "PCMA",
  event,
  noise = false,
  direction = "sendrecv",
}: EarParty): Agreement {
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

/** An ear on a virtual clock, whose party has these parts and is joined to another, and what it gets. */
export class EarScene {
  readonly clock = new VirtualClock();
  readonly sent: Sent[] = [];
  readonly ear: Ear;
  #sequence = 0;
  #relaying = false;

  constructor(parts: EarParty) {
    const sender = new StreamSender(
      (octets) => {
        const packet = emptyRtpPacket();
        assert.ok(readRtp(octets, packet));
        const payload = octets.slice(packet.payloadStart, packet.payloadEnd);
        this.sent.push({ ...packet, payload, at: this.clock.now(), relayed: this.#relaying });
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
        externalAddresses: [],
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
    this.ear.join(true);
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
      this.#relaying = true;
      this.ear.hearSound(codec, datagram, packet, this.clock.now());
      this.#relaying = false;
      this.clock.advance(20);
    }
  }

  /** The other party presses a key: three packets. */
  press(digit = "5"): void {
    for (let n = 0; n < 3; n++) {
      const [octets, packet] = this.#packet(Uint8Array.of(DIGITS.indexOf(digit), 10, 0, 160 * n), 97);
      this.ear.hearEvent(octets, packet, n === 0 ? digit : undefined, this.clock.now());
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

  /** What was sent, packet for packet: `s` is silence, `S` with a marker, `x` and `X` anything else. */
  get script(): string {
    return this.sent
      .map(({ payload, payloadType, marker }) => {
        const codec = [...STATIC_PAYLOAD_TYPES].find(([, type]) => type === payloadType)?.[0] ?? "PCMA";
        const letter = payload.every((octet) => octet === silentOctet(codec)) ? "s" : "x";
        return marker ? letter.toUpperCase() : letter;
      })
      .join("");
  }

  /**
   * No packet is missing in what was sent, and its time runs on: in a talk spurt of ours by a packet each 20 ms, and from
   * one talk spurt to the next by what has passed, to within a packet.
   */
  assertContinuous(): void {
    this.assertWhole();
    for (const [n, packet] of this.sent.entries()) {
      const before = this.sent[n - 1];
      if (before === undefined) continue;
      const step = (packet.timestamp - before.timestamp) | 0;
      const passed = packet.at - before.at;
      if (packet.marker) assert.ok(Math.abs(step / 8 - passed) <= 20, `${step / 8} ms for ${passed} ms`);
      else assert.deepEqual([step, packet.relayed ? 20 : passed], [160, 20]);
    }
  }

  /** Nothing is missing in what was sent. */
  assertWhole(): void {
    for (const [n, { sequence }] of this.sent.entries())
      assert.equal(sequence, ((this.sent[0]?.sequence ?? 0) + n) & 0xffff);
  }
}
