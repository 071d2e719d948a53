import { createHash } from "node:crypto";
import { readCompany } from "../company/file.ts";
import { type SecretsInExport, writeCompany } from "../company/write.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import { type Company, documentsOf } from "../model/company.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { EditRefusal } from "../model/entities/change.ts";
import { quotedName } from "../model/entities/check.ts";
import { companyOf, describeChange } from "../model/entities/difference.ts";
import type { Entities } from "../model/entities/entities.ts";
import { kindOf } from "../model/entities/kinds.ts";
import { merge, NOTHING_SINCE } from "../model/entities/merge.ts";
import type { LocatedProblem, Problem } from "../model/problem.ts";
import { type HeardAt, trunksWithoutSocket } from "../model/trunk-sockets.ts";
import type { AudioSource, Progress } from "./apply-audio.ts";
import { knownIn, prepareAudio } from "./apply-audio.ts";
import type { AudioLibrary } from "./audio-library.ts";
import type { Desk, Made } from "./desk.ts";
import { conflictProblems, type FileEdits, fileEdits } from "./file-edits.ts";

/** A company that has been applied: it is on disk. */
export interface Applied {
  readonly version: number;
  /** `phone 215 added`; empty when nothing is different. */
  readonly changes: readonly string[];
  readonly warnings: readonly LocatedProblem[];
  /** False: it is saved, but the running server did not take it over in time. */
  readonly isLive: boolean;
}

/** What an apply needs besides the file. */
export interface ApplyParts {
  readonly desk: Desk;
  readonly library: AudioLibrary;
  readonly audio: AudioSource;
  /** Told while sound is converted. */
  readonly progress: Progress;
  /** Where the server hears SIP; undefined: not known here. */
  readonly heard?: HeardAt | undefined;
  /** Who applies it. */
  readonly by: Doer;
  /** What was changed here since the file was made goes. */
  readonly overwrite?: boolean | undefined;
}

/** Who applies a file from the command line. */
export const BY_FILE: Doer = { name: "a company file", address: undefined };

/**
 * Checks a company file, converts what sound is new, and saves what is different, whole or not at all. What others have
 * changed since the file was made stays; what the file has changed too refuses it (file-edits.ts). A file that changes
 * nothing is not saved again. While sound is converted others may change things: the difference is taken after that. Rejects
 * when the store fails.
 */
export async function applyCompany(
  text: string,
  file: string,
  parts: ApplyParts,
): Promise<Result<Applied, readonly LocatedProblem[]>> {
  const { desk, library, overwrite = false } = parts;
  const read = readCompany(text, file);
  if (!read.ok) return read;
  const { company, was, warnings } = read.value;
  const locate = (problems: readonly Problem[]) => problems.map((problem) => read.value.locate(problem));
  // Told before anybody waits for a conversion.
  const early = refusalOf(await fileEdits(desk.entities, { company, was }, desk, overwrite));
  if (early.length > 0) return err(locate(early));
  const known = knownIn(desk.entities, was, library);
  const audio = await prepareAudio(company.audioMessages, known, parts.audio, parts.progress);
  if (!audio.ok) return err(locate(audio.error));
  const filed = { company: withSound(company, audio.value), was };
  const made = await desk.change(
    parts.by,
    async (before) => {
      const wanted = await fileEdits(before, filed, desk, overwrite);
      const wrong = [...refusalOf(wanted), ...lostSound(company, audio.value, library)];
      return wrong.length > 0 ? err(wrong) : ok(wanted.edits);
    },
    {
      file,
      hash: hashOf(text),
      keeps: company.keptIn === "file",
      hasAll: (after) => merge(after, filed, NOTHING_SINCE).edits.length === 0,
    },
  );
  if (!made.ok) return err(locate("code" in made.error ? placedIn(company, made.error) : made.error));
  const mute = parts.heard === undefined ? [] : trunksWithoutSocket(company, parts.heard);
  return ok({ ...appliedOf(made.value), warnings: [...warnings, ...locate(mute)] });
}

/** What was made, for who asked for it. */
export function appliedOf({ change, entities, isLive }: Made): Omit<Applied, "warnings"> {
  const changes = change === undefined ? [] : describeChange(change.before, change.delta);
  return { version: entities.version, changes, isLive };
}

/** Tells files apart. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Why the edits of a file are not made, in problems of it. */
export function refusalOf({ refusal, conflicts, problems }: FileEdits): readonly Problem[] {
  return refusal === undefined ? [...conflictProblems(conflicts), ...problems] : [refusal];
}

/**
 * What is refused of a file that has passed its checks: what was changed here and what is in the file do not fit each other.
 * Each problem with its thing, at its place in the file where it is in there.
 */
export function placedIn(company: Company, refusal: EditRefusal): readonly Problem[] {
  if (refusal.code !== "invalid")
    return [{ path: [], severity: "error", code: "editRefused", message: refusal.sentence }];
  return refusal.problems
    .filter(({ severity }) => severity === "error")
    .map(({ kind: name, key, ...found }) => {
      const kind = kindOf(name);
      const placed = documentsOf(company, kind).find(({ document }) => kind.key(document) === key);
      const message = `${quotedName(kind, key)}: ${found.message}`;
      return { ...found, path: placed === undefined ? [] : [...placed.path, ...found.path], message };
    });
}

/** The company with what was made of its messages. */
function withSound(company: Company, audio: ReadonlyMap<string, StoredAudio>): Company {
  const audioMessages = company.audioMessages.map((message) => {
    const sound = audio.get(message.name);
    return sound === undefined ? message : { ...message, sound };
  });
  return { ...company, audioMessages };
}

/** What has been swept away since it was found: it was out of use, and waited here for longer than that is kept. */
function lostSound(
  company: Company,
  audio: ReadonlyMap<string, StoredAudio>,
  library: Pick<AudioLibrary, "find">,
): readonly Problem[] {
  return company.audioMessages.flatMap(({ name }, index): readonly Problem[] => {
    const sound = audio.get(name);
    if (sound === undefined || library.find(sound.content) !== undefined) return [];
    const message = "The sound of this message is not here any more; apply the file again.";
    return [{ path: ["audioMessages", index], severity: "error", code: "soundGone", message }];
  });
}

/** The stored company as a file that says what it was made of; undefined: there is none. Rejects when the store fails. */
export async function exportCompany(
  desk: Pick<Desk, "entities" | "kept" | "since">,
  secrets: SecretsInExport,
): Promise<string | undefined> {
  const { entities, kept } = desk;
  if (entities.version === 0) return undefined;
  const since = await desk.since(entities.version);
  return writeCompany(
    {
      ...companyOf(entities),
      basedOn: entities.version,
      basedOnMark: since?.mark,
      keptIn: kept === undefined ? undefined : "file",
    },
    secrets,
  );
}

/** The stored configuration, where there is one. */
export function storedOf(entities: Entities): Entities | undefined {
  return entities.version === 0 ? undefined : entities;
}
