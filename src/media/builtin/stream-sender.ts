import { FRAME_OCTETS, RTP_CLOCK } from "../codec/codec.ts";
import {
  RTP_HEADER_OCTETS,
  type RtpHeader,
  type RtpPacket,
  sequenceDistance,
  timestampDistance,
  writeRtpHeader,
} from "../rtp/packet.ts";

/** Puts a packet on the wire; the octets may be reused once some 80 ms have passed. */
export type SendPacket = (packet: Uint8Array) => void;

/** Packets of ours that may still be on their way to the kernel when the next is made. */
const BUFFERS = 4;
/** A jump of the other's numbers that is no loss any more (RFC 3550 §A.1): the stream is joined anew. */
const MAX_JUMP = 3000;
const TICKS_PER_MS = RTP_CLOCK / 1000;
/** All packets of an event bear the time of its start, and the longest there is lasts so many ticks (RFC 4733 §2.5.1.3). */
const LONGEST_EVENT = 0xffff;

interface FrameBuffer {
  readonly packet: Uint8Array;
  /** The part of it behind the header. */
  readonly payload: Uint8Array;
}

function newFrameBuffer(): FrameBuffer {
  const packet = new Uint8Array(RTP_HEADER_OCTETS + FRAME_OCTETS);
  return { packet, payload: packet.subarray(RTP_HEADER_OCTETS) };
}

/**
 * What one party gets, as one RTP stream from its beginning to its end: one SSRC, sequence numbers that run on, timestamps that
 * follow the time, whatever is played and whoever is heard; the marker says where a talk spurt begins (RFC 3550 §5.1,
 * RFC 3551 §4.1). Losses of a relayed stream stay visible as gaps. Changes in place: each packet passes here.
 */
export class StreamSender {
  readonly #send: SendPacket;
  readonly #header: RtpHeader;
  readonly #buffers: readonly FrameBuffer[] = Array.from({ length: BUFFERS }, newFrameBuffer);
  #buffer = 0;
  #packets = 0;
  #octets = 0;
  /** Of the newest packet. */
  #sequence: number;
  #timestamp: number;
  /** When that timestamp was the present, monotonic ms. */
  #timestampAt = 0;
  /** What is sent belongs to this: a relayed SSRC, or -1 for sound of our own, or undefined after a pause. */
  #source: number | undefined;
  #sequenceOffset = 0;
  #timestampOffset = 0;

  /** First numbers are random (RFC 3550 §5.1). */
  constructor(send: SendPacket, ssrc: number, sequence: number, timestamp: number) {
    this.#send = send;
    this.#header = { payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc };
    this.#sequence = sequence;
    this.#timestamp = timestamp;
  }

  get ssrc(): number {
    return this.#header.ssrc;
  }

  get packets(): number {
    return this.#packets;
  }

  /** Of payload, as sender reports count. */
  get octets(): number {
    return this.#octets;
  }

  /** The timestamp of this very moment, for sender reports. */
  timestampAt(now: number): number {
    return (this.#timestamp + Math.round((now - this.#timestampAt) * TICKS_PER_MS)) >>> 0;
  }

  /** What comes next begins a talk spurt. */
  pause(): void {
    this.#source = undefined;
  }

  /** Where to put the payload of the next frame: 160 octets, until `frame` is called. */
  get frameBuffer(): Uint8Array {
    return (this.#buffers[this.#buffer] as FrameBuffer).payload;
  }

  /** Sends what was put into `frameBuffer`: 20 ms of sound of our own. */
  frame(payloadType: number, now: number): void {
    const marker = this.#source !== -1;
    this.#reach(marker ? this.#nextTimestamp(now) : (this.#timestamp + FRAME_OCTETS) >>> 0, now);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#source = -1;
    const { packet } = this.#buffers[this.#buffer] as FrameBuffer;
    this.#buffer = (this.#buffer + 1) % BUFFERS;
    this.#put(packet, payloadType, marker, this.#sequence, this.#timestamp);
  }

  /**
   * Sends a packet of an event of our own (RFC 4733 §2.5.1): all of one event bear the timestamp of its start. `octets`: room for
   * the header, then the payload.
   */
  event(octets: Uint8Array, first: boolean, payloadType: number, now: number): void {
    if (first) this.#reach(this.#nextTimestamp(now), now);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#put(octets, payloadType, first, this.#sequence, this.#timestamp);
  }

  /**
   * Passes another's packet of sound on. `octets` is the whole datagram, whose header is written over; `packet` says what it
   * was.
   */
  relay(octets: Uint8Array, packet: Readonly<RtpPacket>, payloadType: number, now: number): void {
    this.#pass(octets, packet, payloadType, this.#joins(packet, 0, now), now);
  }

  /** Passes on a packet of another's event, which may bear an earlier time than sound that was sent before it. */
  relayEvent(octets: Uint8Array, packet: Readonly<RtpPacket>, payloadType: number, now: number): void {
    this.#pass(octets, packet, payloadType, this.#joins(packet, LONGEST_EVENT, now), now);
  }

  /** A packet of the relayed stream is kept back: its number must not look like a loss. */
  skip(packet: Readonly<RtpPacket>): void {
    if (this.#source !== packet.ssrc) return;
    // A duplicate, or one that was overtaken, leaves no gap to be closed.
    if (sequenceDistance(this.#sequence, packet.sequence + this.#sequenceOffset) > 0)
      this.#sequenceOffset -= 1;
  }

  /** A packet goes on where the stream is, whatever its numbers are. True: a stream begins with it. */
  #joins(packet: Readonly<RtpPacket>, mayGoBack: number, now: number): boolean {
    if (!this.#isAnotherStream(packet, mayGoBack)) return false;
    this.#source = packet.ssrc;
    this.#sequenceOffset = this.#sequence + 1 - packet.sequence;
    this.#timestampOffset = this.#nextTimestamp(now) - packet.timestamp;
    return true;
  }

  /** Time that runs back from one packet to the next is the beginning of a stream too, even under the same SSRC. */
  #isAnotherStream(packet: Readonly<RtpPacket>, mayGoBack: number): boolean {
    if (this.#source !== packet.ssrc) return true;
    const step = sequenceDistance(this.#sequence, packet.sequence + this.#sequenceOffset);
    if (step > MAX_JUMP || step < -MAX_JUMP) return true;
    return (
      step > 0 && timestampDistance(this.#timestamp, packet.timestamp + this.#timestampOffset) < -mayGoBack
    );
  }

  #pass(
    octets: Uint8Array,
    packet: Readonly<RtpPacket>,
    payloadType: number,
    begins: boolean,
    now: number,
  ): void {
    const sequence = (packet.sequence + this.#sequenceOffset) & 0xffff;
    const timestamp = (packet.timestamp + this.#timestampOffset) >>> 0;
    if (sequenceDistance(this.#sequence, sequence) > 0) {
      this.#sequence = sequence;
      if (timestampDistance(this.#timestamp, timestamp) > 0) this.#reach(timestamp, now);
    }
    const start = packet.payloadStart - RTP_HEADER_OCTETS;
    const out =
      start === 0 && packet.payloadEnd === octets.length ? octets : octets.subarray(start, packet.payloadEnd);
    this.#put(out, payloadType, begins || packet.marker, sequence, timestamp);
  }

  /** The stream's time is this now. */
  #reach(timestamp: number, now: number): void {
    this.#timestamp = timestamp;
    this.#timestampAt = now;
  }

  /** A talk spurt begins as much later as time has passed, one frame at the least. */
  #nextTimestamp(now: number): number {
    const passed = this.#packets === 0 ? 0 : Math.round((now - this.#timestampAt) * TICKS_PER_MS);
    return (this.#timestamp + Math.max(FRAME_OCTETS, passed)) >>> 0;
  }

  #put(packet: Uint8Array, payloadType: number, marker: boolean, sequence: number, timestamp: number): void {
    const header = this.#header;
    header.payloadType = payloadType;
    header.marker = marker;
    header.sequence = sequence;
    header.timestamp = timestamp;
    writeRtpHeader(header, packet);
    this.#packets += 1;
    this.#octets += packet.length - RTP_HEADER_OCTETS;
    this.#send(packet);
  }
}
