// `node tools/make-prompts.ts`: makes the files in prompts/ from the texts in src/model/default-prompts.ts, with
// espeak-ng. They are kept in git; run it again when a text or the conversion changes.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ENDINGS } from "../src/media/audio/converted.ts";
import { importAudio } from "../src/media/audio/import.ts";
import { createSpeech } from "../src/media/audio/speech.ts";
import { DEFAULT_PROMPTS } from "../src/model/default-prompts.ts";
import { systemClock } from "../src/runtime/clock.ts";

const folder = path.resolve(import.meta.dirname, "../prompts");
const speak = createSpeech(undefined, systemClock);
for (const { name, text, language } of DEFAULT_PROMPTS) {
  const spoken = await speak(text, language);
  if (!spoken.ok) throw new Error(spoken.error);
  const converted = await importAudio(spoken.value, name, systemClock);
  if (!converted.ok) throw new Error(converted.error);
  mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
  for (const ending of ENDINGS)
    writeFileSync(path.join(folder, `${name}.${ending}`), converted.value.files[ending]);
  console.log(`${name}: ${(converted.value.durationMs / 1000).toFixed(1)} s`);
}
