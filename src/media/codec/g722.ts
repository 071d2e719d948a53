import { G722Band, saturate } from "./g722-band.ts";

// ITU-T G.722 at 64 kbit/s (mode 1): 16 kHz, two sub-bands of 4 kHz, 6 bits for the lower, 2 for the upper. An octet holds
// both codes for two samples. The lower band is by itself the sound as a telephone of 8 kHz has it: to and from G.711
// that alone is coded, which saves the filter and any resampling.

/** Tables of §6.2.1: decision levels, codes and output values of the quantisers. */
const Q6 = Int32Array.of(
  0,
  35,
  72,
  110,
  150,
  190,
  233,
  276,
  323,
  370,
  422,
  473,
  530,
  587,
  650,
  714,
  786,
  858,
  940,
  1023,
  1121,
  1219,
  1339,
  1458,
  1612,
  1765,
  1980,
  2195,
  2557,
  2919,
);
const LOW_DECISIONS = 29;
const QM4 = Int32Array.of(
  0,
  -20456,
  -12896,
  -8968,
  -6288,
  -4240,
  -2584,
  -1200,
  20456,
  12896,
  8968,
  6288,
  4240,
  2584,
  1200,
  0,
);
const QM6 = Int32Array.of(
  -136,
  -136,
  -136,
  -136,
  -24808,
  -21904,
  -19008,
  -16704,
  -14984,
  -13512,
  -12280,
  -11192,
  -10232,
  -9360,
  -8576,
  -7856,
  -7192,
  -6576,
  -6000,
  -5456,
  -4944,
  -4464,
  -4008,
  -3576,
  -3168,
  -2776,
  -2400,
  -2032,
  -1688,
  -1360,
  -1040,
  -728,
  24808,
  21904,
  19008,
  16704,
  14984,
  13512,
  12280,
  11192,
  10232,
  9360,
  8576,
  7856,
  7192,
  6576,
  6000,
  5456,
  4944,
  4464,
  4008,
  3576,
  3168,
  2776,
  2400,
  2032,
  1688,
  1360,
  1040,
  728,
  432,
  136,
  -432,
  -136,
);
const QM2 = Int32Array.of(-7408, -1616, 7408, 1616);
/** By the upper 4 bits of the lower band's code (RL42 and WL), and by the upper band's code (RH2 and WH). */
const LOW_LOG_STEP = Int32Array.of(
  -60,
  3042,
  1198,
  538,
  334,
  172,
  58,
  -30,
  3042,
  1198,
  538,
  334,
  172,
  58,
  -30,
  -60,
);
const HIGH_LOG_STEP = Int32Array.of(798, -214, 798, -214);
const HIGH_DECISION = 564;

/** Half of the symmetric filter of 24 taps that splits and joins the bands (table 11). */
const QMF = Int32Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);
const QMF_TAPS = 24;

function lowBand(): G722Band {
  return new G722Band({ initialStep: 32, maxLog: 18_432, shift: 8 });
}

function highBand(): G722Band {
  return new G722Band({ initialStep: 8, maxLog: 22_528, shift: 10 });
}

/** Turns sound into octets; what it has coded shapes what follows, so one belongs to one stream. */
export class G722Encoder {
  readonly #low = lowBand();
  readonly #high = highBand();
  readonly #delay = new Int32Array(QMF_TAPS);

  /** Sound of 16 kHz: one octet for two samples, `into` as long as that at least. */
  encode(sound: Int16Array, into: Uint8Array): void {
    const delay = this.#delay;
    for (let at = 0; at + 1 < sound.length; at += 2) {
      delay.copyWithin(0, 2);
      delay[22] = sound[at] as number;
      delay[23] = sound[at + 1] as number;
      let odd = 0;
      let even = 0;
      for (let n = 0; n < 12; n++) {
        odd += (delay[2 * n] as number) * (QMF[n] as number);
        even += (delay[2 * n + 1] as number) * (QMF[11 - n] as number);
      }
      into[at >> 1] = this.#code((even + odd) >> 14, (even - odd) >> 14);
    }
  }

  /** Sound of 8 kHz: one octet for a sample, the upper band silent. */
  encodeNarrow(sound: Int16Array, into: Uint8Array): void {
    for (let at = 0; at < sound.length; at++) into[at] = this.#code((sound[at] as number) >> 1, 0);
  }

  #code(low: number, high: number): number {
    return (this.#codeHigh(high) << 6) | this.#codeLow(low);
  }

  #codeLow(sample: number): number {
    const band = this.#low;
    const error = saturate(sample - band.prediction);
    const magnitude = error >= 0 ? error : -(error + 1);
    let level = 1;
    while (level <= LOW_DECISIONS && magnitude >= ((Q6[level] as number) * band.step) >> 12) level++;
    // Codes run down from 61 (positive) and from 31 (negative, but for the two smallest: 63 and 62).
    const code = error >= 0 ? 62 - level : level <= 2 ? 64 - level : 34 - level;
    const coarse = code >> 2;
    band.adapt((band.step * (QM4[coarse] as number)) >> 15, LOW_LOG_STEP[coarse] as number);
    return code;
  }

  #codeHigh(sample: number): number {
    const band = this.#high;
    const error = saturate(sample - band.prediction);
    const magnitude = error >= 0 ? error : -(error + 1);
    const large = magnitude >= (HIGH_DECISION * band.step) >> 12;
    const code = (error >= 0 ? 2 : 0) + (large ? 0 : 1);
    band.adapt((band.step * (QM2[code] as number)) >> 15, HIGH_LOG_STEP[code] as number);
    return code;
  }
}

/** Turns octets into sound; one belongs to one stream. */
export class G722Decoder {
  readonly #low = lowBand();
  readonly #high = highBand();
  readonly #delay = new Int32Array(QMF_TAPS);

  /** Sound of 16 kHz: two samples for an octet. */
  decode(octets: Uint8Array, into: Int16Array): void {
    const delay = this.#delay;
    for (let at = 0; at < octets.length; at++) {
      const code = octets[at] as number;
      const low = this.#decodeLow(code & 63);
      const high = this.#decodeHigh(code >> 6);
      delay.copyWithin(0, 2);
      delay[22] = low + high;
      delay[23] = low - high;
      let first = 0;
      let second = 0;
      for (let n = 0; n < 12; n++) {
        second += (delay[2 * n] as number) * (QMF[n] as number);
        first += (delay[2 * n + 1] as number) * (QMF[11 - n] as number);
      }
      into[2 * at] = saturate(first >> 11);
      into[2 * at + 1] = saturate(second >> 11);
    }
  }

  /** Sound of 8 kHz: the lower band, one sample for an octet. */
  decodeNarrow(octets: Uint8Array, into: Int16Array): void {
    for (let at = 0; at < octets.length; at++)
      into[at] = saturate(2 * this.#decodeLow((octets[at] as number) & 63));
  }

  #decodeLow(code: number): number {
    const band = this.#low;
    const sample = limited(band.prediction + ((band.step * (QM6[code] as number)) >> 15));
    const coarse = code >> 2;
    band.adapt((band.step * (QM4[coarse] as number)) >> 15, LOW_LOG_STEP[coarse] as number);
    return sample;
  }

  #decodeHigh(code: number): number {
    const band = this.#high;
    const difference = (band.step * (QM2[code] as number)) >> 15;
    const sample = limited(band.prediction + difference);
    band.adapt(difference, HIGH_LOG_STEP[code] as number);
    return sample;
  }
}

/** Sub-bands have 15 bits (block LIMIT). */
function limited(value: number): number {
  return value > 16383 ? 16383 : value < -16384 ? -16384 : value;
}
