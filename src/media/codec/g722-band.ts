// One of the two sub-bands of ITU-T G.722: adaptive prediction and an adaptive quantiser, in the 16-bit arithmetic of the
// recommendation (§6.2), whose block names are given. Encoder and decoder keep the same state, so both have one of these.

/** Saturates to 16 bits, as the recommendation adds. */
export function saturate(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}

/** How the quantiser of a band adapts (blocks LOGSCL, SCALEL; LOGSCH, SCALEH). */
interface Scale {
  readonly initialStep: number;
  readonly maxLog: number;
  readonly shift: number;
}

/** Table 14 of the recommendation: 2^(n/32) · 2048, rounded. */
const INVERSE_LOG = Int32Array.from({ length: 32 }, (_, n) => Math.round(2048 * 2 ** (n / 32)));

export class G722Band {
  readonly #scale: Scale;
  /** Step of the quantiser (DETL, DETH), and its logarithm (NBL, NBH). */
  step: number;
  #log = 0;
  /** What is predicted next (SL, SH), and its part by zeros (SZ). */
  prediction = 0;
  #byZeros = 0;
  // Poles: two coefficients, the last reconstructed signals and partial ones.
  #a1 = 0;
  #a2 = 0;
  #r1 = 0;
  #p1 = 0;
  #p2 = 0;
  // Zeros: six coefficients and the last six quantised differences.
  readonly #b = new Int32Array(6);
  readonly #d = new Int32Array(6);

  constructor(scale: Scale) {
    this.#scale = scale;
    this.step = scale.initialStep;
  }

  /** `difference`: quantised (DLT, DH); `logStep`: by how much its code moves the logarithm of the step. */
  adapt(difference: number, logStep: number): void {
    this.#adaptStep(logStep);
    const reconstructed = saturate(this.prediction + difference);
    const partial = saturate(this.#byZeros + difference);
    this.#adaptPoles(partial);
    this.#adaptZeros(difference);
    this.#predict(reconstructed);
  }

  #adaptStep(logStep: number): void {
    const { maxLog, shift } = this.#scale;
    const log = ((this.#log * 127) >> 7) + logStep;
    this.#log = log < 0 ? 0 : log > maxLog ? maxLog : log;
    const mantissa = INVERSE_LOG[(this.#log >> 6) & 31] as number;
    const down = shift - (this.#log >> 11);
    this.step = (down < 0 ? mantissa << -down : mantissa >> down) << 2;
  }

  /** UPPOL2, UPPOL1. Only signs of the partial signals count. */
  #adaptPoles(partial: number): void {
    const negative = partial < 0;
    const sameAs1 = negative === this.#p1 < 0;
    const sameAs2 = negative === this.#p2 < 0;
    const quadruple = saturate(this.#a1 * 4);
    const second =
      (Math.min(32767, sameAs1 ? -quadruple : quadruple) >> 7) +
      (sameAs2 ? 128 : -128) +
      ((this.#a2 * 32512) >> 15);
    this.#a2 = second > 12288 ? 12288 : second < -12288 ? -12288 : second;
    const first = saturate((sameAs1 ? 192 : -192) + ((this.#a1 * 32640) >> 15));
    const limit = saturate(15360 - this.#a2);
    this.#a1 = first > limit ? limit : first < -limit ? -limit : first;
    this.#p2 = this.#p1;
    this.#p1 = partial;
  }

  /** UPZERO, and the delay line of the differences. */
  #adaptZeros(difference: number): void {
    const gain = difference === 0 ? 0 : 128;
    const negative = difference < 0;
    for (let n = 5; n >= 0; n--) {
      const older = this.#d[n] as number;
      const step = older < 0 === negative ? gain : -gain;
      this.#b[n] = saturate(step + (((this.#b[n] as number) * 32640) >> 15));
      if (n < 5) this.#d[n + 1] = older;
    }
    this.#d[0] = difference;
  }

  /** FILTEP, FILTEZ, PREDIC. */
  #predict(reconstructed: number): void {
    const byPoles = saturate(
      ((this.#a1 * saturate(2 * reconstructed)) >> 15) + ((this.#a2 * saturate(2 * this.#r1)) >> 15),
    );
    this.#r1 = reconstructed;
    let byZeros = 0;
    for (let n = 5; n >= 0; n--)
      byZeros += ((this.#b[n] as number) * saturate(2 * (this.#d[n] as number))) >> 15;
    this.#byZeros = saturate(byZeros);
    this.prediction = saturate(byPoles + this.#byZeros);
  }
}
