// ITU-T G.711 as tables. Samples are 16-bit linear, full scale; the inverted bits of the codes (every other bit of
// A-law, all of µ-law) are those of the wire.

/** An A-law octet to its sample (G.711 table 1a, 13 bits, scaled to 16). */
export const ALAW_TO_LINEAR: Int16Array = fromCodes(alawSample);
/** A µ-law octet to its sample (G.711 table 2a, 14 bits, scaled to 16). */
export const ULAW_TO_LINEAR: Int16Array = fromCodes(ulawSample);

/** Decision values of A-law are multiples of 16, those of µ-law of 4, so nothing is lost by dropping lower bits. */
const ALAW_SHIFT = 4;
const ULAW_SHIFT = 2;
const LINEAR_TO_ALAW = toNearest(ALAW_TO_LINEAR, ALAW_SHIFT);
const LINEAR_TO_ULAW = toNearest(ULAW_TO_LINEAR, ULAW_SHIFT);

/** An A-law octet to the µ-law octet that sounds nearest. */
export const ALAW_TO_ULAW: Uint8Array = Uint8Array.from(ALAW_TO_LINEAR, linearToUlaw);
/** A µ-law octet to the A-law octet that sounds nearest. */
export const ULAW_TO_ALAW: Uint8Array = Uint8Array.from(ULAW_TO_LINEAR, linearToAlaw);

/** Silence on the wire. */
export const ALAW_SILENCE = 0xd5;
export const ULAW_SILENCE = 0xff;

/** Encodes one 16-bit sample; what is out of range is clipped by the caller. */
export function linearToAlaw(sample: number): number {
  return LINEAR_TO_ALAW[(sample + 32768) >> ALAW_SHIFT] as number;
}

/** Encodes one 16-bit sample; what is out of range is clipped by the caller. */
export function linearToUlaw(sample: number): number {
  return LINEAR_TO_ULAW[(sample + 32768) >> ULAW_SHIFT] as number;
}

/** Writes `table[from[i]]` into `into`, from its start on. A relayed packet passes here: nothing is allocated. */
export function translate(
  table: Uint8Array | Int16Array,
  from: Uint8Array,
  into: Uint8Array | Int16Array,
): void {
  for (let at = 0; at < from.length; at++) into[at] = table[from[at] as number] as number;
}

function fromCodes(sampleOf: (code: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => sampleOf(code));
}

function alawSample(wire: number): number {
  const code = wire ^ 0x55;
  const segment = (code >> 4) & 7;
  const step = code & 15;
  // The first two segments have the same step; each later one has twice that of the one before.
  const magnitude = segment === 0 ? step * 16 + 8 : (step * 16 + 264) << (segment - 1);
  return code >= 128 ? magnitude : -magnitude;
}

function ulawSample(wire: number): number {
  const code = ~wire & 0xff;
  const magnitude = ((((code & 15) << 3) + 132) << ((code >> 4) & 7)) - 132;
  return code >= 128 ? -magnitude : magnitude;
}

/** For each 16-bit sample, its lower `shift` bits dropped, the code whose sample is nearest and has its sign. */
function toNearest(samples: Int16Array, shift: number): Uint8Array {
  const table = new Uint8Array(65536 >> shift);
  const codes = [...samples.keys()];
  // Of a code and its twin with the other sign one belongs to each half; µ-law has two zeros, 0xff is the positive one.
  const halfOf = (negative: boolean): number[] =>
    codes
      .filter((code) => code < 128 === negative)
      .sort((a, b) => (samples[a] as number) - (samples[b] as number));
  const halves = { negative: halfOf(true), positive: halfOf(false) };
  for (let index = 0; index < table.length; index++) {
    const middle = (index << shift) - 32768 + (1 << (shift - 1));
    const half = middle < 0 ? halves.negative : halves.positive;
    table[index] = nearest(half, samples, middle);
  }
  return table;
}

/** Binary search in codes that are sorted by their samples. */
function nearest(codes: readonly number[], samples: Int16Array, wanted: number): number {
  let low = 0;
  let high = codes.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((samples[codes[middle] as number] as number) <= wanted) low = middle;
    else high = middle;
  }
  const [below, above] = [codes[low] as number, codes[high] as number];
  const distance = (code: number): number => Math.abs((samples[code] as number) - wanted);
  return distance(below) <= distance(above) ? below : above;
}
