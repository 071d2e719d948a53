// RTP whose sound says which packet it is. Sequence numbers cannot: a relay may give its own. The number is written as
// the signs of loud samples, which are the same bit in A-law and µ-law (G.711, tables 1 and 2), so it survives
// conversion between the two.

/** Milliseconds and samples of a packet (RFC 3551 §4.2: 20 ms is the default). */
export const PACKET_MS = 20;
export const SAMPLES = 160;
export const RTP_HEADER = 12;

/** G.711 as RTP payload types (RFC 3551 §6). */
export type Law = 0 | 8;

/** A loud positive sample; without its first bit it is as loud and negative. */
const LOUD: Readonly<Record<Law, number>> = { 0: 0x90, 8: 0xa5 };
const SIGN = 0x80;

/** Signs that no prompt, tone or silence begins with. */
const MAGIC = 0b1011_0010;
const MAGIC_BITS = 8;
const STREAM_BITS = 12;
const NUMBER_BITS = 20;
/** Samples that carry the mark. */
const MARK = MAGIC_BITS + STREAM_BITS + NUMBER_BITS;

/** A packet to be filled in again and again: version 2, its payload type and SSRC, sound at full length. */
export function packetFor(law: Law, ssrc: number): Buffer {
  const packet = Buffer.alloc(RTP_HEADER + SAMPLES, LOUD[law]);
  packet[0] = 0x80;
  packet[1] = law;
  packet.writeUInt32BE(ssrc >>> 0, 8);
  return packet;
}

/** Sequence number and time stamp; both may be given as they count on, without a limit. */
export function stampPacket(packet: Buffer, sequence: number, time: number): void {
  packet.writeUInt16BE(sequence & 0xffff, 2);
  packet.writeUInt32BE(time >>> 0, 4);
}

/** Makes its sound the packet `number` of a stream. */
export function markPacket(packet: Buffer, stream: number, number: number): void {
  const law = (packet[1] ?? 0) === 0 ? 0 : 8;
  let at = RTP_HEADER;
  for (const [value, bits] of [
    [MAGIC, MAGIC_BITS],
    [stream, STREAM_BITS],
    [number, NUMBER_BITS],
  ] as const) {
    for (let bit = bits - 1; bit >= 0; bit--) {
      const loud = LOUD[law];
      packet[at] = ((value >> bit) & 1) === 1 ? loud : loud & ~SIGN;
      at += 1;
    }
  }
}

/** Whose packet it is, and which: `stream * 2 ** 20 + number`; -1 when it carries no mark. */
export function readMark(packet: Uint8Array): number {
  if (packet.length < RTP_HEADER + MARK) return -1;
  if (readBits(packet, RTP_HEADER, MAGIC_BITS) !== MAGIC) return -1;
  // Beyond 31 bits: no shifts.
  const stream = readBits(packet, RTP_HEADER + MAGIC_BITS, STREAM_BITS);
  return stream * 2 ** NUMBER_BITS + readBits(packet, RTP_HEADER + MAGIC_BITS + STREAM_BITS, NUMBER_BITS);
}

export function streamOf(mark: number): number {
  return Math.floor(mark / 2 ** NUMBER_BITS);
}

export function numberOf(mark: number): number {
  return mark % 2 ** NUMBER_BITS;
}

/** Whether a packet is one octet again and again: the silence that a server sends between prompts. */
export function isSilence(packet: Uint8Array): boolean {
  const first = packet[RTP_HEADER];
  for (let at = RTP_HEADER + 1; at < packet.length; at++) if (packet[at] !== first) return false;
  return true;
}

function readBits(packet: Uint8Array, from: number, bits: number): number {
  let value = 0;
  for (let at = from; at < from + bits; at++) value = (value << 1) | ((packet[at] ?? 0) >> 7);
  return value;
}
