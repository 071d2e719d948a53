/** The sound that we understand (docs/adr/0019), by the names of its RTP payload formats (RFC 3551 §4.5). */
export type AudioCodec = "PCMA" | "PCMU" | "G722";

/**
 * RTP clock of all three, Hz. G.722 samples at 16 kHz, but its RTP clock is 8 kHz by an old mistake that stays
 * (RFC 3551 §4.5.2); so 20 ms are 160 clock ticks and 160 octets in each of them.
 */
export const RTP_CLOCK = 8000;

/** Length of a packet that we make ourselves, ms. */
export const FRAME_MS = 20;
/** Octets and clock ticks of such a packet, whatever the codec. */
export const FRAME_OCTETS = 160;

/** Payload types that mean a codec without `a=rtpmap` (RFC 3551 §6). */
export const STATIC_PAYLOAD_TYPES: ReadonlyMap<AudioCodec, number> = new Map([
  ["PCMU", 0],
  ["PCMA", 8],
  ["G722", 9],
]);

/** Comfort noise, RFC 3389. */
export const COMFORT_NOISE_PAYLOAD_TYPE = 13;
