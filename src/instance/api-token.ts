import { join } from "node:path";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { randomIds } from "../runtime/ids.ts";
import { readSmallFile, writePrivateFile } from "./private-file.ts";

/** The file, in the data folder, that holds the API's bearer token. */
export const TOKEN_FILE = "api-token";

const TOKEN = /^[0-9a-f]{64}$/;

/** The API token of a data folder, or undefined when none has been made or this user may not read it. */
export function readToken(dataDir: string): string | undefined {
  const text = readSmallFile(join(dataDir, TOKEN_FILE))?.trim();
  return text !== undefined && TOKEN.test(text) ? text : undefined;
}

/** The API token of a data folder, made (256 random bits, for its owner alone) when there is none. */
export function openToken(dataDir: string): Result<string, string> {
  const existing = readToken(dataDir);
  if (existing !== undefined) return ok(existing);
  const token = randomIds().hex(256);
  const file = join(dataDir, TOKEN_FILE);
  try {
    writePrivateFile(file, `${token}\n`);
    return ok(token);
  } catch (error) {
    return err(
      `The API token ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
