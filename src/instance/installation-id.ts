import { existsSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "../lib/result.ts";
import { randomIds } from "../runtime/ids.ts";
import { readSmallFile, writePrivateFile } from "./private-file.ts";

const ID_FILE = "installation-id";
const ID = /^[0-9a-f]{32}$/;

export interface InstallationId {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** For people: there was one that could not be read, and what that means. */
  readonly note?: string;
}

/** The id of a data folder; undefined: it has none that can be read. */
export function readInstallationId(dataDir: string): string | undefined {
  const text = readSmallFile(join(dataDir, ID_FILE))?.trim() ?? "";
  return ID.test(text) ? text : undefined;
}

/**
 * What tells this data folder from every other, made when there is none. It is no secret; who has two switchboards with one
 * account at a provider must not give them one id. One that cannot be read stops nothing: it is replaced, and that is said.
 */
export function openInstallationId(dataDir: string): Result<InstallationId, string> {
  const existing = readInstallationId(dataDir);
  if (existing !== undefined) return ok({ id: existing });
  const file = join(dataDir, ID_FILE);
  const note = `${file} held no id that can be read, and has a new one: to providers this is another switchboard, so one of them may list a second device, and ring it in vain, until the last registration has run out. Put the file back from a backup to undo that.`;
  const wasThere = existsSync(file);
  const id = randomIds().hex(128);
  try {
    writePrivateFile(file, `${id}\n`);
    return ok(wasThere ? { id, note } : { id });
  } catch (error) {
    return err(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
