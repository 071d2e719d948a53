/** What a header says (RFC 3550 §5.1). */
export interface RtpHeader {
  /** 0 … 127. */
  payloadType: number;
  marker: boolean;
  /** 16 bits. */
  sequence: number;
  /** 32 bits, in ticks of the payload's clock. */
  timestamp: number;
  /** 32 bits. */
  ssrc: number;
}

/** A packet that was read: its header, and where in the octets its payload lies. Reused for every packet, so it changes. */
export interface RtpPacket extends RtpHeader {
  payloadStart: number;
  /** Behind the last octet; padding is not part of it. */
  payloadEnd: number;
}

/** Octets of a header without CSRC and extension, the only form that we write. */
export const RTP_HEADER_OCTETS = 12;

/** Something to read packets into. */
export function emptyRtpPacket(): RtpPacket {
  return {
    payloadType: 0,
    marker: false,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

/**
 * Reads a packet of any origin: false if it is not RTP, `into` is then undefined in parts. Never throws. CSRC list and
 * header extension are passed over, padding is taken off (RFC 3550 §5.1, §5.3.1). A packet without payload is one.
 */
export function readRtp(octets: Uint8Array, into: RtpPacket): boolean {
  const { length } = octets;
  if (length < RTP_HEADER_OCTETS) return false;
  const first = octets[0] as number;
  if (first >> 6 !== 2) return false;
  let start = RTP_HEADER_OCTETS + 4 * (first & 15);
  if ((first & 0x10) !== 0) {
    if (start + 4 > length) return false;
    start += 4 + 4 * u16(octets, start + 2);
  }
  let end = length;
  if ((first & 0x20) !== 0) {
    // RFC 3550 §5.1: the last octet counts the padding, itself included.
    const padding = octets[length - 1] as number;
    if (padding === 0) return false;
    end -= padding;
  }
  if (start > end) return false;
  const second = octets[1] as number;
  into.payloadType = second & 0x7f;
  into.marker = second >= 0x80;
  into.sequence = u16(octets, 2);
  into.timestamp = u32(octets, 4);
  into.ssrc = u32(octets, 8);
  into.payloadStart = start;
  into.payloadEnd = end;
  return true;
}

/** Writes a header of 12 octets at the start of `into`. */
export function writeRtpHeader(header: Readonly<RtpHeader>, into: Uint8Array): void {
  into[0] = 0x80;
  into[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  into[2] = header.sequence >> 8;
  into[3] = header.sequence;
  putU32(into, 4, header.timestamp);
  putU32(into, 8, header.ssrc);
}

/**
 * Whether octets on a port that carries both are RTCP (RFC 5761 §4): a packet type of 192 … 223, where RTP would have a
 * marker and payload type 64 … 95, which are not used.
 */
export function isRtcp(octets: Uint8Array): boolean {
  if (octets.length < 2) return false;
  const type = octets[1] as number;
  return type >= 192 && type <= 223;
}

function u16(octets: Uint8Array, at: number): number {
  return ((octets[at] as number) << 8) | (octets[at + 1] as number);
}

function u32(octets: Uint8Array, at: number): number {
  return (u16(octets, at) * 0x10000 + u16(octets, at + 2)) >>> 0;
}

function putU32(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 24;
  octets[at + 1] = value >>> 16;
  octets[at + 2] = value >>> 8;
  octets[at + 3] = value;
}

/** `to - from` of 16-bit sequence numbers, the shorter way round: -32768 … 32767. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** `to - from` of 32-bit timestamps, the shorter way round. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0;
}
