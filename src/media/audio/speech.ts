import { fileURLToPath } from "node:url";
import type { Result } from "../../lib/result.ts";
import { err } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import { LIMITS } from "./converted.ts";
import type { ProgramFault } from "./program.ts";
import { runProgram } from "./program.ts";

const TIMEOUT_MS = 30_000;
/** Words a minute: slower than the program's own 175, for a voice on a telephone line. */
const SPEED = "150";

/** Exit code of speech-child.ts when the package is not there. */
const NOT_INSTALLED = 3;

/** Speaks a text; the value is a WAV file, an error a sentence. */
export type Speak = (text: string, language: string) => Promise<Result<Uint8Array, string>>;

/**
 * Speech by a program: with `command` (the setting `--speech-command`) that one, else espeak-ng where it is installed,
 * else the same voice as an npm package. Each runs in a process of its own, gets the text on standard input, and writes
 * a WAV file to standard output.
 */
export function createSpeech(command: string | undefined, clock: Clock): Speak {
  const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: LIMITS.bytes };
  if (command !== undefined) {
    return async (text, language) => {
      const [program = "", ...args] = commandWords(command, language);
      const wav = await runProgram({ command: program, args, input: text, ...limits }, clock);
      if (wav.ok && wav.value.length > 0) return wav;
      const why = wav.ok ? "wrote nothing" : faultText(wav.error);
      return err(`The text could not be spoken: the speech command ${program} ${why}.`);
    };
  }
  return async (text, language) => {
    const voice = espeakVoice(language);
    const args = ["--stdin", "--stdout", "-s", SPEED, "-v", voice];
    const spoken = await runProgram({ command: "espeak-ng", args, input: text, ...limits }, clock);
    if (spoken.ok) return spoken;
    if (spoken.error.type === "failed") {
      return err(`The text could not be spoken: espeak-ng ${spoken.error.sentence}.`);
    }
    return speakWithPackage(text, voice, clock);
  };
}

/**
 * The voice of the npm package, which is under the GPL: it stays in a process of its own that only reads a text and
 * writes a WAV file.
 */
export async function speakWithPackage(
  text: string,
  voice: string,
  clock: Clock,
): Promise<Result<Uint8Array, string>> {
  const child = fileURLToPath(new URL("./speech-child.ts", import.meta.url));
  const run = { command: process.execPath, args: ["--disable-warning=ExperimentalWarning", child, voice] };
  const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: LIMITS.bytes };
  const spoken = await runProgram({ ...run, input: text, ...limits }, clock);
  if (spoken.ok) return spoken;
  if (spoken.error.type === "failed" && spoken.error.code !== NOT_INSTALLED) {
    return err(`The text could not be spoken: the speech package ${spoken.error.sentence}.`);
  }
  return err(
    "The text could not be spoken: no speech program is installed here. Install espeak-ng (Debian: apt-get install espeak-ng), or name another program with --speech-command.",
  );
}

/** The words of a command, `"…"` being one; `{language}` is replaced, or the language becomes the last word. */
export function commandWords(command: string, language: string): string[] {
  const words = Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare ?? "");
  if (!command.includes("{language}")) return [...words, language];
  return words.map((word) => word.replaceAll("{language}", language));
}

/** `en-GB` has a voice of its own in espeak-ng; other languages are known by their two letters. */
function espeakVoice(language: string): string {
  return language.startsWith("en-") ? language.toLowerCase() : language.slice(0, 2);
}

function faultText(fault: ProgramFault): string {
  return fault.type === "missing" ? "is not there" : fault.sentence;
}
