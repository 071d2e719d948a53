import { RTP_CLOCK } from "../codec/codec.ts";

/** Octets before the samples. */
const HEADER_OCTETS = 24;
/** "Sample encoding" of the header. */
const ENCODINGS = { ulaw: 1, alaw: 27 } as const;

export type AuEncoding = keyof typeof ENCODINGS;

/**
 * The header of an AU file (Sun's audio format: big-endian, then the samples as they are) at 8 kHz. rtpengine reads it 128 ms
 * at a time and sends that evenly; WAV it reads 512 ms at a time, and sends in bursts (docs/adr/0039).
 */
export function auHeader(encoding: AuEncoding, octets: number): Uint8Array {
  const header = new Uint8Array(HEADER_OCTETS);
  const view = new DataView(header.buffer);
  header.set([0x2e, 0x73, 0x6e, 0x64]);
  for (const [at, value] of [HEADER_OCTETS, octets, ENCODINGS[encoding], RTP_CLOCK, 1].entries())
    view.setUint32(4 + 4 * at, value);
  return header;
}
