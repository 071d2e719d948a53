import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { goBack } from "../admin/backup/take-over.ts";
import { readToken, TOKEN_FILE } from "../instance/api-token.ts";
import { type Instance, readInstance } from "../instance/instance-file.ts";
import { reasonOf } from "../lib/failure.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { apiClient } from "./api-client.ts";
import { printFailure } from "./apply.ts";
import { type BackupPorts, fillEmptyFolder } from "./backup.ts";
import { type Failure, unavailable } from "./failure.ts";
import { ExitCode } from "./output.ts";

export interface RestoreOptions {
  readonly data: string;
  /** Where a server runs: it is to take the backup in place of what is there, and not only to look at it. */
  readonly replace: boolean;
  /** What was there before the last restore. */
  readonly back: boolean;
  /** So long calls may go on. */
  readonly wait: string;
}

/** A part has half a minute on its way. */
const PART_BYTES = 16 * 1024 * 1024;
/** A backup that was checked, as the API tells of it. */
interface Content {
  readonly made: string;
  readonly version: string;
  readonly isOwn: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly users: number;
  readonly administrators: readonly string[];
}

/**
 * `switchhook restore`: fills an empty data folder; where a server runs in it, has that look at the backup, and with `--replace`
 * take it in place of what is there. `--back`: what was there before the last restore.
 */
export async function runRestore(
  file: string | undefined,
  options: RestoreOptions,
  ports: BackupPorts,
): Promise<number> {
  const { output } = ports;
  if ((file === undefined) !== options.back) {
    output.err("Name the file that backup has written, or say --back.");
    return ExitCode.usage;
  }
  const wait = Number(options.wait);
  if (!Number.isInteger(wait) || wait < 0 || wait > 3600) {
    output.err("--wait is a number of seconds from 0 to 3600.");
    return ExitCode.usage;
  }
  const instance = readInstance(options.data);
  if (instance === undefined)
    return file === undefined ? putBack(options.data, ports) : fillEmptyFolder(file, options, ports);
  const running = runningAt(options.data, instance);
  if (!running.ok) return printFailure(running.error, output);
  const done = await (file === undefined
    ? running.value.begin("backup/restore/back", wait)
    : restoreInto(running.value, file, { ...options, wait }, ports));
  if (!done.ok) return printFailure(done.error, output);
  output.out(done.value);
  return ExitCode.ok;
}

/** Beside a server that does not run. */
function putBack(dataDir: string, { output }: BackupPorts): number {
  const back = goBack(dataDir, DATABASE_FILE, {
    at: systemClock.wall(),
    by: "switchhook restore --back",
    why: "back",
  });
  if (!back.ok) {
    output.err(back.error);
    return ExitCode.refused;
  }
  output.out(`What was there before the last restore is in ${dataDir} again. Start it: switchhook start`);
  return ExitCode.ok;
}

interface Running {
  post<T>(path: string, body: unknown): Promise<Result<T, Failure>>;
  upload(query: string, part: Blob): Promise<Result<{ readonly received: number }, Failure>>;
  begin(path: string, waitSeconds: number): Promise<Result<string, Failure>>;
}

function runningAt(dataDir: string, { http, pid }: Instance): Result<Running, Failure> {
  const name = `The server of ${dataDir} (process ${pid})`;
  const token = readToken(dataDir);
  if (http === "") return unavailable(`${name} is still starting; try again in a moment.`);
  if (token === undefined)
    return unavailable(`${name} runs, but ${join(dataDir, TOKEN_FILE)} cannot be read.`);
  const { read } = apiClient(name, http, token);
  const gone = unavailable(`${name} is of a release that takes no backup.`);
  const json = async <T>(path: string, init: RequestInit): Promise<Result<T, Failure>> => {
    const answer = await read(path, async (response) => (await response.json()) as T, {
      method: "POST",
      ...init,
    });
    if (!answer.ok) return answer;
    return answer.value === undefined ? gone : ok(answer.value);
  };
  const post = <T>(path: string, body: unknown): Promise<Result<T, Failure>> =>
    json<T>(path, { body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  return ok({
    post,
    upload: (query, part) => json(`backup/restore/upload?${query}`, { body: part }),
    async begin(path, waitSeconds) {
      const begun = await post(path, { waitSeconds });
      if (!begun.ok) return begun;
      return ok(
        `The server takes no new calls, begins anew within ${waitSeconds} seconds, and has it then. What is there now is kept; "switchhook restore --back" goes back to it.`,
      );
    },
  });
}

async function restoreInto(
  running: Running,
  file: string,
  { replace, wait }: { readonly replace: boolean; readonly wait: number },
  { output, readPassword }: BackupPorts,
): Promise<Result<string, Failure>> {
  let blob: Blob;
  try {
    blob = await openAsBlob(file);
  } catch (error) {
    return err({ type: "rejected", sentence: `${file} cannot be read: ${reasonOf(error)}.` });
  }
  const { size } = blob;
  for (let offset = 0; offset < size || offset === 0; ) {
    const query = new URLSearchParams({ file, size: String(size), offset: String(offset) });
    const sent = await running.upload(query.toString(), blob.slice(offset, offset + PART_BYTES));
    if (!sent.ok) return sent;
    offset = sent.value.received;
  }
  const first = await blob.slice(0, 4096).text();
  const passphrase = first.includes('"salt":null')
    ? undefined
    : await readPassword("Passphrase of the backup: ");
  const checked = await running.post<Content>("backup/restore/check", { passphrase });
  if (!checked.ok) return checked;
  for (const line of linesOf(checked.value)) output.out(line);
  if (replace) return running.begin("backup/restore", wait);
  return ok("Nothing was changed: with --replace the server takes it in place of all that is there.");
}

function linesOf({ made, version, isOwn, counts, calls, users, administrators }: Content): readonly string[] {
  const all = Object.entries(counts).filter(([, count]) => count > 0);
  return [
    `Made ${made} by Switchhook ${version}, of ${isOwn ? "this installation" : "another installation"}.`,
    `It has ${[...all.map(([kind, count]) => `${kind} ${count}`), `calls ${calls}`, `users ${users}`].join(", ")}.`,
    administrators.length === 0 ? nobodyOf(users) : `Administrators then: ${administrators.join(", ")}.`,
  ];
}

/** What to do where nobody can sign in as administrator. */
function nobodyOf(users: number): string {
  return users === 0
    ? "It has no users: the server prints a link that makes the first administrator."
    : 'No administrator can sign in then: "switchhook user link" makes a link that makes one.';
}
