import { writeFileSync } from "node:fs";
import type { Message } from "../admin/apply-audio.ts";
import type { AudioEntry } from "../api/contract/audio.ts";
import { printable } from "../lib/printable.ts";
import type { Result } from "../lib/result.ts";
import { printFailure } from "./apply.ts";
import type { Failure } from "./failure.ts";
import { findInstallation } from "./installation.ts";
import type { ApplyReport, AudioInstallation } from "./installation-port.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";

/** Where the installation is, and what speaks its texts while it does not run. */
export interface AudioOptions {
  readonly data: string;
  readonly speechCommand: string | undefined;
}

/** `switchhook audio list`: every message, with its length, what it is made from, and who plays it. */
export async function runAudioList(options: AudioOptions, json: boolean, output: Output): Promise<number> {
  const audio = await find(options);
  if (!audio.ok) return printFailure(audio.error, output);
  const list = await audio.value.list();
  if (!list.ok) return printFailure(list.error, output);
  if (json) {
    output.json(list.value);
    return ExitCode.ok;
  }
  const width = Math.max(...list.value.map(({ name }) => printable(name).length));
  for (const entry of list.value) output.out(line(entry, width));
  return ExitCode.ok;
}

function line(entry: AudioEntry, width: number): string {
  const length = entry.durationMs === undefined ? "no sound" : seconds(entry.durationMs);
  const source = entry.file ?? `"${entry.text}" (${entry.language})`;
  const origin = entry.builtIn ? `${source}, comes with Switchhook` : source;
  const users = entry.usedBy.length === 0 ? "" : `, played by ${entry.usedBy.join(" and ")}`;
  return `${printable(entry.name).padEnd(width)}  ${length.padStart(8)}  ${printable(`${origin}${users}`)}`;
}

/** `3.2 s`. */
function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** What a new message is made from. */
export interface AudioSourceOptions extends AudioOptions {
  readonly text?: string | undefined;
  readonly language?: string | undefined;
}

/** `switchhook audio add NAME FILE`, or `--text TEXT --language nl|en`: adds a message or replaces it. */
export async function runAudioAdd(
  name: string,
  file: string | undefined,
  options: AudioSourceOptions,
  output: Output,
): Promise<number> {
  const { text, language } = options;
  if ((file === undefined) === (text === undefined)) {
    output.err("Give either a sound file, or a text: --text TEXT --language en.");
    return ExitCode.usage;
  }
  if (text !== undefined && language === undefined) {
    output.err("Say in which language the text is: --language en, or --language nl.");
    return ExitCode.usage;
  }
  const message: Message = file === undefined ? { name, text, language } : { name, file };
  const audio = await find(options);
  if (!audio.ok) return printFailure(audio.error, output);
  const added = await audio.value.add(message, process.cwd(), (sentence) => output.err(`${sentence} …`));
  return report(added, output);
}

/** `switchhook audio get NAME OUT.wav`: writes a message as a WAV file, as callers hear it before their phone's codec. */
export async function runAudioGet(
  name: string,
  file: string,
  options: AudioOptions,
  output: Output,
): Promise<number> {
  const audio = await find(options);
  if (!audio.ok) return printFailure(audio.error, output);
  const wav = await audio.value.wav(name);
  if (!wav.ok) return printFailure(wav.error, output);
  if (wav.value === undefined) {
    output.err(
      `There is no audio message "${printable(name)}", or it has no sound yet. switchhook audio list shows them.`,
    );
    return ExitCode.refused;
  }
  try {
    writeFileSync(file, wav.value);
  } catch (error) {
    output.err(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
    return ExitCode.unavailable;
  }
  output.out(`Written to ${file}.`);
  return ExitCode.ok;
}

/** `switchhook audio remove NAME`: takes a message away that nothing plays. */
export async function runAudioRemove(name: string, options: AudioOptions, output: Output): Promise<number> {
  const audio = await find(options);
  if (!audio.ok) return printFailure(audio.error, output);
  return report(await audio.value.remove(name), output);
}

async function find(options: AudioOptions): Promise<Result<AudioInstallation, Failure>> {
  const installation = await findInstallation(options.data, false, options.speechCommand);
  return installation.ok ? { ok: true, value: installation.value.audio } : installation;
}

function report(changed: Result<ApplyReport, Failure>, output: Output): number {
  if (!changed.ok) {
    const code = printFailure(changed.error, output);
    if (code === ExitCode.refused) output.err("Nothing has been changed.");
    return code;
  }
  const { live, version, changes } = changed.value;
  for (const change of changes) output.out(`  ${change}`);
  const where = live ? "the running server has it so from now on" : "used when the server starts";
  output.out(
    changes.length === 0 ? `Nothing to change: version ${version} has it.` : `Version ${version}; ${where}.`,
  );
  return ExitCode.ok;
}
