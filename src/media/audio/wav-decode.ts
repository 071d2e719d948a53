// oxlint-disable-next-line import/default -- CommonJS: at run time the default export is all there is
import wavefile from "wavefile";
import type { TakeBlock } from "./block.ts";
import type { WavFormat } from "./wav-format.ts";
import { readWavFormats } from "./wav-format.ts";
import { wavHeader } from "./wav-header.ts";

/** Frames that are decoded at once. */
const STEP = 32_768;
/** Tags of RIFF WAVE. */
const TAGS = { pcm: 1, float: 3, alaw: 6, ulaw: 7 } as const;

/** Decodes a WAV file; see `decode`. The library sees only headers that we have written ourselves. */
export function decodeWav(bytes: Uint8Array, take: TakeBlock): string | undefined {
  const formats = readWavFormats(bytes);
  if (!formats.ok) return formats.error;
  for (const format of formats.value) {
    const { dataAt, dataLength, channels, bits, rate } = format;
    const step = (STEP * channels * bits) / 8;
    for (let at = dataAt; at < dataAt + dataLength; at += step) {
      const part = bytes.subarray(at, Math.min(at + step, dataAt + dataLength));
      if (!take({ rate, channels: decodePart(format, part) })) return undefined;
    }
  }
  return undefined;
}

function decodePart(format: WavFormat, part: Uint8Array): Float32Array[] {
  const { channels, rate, bits, form } = format;
  const header = wavHeader({ tag: TAGS[form], channels, rate, bits }, part.length);
  const file = new Uint8Array(header.length + part.length + (part.length % 2));
  file.set(header);
  file.set(part, header.length);
  const wav = new wavefile.WaveFile(file);
  if (form === "alaw") wav.fromALaw();
  if (form === "ulaw") wav.fromMuLaw();
  const samples = wav.getSamples(false, Float64Array) as unknown as Float64Array | Float64Array[];
  const width = form === "alaw" || form === "ulaw" ? 16 : bits;
  return (Array.isArray(samples) ? samples : [samples]).map((one) => scale(one, form, width));
}

/** To ±1. What a float file has beyond that is clipped, and what is no number is silence. */
function scale(samples: Float64Array, form: WavFormat["form"], bits: number): Float32Array {
  if (form === "float")
    return Float32Array.from(samples, (value) =>
      Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0,
    );
  // Eight bits are unsigned (RIFF WAVE), more are signed.
  if (bits === 8) return Float32Array.from(samples, (value) => (value - 128) / 128);
  return Float32Array.from(samples, (value) => value / 2 ** (bits - 1));
}
