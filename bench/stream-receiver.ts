import { numberOf, RTP_HEADER, readMark, SAMPLES, streamOf } from "./marked-rtp.ts";

/** Packets of a stream that are told apart: 10 minutes. */
const MOST = 30_000;
/** RTP time stamps of G.711 count samples of 1/8 ms. */
const TICKS_PER_MS = 8;

/** What one end hears of the stream that is meant for it. */
export class StreamReceiver {
  readonly #stream: number;
  readonly #seen = new Uint8Array(MOST);
  #first = 0;
  #received = 0;
  #repeated = 0;
  #strange = 0;
  #breaks = 0;
  #jitter = 0;
  #last: Place | undefined;

  /** `stream`: the one that the other end sends. */
  constructor(stream: number) {
    this.#stream = stream;
  }

  /** Counts from the packet `first` on; what was counted so far is forgotten. */
  restart(first: number): void {
    this.#seen.fill(0);
    this.#first = first;
    this.#received = 0;
    this.#repeated = 0;
    this.#strange = 0;
    this.#breaks = 0;
  }

  /** Takes a packet that came at `atMs`. Its number in the stream; -1 when it does not count. */
  take(packet: Buffer, atMs: number): number {
    if (packet.length < RTP_HEADER) {
      this.#strange += 1;
      return -1;
    }
    const mark = readMark(packet);
    if (mark < 0 || streamOf(mark) !== this.#stream) {
      this.#strange += 1;
      return -1;
    }
    const number = numberOf(mark);
    this.#follow(packet, number, atMs);
    const place = number - this.#first;
    if (place < 0 || place >= MOST) return -1;
    if (this.#seen[place] === 1) {
      this.#repeated += 1;
      return -1;
    }
    this.#seen[place] = 1;
    this.#received += 1;
    return number;
  }

  counts(): StreamCounts {
    return {
      received: this.#received,
      repeated: this.#repeated,
      strange: this.#strange,
      breaks: this.#breaks,
      jitterMs: this.#jitter / TICKS_PER_MS,
    };
  }

  /** Jitter (RFC 3550 §A.8), and whether numbers and time stamps go on as the sender's do. */
  #follow(packet: Buffer, number: number, atMs: number): void {
    const place: Place = {
      number,
      atMs,
      sequence: packet.readUInt16BE(2),
      time: packet.readUInt32BE(4),
      ssrc: packet.readUInt32BE(8),
    };
    const last = this.#last;
    this.#last = place;
    if (last === undefined) return;
    const step = number - last.number;
    const ticks = (place.time - last.time) | 0;
    const goesOn =
      place.ssrc === last.ssrc &&
      ((place.sequence - last.sequence) & 0xffff) === (step & 0xffff) &&
      ticks === step * SAMPLES;
    if (!goesOn) {
      this.#breaks += 1;
      return;
    }
    const deviation = Math.abs((atMs - last.atMs) * TICKS_PER_MS - ticks);
    this.#jitter += (deviation - this.#jitter) / 16;
  }
}

/** Where a packet stands: in its sender's stream, in time, and in the numbers that the relay gave it. */
interface Place {
  readonly number: number;
  readonly atMs: number;
  readonly sequence: number;
  readonly time: number;
  readonly ssrc: number;
}

export interface StreamCounts {
  /** Packets of the stream, each once. */
  readonly received: number;
  readonly repeated: number;
  /** Packets that are not of the stream: silence, a prompt, another call's. */
  readonly strange: number;
  /** Where sequence number, time stamp or SSRC did not go on as the sender's did. */
  readonly breaks: number;
  readonly jitterMs: number;
}
