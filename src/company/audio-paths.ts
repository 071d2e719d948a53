import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_PROMPTS } from "../model/default-prompts.ts";
import type { StoredCompany } from "../model/repositories.ts";
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

/**
 * Every message that can be played, by name. `folder`: absolute, where the company's converted messages are. One that
 * was never converted (it was stored by a release without sound) is absent.
 */
export function audioMessages(
  stored: Pick<StoredCompany, "company" | "audio">,
  folder: string,
): ReadonlyMap<string, AudioMessage> {
  const own = stored.company.audioMessages.flatMap(({ name }): AudioMessage[] => {
    const audio = stored.audio.get(name);
    return audio === undefined
      ? []
      : [{ name, path: join(folder, audio.content), durationMs: audio.durationMs }];
  });
  return new Map([...defaultPrompts, ...own].map((message) => [message.name, message]));
}
