import { join } from "node:path";
import { err, ok, type Result } from "../lib/result.ts";
import { randomIds } from "../runtime/ids.ts";
import { readSmallFile, writePrivateFile } from "./private-file.ts";

const ID_FILE = "installation-id";
const ID = /^[0-9a-f]{32}$/;

/**
 * What tells this data folder from every other, made when there is none: 32 hexadecimal digits. It is no secret; who has
 * two switchboards with one account at a provider must not give them one id.
 */
export function openInstallationId(dataDir: string): Result<string, string> {
  const file = join(dataDir, ID_FILE);
  const existing = readSmallFile(file)?.trim() ?? "";
  if (ID.test(existing)) return ok(existing);
  const id = randomIds().hex(128);
  try {
    writePrivateFile(file, `${id}\n`);
    return ok(id);
  } catch (error) {
    return err(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
