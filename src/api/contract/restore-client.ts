import { err, ok, type Result } from "../../lib/result.ts";
import type { jobRoutes } from "./jobs.ts";
import type { restoreRoutes } from "./restore.ts";
import type { AnswerOf } from "./route.ts";

// What whoever restores a backup over the API does, the page and the command alike: a connection that breaks costs what was on its
// way, and nothing more.

type Upload = AnswerOf<typeof restoreRoutes.state>["upload"];
type Content = AnswerOf<typeof restoreRoutes.check>;
type Job = AnswerOf<typeof jobRoutes.get>;

/** Longer than the server gives a request to come in: nothing is answered to it after that. */
export const PART_TIMEOUT_MS = 45_000;
/** A part that was broken off may have been too large for the half minute it has: the next one is smaller. */
const LEAST_PART_BYTES = 256 * 1024;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
const LOOKED_EVERY_MS = 1000;

/** Time, and which failures are none of what was asked for. */
interface Patience<Fault> {
  /** Monotonic milliseconds. */
  now(): number;
  wait(ms: number): Promise<void>;
  /** Whether nobody knows what came of it: no answer, or one of a server that is busy or starts. */
  isLost(fault: Fault): boolean;
  /** Nothing has gone on for so long: it is given up. */
  readonly patienceMs: number;
}

/** A backup file, as the one who sends it has it. */
export interface BackupFile {
  readonly file: string;
  /** Octets. */
  readonly size: number;
  /** When it was made, as its second line says; undefined: it does not say. */
  readonly made: string | undefined;
}

export interface SendingDoor<Fault> extends Patience<Fault> {
  /** What the server has of an upload. */
  upload(): Promise<Result<Upload, Fault>>;
  /** Whether the server still has to do with the part before: nothing is wrong with this one. */
  isNotNow(fault: Fault): boolean;
  /** Sends what lies from `offset` to `end`; the answer says how much is there then. */
  send(offset: number, end: number): Promise<Result<{ readonly received: number }, Fault>>;
  /** Somebody else sends another file meanwhile. */
  another(): Fault;
  /** Hears how many octets are there, and why nothing goes on at the moment. */
  told(received: number, trouble: Fault | undefined): void;
  readonly partBytes: number;
}

/** Sends a backup in parts. It goes on with what the server has, when it begins and after each break. */
export async function sendBackup<Fault>(
  file: BackupFile,
  door: SendingDoor<Fault>,
): Promise<Result<undefined, Fault>> {
  let { partBytes } = door;
  let waitMs = FIRST_WAIT_MS;
  let received = -1;
  let movedAt = door.now();
  let trouble: Fault | undefined;
  /** Undefined: the server has to say it. */
  let offset: number | undefined;
  const heard = (there: number): void => {
    offset = there;
    // Less than before: the server was started anew, and has forgotten it.
    if (there !== received) [movedAt, waitMs, trouble] = [door.now(), FIRST_WAIT_MS, undefined];
    received = there;
    door.told(received, trouble);
  };
  for (;;) {
    const answer: Result<number | undefined, Fault> =
      offset === undefined
        ? mapped(await door.upload(), (upload) => placeIn(upload, file))
        : mapped(await door.send(offset, Math.min(file.size, offset + partBytes)), (part) => part.received);
    if (answer.ok) {
      if (answer.value === undefined && received >= 0) return err(door.another());
      const wasSent = offset !== undefined;
      heard(answer.value ?? 0);
      if (received >= file.size && (wasSent || file.size > 0)) return ok(undefined);
      continue;
    }
    const isNotNow = door.isNotNow(answer.error);
    if (!(isNotNow || door.isLost(answer.error)) || door.now() - movedAt >= door.patienceMs) return answer;
    if (offset !== undefined && !isNotNow) partBytes = Math.max(LEAST_PART_BYTES, Math.floor(partBytes / 2));
    offset = undefined;
    trouble = answer.error;
    door.told(Math.max(0, received), trouble);
    await door.wait(waitMs);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

/** Where the file is gone on with; undefined: the server has another one. */
function placeIn(upload: Upload, { file, size, made }: BackupFile): number | undefined {
  if (upload === null) return 0;
  if (upload.file !== file || upload.size !== size) return undefined;
  // Too little is there to know it again.
  if (upload.made === null) return 0;
  return upload.made === made ? upload.received : undefined;
}

export interface CheckDoor<Fault> extends Patience<Fault> {
  /** Has the server look at what was sent. */
  check(): Promise<Result<Content, Fault>>;
  content(): Promise<Result<Content | null, Fault>>;
  /** The newest first. */
  jobs(): Promise<Result<readonly Job[], Fault>>;
  /** The check has failed, and its answer was lost. */
  failed(sentence: string): Fault;
  /** Hears of each step of the check. */
  told(job: Job): void;
}

/**
 * Has a backup looked at that was sent: waits as long as that goes on, though the connection breaks meanwhile or a proxy gives the
 * answer up.
 */
export async function checkBackup<Fault>(door: CheckDoor<Fault>): Promise<Result<Content, Fault>> {
  const newest = async (): Promise<Result<Job | undefined, Fault>> =>
    mapped(await door.jobs(), (jobs) => jobs.find(({ kind }) => kind === "checkBackup"));
  const begun = door.now();
  let earlier = await newest();
  // A check of before must not be taken for this one.
  while (!earlier.ok && door.isLost(earlier.error) && door.now() - begun < door.patienceMs) {
    await door.wait(LOOKED_EVERY_MS);
    earlier = await newest();
  }
  if (!earlier.ok) return earlier;
  const before = earlier.value?.id;
  let answer: Result<Content, Fault> | undefined;
  const ask = async (): Promise<void> => {
    answer = undefined;
    answer = await door.check();
  };
  let answered = ask();
  let job: Job | undefined;
  let movedAt = door.now();
  for (;;) {
    const wasOver = job !== undefined && job.state !== "running";
    const pause = door.wait(LOOKED_EVERY_MS);
    await (answer === undefined ? Promise.race([answered, pause]) : pause);
    if (answer !== undefined && (answer.ok || !door.isLost(answer.error))) return answer;
    const seen = await newest();
    if (seen.ok && seen.value?.id !== before && seen.value !== undefined && isOther(seen.value, job)) {
      job = seen.value;
      movedAt = door.now();
      door.told(job);
    }
    // It never came there.
    if (seen.ok && job === undefined && answer !== undefined) answered = ask();
    // The answer had time to come.
    if (wasOver && job?.state === "failed") return err(door.failed(job.sentence));
    const content = wasOver ? await door.content() : undefined;
    if (content?.ok === true && content.value !== null) return ok(content.value);
    if (door.now() - movedAt >= door.patienceMs)
      return answer ?? err(door.failed("The server does not say any more how far it is."));
  }
}

function isOther(now: Job, before: Job | undefined): boolean {
  return now.id !== before?.id || now.done !== before.done || now.state !== before.state;
}

function mapped<T, U, Fault>(result: Result<T, Fault>, by: (value: T) => U): Result<U, Fault> {
  return result.ok ? ok(by(result.value)) : result;
}

/** Whether the server still has to do with the part before: it does not know yet that its connection is broken. */
export function isNotNow(code: string | undefined): boolean {
  return code === "busy" || code === "wrongOffset";
}

/** Whether an answer says nothing about what was asked: it did not come whole, or not in time, or too many ask. */
export function isNoWord(status: number, code: string | undefined): boolean {
  return [0, 408, 429, 502, 504].includes(status) || (status === 503 && code === undefined);
}
