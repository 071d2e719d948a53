import assert from "node:assert/strict";
import { loudness, strongestFrequencies } from "../../src/media/dtmf/spectrum.ts";
import { sequenceDistance, timestampDistance } from "../../src/media/rtp/packet.ts";
import { type HeardPacket, RtpEndpoint, type RtpEndpointOptions } from "../../src/media/rtp-endpoint.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { randomIds } from "../../src/runtime/ids.ts";

export type RtpPartyOptions = Partial<Omit<RtpEndpointOptions, "clock" | "ids">>;

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
  readonly endpoint: RtpEndpoint;

  private constructor(endpoint: RtpEndpoint) {
    this.endpoint = endpoint;
  }

  static async open(options: RtpPartyOptions = {}): Promise<RtpParty> {
    const parts = { host: "127.0.0.1", telephoneEvent: 101, ...options };
    return new RtpParty(await RtpEndpoint.open({ clock: systemClock, ids: randomIds(), ...parts }));
  }

  /** Waits until a packet has come after which `found` holds. */
  async until(what: string, found: (party: RtpParty) => boolean, limitMs = 5000): Promise<void> {
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
        reject(new Error(`in ${limitMs} ms not: ${what}; ${this.endpoint.heard.length} packets were heard`));
      });
    });
  }

  /** Waits until so much more has been heard, and returns it. */
  async hear(ms: number, limitMs = 5000): Promise<Int16Array> {
    const from = this.endpoint.heard.length;
    const enough = (): boolean => this.endpoint.sound(from).length >= ms * 8;
    await this.until(`${ms} ms of sound`, enough, limitMs);
    return this.endpoint.sound(from).subarray(0, ms * 8);
  }

  /** Waits until these frequencies, and no others as loud, are what is heard. */
  async hearTone(frequencies: readonly number[], limitMs = 5000): Promise<void> {
    const from = this.endpoint.heard.length;
    await this.until(
      `${frequencies.join(" + ")} Hz`,
      () => {
        const sound = this.endpoint.sound(from);
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
