import { openAsBlob } from "node:fs";
import { join } from "node:path";
import { type BackupFacts, BackupFault, factsOf } from "../admin/backup/frames.ts";
import type { jobRoutes } from "../api/contract/jobs.ts";
import type { restoreRoutes } from "../api/contract/restore.ts";
import {
  checkBackup,
  isNotNow,
  isNoWord,
  PART_TIMEOUT_MS,
  sendBackup,
} from "../api/contract/restore-client.ts";
import type { AnswerOf } from "../api/contract/route.ts";
import { readToken, TOKEN_FILE } from "../instance/api-token.ts";
import type { Instance } from "../instance/instance-file.ts";
import { reasonOf } from "../lib/failure.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { apiClient, glance } from "./api-client.ts";
import type { BackupPorts } from "./backup.ts";
import { type Failure, unavailable } from "./failure.ts";
import type { Output } from "./output.ts";

/** A part has half a minute on its way. */
const PART_BYTES = 16 * 1024 * 1024;
/** A server that is started anew answers again within a minute; the check of a large database says nothing for a while. */
const PATIENCE = { sendingMs: 60_000, checkMs: 300_000 };
const TOLD_EVERY_MS = 5000;

type State = AnswerOf<typeof restoreRoutes.state>;
type Content = AnswerOf<typeof restoreRoutes.check>;

/** Why something was not done, and whether that is known at all. */
type Fault = Failure & { readonly isLost: boolean; readonly isNotNow: boolean };

interface Agreement {
  readonly waitSeconds: number;
  /** What was checked, by its id. */
  readonly seen?: string;
}

/** The server of a data folder, as a restore needs it. */
export interface Running {
  get<T>(path: string): Promise<Result<T, Fault>>;
  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<Result<T, Fault>>;
  upload(query: string, part: Blob): Promise<Result<{ readonly received: number }, Fault>>;
  /** Has it begin anew; the value is a sentence that says so. */
  begin(path: string, how: Agreement): Promise<Result<string, Failure>>;
}

export interface RestoreWish {
  readonly replace: boolean;
  /** Seconds for which calls may go on. */
  readonly wait: number;
  /** How long a server that says nothing is waited for. */
  readonly patience?: typeof PATIENCE;
}

/** The server that runs in a data folder. */
export function runningAt(dataDir: string, { http, pid }: Instance): Result<Running, Failure> {
  const name = `The server of ${dataDir} (process ${pid})`;
  const token = readToken(dataDir);
  if (http === "") return unavailable(`${name} is still starting; try again in a moment.`);
  if (token === undefined)
    return unavailable(`${name} runs, but ${join(dataDir, TOKEN_FILE)} cannot be read.`);
  const { ask, failureOf } = apiClient(name, http, token);
  const json = async <T>(path: string, init: RequestInit): Promise<Result<T, Fault>> => {
    const asked = await ask(path, init);
    if (!asked.ok) return err({ ...asked.error, isLost: true, isNotNow: false });
    const response = asked.value;
    if (response.status === 404 && init.method === undefined)
      return err(refusal(`${name} is of a release that takes no backup.`));
    if (!response.ok) {
      const { code } = await codeOf(response.clone());
      const isLost = isNoWord(response.status, code);
      return err({ ...(await failureOf(response)), isLost, isNotNow: isNotNow(code) });
    }
    try {
      return ok((await response.json()) as T);
    } catch (error) {
      const sentence = `${name} broke its answer off: ${reasonOf(error)}.`;
      return err({ type: "unavailable", sentence, isLost: true, isNotNow: false });
    }
  };
  const post: Running["post"] = (path, body, signal) =>
    json(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
      ...(signal === undefined ? {} : { signal }),
    });
  return ok({
    get: (path) => json(path, glance()),
    post,
    upload: (query, body) =>
      json(`backup/restore/upload?${query}`, {
        method: "POST",
        body,
        signal: AbortSignal.timeout(PART_TIMEOUT_MS),
      }),
    async begin(path, how) {
      const begun = await post(path, how);
      if (!begun.ok) return begun;
      return ok(
        `The server takes no new calls, begins anew within ${how.waitSeconds} seconds, and has it then. What is there now is kept; "switchhook restore --back" goes back to it.`,
      );
    },
  });
}

async function codeOf(response: Response): Promise<{ readonly code?: string }> {
  return (await response.json().catch(() => ({}))) as { readonly code?: string };
}

/** Has a server look at a backup, and with `replace` take it in place of what is there. The value is a sentence that says so. */
export async function restoreInto(
  running: Running,
  file: string,
  { replace, wait, patience = PATIENCE }: RestoreWish,
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
  const sent = await send(running, blob, { file, made: facts.made }, output, patience.sendingMs);
  if (!sent.ok) return sent;
  const passphrase = facts.salt === null ? undefined : await readPassword("Passphrase of the backup: ");
  const checked = await look(running, passphrase, output, patience.checkMs);
  if (!checked.ok) return checked;
  for (const line of linesOf(checked.value)) output.out(line);
  if (replace) return running.begin("backup/restore", { waitSeconds: wait, seen: checked.value.id });
  return ok("Nothing was changed: with --replace the server takes it in place of all that is there.");
}

const TIME = {
  now: () => systemClock.now(),
  wait: (ms: number) => new Promise<void>((resolve) => systemClock.after(ms, resolve)),
};

function send(
  running: Running,
  blob: Blob,
  { file, made }: { readonly file: string; readonly made: string },
  output: Output,
  patienceMs: number,
): Promise<Result<undefined, Failure>> {
  const { size } = blob;
  const say = nowAndThen(output);
  let isBroken = false;
  return sendBackup<Fault>(
    { file, size, made },
    {
      ...TIME,
      patienceMs,
      partBytes: PART_BYTES,
      isLost: ({ isLost }) => isLost,
      isNotNow: (fault) => fault.isNotNow,
      async upload() {
        const state = await running.get<State>("backup/restore");
        return state.ok ? ok(state.value.upload) : state;
      },
      async send(offset, end) {
        const query = new URLSearchParams({ file, size: String(size), offset: String(offset) });
        return running.upload(query.toString(), blob.slice(offset, end));
      },
      another: () => refusal("Somebody else sends another backup to the server just now."),
      told(received, trouble) {
        const percent = Math.floor((100 * received) / Math.max(1, size));
        if (trouble !== undefined && !isBroken)
          output.err(`${sentenceOf(trouble)} It goes on from ${percent} % as soon as the server answers …`);
        if (trouble === undefined && isBroken) output.err(`It goes on from ${percent} %.`);
        isBroken = trouble !== undefined;
        if (!isBroken && received < size) say(`Sent: ${percent} %.`);
      },
    },
  );
}

/** The question stays open as long as the server says how far it is. */
async function look(
  running: Running,
  passphrase: string | undefined,
  output: Output,
  patienceMs: number,
): Promise<Result<Content, Failure>> {
  const asking = new AbortController();
  const say = nowAndThen(output);
  const checked = await checkBackup<Fault>({
    ...TIME,
    patienceMs,
    isLost: ({ isLost }) => isLost,
    check: () => running.post<Content>("backup/restore/check", { passphrase }, asking.signal),
    async content() {
      const state = await running.get<State>("backup/restore");
      return state.ok ? ok(state.value.content) : state;
    },
    async jobs() {
      const jobs = await running.get<AnswerOf<typeof jobRoutes.list>>("jobs");
      return jobs.ok ? ok(jobs.value.items) : jobs;
    },
    failed: refusal,
    told({ done, of, state }) {
      if (state === "running" && of > 0) say(`Looked at: ${Math.floor((100 * done) / of)} %.`);
    },
  });
  asking.abort();
  return checked;
}

function refusal(sentence: string): Fault {
  return { type: "rejected", sentence, isLost: false, isNotNow: false };
}

function sentenceOf(failure: Failure): string {
  return "sentence" in failure ? failure.sentence : "The server refuses it.";
}

/** Says a line where it said none for a while. */
function nowAndThen(output: Output): (line: string) => void {
  let saidAt = systemClock.now();
  return (line) => {
    if (systemClock.now() - saidAt < TOLD_EVERY_MS) return;
    saidAt = systemClock.now();
    output.err(line);
  };
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
