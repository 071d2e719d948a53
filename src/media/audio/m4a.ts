import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import { LIMITS } from "./converted.ts";
import { runProgram } from "./program.ts";

const TIMEOUT_MS = 60_000;
const RATE = 48_000;
/** Only this container, and only from this file: a playlist in disguise could name other files and hosts. */
const INPUT = "-nostdin -v error -protocol_whitelist file,pipe -f mov -i";
const OUTPUT = `-map 0:a:0 -vn -sn -dn -ac 1 -ar ${RATE} -c:a pcm_s16le -f wav`;

/**
 * Reads an M4A file through an `ffmpeg` program, where one is installed: no decoder for AAC that is free of doubt comes
 * with us. The value is a WAV file; an error is a sentence that begins with the file's name.
 */
export async function readWithFfmpeg(
  bytes: Uint8Array,
  file: string,
  clock: Clock,
  command = "ffmpeg",
): Promise<Result<Uint8Array, string>> {
  const folder = await mkdtemp(join(tmpdir(), "switchhook-m4a-"));
  try {
    // A file, since the index of an M4A is often at its end; its name is ours.
    const path = join(folder, "in");
    await writeFile(path, bytes, { mode: 0o600 });
    const wav = await runProgram(
      {
        command,
        // A little more than the limit, so that what is too long is told from what just fits.
        args: `${INPUT} ${path} ${OUTPUT} -t ${LIMITS.seconds + 1} pipe:1`.split(" "),
        timeoutMs: TIMEOUT_MS,
        maxOutputBytes: (LIMITS.seconds + 2) * RATE * 2,
      },
      clock,
    );
    if (wav.ok) return wav;
    const isMissing = wav.error.type === "missing";
    return err(
      isMissing
        ? `${file} is M4A, which needs the program ffmpeg, and that is not installed here. Install it, or convert the file yourself: ffmpeg -i ${file} ${file.replace(/\.[^.]*$/, "")}.wav`
        : `${file} is broken: ffmpeg cannot decode it.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
