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
    const next = (samples[at] as number) + coefficient * last - before;
    before = last;
    last = next;
  }
  const length = to - from;
  return (last * last + before * before - coefficient * last * before) / (length * length);
}

/** The coefficient of a frequency, both in Hz. */
export function goertzelCoefficient(frequency: number, sampleRate: number): number {
  return 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
}
