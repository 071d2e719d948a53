import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ConvertedAudio } from "./converted.ts";
import { LIMITS } from "./converted.ts";
import { isForeign, readWithFfmpeg } from "./foreign.ts";
import { sniff } from "./sniff.ts";

/** A conversion that takes longer is given up; ten minutes of MP3 take some ten seconds of a processor. */
const TIMEOUT_MS = 90_000;

/** The name that a file's content gives it: SHA-256 in lower-case hex. */
export function contentId(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Converts a sound file (its octets, at most 20 MiB) to what phones take, in a thread of its own with limits of time and
 * length (docs/adr/0024). `file` is its name as the person wrote it and only ever shown; an error is a sentence that begins with it.
 */
export async function importAudio(
  bytes: Uint8Array,
  file: string,
  clock: Clock,
): Promise<Result<ConvertedAudio, string>> {
  if (bytes.length > LIMITS.bytes) return err(tooLarge(file));
  const kind = sniff(bytes, file);
  if (!kind.ok) return kind;
  if (!isForeign(kind.value)) return named(file, await convertInWorker(kind.value, bytes, clock));
  const wav = await readWithFfmpeg(kind.value, bytes, file, { clock });
  return wav.ok ? named(file, await convertInWorker("wav", wav.value, clock)) : wav;
}

/** The sentence for a file over the limit, for those who see that before they have read it. */
export function tooLarge(file: string): string {
  return `${file} is larger than ${LIMITS.bytes / 1024 / 1024} MiB, the most that is taken. Save it as MP3 or FLAC, or as WAV of one channel and 16,000 samples a second: a minute is then 2 MiB at the most.`;
}

function named(file: string, result: Result<ConvertedAudio, string>): Result<ConvertedAudio, string> {
  return result.ok ? result : err(`${file} ${result.error}`);
}

function convertInWorker(
  kind: string,
  bytes: Uint8Array,
  clock: Clock,
): Promise<Result<ConvertedAudio, string>> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./convert-worker.ts", import.meta.url), {
      workerData: { kind, bytes },
      resourceLimits: { maxOldGenerationSizeMb: 512 },
      // The decoders write their errors there, too.
      stdout: true,
      stderr: true,
    });
    worker.stdout.resume();
    worker.stderr.resume();
    const timer = clock.after(TIMEOUT_MS, () => void end(err("takes too long to convert.")));
    let isOver = false;
    const end = async (result: Result<ConvertedAudio, string>): Promise<void> => {
      // The end of the thread follows its answer.
      if (isOver) return;
      isOver = true;
      timer.cancel();
      await worker.terminate();
      resolve(result);
    };
    worker.on("message", (result: Result<ConvertedAudio, string>) => void end(result));
    worker.on("error", (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      void end(err(`cannot be converted: ${reason.replace(/\.$/, "")}.`));
    });
    worker.on("exit", () => void end(err("cannot be converted: its thread has ended.")));
  });
}
