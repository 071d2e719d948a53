import { createSocket, type Socket } from "node:dgram";
import { Luck } from "./luck.ts";
import { decode, encode, joined, type Law, RATE, type Samples, silence } from "./recording.ts";

/** What happens to packets on the way, in both directions; shares are 0 to 1. */
export interface RoadWeather {
  readonly drop?: number;
  readonly duplicate?: number;
  /** Each packet is up to this much late, so that they overtake each other. */
  readonly jitterMs?: number;
}

export interface VoiceOptions {
  readonly at: string;
  readonly law?: Law;
  /** Payload type of its RFC 4733 events. */
  readonly events?: number;
  readonly weather?: RoadWeather;
  readonly seed?: number;
}

/** Where its sound goes. */
export interface SoundPlace {
  readonly address: string;
  readonly port: number;
}

const FRAME = 160;
const FRAME_MS = 20;
/** Frames of 20 ms. */
const BETWEEN_KEYS = 5;
/** Silence before the first packet, since others may have been overtaken by it. */
const LEAD = RATE / 10;
/** No recording of a test is longer. */
const MOST = 120 * RATE;
const PAYLOAD_TYPES: Readonly<Record<Law, number>> = { PCMA: 8, PCMU: 0 };
const EVENTS = "0123456789*#ABCD";

interface Packet {
  readonly payloadType: number;
  readonly payload: Uint8Array;
  readonly timestamp: number;
  readonly marker: boolean;
}

/** 20 ms of a key. */
interface KeyFrame {
  readonly key: string;
  /** Of the key so far, from 1 on. */
  readonly frames: number;
  /** How many packets say that it is over; 0 while it is held. */
  readonly last: number;
}

/** A packet that came. */
export interface CameIn {
  readonly from: SoundPlace;
  readonly atMs: number;
  readonly octets: Buffer;
}

/** The sound of one party: speaks and listens by RTP (RFC 3550) on a socket of its own, in time, in any weather. */
export class Voice {
  readonly address: string;
  readonly port: number;
  readonly law: Law;
  /** Every datagram that came, in order. */
  readonly cameIn: CameIn[] = [];
  /** Datagrams that left, those included that the weather took. */
  sent = 0;
  /** Whether it sends at all. */
  speaks = true;
  to: SoundPlace | undefined;
  readonly #socket: Socket;
  readonly #events: number;
  readonly #weather: RoadWeather;
  readonly #luck: Luck;
  readonly #ssrc: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #clock: NodeJS.Timeout;
  readonly #startedMs = performance.now();
  #frames = 0;
  #sequence = 0;
  #said: Samples = silence(0);
  readonly #heard: Samples = new Int16Array(MOST);
  #heardTo = 0;
  #heardSince = 0;
  #heardSsrc = 0;
  /** One entry each 20 ms; undefined: sound. */
  #queue: (KeyFrame | undefined)[] = [];
  #keySince = 0;

  private constructor(socket: Socket, options: VoiceOptions) {
    const { address, port } = socket.address();
    this.address = address;
    this.port = port;
    this.law = options.law ?? "PCMA";
    this.#socket = socket;
    this.#events = options.events ?? 101;
    this.#weather = options.weather ?? {};
    this.#luck = new Luck(options.seed ?? 1);
    this.#ssrc = (port * 65_537 + 1) >>> 0;
    socket.on("message", (octets, from) => {
      this.#throughWeather(() => {
        this.cameIn.push({ from, atMs: performance.now(), octets });
        if (this.#isSound(octets)) this.#hear(octets);
      });
    });
    this.#clock = setInterval(() => this.#tick(), 5);
  }

  static async open(options: VoiceOptions): Promise<Voice> {
    const socket = createSocket({
      type: options.at.includes(":") ? "udp6" : "udp4",
      recvBufferSize: 4_194_304,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject).bind(0, options.at, resolve);
    });
    return new Voice(socket, options);
  }

  /** Its description (RFC 8866), the lines before `a=sendrecv` included. */
  sdp(
    more: { readonly direction?: string; readonly version?: number; readonly address?: string } = {},
  ): string {
    const [audio, events] = [PAYLOAD_TYPES[this.law], this.#events];
    const family = this.address.includes(":") ? "IP6" : "IP4";
    return [
      "v=0",
      `o=- 7 ${more.version ?? 7} IN ${family} ${this.address}`,
      "s=-",
      `c=IN ${family} ${more.address ?? this.address}`,
      "t=0 0",
      `m=audio ${this.port} RTP/AVP ${audio} ${events}`,
      `a=rtpmap:${audio} ${this.law}/8000`,
      `a=rtpmap:${events} telephone-event/8000`,
      `a=fmtp:${events} 0-15`,
      `a=${more.direction ?? "sendrecv"}`,
      "",
    ].join("\r\n");
  }

  /** Sends its sound where a description says. */
  sendTo(sdp: string): void {
    const address = /^c=IN IP[46] (\S+)/m.exec(sdp)?.[1] ?? "";
    const port = Number(/^m=audio (\d+) /m.exec(sdp)?.[1]);
    if (address === "" || !(port > 0)) throw new Error(`nothing to send sound to:\n${sdp}`);
    this.to = { address, port };
  }

  /** Says this next, in place of what it still had to say; afterwards silence. */
  say(samples: Samples): void {
    this.#said = samples;
  }

  /** Presses keys (RFC 4733), each `pressMs` long, with 100 ms between them; `lastPackets`: 0 to 3 of those that say it is over. */
  press(keys: string, pressMs = 100, lastPackets = 3): void {
    const frames = Math.floor(pressMs / FRAME_MS);
    for (const key of keys) {
      for (let frame = 1; frame <= frames; frame++) this.#queue.push({ key, frames: frame, last: 0 });
      this.#queue.push(lastPackets === 0 ? undefined : { key, frames, last: lastPackets });
      for (let frame = 0; frame < BETWEEN_KEYS; frame++) this.#queue.push(undefined);
    }
  }

  /** Whether all keys have been sent. */
  get hasPressed(): boolean {
    return this.#queue.length === 0;
  }

  /** What it heard in its newest call, which has one SSRC: each packet where its timestamp has it, silence between. */
  heard(): Samples {
    return this.#heard.subarray(0, this.#heardTo);
  }

  /** Nothing has been heard or is still to be typed: before another call. */
  forget(): void {
    this.#queue = [];
    this.cameIn.length = 0;
    this.#heardTo = 0;
  }

  /** Sends octets as they are, from its socket. */
  sendRaw(octets: Uint8Array, to: SoundPlace): void {
    this.#socket.send(octets, to.port, to.address);
  }

  async close(): Promise<void> {
    clearInterval(this.#clock);
    for (const timer of this.#timers) clearTimeout(timer);
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #isSound(octets: Buffer): boolean {
    return octets.length > 12 && octets[0] === 0x80 && ((octets[1] ?? 0) & 0x7f) === PAYLOAD_TYPES[this.law];
  }

  #hear(octets: Buffer): void {
    const [timestamp, ssrc] = [octets.readUInt32BE(4), octets.readUInt32BE(8)];
    if (this.#heardTo === 0 || ssrc !== this.#heardSsrc) {
      [this.#heardTo, this.#heardSsrc, this.#heardSince] = [0, ssrc, timestamp - LEAD];
      this.#heard.fill(0);
    }
    const at = (timestamp - this.#heardSince) | 0;
    const end = at + octets.length - 12;
    if (at < 0) return;
    if (end > this.#heard.length) throw new Error(`timestamps jump: to ${end / RATE} s of sound`);
    this.#heard.set(decode(this.law, octets.subarray(12)), at);
    this.#heardTo = Math.max(this.#heardTo, end);
  }

  /** Against an absolute clock: what is due is sent, however late the timer is. */
  #tick(): void {
    const due = Math.floor((performance.now() - this.#startedMs) / FRAME_MS);
    for (; this.#frames < due; this.#frames += 1) {
      if (this.to === undefined || !this.speaks) continue;
      for (const packet of this.#next()) this.#send(packet, this.to);
    }
  }

  #next(): readonly Packet[] {
    const key = this.#queue.shift();
    const timestamp = this.#frames * FRAME;
    if (key === undefined) {
      const frame = joined(this.#said.subarray(0, FRAME), silence(FRAME_MS)).subarray(0, FRAME);
      this.#said = this.#said.subarray(FRAME);
      const payload = encode(this.law, frame);
      return [{ payloadType: PAYLOAD_TYPES[this.law], payload, timestamp, marker: false }];
    }
    const first = key.frames === 1 && key.last === 0;
    // RFC 4733 §2.5.1.2: all packets of an event have the timestamp of its beginning.
    if (first) this.#keySince = timestamp;
    const payload = Buffer.alloc(4);
    payload[0] = EVENTS.indexOf(key.key);
    payload[1] = (key.last > 0 ? 0x80 : 0) | 10;
    payload.writeUInt16BE(key.frames * FRAME, 2);
    const packet = { payloadType: this.#events, payload, timestamp: this.#keySince, marker: first };
    return Array.from({ length: Math.max(1, key.last) }, () => packet);
  }

  #send(packet: Packet, to: SoundPlace): void {
    const octets = Buffer.alloc(12 + packet.payload.length);
    octets[0] = 0x80;
    octets[1] = packet.payloadType | (packet.marker ? 0x80 : 0);
    octets.writeUInt16BE(this.#sequence & 0xffff, 2);
    octets.writeUInt32BE(packet.timestamp >>> 0, 4);
    octets.writeUInt32BE(this.#ssrc, 8);
    octets.set(packet.payload, 12);
    this.#sequence += 1;
    this.sent += 1;
    this.#throughWeather(() => this.#socket.send(octets, to.port, to.address));
  }

  #throughWeather(arrive: () => void): void {
    const { drop = 0, duplicate = 0, jitterMs = 0 } = this.#weather;
    if (this.#luck.has(drop)) return;
    for (let copies = this.#luck.has(duplicate) ? 2 : 1; copies > 0; copies--) {
      if (jitterMs === 0) arrive();
      else this.#later(arrive, this.#luck.next() * jitterMs);
    }
  }

  #later(arrive: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      arrive();
    }, ms);
    this.#timers.add(timer);
  }
}
