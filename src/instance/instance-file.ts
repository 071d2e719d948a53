import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { readSmallFile, writePrivateFile } from "./private-file.ts";

/** The file, in the data folder, that says where the running server is. */
export const INSTANCE_FILE = "instance.json";

const instanceSchema = z.object({
  pid: z.int().positive(),
  /** When the process began, as the system counts it: a later process with the same id has another. */
  began: z.string(),
  /** `http://127.0.0.1:8088`; empty while the server is starting. */
  http: z.string(),
  /** `udp:127.0.0.1:5060`. */
  sip: z.array(z.string()),
});

/** A running server. */
export type Instance = z.output<typeof instanceSchema>;

/** The running server of a data folder, or undefined; what a dead one left behind does not count. */
export function readInstance(dataDir: string): Instance | undefined {
  const text = readSmallFile(join(dataDir, INSTANCE_FILE));
  if (text === undefined) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  const instance = instanceSchema.safeParse(data);
  if (!instance.success || processBegan(instance.data.pid) !== instance.data.began) return undefined;
  return instance.data;
}

/**
 * Makes this process the one server of a data folder; call again with the addresses once they are known.
 * An error is a sentence: another server is running there, or the file cannot be written.
 */
export function claimInstance(
  dataDir: string,
  addresses: { readonly http: string; readonly sip: readonly string[] },
): Result<undefined, string> {
  const other = readInstance(dataDir);
  if (other !== undefined && other.pid !== process.pid) {
    return err(
      `Another Switchhook (process ${other.pid}) is running with the data folder ${dataDir}. Stop it first, or give this one another folder with --data.`,
    );
  }
  const file = join(dataDir, INSTANCE_FILE);
  const instance: Instance = {
    pid: process.pid,
    began: processBegan(process.pid) ?? "",
    http: addresses.http,
    sip: [...addresses.sip],
  };
  try {
    writePrivateFile(file, `${JSON.stringify(instance, undefined, 2)}\n`);
    return ok(undefined);
  } catch (error) {
    return err(
      `The file ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

/** Takes the file away again, if it is ours. */
export function releaseInstance(dataDir: string): void {
  if (readInstance(dataDir)?.pid !== process.pid) return;
  rmSync(join(dataDir, INSTANCE_FILE), { force: true });
}

/**
 * When a process began, or undefined when there is none. On Linux the start time in clock ticks (proc(5), field
 * 22 of stat); elsewhere only whether it lives.
 */
function processBegan(pid: number): string | undefined {
  const stat = readSmallFile(`/proc/${pid}/stat`);
  // Field 2 is the name in brackets, which may itself hold spaces and brackets.
  if (stat !== undefined) return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  if (process.platform === "linux") return undefined;
  try {
    process.kill(pid, 0);
    return "running";
  } catch {
    return undefined;
  }
}
