import type { jobRoutes } from "../../../../src/api/contract/jobs.ts";
import type { restoreRoutes } from "../../../../src/api/contract/restore.ts";
import {
  checkBackup,
  isNotNow,
  isNoWord,
  PART_TIMEOUT_MS,
  sendBackup,
} from "../../../../src/api/contract/restore-client.ts";
import type { AnswerOf } from "../../../../src/api/contract/route.ts";
import { err, ok, type Result } from "../../../../src/lib/result.ts";
import { HEAD_BYTES } from "../../../../src/model/backup-head.ts";
import { ApiError } from "../../lib/api-error.ts";

type State = AnswerOf<typeof restoreRoutes.state>;
type Content = AnswerOf<typeof restoreRoutes.check>;
type Job = AnswerOf<typeof jobRoutes.get>;

/** The requests of a restore; each rejects as `request` of lib/api.ts does. */
export interface RestoreApi {
  state(): Promise<State>;
  send(
    query: { readonly file: string; readonly size: number; readonly offset: number },
    part: Blob,
    signal: AbortSignal,
  ): Promise<{ readonly received: number }>;
  check(passphrase: string | undefined): Promise<Content>;
  jobs(): Promise<{ readonly items: readonly Job[] }>;
}

/** A part has half a minute on its way: 1.2 Mbit/s are enough, and over a slower line it becomes smaller. */
const PART_BYTES = 4 * 1024 * 1024;
/** The server forgets after so long what nobody goes on with. */
const SENDING_PATIENCE_MS = 3_600_000;
const CHECK_PATIENCE_MS = 300_000;

const TIME = {
  now: () => performance.now(),
  wait: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)),
};

/** How far something is, 0 to 100, and whether the connection is broken just now. */
export type Told = (percent: number, isBroken: boolean) => void;

/** Sends a backup, over breaks too. Rejects with what the server refuses, or what cannot be read; `another`: somebody else sends one. */
export async function sendFile(file: File, api: RestoreApi, another: string, told: Told): Promise<void> {
  const { name, size } = file;
  const made = /"made":"([^"]*)"/.exec(await file.slice(0, HEAD_BYTES).text())?.[1];
  const sent = await sendBackup<unknown>(
    { file: name, size, made },
    {
      ...TIME,
      patienceMs: SENDING_PATIENCE_MS,
      partBytes: PART_BYTES,
      isLost,
      isNotNow: (fault) => fault instanceof ApiError && isNotNow(fault.code),
      upload: () => outcome(async () => (await api.state()).upload),
      send: (offset, end) =>
        outcome(async () => {
          // Read first: a file that is gone or changed is no broken connection.
          const part = new Blob([await file.slice(offset, end).arrayBuffer()]);
          return api.send({ file: name, size, offset }, part, AbortSignal.timeout(PART_TIMEOUT_MS));
        }),
      another: () => new Error(another),
      told: (received, trouble) => told((100 * received) / Math.max(1, size), trouble !== undefined),
    },
  );
  if (!sent.ok) throw sent.error;
}

/** Has the server look at what was sent. */
export async function checkSent(
  passphrase: string | undefined,
  api: RestoreApi,
  told: Told,
): Promise<Content> {
  const checked = await checkBackup<unknown>({
    ...TIME,
    patienceMs: CHECK_PATIENCE_MS,
    isLost,
    check: () => outcome(() => api.check(passphrase)),
    content: () => outcome(async () => (await api.state()).content),
    jobs: () => outcome(async () => (await api.jobs()).items),
    failed: (sentence) => new Error(sentence),
    told: ({ done, of }) => told(of > 0 ? (100 * done) / of : 0, false),
  });
  if (!checked.ok) throw checked.error;
  return checked.value;
}

async function outcome<T>(work: () => Promise<T>): Promise<Result<T, unknown>> {
  try {
    return ok(await work());
  } catch (error) {
    return err(error);
  }
}

function isLost(fault: unknown): boolean {
  if (fault instanceof ApiError)
    return isNoWord(fault.status, fault.code === "unknown" ? undefined : fault.code);
  return fault instanceof DOMException && fault.name === "TimeoutError";
}
