import { sequenceDistance } from "./packet.ts";

/** What a report block says about a source (RFC 3550 §6.4.1). */
export interface ReceptionReport {
  readonly ssrc: number;
  /** Of the packets since the last report, in 1/256. */
  readonly fractionLost: number;
  /** Since the beginning, 24 bits signed: duplicates make it negative. */
  readonly cumulativeLost: number;
  /** Highest sequence number, with the count of its cycles above it. */
  readonly highestSequence: number;
  /** In clock ticks. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report, 0 without one. */
  readonly lastReport: number;
  /** Since that report, in 1/65536 s. */
  readonly delaySinceLastReport: number;
}

/** RFC 3550 §A.1: a jump of the sequence number that still counts as loss. */
const MAX_DROPOUT = 3000;
const MAX_LATE = 100;

/**
 * Counts one sender's packets: lost by sequence numbers (RFC 3550 §A.1, §A.3), jitter (§A.8). Updated with every packet,
 * so it changes in place. A new SSRC begins anew; what was lost before stays counted.
 */
export class ReceiveStatistics {
  readonly #clockRate: number;
  #ssrc = -1;
  #base = 0;
  #highest = 0;
  #cycles = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #lostEarlier = 0;
  #receivedEarlier = 0;
  #transit = 0;
  #hasTransit = false;
  #jitter = 0;
  /** After a jump: the number that would follow, if the sender has really begun anew (§A.1). */
  #afterJump = -1;
  #senderReport = 0;
  #senderReportAt = 0;

  constructor(clockRate: number) {
    this.#clockRate = clockRate;
  }

  /** A packet has come: its header, and when by a monotonic clock in ms. */
  update(ssrc: number, sequence: number, timestamp: number, nowMs: number): void {
    if (ssrc !== this.#ssrc) this.#beginSource(ssrc, sequence);
    const step = sequenceDistance(this.#highest, sequence);
    if (step > MAX_DROPOUT || step < -MAX_LATE) {
      if (sequence !== this.#afterJump) {
        this.#afterJump = (sequence + 1) & 0xffff;
        return;
      }
      this.#beginSource(ssrc, sequence);
    } else if (step > 0) {
      if (sequence < this.#highest) this.#cycles += 0x10000;
      this.#highest = sequence;
    }
    this.#received += 1;
    this.#updateJitter(timestamp, nowMs);
  }

  /** Packets of all sources. */
  get received(): number {
    return this.#receivedEarlier + this.#received;
  }

  /** Packets of all sources that did not come; duplicates do not make it negative. */
  get lost(): number {
    return this.#lostEarlier + Math.max(0, this.#expected - this.#received);
  }

  get jitterMs(): number {
    return (this.#jitter * 1000) / this.#clockRate;
  }

  /** A sender report came: the middle 32 bits of its NTP time. */
  noteSenderReport(middleNtp: number, nowMs: number): void {
    this.#senderReport = middleNtp;
    this.#senderReportAt = nowMs;
  }

  /** The block for the next report (§A.3), undefined while nothing has come; asking starts the next interval. */
  report(nowMs: number): ReceptionReport | undefined {
    if (this.#ssrc < 0) return undefined;
    const expected = this.#expected - this.#expectedBefore;
    const lost = expected - (this.#received - this.#receivedBefore);
    this.#expectedBefore = this.#expected;
    this.#receivedBefore = this.#received;
    return {
      ssrc: this.#ssrc,
      fractionLost: expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected)),
      cumulativeLost: Math.max(-0x800000, Math.min(0x7fffff, this.#expected - this.#received)),
      highestSequence: (this.#cycles + this.#highest) >>> 0,
      jitter: Math.floor(this.#jitter) >>> 0,
      lastReport: this.#senderReport,
      delaySinceLastReport:
        this.#senderReport === 0 ? 0 : Math.floor(((nowMs - this.#senderReportAt) * 65536) / 1000) >>> 0,
    };
  }

  get #expected(): number {
    return this.#ssrc < 0 ? 0 : this.#cycles + this.#highest - this.#base + 1;
  }

  #beginSource(ssrc: number, sequence: number): void {
    this.#lostEarlier = this.lost;
    this.#receivedEarlier += this.#received;
    this.#ssrc = ssrc;
    this.#base = sequence;
    this.#highest = sequence;
    this.#cycles = 0;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#hasTransit = false;
    this.#afterJump = -1;
  }

  #updateJitter(timestamp: number, nowMs: number): void {
    const arrival = nowMs * (this.#clockRate / 1000);
    const transit = arrival - timestamp;
    if (this.#hasTransit) {
      const difference = Math.abs(transit - this.#transit);
      // A timestamp that wraps or jumps says nothing about the network.
      if (difference < this.#clockRate * 2) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transit = transit;
    this.#hasTransit = true;
  }
}
