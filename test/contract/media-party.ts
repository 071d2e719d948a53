import { createSocket, type Socket } from "node:dgram";
import { ALAW_TO_LINEAR, linearToAlaw, linearToUlaw, ULAW_TO_LINEAR } from "../../src/media/codec/g711.ts";
import { G722Decoder, G722Encoder } from "../../src/media/codec/g722.ts";
import { DIGITS } from "../../src/media/dtmf/digit.ts";
import { buildEvent } from "../../src/media/dtmf/event.ts";
import { goertzel, goertzelCoefficient } from "../../src/media/dtmf/goertzel.ts";
import { digitTone, ToneGenerator } from "../../src/media/dtmf/tone-generator.ts";
import { emptyRtpPacket, isRtcp, readRtp, writeRtpHeader } from "../../src/media/rtp/packet.ts";
import { parseSdp } from "../../src/media/sdp/description.ts";
import { until } from "../support/process.ts";

/** A packet that came. */
export interface HeardPacket {
  /** ms, of `performance`. */
  readonly at: number;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

export interface SdpParts {
  /** Payload types, in order; by default PCMU and PCMA. */
  readonly codecs?: readonly number[];
  /** Payload type of telephone-event; by default 101, 0: none. */
  readonly event?: number;
  readonly direction?: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** In place of its own. */
  readonly address?: string;
  /** Whole lines behind the sound, such as another m-line. */
  readonly more?: readonly string[];
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0, "PCMU/8000"],
  [8, "PCMA/8000"],
  [9, "G722/8000"],
]);
const FRAME = 160;
const FRAME_MS = 20;
const LEVEL_DBM0 = -10;
/** So many packets say what is heard. */
const WINDOW = 10;

/** A phone: one RTP port, real packets in real time, and an ear that knows frequencies. */
export class MediaParty {
  readonly address: string;
  heard: HeardPacket[] = [];
  readonly ssrc: number;
  #socket: Socket;
  #to: { readonly address: string; readonly port: number } | undefined;
  #sequence = 1000;
  #timestamp = 160_000;

  private constructor(address: string, ssrc: number) {
    this.address = address;
    this.ssrc = ssrc;
    this.#socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  }

  static async open(address: string, ssrc = 0x1000): Promise<MediaParty> {
    const party = new MediaParty(address, ssrc);
    await party.#bind();
    return party;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  /** Moves to another port, as after a change of network. */
  async move(): Promise<void> {
    await this.close();
    this.#socket = createSocket(this.address.includes(":") ? "udp6" : "udp4");
    await this.#bind();
  }

  /** What it offers or answers. */
  sdp({
    codecs = [0, 8],
    event = 101,
    direction = "sendrecv",
    address,
    more = [],
  }: SdpParts = {}): Uint8Array {
    const family = this.address.includes(":") ? "IP6" : "IP4";
    const formats = event === 0 ? codecs : [...codecs, event];
    const lines = [
      "v=0",
      `o=- 1 1 IN ${family} ${this.address}`,
      "s=-",
      `c=IN ${family} ${address ?? this.address}`,
      "t=0 0",
      `m=audio ${this.port} RTP/AVP ${formats.join(" ")}`,
      ...codecs.map((type) => `a=rtpmap:${type} ${NAMES.get(type) ?? "opus/48000/2"}`),
      ...(event === 0 ? [] : [`a=rtpmap:${event} telephone-event/8000`, `a=fmtp:${event} 0-15`]),
      `a=${direction}`,
      ...more,
    ];
    return Buffer.from(`${lines.join("\r\n")}\r\n`);
  }

  /** Sends from now on to where this description says. */
  aim(sdp: Uint8Array): void {
    const read = parseSdp(sdp);
    if (!read.ok) throw new Error(read.error);
    const line = read.value.media.find(({ kind, port }) => kind === "audio" && port > 0);
    const connection = line?.connection ?? read.value.connection;
    if (line === undefined || connection === undefined) throw new Error("no sound in this description");
    this.#to = { address: connection.address, port: line.port };
  }

  /** The same place as another party sends to. */
  aimAs(other: MediaParty): void {
    this.#to = other.#to;
  }

  /** A tone, in real time. */
  async speak(hz: number, ms: number, payloadType = 0): Promise<void> {
    await this.#send(new ToneGenerator([{ frequencies: [hz], ms }], LEVEL_DBM0, false), ms, payloadType);
  }

  /** A key as a tone, and silence behind it. */
  async tone(digit: string, ms: number, pauseMs: number, payloadType = 0): Promise<void> {
    const tone = digitTone(digit, ms);
    if (tone === undefined) throw new Error(`${digit} is no key`);
    await this.#send(tone, ms, payloadType);
    await this.#send(
      new ToneGenerator([{ frequencies: [], ms: pauseMs }], LEVEL_DBM0, false),
      pauseMs,
      payloadType,
    );
  }

  /** A key as event (RFC 4733): a packet each 20 ms, `ends` packets that say it is over; none of the first `lost` is sent. */
  async key(
    digit: string,
    {
      ms = 100,
      ends = 3,
      lost = 0,
      payloadType = 101,
    }: {
      readonly ms?: number;
      readonly ends?: number;
      readonly lost?: number;
      readonly payloadType?: number;
    } = {},
  ): Promise<void> {
    const event = DIGITS.indexOf(digit);
    const timestamp = this.#timestamp;
    const packets = Math.round(ms / FRAME_MS);
    const pace = pacer();
    for (let at = 1; at <= packets; at++) {
      const duration = at * FRAME;
      const payload = buildEvent({ event, end: false, volume: 10, duration });
      if (at > lost) this.#packet(payloadType, payload, timestamp, at === 1);
      else this.#sequence += 1;
      this.#timestamp += FRAME;
      await pace();
    }
    const payload = buildEvent({ event, end: true, volume: 10, duration: packets * FRAME });
    for (let at = 0; at < ends; at++) this.#packet(payloadType, payload, timestamp, false);
    this.#timestamp += FRAME;
  }

  /** Forgets what it has heard. */
  forget(): void {
    this.heard = [];
  }

  /** The packets of sound, without keys. */
  get sound(): readonly HeardPacket[] {
    return this.heard.filter(({ payloadType }) => NAMES.has(payloadType));
  }

  /** Waits until a tone is what it mainly hears in ten packets that come from now on. */
  async hears(hz: number): Promise<void> {
    const from = this.sound.length;
    await until(`${hz} Hz to be heard (${this.#say(from)})`, () => {
      const packets = this.sound.slice(from).slice(-WINDOW);
      return packets.length === WINDOW && shareOf(packets, hz) > 0.7;
    });
  }

  /** How much of the power in these packets is one frequency, 0 to 1. */
  share(hz: number, packets: readonly HeardPacket[] = this.sound): number {
    return shareOf(packets, hz);
  }

  #say(from: number): string {
    return `${this.sound.length - from} packets of sound before`;
  }

  async #send(tone: ToneGenerator, ms: number, payloadType: number): Promise<void> {
    const samples = new Int16Array(FRAME);
    const g722 = new G722Encoder();
    const pace = pacer();
    for (let sent = 0; sent < ms; sent += FRAME_MS) {
      tone.write(samples);
      const payload = new Uint8Array(FRAME);
      if (payloadType === 9) g722.encodeNarrow(samples, payload);
      else payload.set(Uint8Array.from(samples, payloadType === 8 ? linearToAlaw : linearToUlaw));
      this.#packet(payloadType, payload, this.#timestamp, sent === 0);
      this.#timestamp += FRAME;
      await pace();
    }
  }

  #packet(payloadType: number, payload: Uint8Array, timestamp: number, marker: boolean): void {
    if (this.#to === undefined) throw new Error("aimed at nobody");
    const packet = Buffer.alloc(12 + payload.length);
    writeRtpHeader(
      { payloadType, marker, sequence: this.#sequence & 0xffff, timestamp, ssrc: this.ssrc },
      packet,
    );
    packet.set(payload, 12);
    this.#sequence += 1;
    this.#socket.send(packet, this.#to.port, this.#to.address);
  }

  async #bind(): Promise<void> {
    this.#socket.on("message", (octets) => this.#receive(octets));
    await new Promise<void>((resolve, reject) => {
      this.#socket.once("error", reject).bind(0, this.address, resolve);
    });
  }

  #receive(octets: Buffer): void {
    const packet = emptyRtpPacket();
    if (isRtcp(octets) || !readRtp(octets, packet)) return;
    const { payloadType, marker, sequence, timestamp, ssrc, payloadStart, payloadEnd } = packet;
    const payload = octets.subarray(payloadStart, payloadEnd);
    this.heard.push({ at: performance.now(), payloadType, marker, sequence, timestamp, ssrc, payload });
  }
}

/** Against an absolute clock, so that a late packet does not delay those behind it. */
function pacer(): () => Promise<void> {
  const begun = performance.now();
  let steps = 0;
  return async () => {
    steps += 1;
    const wait = begun + steps * FRAME_MS - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
  };
}

function shareOf(packets: readonly HeardPacket[], hz: number): number {
  const wide = packets.some(({ payloadType }) => payloadType === 9);
  const samples = wide ? decodeWide(packets) : decodeNarrow(packets);
  let power = 0;
  for (const sample of samples) power += sample * sample;
  if (power === 0) return 0;
  const coefficient = goertzelCoefficient(hz, wide ? 16_000 : 8000);
  // Of a pure sine (A/2)² against A²/2.
  return (2 * goertzel(samples, 0, samples.length, coefficient)) / (power / samples.length);
}

function decodeNarrow(packets: readonly HeardPacket[]): Int16Array {
  return Int16Array.from(
    packets.flatMap(({ payload, payloadType }) => {
      const table = payloadType === 8 ? ALAW_TO_LINEAR : ULAW_TO_LINEAR;
      return Array.from(payload, (octet) => table[octet] ?? 0);
    }),
  );
}

function decodeWide(packets: readonly HeardPacket[]): Int16Array {
  const octets = Buffer.concat(packets.map(({ payload }) => payload));
  const samples = new Int16Array(octets.length * 2);
  new G722Decoder().decode(octets, samples);
  return samples;
}
