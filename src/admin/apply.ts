import { describeChanges } from "../company/diff.ts";
import { readCompany } from "../company/file.ts";
import { keepSecrets } from "../company/secrets.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import type { LocatedProblem } from "../model/problem.ts";
import type { CompanyRepository, StoredAudio, StoredCompany } from "../model/repositories.ts";
import { trunksWithoutSocket } from "../model/trunk-sockets.ts";
import type { AudioSource, Progress } from "./apply-audio.ts";
import { isSameSource, knownIn, prepareAudio } from "./apply-audio.ts";
import type { AudioLibrary } from "./audio-library.ts";

/** A company that has been applied: it is on disk. */
export interface Applied {
  readonly stored: StoredCompany;
  /** `phone 215 added`; empty when nothing is different. */
  readonly changes: readonly string[];
  readonly warnings: readonly LocatedProblem[];
}

/** What an apply needs besides the file. */
export interface ApplyParts {
  readonly repository: CompanyRepository;
  readonly library: AudioLibrary;
  readonly audio: AudioSource;
  /** Told while sound is converted. */
  readonly progress: Progress;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Families on which the server listens for UDP; undefined: not known here. */
  readonly udp?: readonly (4 | 6)[] | undefined;
}

/**
 * Checks a company file, converts what sound is new, and saves it, whole or not at all. A file that changes nothing is
 * not saved again and keeps its version. Rejects when the store fails.
 */
export async function applyCompany(
  text: string,
  file: string,
  parts: ApplyParts,
): Promise<Result<Applied, readonly LocatedProblem[]>> {
  const read = readCompany(text, file);
  if (!read.ok) return read;
  const before = await parts.repository.load();
  const company = keepSecrets(read.value.company, before?.company);
  if (!company.ok) return err(company.error.map((problem) => read.value.locate(problem)));
  const { audioMessages } = company.value;
  const known = knownIn(before, parts.library);
  const audio = await prepareAudio(audioMessages, known, parts.audio, parts.progress);
  if (!audio.ok) return err(audio.error.map((problem) => read.value.locate(problem)));
  const applied = await saveChanged(parts.repository, before, company.value, audio.value, parts.now);
  const mute = parts.udp === undefined ? [] : trunksWithoutSocket(company.value, parts.udp);
  const found = mute.map((problem) => read.value.locate(problem));
  return ok({ ...applied, warnings: [...read.value.warnings, ...found] });
}

/** Saves a company that has been checked, unless it is what is stored already. */
export async function saveChanged(
  repository: CompanyRepository,
  before: StoredCompany | undefined,
  company: Company,
  audio: ReadonlyMap<string, StoredAudio>,
  now: number,
): Promise<Omit<Applied, "warnings">> {
  const changes = describeChanges(before?.company, company);
  if (before !== undefined) changes.push(...otherSound(before, company, audio));
  const stored =
    before !== undefined && changes.length === 0 ? before : await repository.save(company, now, audio);
  return { stored, changes };
}

/** Messages that say the same in the file and sound different. */
function otherSound(
  before: StoredCompany,
  company: Company,
  audio: ReadonlyMap<string, StoredAudio>,
): string[] {
  const old = new Map(before.company.audioMessages.map((message) => [message.name, message]));
  return company.audioMessages.flatMap((message) => {
    const was = old.get(message.name);
    const isSame = before.audio.get(message.name)?.content === audio.get(message.name)?.content;
    if (was === undefined || isSame || !isSameSource(was, message)) return [];
    return [`audio message ${message.name} has new sound`];
  });
}
