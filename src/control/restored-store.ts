import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type BackupFacts, factsOf } from "../admin/backup/frames.ts";
import { type Signing, signDatabase } from "../admin/backup/sign.ts";
import { type Refused, refused } from "../api/contract/problems.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { openStore } from "../store/store.ts";

/** The lines that say what a backup is lie within so much. */
export const HEAD_BYTES = 9000;

/** `signDatabase` for the database of a folder. Rejects when it cannot be written. */
export async function signRestored(
  folder: string,
  signing: Signing,
): Promise<Result<undefined, Refused<"notRestored">>> {
  const store = await openStore(folder);
  if (!store.ok) return err(refused("notRestored", store.error));
  try {
    await signDatabase(store.value, signing);
    return ok(undefined);
  } finally {
    await store.value.close();
  }
}

/** What the beginning of a backup file says of it. Rejects with a BackupFault. */
export async function factsIn(file: string): Promise<BackupFacts> {
  const head = createReadStream(file, { end: HEAD_BYTES });
  try {
    return await factsOf(head);
  } finally {
    // It is not read to its end, and would stay open.
    head.destroy();
  }
}

/** Octets of all files in a folder. */
export async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
