import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import { decoder, encoder, silentOctet } from "./builtin/convert.ts";
import { type Paced, Pacer } from "./builtin/pacer.ts";
import { StreamSender } from "./builtin/stream-sender.ts";
import { type AudioCodec, FRAME_MS, FRAME_OCTETS, STATIC_PAYLOAD_TYPES } from "./codec/codec.ts";
import { DIGITS } from "./dtmf/digit.ts";
import { buildEvent, type EventReceiverState, parseEvent, receiveEvent } from "./dtmf/event.ts";
import { ToneDetector } from "./dtmf/tone-detector.ts";
import { digitTone, ToneGenerator } from "./dtmf/tone-generator.ts";
import { emptyRtpPacket, isRtcp, RTP_HEADER_OCTETS, readRtp } from "./rtp/packet.ts";
import { type Direction, readAudio } from "./sdp/audio.ts";
import { parseSdp, writeSdp } from "./sdp/description.ts";
import { offerOf } from "./sdp/local.ts";

export interface RtpEndpointOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** An IP literal of this machine; `port` 0 or none: any free one. */
  readonly host: string;
  readonly port?: number;
  readonly codec?: AudioCodec;
  /** Payload type of telephone-event; undefined: this phone has none. */
  readonly telephoneEvent?: number | undefined;
}

/** A packet as it came. */
export interface HeardPacket {
  /** Monotonic ms. */
  readonly at: number;
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
  readonly from: { readonly address: string; readonly port: number };
}

/** Packets that are kept; 20 minutes of sound. */
const MAX_HEARD = 60_000;
/** Length of a key, and of the pause behind it, ms. */
const KEY_MS = { event: 100, tone: 80, pause: 80 };

/** What is to be sent next. */
type Item =
  | { readonly kind: "sound"; readonly octets: Uint8Array; at: number; readonly done: () => void }
  | (Required<KeyParts> & {
      readonly kind: "event";
      readonly digit: string;
      packets: number;
      readonly done: () => void;
    });

/** How a key is pressed, and what of it gets lost. */
export interface KeyParts {
  readonly ms?: number;
  /** Of an event: so many packets say that it is over. */
  readonly ends?: number;
  /** Of an event: so many of its first packets do not arrive. */
  readonly lost?: number;
  readonly payloadType?: number;
}

/**
 * The sound of one phone, on one UDP socket: it says what it is told to, paced by an absolute clock, and keeps what it
 * hears. For the demo's caller, and for tests; the switchboard's own ends are in `builtin/`.
 */
export class RtpEndpoint implements Paced {
  #codec: AudioCodec;
  readonly telephoneEvent: number | undefined;
  readonly #clock: Clock;
  readonly #socket: Socket;
  readonly #pacer: Pacer;
  readonly #sender: StreamSender;
  readonly #heard: HeardPacket[] = [];
  readonly #items: Item[] = [];
  readonly #packet = emptyRtpPacket();
  readonly #listeners = new Set<(packet: HeardPacket) => void>();
  #target: { readonly address: string; readonly port: number } | undefined;
  /** What is sent now does not arrive. */
  #loses = false;
  #quietToo = true;
  #closed = false;

  private constructor(options: RtpEndpointOptions, socket: Socket) {
    const { clock, ids } = options;
    this.#codec = options.codec ?? "PCMA";
    this.telephoneEvent = options.telephoneEvent;
    this.#clock = clock;
    this.#socket = socket;
    this.#pacer = new Pacer(clock);
    this.#sender = new StreamSender(
      (octets) => {
        if (!this.#loses) this.sendRaw(octets);
      },
      ids.integer(2 ** 32),
      ids.integer(2 ** 16),
      ids.integer(2 ** 32),
    );
    socket.on("error", () => {});
    socket.on("message", (octets, from) => this.#hear(octets, from));
  }

  /** Rejects if the port cannot be had. */
  static async open(options: RtpEndpointOptions): Promise<RtpEndpoint> {
    const family = options.host.includes(":") ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? "udp6" : "udp4",
      // Targets are literals: packets leave at once, and in order.
      lookup: (address, _options, done) => done(null, address, family),
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(options.port ?? 0, options.host, () => resolve());
    });
    socket.removeAllListeners("error");
    return new RtpEndpoint(options, socket);
  }

  /** What it speaks. */
  get codec(): AudioCodec {
    return this.#codec;
  }

  speakIn(codec: AudioCodec): void {
    this.#codec = codec;
  }

  get address(): string {
    return this.#socket.address().address;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  get ssrc(): number {
    return this.#sender.ssrc;
  }

  /** Packets that were sent. */
  get sent(): number {
    return this.#sender.packets;
  }

  /** A description of this phone: its codec and its events. */
  describe(direction: Direction = "sendrecv", version = 1): Uint8Array {
    const payloadType = STATIC_PAYLOAD_TYPES.get(this.codec) as number;
    const audio = {
      address: this.address,
      port: this.port,
      rtcpMux: false,
      direction,
      codecs: [{ codec: this.codec, payloadType }],
      telephoneEvent: this.telephoneEvent,
      comfortNoise: undefined,
    };
    return writeSdp(offerOf(audio, { session: String(this.port), version }, undefined, 0));
  }

  /** Sends to where this description says, from now on; false if it says no place. */
  follow(sdp: Uint8Array): boolean {
    const description = parseSdp(sdp);
    const audio = description.ok ? readAudio(description.value) : undefined;
    if (audio?.ok !== true || audio.value.address === undefined) return false;
    this.sendTo({ address: audio.value.address, port: audio.value.port });
    return true;
  }

  /** Where it sends to; undefined: nowhere yet. */
  get target(): { readonly address: string; readonly port: number } | undefined {
    return this.#target;
  }

  sendTo(target: { readonly address: string; readonly port: number }): void {
    this.#target = target;
    if (this.#quietToo) this.#pacer.add(this);
  }

  /** Whether silence is sent while there is nothing to say, as phones do; it is from the start. */
  sendSilence(on: boolean): void {
    this.#quietToo = on;
    if (on && this.#target !== undefined) this.#pacer.add(this);
  }

  /** Says octets of its codec; resolves when the last has left. */
  say(octets: Uint8Array): Promise<void> {
    return this.#queue((done) => ({ kind: "sound", octets, at: 0, done }));
  }

  /** Says a tone, or several at once; amplitude as -10 dBm0 each. */
  sayTone(frequencies: readonly number[], ms: number): Promise<void> {
    return this.#sayGenerated(new ToneGenerator([{ frequencies, ms }], -10, false), ms);
  }

  /** Presses keys one after the other; resolves when the last is up again. */
  async press(digits: string, way: "event" | "tone", parts: KeyParts = {}): Promise<void> {
    const { ms = KEY_MS[way], ends = 3, lost = 0, payloadType = this.telephoneEvent ?? 101 } = parts;
    for (const digit of digits) {
      const tone = way === "tone" ? digitTone(digit, ms) : undefined;
      if (tone !== undefined) await this.#sayGenerated(tone, ms + KEY_MS.pause);
      else {
        const key = { kind: "event", digit, ms, ends, lost, payloadType, packets: 0 } as const;
        await this.#queue((done) => ({ ...key, done }));
        await this.say(new Uint8Array(KEY_MS.pause * 8).fill(silentOctet(this.codec)));
      }
    }
  }

  /** Sends octets as they are. */
  sendRaw(octets: Uint8Array): void {
    if (this.#target !== undefined && !this.#closed)
      this.#socket.send(octets, this.#target.port, this.#target.address);
  }

  /** Every packet since the beginning, or since `forget`. */
  get heard(): readonly HeardPacket[] {
    return this.#heard;
  }

  forget(): void {
    this.#heard.length = 0;
  }

  /** Calls for each packet until the returned function is called. */
  onPacket(take: (packet: HeardPacket) => void): () => void {
    this.#listeners.add(take);
    return () => this.#listeners.delete(take);
  }

  /** What was heard from a packet on, as sound of 8 kHz; events are left out. */
  sound(fromPacket = 0): Int16Array {
    return soundOf(this.#heard.slice(fromPacket));
  }

  /** The keys that were heard, as events and as tones. */
  keys(): { readonly events: string; readonly tones: string } {
    let state: EventReceiverState | undefined;
    let events = "";
    for (const packet of this.#heard) {
      const event = packet.payloadType === this.telephoneEvent ? parseEvent(packet.payload) : undefined;
      if (event === undefined) continue;
      const [next, digit] = receiveEvent(state, packet, event);
      state = next;
      events += digit ?? "";
    }
    return { events, tones: new ToneDetector().put(this.sound()) };
  }

  tick(): boolean {
    const now = this.#clock.now();
    const item = this.#items[0];
    if (item?.kind === "event") this.#tickEvent(item);
    else if (item === undefined && !this.#quietToo) {
      this.#sender.pause();
      return false;
    } else {
      const frame = this.#sender.frameBuffer;
      frame.fill(silentOctet(this.codec));
      if (item !== undefined) {
        frame.set(item.octets.subarray(item.at, item.at + FRAME_OCTETS));
        item.at += FRAME_OCTETS;
      }
      this.#sender.frame(STATIC_PAYLOAD_TYPES.get(this.codec) as number, now);
      if (item !== undefined && item.at >= item.octets.length) this.#finish(item);
    }
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pacer.remove(this);
    for (const { done } of this.#items.splice(0)) done();
    this.#socket.close();
  }

  /** RFC 4733 §2.5.1: a packet each 20 ms with the time since the start, the last one three times. */
  #tickEvent(item: Extract<Item, { kind: "event" }>): void {
    item.packets += 1;
    const last = item.packets * FRAME_MS >= item.ms;
    const event = DIGITS.indexOf(item.digit);
    const payload = buildEvent({ event, end: last, volume: 10, duration: item.packets * FRAME_OCTETS });
    this.#loses = item.packets <= item.lost;
    for (let copy = 0; copy < (last ? item.ends : 1); copy++) {
      const octets = new Uint8Array(RTP_HEADER_OCTETS + payload.length);
      octets.set(payload, RTP_HEADER_OCTETS);
      this.#sender.event(octets, item.packets === 1, item.payloadType, this.#clock.now());
    }
    this.#loses = false;
    if (last) {
      this.#sender.pause();
      this.#finish(item);
    }
  }

  #finish(item: Item): void {
    this.#items.shift();
    item.done();
  }

  #sayGenerated(generator: ToneGenerator, ms: number): Promise<void> {
    const samples = new Int16Array(ms * 8);
    generator.write(samples);
    const octets = new Uint8Array(samples.length);
    encoder(this.codec)(samples, octets);
    return this.say(octets);
  }

  #queue(make: (done: () => void) => Item): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#items.push(make(resolve));
      if (this.#target !== undefined) this.#pacer.add(this);
    });
  }

  #hear(octets: Uint8Array, from: RemoteInfo): void {
    if (isRtcp(octets) || !readRtp(octets, this.#packet) || this.#heard.length >= MAX_HEARD) return;
    const { payloadType, marker, sequence, timestamp, ssrc, payloadStart, payloadEnd } = this.#packet;
    const packet: HeardPacket = {
      at: this.#clock.now(),
      payloadType,
      marker,
      sequence,
      timestamp,
      ssrc,
      payload: octets.slice(payloadStart, payloadEnd),
      from: { address: from.address, port: from.port },
    };
    this.#heard.push(packet);
    for (const take of this.#listeners) take(packet);
  }
}

/** Packets as sound of 8 kHz, each by its static payload type; what has none is left out. */
export function soundOf(packets: readonly HeardPacket[]): Int16Array {
  const sound = new Int16Array(packets.reduce((sum, { payload }) => sum + payload.length, 0));
  const decoders = new Map<number, ReturnType<typeof decoder>>();
  for (const [codec, payloadType] of STATIC_PAYLOAD_TYPES) decoders.set(payloadType, decoder(codec));
  let at = 0;
  for (const { payloadType, payload } of packets) {
    const decode = decoders.get(payloadType);
    if (decode === undefined) continue;
    decode(payload, sound.subarray(at, at + payload.length));
    at += payload.length;
  }
  return sound.subarray(0, at);
}
