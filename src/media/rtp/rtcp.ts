import type { ReceptionReport } from "./receive-statistics.ts";

/** One packet of a compound one, as far as we look at it (RFC 3550 §6). */
export type RtcpPacket =
  | {
      readonly kind: "senderReport";
      readonly ssrc: number;
      readonly ntp: NtpTime;
      readonly rtpTimestamp: number;
      readonly packets: number;
      readonly octets: number;
      readonly reports: readonly ReceptionReport[];
    }
  | { readonly kind: "receiverReport"; readonly ssrc: number; readonly reports: readonly ReceptionReport[] }
  /** Only the canonical names: [SSRC, CNAME]. */
  | { readonly kind: "description"; readonly names: readonly (readonly [number, string])[] }
  | { readonly kind: "bye"; readonly ssrcs: readonly number[]; readonly reason: string };

/** Seconds since 1900 and their fraction in 1/2³² (RFC 3550 §4). */
export interface NtpTime {
  readonly seconds: number;
  readonly fraction: number;
}

/** What a sender tells of itself. */
export interface SenderInfo {
  readonly ntp: NtpTime;
  readonly rtpTimestamp: number;
  readonly packets: number;
  readonly octets: number;
}

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const BYE = 203;
const BLOCK_OCTETS = 24;
const CNAME = 1;
/** Packets in one datagram that are looked at. */
const MAX_PACKETS = 32;
/** 1970 in seconds since 1900. */
const NTP_EPOCH_S = 2_208_988_800;

/** Wall time in ms since 1970 as NTP time. */
export function ntpTime(wallMs: number): NtpTime {
  const seconds = Math.floor(wallMs / 1000);
  return {
    seconds: (seconds + NTP_EPOCH_S) >>> 0,
    fraction: Math.floor(((wallMs - seconds * 1000) / 1000) * 0x1_0000_0000) >>> 0,
  };
}

/** The middle 32 bits, by which a report is named in an answer (RFC 3550 §6.4.1). */
export function middleOfNtp(time: NtpTime): number {
  return (((time.seconds & 0xffff) << 16) | (time.fraction >>> 16)) >>> 0;
}

/**
 * Reads a compound packet of any origin. Undefined: not RTCP, or damaged (RFC 3550 §A.2). Kinds that we do not know are
 * passed over. Never throws.
 */
export function parseRtcp(octets: Uint8Array): readonly RtcpPacket[] | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const packets: RtcpPacket[] = [];
  let at = 0;
  for (let count = 0; at < octets.length; count++) {
    if (count === MAX_PACKETS || at + 4 > octets.length || view.getUint8(at) >> 6 !== 2) return undefined;
    const type = view.getUint8(at + 1);
    if (at === 0 && (type < 192 || type > 223)) return undefined;
    const end = at + 4 * (1 + view.getUint16(at + 2));
    if (end > octets.length) return undefined;
    const padding = (view.getUint8(at) & 0x20) === 0 ? 0 : view.getUint8(end - 1);
    if (at + 4 > end - padding) return undefined;
    const body = new DataView(octets.buffer, octets.byteOffset + at + 4, end - padding - at - 4);
    const packet = readPacket(type, view.getUint8(at) & 31, body);
    if (packet !== undefined) packets.push(packet);
    at = end;
  }
  return at === 0 ? undefined : packets;
}

function readPacket(type: number, count: number, body: DataView): RtcpPacket | undefined {
  switch (type) {
    case SENDER_REPORT:
      if (body.byteLength < 24) return undefined;
      return {
        kind: "senderReport",
        ssrc: body.getUint32(0),
        ntp: { seconds: body.getUint32(4), fraction: body.getUint32(8) },
        rtpTimestamp: body.getUint32(12),
        packets: body.getUint32(16),
        octets: body.getUint32(20),
        reports: readBlocks(body, 24, count),
      };
    case RECEIVER_REPORT:
      if (body.byteLength < 4) return undefined;
      return { kind: "receiverReport", ssrc: body.getUint32(0), reports: readBlocks(body, 4, count) };
    case SOURCE_DESCRIPTION:
      return { kind: "description", names: readNames(body, count) };
    case BYE:
      return readBye(body, count);
    default:
      return undefined;
  }
}

function readBlocks(body: DataView, start: number, count: number): ReceptionReport[] {
  const blocks: ReceptionReport[] = [];
  for (let n = 0, at = start; n < count && at + BLOCK_OCTETS <= body.byteLength; n++, at += BLOCK_OCTETS) {
    blocks.push({
      ssrc: body.getUint32(at),
      fractionLost: body.getUint8(at + 4),
      cumulativeLost: (body.getUint32(at + 4) << 8) >> 8,
      highestSequence: body.getUint32(at + 8),
      jitter: body.getUint32(at + 12),
      lastReport: body.getUint32(at + 16),
      delaySinceLastReport: body.getUint32(at + 20),
    });
  }
  return blocks;
}

/** RFC 3550 §6.5: chunks of an SSRC and items, each ended by a zero and filled up to 32 bits. */
function readNames(body: DataView, count: number): (readonly [number, string])[] {
  const names: (readonly [number, string])[] = [];
  let at = 0;
  for (let n = 0; n < count && at + 8 <= body.byteLength; n++) {
    const ssrc = body.getUint32(at);
    at += 4;
    while (at + 2 <= body.byteLength && body.getUint8(at) !== 0) {
      const length = body.getUint8(at + 1);
      if (at + 2 + length > body.byteLength) return names;
      if (body.getUint8(at) === CNAME) names.push([ssrc, text(body, at + 2, length)]);
      at += 2 + length;
    }
    at = (at + 4) & ~3;
  }
  return names;
}

function readBye(body: DataView, count: number): RtcpPacket | undefined {
  if (body.byteLength < 4 * count) return undefined;
  const ssrcs = Array.from({ length: count }, (_, n) => body.getUint32(4 * n));
  const at = 4 * count;
  const length = at < body.byteLength ? Math.min(body.getUint8(at), body.byteLength - at - 1) : 0;
  return { kind: "bye", ssrcs, reason: length === 0 ? "" : text(body, at + 1, length) };
}

function text(body: DataView, at: number, length: number): string {
  return new TextDecoder().decode(new Uint8Array(body.buffer, body.byteOffset + at, length));
}

/**
 * A compound packet: SR where we have sent (else RR), then our CNAME (RFC 3550 §6.1). `cname` is ASCII of at most 255
 * octets.
 */
export function buildReport(
  ssrc: number,
  cname: string,
  sender: SenderInfo | undefined,
  report: ReceptionReport | undefined,
): Uint8Array<ArrayBuffer> {
  const senderOctets = sender === undefined ? 0 : 20;
  const reportOctets = 8 + senderOctets + (report === undefined ? 0 : BLOCK_OCTETS);
  const out = new Uint8Array(reportOctets + descriptionOctets(cname));
  const view = new DataView(out.buffer);
  head(
    view,
    0,
    sender === undefined ? RECEIVER_REPORT : SENDER_REPORT,
    report === undefined ? 0 : 1,
    reportOctets,
  );
  view.setUint32(4, ssrc);
  if (sender !== undefined) {
    view.setUint32(8, sender.ntp.seconds);
    view.setUint32(12, sender.ntp.fraction);
    view.setUint32(16, sender.rtpTimestamp);
    view.setUint32(20, sender.packets);
    view.setUint32(24, sender.octets);
  }
  if (report !== undefined) writeBlock(view, 8 + senderOctets, report);
  writeDescription(view, reportOctets, ssrc, cname);
  return out;
}

/** The compound packet with which a source leaves (RFC 3550 §6.6): an empty RR, our CNAME, BYE. */
export function buildBye(ssrc: number, cname: string): Uint8Array<ArrayBuffer> {
  const description = descriptionOctets(cname);
  const out = new Uint8Array(8 + description + 8);
  const view = new DataView(out.buffer);
  head(view, 0, RECEIVER_REPORT, 0, 8);
  view.setUint32(4, ssrc);
  writeDescription(view, 8, ssrc, cname);
  head(view, 8 + description, BYE, 1, 8);
  view.setUint32(8 + description + 4, ssrc);
  return out;
}

function head(view: DataView, at: number, type: number, count: number, octets: number): void {
  view.setUint8(at, 0x80 | count);
  view.setUint8(at + 1, type);
  view.setUint16(at + 2, octets / 4 - 1);
}

function writeBlock(view: DataView, at: number, report: ReceptionReport): void {
  view.setUint32(at, report.ssrc);
  view.setUint32(at + 4, ((report.fractionLost << 24) | (report.cumulativeLost & 0xffffff)) >>> 0);
  view.setUint32(at + 8, report.highestSequence);
  view.setUint32(at + 12, report.jitter);
  view.setUint32(at + 16, report.lastReport);
  view.setUint32(at + 20, report.delaySinceLastReport);
}

/** Header, SSRC, CNAME item, and at least one zero up to a multiple of 4. */
function descriptionOctets(cname: string): number {
  return 4 + ((4 + 2 + cname.length + 4) & ~3);
}

function writeDescription(view: DataView, at: number, ssrc: number, cname: string): void {
  head(view, at, SOURCE_DESCRIPTION, 1, descriptionOctets(cname));
  view.setUint32(at + 4, ssrc);
  view.setUint8(at + 8, CNAME);
  view.setUint8(at + 9, cname.length);
  for (let n = 0; n < cname.length; n++) view.setUint8(at + 10 + n, cname.charCodeAt(n));
}
