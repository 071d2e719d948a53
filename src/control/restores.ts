import { createWriteStream, existsSync, rmSync, statSync } from "node:fs";
import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type BackupFacts, BackupFault, factsOf } from "../admin/backup/frames.ts";
import { entryOf } from "../admin/backup/sign.ts";
import {
  agree,
  agreedNow,
  BEFORE,
  nextFolder,
  noteReplaced,
  RESTORING,
  type Replaced,
  replacedBefore,
  wayBack,
} from "../admin/backup/take-over.ts";
import { noRoom } from "../admin/edit-refusal.ts";
import type { Jobs, RunningJob } from "../admin/jobs.ts";
import type { ApiProblemCode } from "../api/contract/problem-kinds.ts";
import { type Refused, refused } from "../api/contract/problems.ts";
import type { BackupContent, RestorePorts, RestoreState, SentPart } from "../api/restore-ports.ts";
import { readInstallationId } from "../instance/installation-id.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { ControlStart, FromControl } from "../link/link.ts";
import type { Doer } from "../model/audit.ts";
import { HEAD_BYTES } from "../model/backup-head.ts";
import type { AuditRepository } from "../model/repositories.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { DATABASE_FILE } from "../store/database-file.ts";
import { signRestored, sizeOf } from "./restored-store.ts";
import type { SignallingSide } from "./signalling-side.ts";
import { unpackInWorker } from "./unpacking.ts";

/** Larger ones are restored by the command. */
const MAX_BYTES = 64 * 1024 ** 3;
/** So much of the disk is left to records and to the log. */
const SPARE_BYTES = 64 * 1024 ** 2;
/** What nobody goes on with is forgotten: it has the keys of an installation in it. */
const FORGOTTEN_MS = 3_600_000;
/** An answer is on its way after so long. */
const ANSWERED_MS = 500;
/** How long calls may go on where it is not known what was said. */
const WAIT_SECONDS = 60;
/** Bits that tell what was checked from what is checked after it. */
const ID_BITS = 64;

export interface RestoreParts {
  readonly dataDir: string;
  /** What tells this installation from every other. */
  readonly installation: string | undefined;
  /** The company file that a start applies. */
  readonly applyFile: string | undefined;
  readonly clock: Clock;
  readonly jobs: Pick<Jobs, "begin">;
  readonly audit: Pick<AuditRepository, "append">;
  /** The version of the configuration that is here. */
  readonly here: () => number;
  /** How many calls are up; undefined: not known. */
  readonly calls: () => Promise<number | undefined>;
  /** Has the process begin anew, when calls are over, after so long at the latest. */
  readonly restart: (waitSeconds: number) => void;
  readonly log: (level: "info" | "warn", text: string) => void;
}

interface Upload {
  readonly file: string;
  readonly size: number;
  readonly job: RunningJob;
  received: number;
  facts: BackupFacts | undefined;
}

type Received = { readonly received: number; readonly size: number };
type Trouble = "diskFull" | "notRestored";

const RESTORING_NOW = refused(
  "restoring",
  "A restore is agreed to: the server begins anew with it as soon as calls are over.",
);
const NOTHING_SENT = refused("notFound", "No backup was sent whole, or nobody went on with it for an hour.");

const NOT_SEEN = refused("notSeen", "Another backup was sent and checked since: look what it has.");

/** A backup on its way into the place of what is here: sent, checked, agreed to. The next start takes it over. */
export class Restores implements RestorePorts {
  readonly #parts: RestoreParts;
  readonly #file: string;
  readonly #draft: string;
  readonly #before: string;
  #upload: Upload | undefined;
  #content: BackupContent | undefined;
  #isBusy = false;
  #timer: Timer | undefined;

  constructor(parts: RestoreParts) {
    this.#parts = parts;
    this.#file = join(parts.dataDir, RESTORING, "upload");
    this.#draft = join(parts.dataDir, RESTORING, "draft");
    this.#before = join(parts.dataDir, BEFORE);
  }

  /**
   * What a process before this one had been sent is forgotten. What was agreed to is gone on with: the thread has ended before it
   * could ask for that, or nobody has heard it.
   */
  begin(): void {
    try {
      for (const left of [this.#file, this.#draft]) rmSync(left, { recursive: true, force: true });
    } catch (error) {
      this.#parts.log("warn", `What is left of a restore cannot be removed: ${reasonOf(error)}.`);
    }
    if (existsSync(nextFolder(this.#parts.dataDir))) this.#parts.restart(WAIT_SECONDS);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async state(): Promise<RestoreState> {
    const { dataDir, calls } = this.#parts;
    const agreed = agreedNow(dataDir);
    const before = replacedBefore(dataDir);
    // A part that is on its way, or has just been broken off, counts; what is wrong with it, its own answer says.
    if (this.#upload !== undefined) await this.#measure(this.#upload).catch(() => {});
    return {
      upload: this.#upload === undefined ? null : shownUpload(this.#upload),
      content: this.#content ?? null,
      agreed: agreed === undefined ? null : { ...shownReplaced(agreed), calls: (await calls()) ?? null },
      before:
        before === undefined
          ? null
          : {
              ...shownReplaced(before),
              sentence: before.sentence ?? null,
              bytes: await sizeOf(this.#before),
            },
    };
  }

  receive(body: AsyncIterable<Uint8Array>, part: SentPart, by: Doer): ReturnType<RestorePorts["receive"]> {
    return this.#alone<Received, "wrongOffset" | "backupTooLarge" | "backupUnusable" | "diskFull">(
      async () => {
        if (part.offset === 0) {
          const begun = await this.#anew(part, by);
          if (!begun.ok) return begun;
        }
        const upload = this.#upload;
        if (upload === undefined || upload.size !== part.size || upload.received !== part.offset) {
          const received = upload?.size === part.size ? upload.received : 0;
          return err(refused("wrongOffset", `The next part begins at ${received}.`, { received }));
        }
        this.#keepAwhile();
        const written = await this.#write(upload, body);
        if (!written.ok) return written;
        const { received, size } = upload;
        return ok({ received, size });
      },
    );
  }

  async #anew(
    { file, size }: SentPart,
    by: Doer,
  ): Promise<Result<undefined, Refused<"backupTooLarge" | "diskFull">>> {
    if (size > MAX_BYTES)
      return err(refused("backupTooLarge", `${file} has ${size} octets; at most ${MAX_BYTES} are taken.`));
    await this.#clear();
    const room = await this.#room();
    if (size > room)
      return err(
        refused(
          "diskFull",
          `${file} has ${size} octets, and there is room for ${room}. Nothing was changed.`,
        ),
      );
    await mkdir(join(this.#parts.dataDir, RESTORING), { recursive: true, mode: 0o700 });
    const job = this.#parts.jobs.begin({ kind: "receiveBackup", about: file, by: by.name });
    this.#upload = { file, size, job, received: 0, facts: undefined };
    return ok(undefined);
  }

  /** Octets go to the file as they come; what has come of a part that is broken off counts. */
  async #write(
    upload: Upload,
    body: AsyncIterable<Uint8Array>,
  ): Promise<Result<undefined, Refused<"backupUnusable">>> {
    const { file, size, job } = upload;
    const flags = upload.received === 0 ? "w" : "a";
    let come = upload.received;
    const writing = pipeline(
      body,
      async function* limit(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          come += chunk.length;
          if (come > size) return;
          job.progress(`Receiving ${file}.`, { done: come, of: size });
          yield chunk;
        }
      },
      createWriteStream(this.#file, { flags, mode: 0o600 }),
    );
    const [written] = await Promise.allSettled([writing]);
    if (come > size)
      return this.#unusable(`More octets of ${file} come than the ${size} that were announced.`);
    try {
      await this.#measure(upload);
    } catch (error) {
      if (error instanceof BackupFault) return this.#unusable(error.message);
      throw error;
    }
    if (upload.received === size) job.end("done", `${file} is here.`);
    if (written.status === "rejected") throw written.reason;
    return ok(undefined);
  }

  /** How much of it the disk has, and what that says of it. */
  async #measure(upload: Upload): Promise<void> {
    upload.received = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (upload.received >= Math.min(upload.size, HEAD_BYTES)) upload.facts ??= await factsOf(this.#file);
  }

  async #unusable(sentence: string): Promise<Result<never, Refused<"backupUnusable">>> {
    this.#upload?.job.end("failed", sentence);
    await this.#clear();
    return err(refused("backupUnusable", sentence));
  }

  check(passphrase: string | undefined, by: Doer): ReturnType<RestorePorts["check"]> {
    return this.#alone<BackupContent, "notFound" | "backupUnusable" | "diskFull">(async () => {
      const upload = this.#upload;
      if (upload?.facts === undefined || upload.received !== upload.size) return err(NOTHING_SENT);
      this.#keepAwhile();
      const { file, size, facts } = upload;
      this.#content = undefined;
      await rm(this.#draft, { recursive: true, force: true });
      await mkdir(this.#draft, { mode: 0o700 });
      const job = this.#parts.jobs.begin({ kind: "checkBackup", about: file, by: by.name });
      const order = { file: this.#file, folder: this.#draft, passphrase, room: await this.#room() };
      const unpacked = await unpackInWorker(order, (done) =>
        job.progress(`Unpacking ${file}.`, { done, of: size }),
      );
      if (!unpacked.ok) {
        const { code, sentence } = unpacked.error;
        job.end("failed", sentence);
        await rm(this.#draft, { recursive: true, force: true });
        return err(
          refused(code === "noRoom" ? "diskFull" : "backupUnusable", `${sentence} Nothing was changed.`),
        );
      }
      job.end("done", `${file} can be used.`);
      const { installation, lastCallAt, ...content } = unpacked.value;
      this.#content = {
        id: randomIds().hex(ID_BITS),
        made: facts.made,
        version: facts.version,
        installation: installation ?? null,
        isOwn: installation !== undefined && installation === this.#parts.installation,
        here: this.#parts.here(),
        ...content,
        administrators: [...content.administrators],
        lastCallAt: lastCallAt ?? null,
      };
      return ok(this.#content);
    });
  }

  agree(seen: string, waitSeconds: number, by: Doer): ReturnType<RestorePorts["agree"]> {
    return this.#alone<RestoreState, "notFound" | "notSeen" | "notRestored">(async () => {
      const content = this.#content;
      if (content === undefined) return err(NOTHING_SENT);
      if (content.id !== seen) return err(NOT_SEEN);
      return this.#begins(this.#draft, { why: "backup", made: content.made }, waitSeconds, by);
    });
  }

  back(waitSeconds: number, by: Doer): ReturnType<RestorePorts["back"]> {
    return this.#alone<RestoreState, "notFound" | "notRestored">(async () => {
      const before = wayBack(this.#parts.dataDir, DATABASE_FILE);
      if (!before.ok) return err(refused("notFound", before.error));
      return this.#begins(before.value, { why: "back" }, waitSeconds, by);
    });
  }

  /** Signs what comes. From the rename on it is so, whatever happens to this process. */
  async #begins(
    folder: string,
    how: Pick<Replaced, "why" | "made">,
    waitSeconds: number,
    by: Doer,
  ): Promise<Result<RestoreState, Refused<"notRestored">>> {
    const { dataDir, applyFile, audit, clock, restart } = this.#parts;
    const what = how.why === "back" ? "restoreUndone" : "backupRestored";
    const signed = await signRestored(folder, { what, by, at: clock.wall(), applyFile });
    if (!signed.ok) return signed;
    await audit.append(entryOf(what, by, clock.wall()));
    noteReplaced(dataDir, { at: clock.wall(), by: by.name, ...how });
    agree(dataDir, folder);
    this.#timer?.cancel();
    this.#upload = undefined;
    await rm(this.#file, { force: true }).catch(() => {});
    // Who asked hears the answer first: the end of the server ends its connections.
    clock.after(ANSWERED_MS, () => restart(waitSeconds));
    return ok(await this.state());
  }

  forget(): ReturnType<RestorePorts["forget"]> {
    return this.#alone<undefined, never>(async () => {
      await this.#clear();
      return ok(undefined);
    });
  }

  forgetBefore(by: Doer): ReturnType<RestorePorts["forgetBefore"]> {
    return this.#alone<undefined, "notFound">(async () => {
      if (!existsSync(this.#before))
        return err(refused("notFound", "There is nothing that a restore has replaced."));
      await this.#parts.audit.append(entryOf("replacedDeleted", by, this.#parts.clock.wall()));
      await rm(this.#before, { recursive: true, force: true });
      return ok(undefined);
    });
  }

  /** One thing at a time, and nothing more once a restore is agreed to. What the disk refuses is an answer. */
  async #alone<T, Code extends ApiProblemCode>(
    work: () => Promise<Result<T, Refused<Code>>>,
  ): Promise<Result<T, Refused<Code | Trouble | "busy" | "restoring">>> {
    if (this.#isBusy)
      return err({ ...refused("busy", "Something else is done about a restore."), retryAfterSeconds: 2 });
    if (existsSync(nextFolder(this.#parts.dataDir))) return err(RESTORING_NOW);
    this.#isBusy = true;
    try {
      return await work();
    } catch (error) {
      const full = noRoom(error);
      if (full !== undefined) {
        await this.#clear();
        return err(full);
      }
      return err(refused("notRestored", `This could not be done: ${reasonOf(error)}.`));
    } finally {
      this.#isBusy = false;
    }
  }

  async #clear(): Promise<void> {
    this.#timer?.cancel();
    this.#upload?.job.end("failed", "It was forgotten.");
    this.#upload = undefined;
    this.#content = undefined;
    await rm(this.#file, { force: true });
    await rm(this.#draft, { recursive: true, force: true });
  }

  #keepAwhile(): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(FORGOTTEN_MS, () => void this.#forgetOld());
  }

  /** Again later where it is used just now, or the disk refuses. */
  async #forgetOld(): Promise<void> {
    const forgotten = await this.forget();
    if (!forgotten.ok && forgotten.error.code !== "restoring") this.#keepAwhile();
  }

  async #room(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#parts.dataDir);
    return Math.max(0, bavail * bsize - SPARE_BYTES);
  }
}

function shownUpload({ file, size, received, facts }: Upload): NonNullable<RestoreState["upload"]> {
  const { made = null, version = null } = facts ?? {};
  return { file, size, received, made, version, isSealed: facts === undefined ? null : facts.salt !== null };
}

function shownReplaced({ at, by, why, made }: Replaced) {
  return { at, by, why, made: made ?? null };
}

/** Those of a control thread. */
export function restoresOf(
  { dataDir, applyFile }: Pick<ControlStart, "dataDir" | "applyFile">,
  {
    signalling,
    send,
    ...parts
  }: Pick<RestoreParts, "clock" | "jobs" | "audit" | "here"> & {
    readonly signalling: SignallingSide;
    readonly send: (message: FromControl) => void;
  },
): Restores {
  return new Restores({
    ...parts,
    dataDir,
    applyFile,
    installation: readInstallationId(dataDir),
    calls: async () => (await signalling.status())?.gauges["switchhook_calls_active"],
    restart: (waitSeconds) => send({ type: "restart", waitSeconds }),
    log: (level, text) => signalling.log(level, text),
  });
}
