import assert from "node:assert/strict";
import { silentOctet } from "../../src/media/builtin/convert.ts";
import { type AudioCodec, STATIC_PAYLOAD_TYPES } from "../../src/media/codec/codec.ts";
import { goertzel, goertzelCoefficient } from "../../src/media/dtmf/goertzel.ts";
import { loudness, strongestFrequencies } from "../../src/media/dtmf/spectrum.ts";
import { sequenceDistance, timestampDistance } from "../../src/media/rtp/packet.ts";
import {
  type HeardPacket,
  type KeyParts,
  RtpEndpoint,
  type RtpEndpointOptions,
  soundOf,
} from "../../src/media/rtp-endpoint.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { randomIds } from "../../src/runtime/ids.ts";
import { PATIENCE_MS } from "./process.ts";

export type RtpPartyOptions = Partial<Omit<RtpEndpointOptions, "clock" | "ids">>;

/** A description, made for a test. */
export interface SdpParts {
  /** Payload types, in order; by default PCMU and PCMA. */
  readonly codecs?: readonly number[];
  /** Payload type of telephone-event; by default 101, 0: none. */
  readonly event?: number;
  readonly direction?: "sendrecv" | "sendonly" | "recvonly" | "inactive";
  /** It has comfort noise (RFC 3389), payload type 13. */
  readonly noise?: boolean;
  /** In place of its own. */
  readonly address?: string;
  /** Whole lines behind the sound, such as another m-line. */
  readonly more?: readonly string[];
}

const CODECS: ReadonlyMap<number, AudioCodec> = new Map(
  [...STATIC_PAYLOAD_TYPES].map(([codec, payloadType]) => [payloadType, codec]),
);

/** What a test wants to know of a stream that a party heard. */
export interface StreamReport {
  readonly ssrcs: number;
  /** Sequence numbers that did not come, between the first and the last. */
  readonly missing: number;
  /** Packets whose timestamp is not one packet after the one before, without a marker saying why. */
  readonly jumps: number;
  readonly markers: number;
  /** Furthest from its place, by timestamps and the first packet, ms. */
  readonly worstMs: number;
}

/** The sound of a phone on a real socket of loopback, with what tests ask of it. */
export class RtpParty {
  #endpoint: RtpEndpoint;

  private constructor(endpoint: RtpEndpoint) {
    this.#endpoint = endpoint;
  }

  get endpoint(): RtpEndpoint {
    return this.#endpoint;
  }

  static async open(options: RtpPartyOptions = {}): Promise<RtpParty> {
    const parts = { host: "127.0.0.1", telephoneEvent: 101, ...options };
    return new RtpParty(await RtpEndpoint.open({ clock: systemClock, ids: randomIds(), ...parts }));
  }

  /** One that sends nothing but what it is told to. */
  static async quiet(host: string): Promise<RtpParty> {
    const party = await RtpParty.open({ host, codec: "PCMU" });
    party.endpoint.sendSilence(false);
    return party;
  }

  get address(): string {
    return this.#endpoint.address;
  }

  /** Moves to another port, as after a change of network; what it heard is forgotten. */
  async move(): Promise<void> {
    const host = this.address;
    this.#endpoint.close();
    const { endpoint } = await RtpParty.quiet(host);
    this.#endpoint = endpoint;
  }

  /** What it offers or answers. */
  sdp({
    codecs = [0, 8],
    event = 101,
    direction = "sendrecv",
    noise = false,
    address = this.address,
    more = [],
  }: SdpParts = {}): Uint8Array {
    const family = this.address.includes(":") ? "IP6" : "IP4";
    const formats = [...codecs, ...(noise ? [13] : []), ...(event === 0 ? [] : [event])];
    const name = (type: number): string => {
      const codec = CODECS.get(type);
      return codec === undefined ? "opus/48000/2" : `${codec}/8000`;
    };
    const lines = [
      "v=0",
      `o=- 1 1 IN ${family} ${this.address}`,
      "s=-",
      `c=IN ${family} ${address}`,
      "t=0 0",
      `m=audio ${this.endpoint.port} RTP/AVP ${formats.join(" ")}`,
      ...codecs.map((type) => `a=rtpmap:${type} ${name(type)}`),
      ...(event === 0 ? [] : [`a=rtpmap:${event} telephone-event/8000`, `a=fmtp:${event} 0-15`]),
      `a=${direction}`,
      ...more,
    ];
    return Buffer.from(`${lines.join("\r\n")}\r\n`);
  }

  /** Sends from now on to where this description says. */
  aim(sdp: Uint8Array): void {
    assert.ok(this.endpoint.follow(sdp), "a description with a place for sound");
  }

  /** The same place as another party sends to. */
  aimAs(other: RtpParty): void {
    this.endpoint.sendTo(other.endpoint.target ?? assert.fail("the other is aimed at nobody"));
  }

  /** A tone, in real time. */
  speak(hz: number, ms: number, payloadType = 0): Promise<void> {
    this.#speakWith(payloadType);
    return this.endpoint.sayTone([hz], ms);
  }

  /** A key as a tone, and silence behind it. */
  tone(digit: string, ms: number, payloadType = 0): Promise<void> {
    this.#speakWith(payloadType);
    return this.endpoint.press(digit, "tone", { ms });
  }

  /** A key as event (RFC 4733), and silence behind it. */
  key(digit: string, parts: KeyParts = {}): Promise<void> {
    return this.endpoint.press(digit, "event", parts);
  }

  /** The packets of sound, without keys. */
  get sound(): readonly HeardPacket[] {
    return this.endpoint.heard.filter(({ payloadType }) => CODECS.has(payloadType));
  }

  /** Those of them that are not mere silence. */
  get audible(): readonly HeardPacket[] {
    return this.sound.filter(({ payload, payloadType }) => {
      const silent = silentOctet(CODECS.get(payloadType) ?? "PCMU");
      return payload.some((octet) => octet !== silent);
    });
  }

  /** How much of the power in these packets is one frequency, 0 to 1. */
  share(hz: number, packets: readonly HeardPacket[] = this.sound): number {
    const samples = soundOf(packets);
    const power = loudness(samples) ** 2;
    // Of a pure sine (A/2)² against A²/2.
    return power === 0
      ? 0
      : (2 * goertzel(samples, 0, samples.length, goertzelCoefficient(hz, 8000))) / power;
  }

  #speakWith(payloadType: number): void {
    this.endpoint.speakIn(CODECS.get(payloadType) ?? assert.fail(`${payloadType} is no codec`));
  }

  /** Waits until a packet has come after which `found` holds. */
  async until(what: string, found: (party: RtpParty) => boolean, limitMs = PATIENCE_MS): Promise<void> {
    if (found(this)) return;
    await new Promise<void>((resolve, reject) => {
      const stop = this.endpoint.onPacket(() => {
        if (!found(this)) return;
        limit.cancel();
        stop();
        resolve();
      });
      const limit = systemClock.after(limitMs, () => {
        stop();
        reject(new Error(`in ${limitMs} ms not: ${what}; heard were ${streamsOf(this.endpoint.heard)}`));
      });
    });
  }

  /** Waits until so much more has been heard, and returns it. */
  async hear(ms: number, limitMs = PATIENCE_MS): Promise<Int16Array> {
    const from = this.endpoint.heard.length;
    const enough = (): boolean => this.endpoint.sound(from).length >= ms * 8;
    await this.until(`${ms} ms of sound`, enough, limitMs);
    return this.endpoint.sound(from).subarray(0, ms * 8);
  }

  /** Waits until these frequencies, and no others as loud, are what is heard. */
  async hearTone(frequencies: readonly number[], limitMs = PATIENCE_MS): Promise<void> {
    const from = this.endpoint.heard.length;
    await this.until(
      `${frequencies.join(" + ")} Hz`,
      () => {
        const sound = soundOf(this.endpoint.heard.slice(from).slice(-WINDOW_PACKETS));
        return sound.length >= WINDOW && isTone(sound.subarray(-WINDOW), frequencies);
      },
      limitMs,
    );
  }

  /** The frequencies of the last 100 ms, in order. */
  get lastFrequencies(): readonly number[] {
    return frequenciesOf(this.endpoint.sound().subarray(-WINDOW));
  }

  report(from = 0): StreamReport {
    return reportOf(this.endpoint.heard.slice(from));
  }

  close(): void {
    this.endpoint.close();
  }
}

const WINDOW = 800;
/** More than a window of sound, keys between it included. */
const WINDOW_PACKETS = 20;

/** Frequencies of a sound, rounded to 10 Hz, lowest first; none if it is silent. */
export function frequenciesOf(sound: Int16Array): readonly number[] {
  if (loudness(sound) < 60) return [];
  return strongestFrequencies(sound, 2)
    .map(({ hz }) => hz)
    .sort((a, b) => a - b);
}

function isTone(sound: Int16Array, frequencies: readonly number[]): boolean {
  const found = frequenciesOf(sound);
  return (
    found.length === frequencies.length &&
    found.every((hz, n) => Math.abs(hz - (frequencies[n] as number)) <= 10)
  );
}

/** Asserts that a sound is these frequencies. */
export function assertTone(sound: Int16Array, frequencies: readonly number[]): void {
  assert.ok(
    isTone(sound, frequencies),
    `heard ${frequenciesOf(sound).join(" + ")} Hz, not ${frequencies.join(" + ")}`,
  );
}

/** Whose packets these are, for whoever has to find out why a sound did not come. */
function streamsOf(packets: readonly HeardPacket[]): string {
  const streams = Object.groupBy(
    packets,
    ({ from, ssrc, payloadType }) =>
      `${from.address}:${from.port}, SSRC ${ssrc}, payload type ${payloadType}`,
  );
  const lines = Object.entries(streams).map(([stream, its = []]) => {
    const ms = (its.at(-1)?.at ?? 0) - (its[0]?.at ?? 0);
    return `${its.length} packets in ${ms.toFixed(0)} ms from ${stream}: ${frequenciesOf(soundOf(its)).join(" + ")} Hz`;
  });
  return lines.length === 0 ? "no packets" : lines.join("; ");
}

function reportOf(packets: readonly HeardPacket[]): StreamReport {
  const first = packets[0];
  if (first === undefined) return { ssrcs: 0, missing: 0, jumps: 0, markers: 0, worstMs: 0 };
  let [missing, jumps, worstMs] = [0, 0, 0];
  for (const [n, packet] of packets.entries()) {
    const before = packets[n - 1];
    const place = first.at + timestampDistance(first.timestamp, packet.timestamp) / 8;
    worstMs = Math.max(worstMs, Math.abs(packet.at - place));
    if (before === undefined) continue;
    missing += Math.max(0, sequenceDistance(before.sequence, packet.sequence) - 1);
    const step = timestampDistance(before.timestamp, packet.timestamp);
    if (step !== before.payload.length && !packet.marker) jumps += 1;
  }
  return {
    ssrcs: new Set(packets.map(({ ssrc }) => ssrc)).size,
    missing,
    jumps,
    markers: packets.filter(({ marker }) => marker).length,
    worstMs,
  };
}
