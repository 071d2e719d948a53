import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The file, beside the database, that holds the key of its secrets. */
export const KEY_FILE = "secret.key";

/** Seals secrets for the database (AES-256-GCM), so that neither it nor a copy of it has them in clear (docs/adr/0006). */
export interface Seal {
  /** `owner` (as in `phone 215`) is bound in: a sealed secret that is moved to another row does not open. */
  close(secret: string, owner: string): Uint8Array;
  /** Undefined: made with another key, moved, or damaged. */
  open(sealed: Uint8Array, owner: string): string | undefined;
}

/** A seal with a 32-byte key. */
export function createSeal(octets: Uint8Array): Seal {
  // Node makes one of the octets for each secret else, which takes three times as long as opening it.
  const key = createSecretKey(octets);
  return {
    close(secret, owner) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(owner));
      const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open(sealed, owner) {
      if (sealed.length < IV_BYTES + TAG_BYTES) return undefined;
      const iv = sealed.subarray(0, IV_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(owner))
        .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        return (
          decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES), undefined, "utf8") + decipher.final("utf8")
        );
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * The seal of a data folder; its key is made at first use, readable by its owner alone. `mayMake` is false when
 * the database already has sealed secrets: then a missing key is an error, not a reason for a new one.
 */
export function openSeal(dataDir: string, mayMake: boolean): Result<Seal, string> {
  const file = join(dataDir, KEY_FILE);
  const existing = readKey(file);
  if (!existing.ok) return existing;
  if (existing.value !== undefined) return ok(createSeal(existing.value));
  if (!mayMake) {
    return err(
      `The key file ${file} is missing, and the passwords in the database were sealed with it. Put it back from a backup.`,
    );
  }
  try {
    // "wx": if another process made one at this moment, that one counts.
    const handle = openSync(file, "wx", 0o600);
    const key = randomBytes(KEY_BYTES);
    writeSync(handle, `${key.toString("hex")}\n`);
    fsyncSync(handle);
    closeSync(handle);
    return ok(createSeal(key));
  } catch (error) {
    const made = readKey(file);
    if (made.ok && made.value !== undefined) return ok(createSeal(made.value));
    return err(
      `The key file ${file} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function readKey(file: string): Result<Uint8Array | undefined, string> {
  let text: string;
  try {
    text = readFileSync(file, "latin1").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return ok(undefined);
    return err(
      `The key file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  const key = Buffer.from(text, "hex");
  if (text.length !== KEY_BYTES * 2 || key.length !== KEY_BYTES) {
    return err(`The key file ${file} is damaged: it must hold ${KEY_BYTES * 2} hexadecimal digits.`);
  }
  return ok(key);
}
