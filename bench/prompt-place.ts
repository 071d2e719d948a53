import type { Histogram } from "./histogram.ts";
import { RTP_HEADER, SAMPLES } from "./marked-rtp.ts";

/** Milliseconds of a sample at 8 kHz. */
const SAMPLE_MS = 1 / 8;

/**
 * Where the packets of one prompt arrive, against where they belong: as long after the first as their time stamp says,
 * by the receiver's clock.
 */
export class PromptPlace {
  readonly #distances: Histogram;
  #first: { readonly atMs: number; readonly time: number } | undefined;
  #last = 0;
  #packets = 0;

  constructor(distances: Histogram) {
    this.#distances = distances;
  }

  take(packet: Buffer, atMs: number): void {
    if (packet.length < RTP_HEADER) return;
    const time = packet.readUInt32BE(4);
    this.#first ??= { atMs, time };
    const samples = (time - this.#first.time) | 0;
    this.#packets += 1;
    this.#last = Math.max(this.#last, samples / SAMPLES);
    this.#distances.add(Math.abs(atMs - this.#first.atMs - samples * SAMPLE_MS));
  }

  get packets(): number {
    return this.#packets;
  }

  /** Packets between the first and the last that have not come. */
  get missing(): number {
    return this.#packets === 0 ? 0 : Math.max(0, Math.round(this.#last) + 1 - this.#packets);
  }
}
