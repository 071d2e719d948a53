import type { Command } from "commander";
import type { AudioSourceOptions } from "../audio.ts";
import { dataOption } from "./flags.ts";
import type { Done, ProgramPorts } from "./ports.ts";

// Loaded when it is run.
const audioMessages = () => import("../audio.ts");

/** The options of an audio command. */
type AudioFlags = Omit<AudioSourceOptions, "speechCommand">;

/** `audio …` */
export function addAudio(program: Command, ports: ProgramPorts, done: Done): void {
  const audio = program
    .command("audio")
    .description("Audio messages: what callers hear. List, add, hear and remove them.");
  const withData = (options: AudioFlags): AudioSourceOptions => ({
    ...options,
    speechCommand: ports.speechCommand,
  });
  audio
    .command("list")
    .description("List the audio messages, those that come with Switchhook included.")
    .addOption(dataOption(ports))
    .option("--json", "as JSON", false)
    .action(async (options: AudioFlags & { json: boolean }) =>
      done(await (await audioMessages()).runAudioList(withData(options), options.json, ports.output)),
    );
  audio
    .command("add")
    .description("Add an audio message, or replace it, from a sound file or a text.")
    .argument("<name>", "the message's name")
    .argument("[file]", "WAV, MP3, OGG (Vorbis or Opus), FLAC, or M4A where ffmpeg is installed")
    .option("--text <text>", "have this text spoken")
    .option("--language <language>", "language of the text: nl, en")
    .addOption(dataOption(ports))
    .action(async (name: string, file: string | undefined, options: AudioFlags) =>
      done(await (await audioMessages()).runAudioAdd(name, file, withData(options), ports.output)),
    );
  audio
    .command("get")
    .description("Write an audio message as a WAV file, to hear it.")
    .argument("<name>", "the message's name")
    .argument("<file>", "file to write")
    .addOption(dataOption(ports))
    .action(async (name: string, file: string, options: AudioFlags) =>
      done(await (await audioMessages()).runAudioGet(name, file, withData(options), ports.output)),
    );
  audio
    .command("remove")
    .description("Remove an audio message that nothing plays.")
    .argument("<name>", "the message's name")
    .addOption(dataOption(ports))
    .action(async (name: string, options: AudioFlags) =>
      done(await (await audioMessages()).runAudioRemove(name, withData(options), ports.output)),
    );
}
