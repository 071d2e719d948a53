import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { type BackupFacts, BackupFault, factsOf } from "../admin/backup/frames.ts";
import { signDatabase } from "../admin/backup/sign.ts";
import { goBack, wayBack } from "../admin/backup/take-over.ts";
import { readToken, TOKEN_FILE } from "../instance/api-token.ts";
import { claimInstance, type Instance, readInstance, releaseInstance } from "../instance/instance-file.ts";
import { reasonOf } from "../lib/failure.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { openStore } from "../store/store.ts";
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
  readonly id: string;
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
  if (instance === undefined) {
    if (file === undefined) return putBack(options.data, ports);
    if (!options.replace) return fillEmptyFolder(file, options, ports);
    output.err(
      `No server runs in ${options.data}, and --replace asks a running one: start it, or restore into an empty folder without --replace.`,
    );
    return ExitCode.unavailable;
  }
  const running = runningAt(options.data, instance);
  if (!running.ok) return printFailure(running.error, output);
  const done = await (file === undefined
    ? running.value.begin("backup/restore/back", { waitSeconds: wait })
    : restoreInto(running.value, file, { ...options, wait }, ports));
  if (!done.ok) return printFailure(done.error, output);
  output.out(done.value);
  return ExitCode.ok;
}

/** Beside a server that does not run; one that its service manager starts just now finds the folder taken. */
async function putBack(dataDir: string, { output }: BackupPorts): Promise<number> {
  const there = wayBack(dataDir, DATABASE_FILE);
  if (!there.ok) {
    output.err(there.error);
    return ExitCode.refused;
  }
  const claimed = claimInstance(dataDir, { http: "", sip: [] });
  if (!claimed.ok) {
    output.err(claimed.error);
    return ExitCode.unavailable;
  }
  const back = await signedBack(dataDir).finally(() => releaseInstance(dataDir));
  if (!back.ok) {
    output.err(back.error);
    return ExitCode.refused;
  }
  output.out(`What was there before the last restore is in ${dataDir} again. Start it: switchhook start`);
  return ExitCode.ok;
}

/** In a folder that is ours now, and was somebody else's a moment ago. */
async function signedBack(dataDir: string): Promise<Result<undefined, string>> {
  const before = wayBack(dataDir, DATABASE_FILE);
  if (!before.ok) return before;
  const store = await openStore(before.value);
  if (!store.ok) return store;
  const [at, name] = [systemClock.wall(), "switchhook restore --back"];
  try {
    const by = { name, address: undefined };
    await signDatabase(store.value, { what: "restoreUndone", by, at, applyFile: undefined });
  } catch (error) {
    return err(`What was there before cannot be put back in ${dataDir}: ${reasonOf(error)}.`);
  } finally {
    await store.value.close();
  }
  return goBack(dataDir, DATABASE_FILE, { at, by: name, why: "back" });
}

interface Running {
  post<T>(path: string, body: unknown): Promise<Result<T, Failure>>;
  upload(query: string, part: Blob): Promise<Result<{ readonly received: number }, Failure>>;
  begin(path: string, how: Agreement): Promise<Result<string, Failure>>;
}

interface Agreement {
  readonly waitSeconds: number;
  /** What was checked, by its id. */
  readonly seen?: string;
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
    async begin(path, how) {
      const begun = await post(path, how);
      if (!begun.ok) return begun;
      return ok(
        `The server takes no new calls, begins anew within ${how.waitSeconds} seconds, and has it then. What is there now is kept; "switchhook restore --back" goes back to it.`,
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
  let facts: BackupFacts;
  try {
    blob = await openAsBlob(file);
    facts = await factsOf(file);
  } catch (error) {
    const sentence =
      error instanceof BackupFault ? error.message : `${file} cannot be read: ${reasonOf(error)}.`;
    return err({ type: "rejected", sentence });
  }
  const { size } = blob;
  for (let offset = 0; offset < size || offset === 0; ) {
    const query = new URLSearchParams({ file, size: String(size), offset: String(offset) });
    const sent = await running.upload(query.toString(), blob.slice(offset, offset + PART_BYTES));
    if (!sent.ok) return sent;
    offset = sent.value.received;
  }
  const passphrase = facts.salt === null ? undefined : await readPassword("Passphrase of the backup: ");
  const checked = await running.post<Content>("backup/restore/check", { passphrase });
  if (!checked.ok) return checked;
  for (const line of linesOf(checked.value)) output.out(line);
  if (replace) return running.begin("backup/restore", { waitSeconds: wait, seen: checked.value.id });
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
