import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Block } from "./block.ts";
import type { ConvertedAudio } from "./converted.ts";
import { LIMITS } from "./converted.ts";
import { decode } from "./decode.ts";
import { encode, joined, WIDE_RATE } from "./encode.ts";
import { level } from "./level.ts";
import { Resampler } from "./resampler.ts";
import type { OwnKind } from "./sniff.ts";

/**
 * Converts a file to what phones take: decoded, mixed to one channel, resampled to 16 kHz, levelled, encoded. An error
 * is a sentence without the file's name. Takes the processor for seconds: it runs in a worker (import.ts).
 */
export async function convert(kind: OwnKind, bytes: Uint8Array): Promise<Result<ConvertedAudio, string>> {
  const sound = new Wideband();
  const fault = await decode(kind, bytes, (block) => sound.take(block));
  if (fault !== undefined) return err(fault);
  if (sound.isTooLong) return err(`is longer than ${LIMITS.seconds / 60} minutes, the most that is taken.`);
  const samples = sound.finish();
  if (samples.length === 0) return err("holds no sound: it is 0 s long.");
  const levelled = level(samples, WIDE_RATE);
  return levelled.ok ? ok(encode(levelled.value)) : levelled;
}

/** Gathers blocks of any rate and number of channels as one channel at 16 kHz, up to the length limit. */
class Wideband {
  readonly #parts: Float32Array[] = [];
  #length = 0;
  #resampler: Resampler | undefined;
  #rate = WIDE_RATE;

  get isTooLong(): boolean {
    return this.#length > LIMITS.seconds * WIDE_RATE;
  }

  take({ rate, channels }: Block): boolean {
    // A file may be several streams one after the other, each with a rate of its own.
    if (rate !== this.#rate) this.#endStream();
    if (rate !== WIDE_RATE) this.#resampler ??= new Resampler(rate, WIDE_RATE);
    this.#rate = rate;
    const mono = mix(channels);
    this.#keep(this.#resampler?.push(mono) ?? mono);
    return !this.isTooLong;
  }

  finish(): Float32Array {
    this.#endStream();
    return joined(this.#parts);
  }

  #endStream(): void {
    if (this.#resampler !== undefined) this.#keep(this.#resampler.flush());
    this.#resampler = undefined;
  }

  #keep(samples: Float32Array): void {
    this.#parts.push(samples);
    this.#length += samples.length;
  }
}

/** The mean of the channels. */
function mix(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = channels;
  // A copy: a decoder may use its memory again.
  const mixed = first.slice();
  for (const other of others)
    for (let index = 0; index < mixed.length; index++)
      mixed[index] = (mixed[index] ?? 0) + (other[index] ?? 0);
  return others.length === 0 ? mixed : mixed.map((value) => value / channels.length);
}
