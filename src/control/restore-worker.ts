import { parentPort, workerData } from "node:worker_threads";
import { BackupFault } from "../admin/backup/frames.ts";
import { NoRoomFault, unpackBackup } from "../admin/backup/unpack.ts";
import { readInstallationId } from "../instance/installation-id.ts";
import { isDiskFull, reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { contentOfDatabase, type DatabaseContent } from "../store/snapshot.ts";

// The entry of a thread that unpacks a backup and looks whether this release can use it: that takes as long as it is large.

/** What the thread is given. */
export interface UnpackOrder {
  readonly file: string;
  /** Empty. */
  readonly folder: string;
  readonly passphrase: string | undefined;
  /** So many octets may be written. */
  readonly room: number;
}

export interface Unpacked extends DatabaseContent {
  /** What tells that installation from others; undefined: the backup does not say. */
  readonly installation: string | undefined;
}

export type UnpackFailure = { readonly code: "unusable" | "noRoom"; readonly sentence: string };

export type FromUnpacking =
  | { readonly type: "read"; readonly bytes: number }
  | { readonly type: "over"; readonly result: Result<Unpacked, UnpackFailure> };

/** So many octets of the file are told of together. */
const TOLD_EVERY = 4 * 1024 * 1024;

const port = parentPort;
if (port === null) throw new Error("control/restore-worker.ts runs as a worker thread only");
const send = (message: FromUnpacking): void => port.postMessage(message);
send({ type: "over", result: await work(workerData as UnpackOrder) });

async function work({
  file,
  folder,
  passphrase,
  room,
}: UnpackOrder): Promise<Result<Unpacked, UnpackFailure>> {
  let told = 0;
  try {
    await unpackBackup(file, folder, {
      database: DATABASE_FILE,
      passphrase: async () => passphrase,
      room,
      onRead: (bytes) => {
        if (bytes - told < TOLD_EVERY) return;
        told = bytes;
        send({ type: "read", bytes });
      },
    });
    const content = await contentOfDatabase(folder);
    return content.ok
      ? ok({ ...content.value, installation: readInstallationId(folder) })
      : unusable(content.error);
  } catch (error) {
    if (error instanceof NoRoomFault || isDiskFull(error))
      return err({ code: "noRoom", sentence: new NoRoomFault().message });
    if (error instanceof BackupFault) return unusable(error.message);
    return unusable(`The backup cannot be unpacked: ${reasonOf(error)}.`);
  }
}

function unusable(sentence: string): Result<never, UnpackFailure> {
  return err({ code: "unusable", sentence });
}
