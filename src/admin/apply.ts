import { readCompany } from "../company/file.ts";
import { keepSecrets } from "../company/secrets.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Company } from "../model/company.ts";
import type { StoredAudio } from "../model/entities/audio-message.ts";
import type { EditRefusal } from "../model/entities/change.ts";
import { describeChange, difference } from "../model/entities/difference.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { LocatedProblem, Problem } from "../model/problem.ts";
import { trunksWithoutSocket } from "../model/trunk-sockets.ts";
import type { AudioSource, Progress } from "./apply-audio.ts";
import { knownIn, prepareAudio } from "./apply-audio.ts";
import type { AudioLibrary } from "./audio-library.ts";
import type { Desk, Made } from "./desk.ts";

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
  /** Families on which the server listens for UDP; undefined: not known here. */
  readonly udp?: readonly (4 | 6)[] | undefined;
}

/** Who applies a file, until there are users. */
const BY = "a company file";

/**
 * Checks a company file, converts what sound is new, and saves what is different, whole or not at all. A file that changes
 * nothing is not saved again. While sound is converted others may change things: the difference is taken after that. Rejects
 * when the store fails.
 */
export async function applyCompany(
  text: string,
  file: string,
  parts: ApplyParts,
): Promise<Result<Applied, readonly LocatedProblem[]>> {
  const { desk, library } = parts;
  const read = readCompany(text, file);
  if (!read.ok) return read;
  const locate = (problems: readonly Problem[]) => problems.map((problem) => read.value.locate(problem));
  // Told before anybody waits for a conversion.
  const early = keepSecrets(read.value.company, desk.entities);
  if (!early.ok) return err(locate(early.error));
  const { audioMessages } = read.value.company;
  const known = knownIn(desk.entities, library);
  const audio = await prepareAudio(audioMessages, known, parts.audio, parts.progress);
  if (!audio.ok) return err(locate(audio.error));
  const made = await desk.change(BY, (before) => {
    const company = keepSecrets(read.value.company, before);
    if (!company.ok) return company;
    const lost = lostSound(company.value, audio.value, library);
    return lost.length > 0 ? err(lost) : ok(difference(before, withSound(company.value, audio.value)));
  });
  if (!made.ok) return err(locate("code" in made.error ? asProblems(made.error) : made.error));
  const mute = parts.udp === undefined ? [] : trunksWithoutSocket(read.value.company, parts.udp);
  return ok({ ...appliedOf(made.value), warnings: [...read.value.warnings, ...locate(mute)] });
}

/** What was made, for who asked for it. */
export function appliedOf({ change, entities, isLive }: Made): Omit<Applied, "warnings"> {
  const changes = change === undefined ? [] : describeChange(change.before, change.delta);
  return { version: entities.version, changes, isLive };
}

/** Of a company whose every part has passed its checks, little is left that can be refused. */
function asProblems(refusal: EditRefusal): readonly Problem[] {
  return [{ path: [], severity: "error", code: "editRefused", message: refusal.sentence }];
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

/** The stored configuration, where there is one. */
export function storedOf(entities: Entities): Entities | undefined {
  return entities.version === 0 ? undefined : entities;
}
