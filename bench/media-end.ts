import { createSocket, type Socket } from "node:dgram";
import { type Law, markPacket, packetFor, RTP_HEADER, SAMPLES, stampPacket } from "./marked-rtp.ts";
import type { Paced } from "./media-pacer.ts";
import type { Party } from "./probe-calls.ts";
import { StreamReceiver } from "./stream-receiver.ts";

/** Payload type of events in our descriptions (RFC 4733). */
export const EVENT_TYPE = 101;

/** Packets of a key's event that are sent while it is down: 100 ms. */
const KEY_PACKETS = 5;
/** Voice between two keys, in packets. */
const KEY_PAUSE = 4;
/** RFC 4733 §2.5.1.4: the end is sent three times. */
const KEY_ENDS = 3;
/** Volume of an event in -dBm0. */
const KEY_VOLUME = 10;

/** Remembers when packets were sent: 20 s of a stream. */
const REMEMBERED = 1024;

export interface EndParts {
  /** Where it hears RTP; RTCP one port above. */
  readonly at: Party;
  readonly law: Law;
  /** Number of the stream that it sends, and of the one that it is to hear. */
  readonly stream: number;
  readonly hears: number;
}

/** The sound of one party of a call: a stream of marked packets out, what comes in is looked at. */
export class MediaEnd implements Paced {
  readonly receiver: StreamReceiver;
  /** Called for every packet that comes in, with its number in the other end's stream or -1. */
  onPacket: ((packet: Buffer, number: number, atMs: number) => void) | undefined;
  /** Called when a key's first packet goes out, and when its end does. */
  onKey: ((key: number, what: "down" | "up", atMs: number) => void) | undefined;
  readonly #parts: EndParts;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #packet: Buffer;
  readonly #sentAt = new Float64Array(REMEMBERED);
  readonly #keys: number[] = [];
  #ready = false;
  /** Of the next packet with sound. */
  #number = 0;
  /** RTP's own count of packets, and of samples; they part where a key's end is sent three times. */
  #sequence = 0;
  #time = 0;
  /** Packets since the key went down, and the time stamp of that moment. */
  #keyStep = 0;
  #keyTime = 0;

  private constructor(parts: EndParts, rtp: Socket, rtcp: Socket) {
    this.#parts = parts;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#packet = packetFor(parts.law, 0x5eed_0000 + parts.stream);
    this.receiver = new StreamReceiver(parts.hears);
    rtp.on("message", (packet) => {
      const at = performance.now();
      this.onPacket?.(packet, this.receiver.take(packet, at), at);
    });
  }

  static async open(parts: EndParts): Promise<MediaEnd> {
    const { host, port } = parts.at;
    const [rtp, rtcp] = await Promise.all([bound(host, port), bound(host, port + 1)]);
    // The server's reports are taken in and not read.
    return new MediaEnd(parts, rtp, rtcp);
  }

  get port(): number {
    return this.#parts.at.port;
  }

  /** The number of the next packet with sound. */
  get number(): number {
    return this.#number;
  }

  /** When the packet of that number was sent; only the last 20 s are known. */
  sentAt(number: number): number {
    return this.#sentAt[number % REMEMBERED] ?? 0;
  }

  /** Where the other party's description says that it hears; only from there sound is taken from now on. */
  connect(to: Party): void {
    if (this.#ready) return;
    this.#rtp.connect(to.port, to.host, () => {
      this.#ready = true;
    });
  }

  /** Presses keys, one after the other: RFC 4733 event codes, 0 to 9, `*` 10, `#` 11. */
  press(...keys: readonly number[]): void {
    this.#keys.push(...keys);
  }

  /** The pacer's: the next packet goes out, of sound or of a key that is down. */
  send(): void {
    if (!this.#ready) return;
    const key = this.#keys[0];
    if (key === undefined || this.#keyStep >= KEY_PACKETS) this.#sendSound();
    else this.#sendKey(key);
    if (key !== undefined) this.#stepKey();
    this.#time += SAMPLES;
  }

  close(): void {
    this.#ready = false;
    this.#rtp.close();
    this.#rtcp.close();
  }

  #sendSound(): void {
    const number = this.#number;
    markPacket(this.#packet, this.#parts.stream, number);
    stampPacket(this.#packet, this.#sequence, this.#time);
    this.#sentAt[number % REMEMBERED] = performance.now();
    this.#rtp.send(this.#packet);
    this.#sequence += 1;
    this.#number += 1;
  }

  #stepKey(): void {
    this.#keyStep += 1;
    if (this.#keyStep < KEY_PACKETS + KEY_PAUSE) return;
    this.#keyStep = 0;
    this.#keys.shift();
  }

  /** RFC 4733 §2.3 and §2.5.1: the time stamp stays at the beginning of the key, the duration grows. */
  #sendKey(key: number): void {
    const first = this.#keyStep === 0;
    const last = this.#keyStep === KEY_PACKETS - 1;
    if (first) this.#keyTime = this.#time;
    for (let copy = 0; copy < (last ? KEY_ENDS : 1); copy++) this.#sendEvent(key, first, last);
    if (first) this.onKey?.(key, "down", performance.now());
    if (last) this.onKey?.(key, "up", performance.now());
  }

  #sendEvent(key: number, first: boolean, last: boolean): void {
    // Not the sound's buffer: three copies of the end go out at once.
    const event = Buffer.from(this.#packet.subarray(0, RTP_HEADER + 4));
    event[1] = EVENT_TYPE | (first ? 0x80 : 0);
    stampPacket(event, this.#sequence, this.#keyTime);
    event[RTP_HEADER] = key;
    event[RTP_HEADER + 1] = (last ? 0x80 : 0) | KEY_VOLUME;
    event.writeUInt16BE((this.#keyStep + 1) * SAMPLES, RTP_HEADER + 2);
    this.#rtp.send(event);
    this.#sequence += 1;
  }
}

async function bound(host: string, port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject).bind(port, host, () => {
      socket.removeListener("error", reject);
      resolve();
    });
  });
  // A port of the server that is closed already refuses what is under way.
  socket.on("error", () => undefined);
  return socket;
}
