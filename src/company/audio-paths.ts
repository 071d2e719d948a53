import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_PROMPTS } from "../model/default-prompts.ts";
import type { AudioMessage } from "../model/snapshot.ts";

const PROMPTS = fileURLToPath(new URL("../../prompts/", import.meta.url));

/** The folder, in a data folder, of the company's converted messages. */
export function audioFolder(dataDir: string): string {
  return join(dataDir, "audio");
}

/** The messages that come with the product; they are read from its own folder. */
export const defaultPrompts: readonly AudioMessage[] = DEFAULT_PROMPTS.map(({ name }) => {
  const path = join(PROMPTS, name);
  // One octet of A-law is 125 µs.
  return { name, path, durationMs: Math.round(statSync(`${path}.alaw`).size / 8) };
});

/** A message that comes with the product; undefined: there is none of this name. */
export function defaultPromptPath(name: string): AudioMessage | undefined {
  return defaultPrompts.find((prompt) => prompt.name === name);
}
