/** A WAV file of one channel, 16 bits (Multimedia Programming Interface and Data Specifications 1.0, "WAVE"); samples are -1 to 1. */
export function wavOf(samples: Float32Array, rate: number): Blob {
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, word: string): void => {
    for (let index = 0; index < word.length; index += 1) head.setUint8(at + index, word.charCodeAt(index));
  };
  const octets = samples.length * 2;
  text(0, "RIFF");
  head.setUint32(4, 36 + octets, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, octets, true);
  const body = new DataView(new ArrayBuffer(octets));
  for (const [at, sample] of samples.entries())
    body.setInt16(at * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), true);
  return new Blob([head, body], { type: "audio/wav" });
}

/** The loudest sample of each of `count` pieces of the same length. */
export function peaksOf(samples: Float32Array, count: number): readonly number[] {
  const each = samples.length / count;
  return Array.from({ length: count }, (_, piece) => {
    let peak = 0;
    const end = Math.min(samples.length, Math.ceil((piece + 1) * each));
    for (let at = Math.floor(piece * each); at < end; at += 1)
      peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    return peak;
  });
}

/** Loudness in dB below the loudest that there is, of all that is not silence. */
export function levelOf(samples: Float32Array): number {
  let power = 0;
  let loud = 0;
  for (const sample of samples) {
    if (Math.abs(sample) < 0.003) continue;
    power += sample * sample;
    loud += 1;
  }
  return loud === 0 ? Number.NEGATIVE_INFINITY : 10 * Math.log10(power / loud);
}
