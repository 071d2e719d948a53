import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";

/** Makes a folder, and those around it, for their owner alone where they are missing. Throws with the reason why it cannot. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Node says of a file system that is read-only that there is no such folder; asked for one folder alone it tells why.
    let missing = resolve(folder);
    while (!existsSync(dirname(missing))) missing = dirname(missing);
    mkdirSync(missing, { mode: 0o700 });
    throw error;
  }
}

/** Folders that are made in a data folder; one that its server cannot use is found out at the start, not in the middle of a call. */
const INSIDE = ["audio"];

/** Makes a data folder when it is missing, for its owner alone; an error says why it cannot be used, and names the path. */
export function usableFolder(dataDir: string): Result<undefined, string> {
  try {
    makeFolder(dataDir);
  } catch (error) {
    const why = existsSync(dataDir) ? "is not a folder" : `cannot be made: ${reasonOf(error)}`;
    return err(`The data folder ${dataDir} ${why}.`);
  }
  const folders = [dataDir, ...INSIDE.map((name) => join(dataDir, name)).filter((one) => existsSync(one))];
  for (const folder of folders) {
    const why = whyNot(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (why !== undefined) return err(`The data folder ${folder} cannot be written by this user ${why}.`);
  }
  return ok(undefined);
}

/** Whose a file is and why this process cannot use it so, to end a sentence; undefined: it can. */
export function whyNot(file: string, wanted: number): string | undefined {
  try {
    accessSync(file, wanted);
    return undefined;
  } catch (error) {
    const whose = `it belongs to user id ${statSync(file).uid}, this is user id ${process.getuid?.() ?? "unknown"}`;
    return `(${whose}): ${reasonOf(error)}`;
  }
}
