import { open, stat } from "node:fs/promises";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { mediaSaid } from "../words.ts";
import type { Recording } from "./recording.ts";

/** Names behind a message's path, by codec. */
const SUFFIX: Readonly<Record<AudioCodec, string>> = { PCMA: ".alaw", PCMU: ".ulaw", G722: ".g722" };
/** Where the codec's own file is missing: in this order. */
const INSTEAD: Readonly<Record<AudioCodec, readonly AudioCodec[]>> = {
  PCMA: ["PCMA", "PCMU", "G722"],
  PCMU: ["PCMU", "PCMA", "G722"],
  G722: ["G722", "PCMA", "PCMU"],
};

interface Cached {
  readonly recording: Recording;
  readonly changedMs: number;
}

export interface MessageLimits {
  /** A longer file is not played, octets: 8,000 a second. */
  readonly maxFileOctets: number;
  /** Kept in memory, octets. */
  readonly maxCacheOctets: number;
}

const LIMITS: MessageLimits = { maxFileOctets: 8000 * 60 * 30, maxCacheOctets: 64 * 1024 * 1024 };

/**
 * Messages as files, read into memory when they are first played and kept there while there is room. Each time the file
 * is looked at: one that was replaced is read again, one that was deleted cannot be played any more, though who hears it
 * hears it to its end.
 */
export class MessageFiles {
  readonly #limits: MessageLimits;
  /** In order of their last use. */
  readonly #cache = new Map<string, Cached>();
  #octets = 0;

  constructor(limits: MessageLimits = LIMITS) {
    this.#limits = limits;
  }

  /** What is kept, octets. */
  get octets(): number {
    return this.#octets;
  }

  /** The message for an ear with this codec; an error says why not. Never rejects. */
  async load(name: string, path: string, codec: AudioCodec): Promise<Result<Recording, Said>> {
    let fault: Said | undefined;
    for (const kind of INSTEAD[codec]) {
      const loaded = await this.#file(path + SUFFIX[kind], kind);
      if (loaded.ok) return loaded;
      // Of several reasons the first tells most, but "missing" tells least.
      if (fault === undefined || loaded.error.code !== MISSING) fault = loaded.error;
    }
    // Of files that are missing the one that would be best is named.
    const why =
      fault === undefined || fault.code === MISSING
        ? mediaSaid(MISSING, { file: path + SUFFIX[codec] })
        : fault;
    return err(mediaSaid("media.unplayable", { message: name, why }));
  }

  async #file(file: string, codec: AudioCodec): Promise<Result<Recording, Said>> {
    try {
      const { size, mtimeMs, ino } = await stat(file);
      const changedMs = mtimeMs + ino;
      const cached = this.#cache.get(file);
      if (cached !== undefined) {
        this.#forget(file, cached);
        if (cached.changedMs === changedMs && cached.recording.octets.length === size) {
          this.#keep(file, cached);
          return ok(cached.recording);
        }
      }
      if (size > this.#limits.maxFileOctets)
        return err(mediaSaid("media.fileTooLarge", { file, octets: size, most: this.#limits.maxFileOctets }));
      const octets = await readExactly(file, size);
      if (octets.length === 0) return err(mediaSaid("media.fileEmpty", { file }));
      const recording = { codec, octets, repeat: false };
      this.#keep(file, { recording, changedMs });
      return ok(recording);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown";
      return err(
        code === "ENOENT" || code === "ENOTDIR"
          ? mediaSaid(MISSING, { file })
          : mediaSaid("media.fileUnreadable", { file, code }),
      );
    }
  }

  #keep(file: string, entry: Cached): void {
    const before = this.#cache.get(file);
    if (before !== undefined) this.#forget(file, before);
    this.#cache.set(file, entry);
    this.#octets += entry.recording.octets.length;
    for (const [oldest, old] of this.#cache) {
      if (this.#octets <= this.#limits.maxCacheOctets) return;
      this.#forget(oldest, old);
    }
  }

  #forget(file: string, entry: Cached): void {
    if (this.#cache.delete(file)) this.#octets -= entry.recording.octets.length;
  }
}

const MISSING = "media.fileMissing";

/** Not more than `size` octets, though the file may be growing. */
async function readExactly(file: string, size: number): Promise<Uint8Array> {
  const handle = await open(file, "r");
  try {
    const buffer = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(buffer, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return buffer.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
