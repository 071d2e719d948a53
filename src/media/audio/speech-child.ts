import { text } from "node:stream/consumers";
import { wavHeader } from "./wav-header.ts";

// A process of its own (docs/adr/0026), started by speech.ts alone: a text on standard input, the voice as argument, a WAV file on
// standard output. The package is optional: where it was left out of the installation, the code is 3.

const WORDS_PER_MINUTE = 150;
const NOT_INSTALLED = 3;

async function speak(voice: string): Promise<void> {
  const { default: load } = await import("@echogarden/espeak-ng-emscripten");
  const espeak = new (await load()).eSpeakNGWorker();
  if (espeak.set_voice(voice) !== 0) {
    process.stderr.write(`there is no voice for "${voice}"\n`);
    process.exitCode = 1;
    return;
  }
  espeak.set_rate(WORDS_PER_MINUTE);
  const parts: Uint8Array[] = [];
  espeak.synthesize(await text(process.stdin), (samples) => {
    if (samples !== null) parts.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    return false;
  });
  const sound = Buffer.concat(parts);
  const header = wavHeader({ tag: 1, channels: 1, rate: espeak.get_samplerate(), bits: 16 }, sound.length);
  process.stdout.write(Buffer.concat([header, sound]));
}

try {
  await speak(process.argv[2] ?? "en");
} catch (error) {
  const isAbsent = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  process.exitCode = isAbsent ? NOT_INSTALLED : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
