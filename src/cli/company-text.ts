import { readFileSync, statSync } from "node:fs";
import { MAX_FILE_BYTES } from "../company/yaml-text.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { readStart } from "./standard-input.ts";

/** Reads a company file, or standard input for `-`; an error is a sentence. A file that is too large is not read. */
export function readCompanyText(file: string): Result<string, string> {
  try {
    if (file === "-") {
      const octets = readStart(0, MAX_FILE_BYTES + 1);
      return octets.length > MAX_FILE_BYTES ? err(tooLarge("What came")) : ok(octets.toString("utf8"));
    }
    const facts = statSync(file);
    if (facts.isDirectory()) return err(`${file} is a folder, not a company file.`);
    if (facts.size > MAX_FILE_BYTES) return err(tooLarge(file));
    return ok(readFileSync(file, "utf8"));
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (missing) return err(`There is no file ${file}.`);
    return err(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function tooLarge(what: string): string {
  return `${what} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB.`;
}
