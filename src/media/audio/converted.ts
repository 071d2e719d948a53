/** Endings of the files that a message is kept in, all of the same name. */
export const ENDINGS = ["alaw", "ulaw", "g722", "wav"] as const;

export type Ending = (typeof ENDINGS)[number];

/**
 * A message as phones take it: raw A-law and µ-law at 8 kHz, G.722 at 64 kbit/s, and a WAV file of 16 bits at 16 kHz for
 * everything else. One octet of the first three is 125 µs.
 */
export interface ConvertedAudio {
  readonly files: Readonly<Record<Ending, Uint8Array>>;
  readonly durationMs: number;
}

/** What is taken; more is refused with a sentence. */
export const LIMITS = { bytes: 20 * 1024 * 1024, seconds: 600 } as const;

/** Length of a message by the size of its A-law file. */
export function durationOf(alawOctets: number): number {
  return Math.round(alawOctets / 8);
}
