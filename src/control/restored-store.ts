import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Signing, signDatabase } from "../admin/backup/sign.ts";
import { type Refused, refused } from "../api/contract/problems.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { openStore } from "../store/store.ts";

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
