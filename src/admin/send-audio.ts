import { resolve } from "node:path";
import type { Result } from "../lib/result.ts";
import { ok } from "../lib/result.ts";
import { contentId } from "../media/audio/import.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { AudioFault, AudioSource } from "./apply-audio.ts";
import { readSound } from "./apply-audio.ts";

/** A running server that takes sound; faults of the connection reject. */
export interface AudioReceiver {
  find(content: string): Promise<StoredAudio | undefined>;
  send(bytes: Uint8Array, file: string): Promise<Result<StoredAudio, AudioFault>>;
  speak(text: string, language: string): Promise<Result<StoredAudio, AudioFault>>;
}

/**
 * Sound for a running server: files are read here, relative to `folder`, and sent when it does not have them; texts are
 * spoken there.
 */
export function sendingSource(folder: string, receiver: AudioReceiver): AudioSource {
  return {
    async file(_message, file, onConvert) {
      const bytes = await readSound(resolve(folder, file), file);
      if (!bytes.ok) return bytes;
      const there = await receiver.find(contentId(bytes.value));
      if (there !== undefined) return ok(there);
      onConvert();
      return receiver.send(bytes.value, file);
    },
    text: (_message, text, language) => receiver.speak(text, language),
  };
}
