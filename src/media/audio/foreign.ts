import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import { LIMITS } from "./converted.ts";
import { runProgram } from "./program.ts";
import { type AudioKind, type ForeignKind, NAMES } from "./sniff.ts";

/** How ffmpeg calls the form. It is told, so that a playlist in disguise, which could name other files and hosts, is none. */
const DEMUXERS: Readonly<Record<ForeignKind, string>> = {
  m4a: "mov",
  packedWav: "wav",
  webm: "matroska",
  aac: "aac",
  wma: "asf",
  caf: "caf",
  aiff: "aiff",
  amr: "amr",
};

/** Whether a form needs ffmpeg. */
export function isForeign(kind: AudioKind): kind is ForeignKind {
  return Object.hasOwn(DEMUXERS, kind);
}

const TIMEOUT_MS = 60_000;
const RATE = 48_000;
const INPUT = "-nostdin -v error -protocol_whitelist file,pipe -f";
const OUTPUT = `-map 0:a:0 -vn -sn -dn -ac 1 -ar ${RATE} -c:a pcm_s16le -f wav`;

/**
 * Reads a file of a foreign form through an `ffmpeg` program, where one is installed: no decoder for these that is free of
 * doubt comes with us. The value is a WAV file; an error is a sentence that begins with the file's name.
 */
export async function readWithFfmpeg(
  kind: ForeignKind,
  bytes: Uint8Array,
  file: string,
  { clock, command = "ffmpeg" }: { readonly clock: Clock; readonly command?: string },
): Promise<Result<Uint8Array, string>> {
  const folder = await mkdtemp(join(tmpdir(), "switchhook-sound-"));
  try {
    // A file, since the index of an M4A is often at its end; its name is ours.
    const path = join(folder, "in");
    await writeFile(path, bytes, { mode: 0o600 });
    const wav = await runProgram(
      {
        command,
        // A little more than the limit, so that what is too long is told from what just fits.
        args: `${INPUT} ${DEMUXERS[kind]} -i ${path} ${OUTPUT} -t ${LIMITS.seconds + 1} pipe:1`.split(" "),
        timeoutMs: TIMEOUT_MS,
        maxOutputBytes: (LIMITS.seconds + 2) * RATE * 2,
      },
      clock,
    );
    if (wav.ok) return wav;
    const isMissing = wav.error.type === "missing";
    return err(
      isMissing
        ? `${file} is ${NAMES[kind]}, which needs the program ffmpeg, and that is not installed here. Install it, or convert the file yourself: ffmpeg -i ${file} ${file.replace(/\.[^.]*$/, "")}.wav`
        : `${file} is broken: ffmpeg cannot decode it.`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
