/**
 * Power of one frequency in samples, by Goertzel's recurrence: for a sine of amplitude A that fills them, (A/2)². `from`
 * and `to` are indexes. Bins need not be whole: the frequency is taken as it is.
 */
export function goertzel(
  samples: Int16Array | Float64Array,
  from: number,
  to: number,
  coefficient: number,
): number {
  let before = 0;
  let last = 0;
  for (let at = from; at < to; at++) {
    // In this order each step waits for one multiplication and one addition, not for two.
    const next = (samples[at] as number) - before + coefficient * last;
    before = last;
    last = next;
  }
  const length = to - from;
  return (last * last + before * before - coefficient * last * before) / (length * length);
}

/** Coefficients of four frequencies. */
export type FourCoefficients = readonly [number, number, number, number];

/**
 * As `goertzel` of all samples, for four frequencies; into `powers`. Each step of the recurrence waits for the one before: four of
 * them go on side by side, in the order of additions that `goertzel` has (bench/RESULTS.md).
 */
export function goertzelOfFour(
  samples: Int16Array,
  coefficients: FourCoefficients,
  powers: Float64Array,
): void {
  const a = coefficients[0];
  const b = coefficients[1];
  const c = coefficients[2];
  const d = coefficients[3];
  let beforeA = 0;
  let beforeB = 0;
  let beforeC = 0;
  let beforeD = 0;
  let lastA = 0;
  let lastB = 0;
  let lastC = 0;
  let lastD = 0;
  for (let at = 0; at < samples.length; at++) {
    const sample = samples[at] as number;
    const nextA = sample - beforeA + a * lastA;
    const nextB = sample - beforeB + b * lastB;
    const nextC = sample - beforeC + c * lastC;
    const nextD = sample - beforeD + d * lastD;
    beforeA = lastA;
    beforeB = lastB;
    beforeC = lastC;
    beforeD = lastD;
    lastA = nextA;
    lastB = nextB;
    lastC = nextC;
    lastD = nextD;
  }
  const square = samples.length * samples.length;
  powers[0] = (lastA * lastA + beforeA * beforeA - a * lastA * beforeA) / square;
  powers[1] = (lastB * lastB + beforeB * beforeB - b * lastB * beforeB) / square;
  powers[2] = (lastC * lastC + beforeC * beforeC - c * lastC * beforeC) / square;
  powers[3] = (lastD * lastD + beforeD * beforeD - d * lastD * beforeD) / square;
}

/** The coefficient of a frequency, both in Hz. */
export function goertzelCoefficient(frequency: number, sampleRate: number): number {
  return 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
}
