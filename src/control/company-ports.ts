import { type Applied, applyCompany, exportCompany } from "../admin/apply.ts";
import { type AudioService, sentSource } from "../admin/audio-service.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import { companyFilePorts } from "../admin/company-file-service.ts";
import type { Desk } from "../admin/desk.ts";
import { storeFailure } from "../admin/edit-refusal.ts";
import { entityPorts } from "../admin/entity-service.ts";
import { OVERWRITABLE } from "../admin/file-edits.ts";
import { historyPorts } from "../admin/history-service.ts";
import type { Jobs } from "../admin/jobs.ts";
import { soundOf } from "../admin/message-sound.ts";
import type { ApiPorts, ApplyOutcome, ApplyWish, ChangeOutcome } from "../api/ports.ts";
import { err, type Result } from "../lib/result.ts";
import type { HeardAt } from "../model/trunk-sockets.ts";
import { randomIds } from "../runtime/ids.ts";
import type { Store } from "../store/store.ts";

/** Of a text that is spoken, so much names its job. */
const MAX_ABOUT = 60;

export interface CompanyParts {
  readonly desk: Desk;
  readonly audio: AudioService;
  readonly jobs: Jobs;
  readonly store: Pick<Store, "company" | "audit">;
  /** Undefined: not known. */
  readonly heard: HeardAt | undefined;
}

/** The part of the API that reads and changes the configuration. */
export function companyPorts(
  parts: CompanyParts,
): Pick<ApiPorts, "exportCompany" | "apply" | "companyFile" | "audio" | "jobs" | "entities" | "history"> {
  const { desk, audio, store, jobs } = parts;
  const sounds = audio.ports(() => desk.entities);
  return {
    jobs,
    exportCompany: (secrets) => exportCompany(desk, secrets),
    companyFile: companyFilePorts(desk),
    history: historyPorts({ desk, company: store.company, audit: store.audit }),
    entities: entityPorts({
      desk,
      ids: randomIds(),
      sound: (document, stored) => soundOf(audio.library, document, stored),
    }),
    apply: (text, file, wish) => apply(parts, text, file, wish),
    audio: {
      ...sounds,
      upload: async (body, file, by) => {
        const job = jobs.begin({ kind: "convertSound", about: file.name, by: by.name });
        try {
          const outcome = await sounds.upload(body, file, (sentence, place) => job.progress(sentence, place));
          if (outcome.type === "taken") job.end("done", `${file.name} is converted.`);
          else job.end("failed", outcome.type === "busy" ? "Too many at once." : outcome.sentence);
          return outcome;
        } catch (error) {
          job.end("failed", `${file.name} did not arrive whole.`);
          throw error;
        }
      },
      speak: async (text, language, by) => {
        const job = jobs.begin({ kind: "speakText", about: text.trim().slice(0, MAX_ABOUT), by: by.name });
        try {
          const spoken = await sounds.speak(text, language, (sentence, place) => job.step(sentence, place));
          if (spoken.ok) job.end("done", "The text is spoken.");
          else job.end("failed", spoken.error);
          return spoken;
        } catch (error) {
          job.end("failed", "The text could not be spoken.");
          throw error;
        }
      },
      set: (message, content, by) =>
        changed(() => {
          const sound = audio.library.find(content);
          if (sound !== undefined) return setMessage(desk, message, sound, by);
          return Promise.resolve(err("This sound is not here any more; send it again."));
        }),
      remove: (name, by) => changed(() => removeMessage(desk, name, by)),
    },
  };
}

async function apply(
  { desk, audio, heard, jobs }: CompanyParts,
  text: string,
  file: string,
  { audio: sent, overwrite, by }: ApplyWish,
): Promise<ApplyOutcome> {
  const { library } = audio;
  const job = jobs.begin({ kind: "applyFile", about: file, by: by.name });
  try {
    const applied = await applyCompany(text, file, {
      desk,
      library,
      audio: sentSource(library, sent),
      progress: (sentence, place) => job.progress(sentence, place),
      heard,
      by,
      overwrite,
    });
    if (applied.ok) {
      job.end("done", `${file} is applied.`);
      return outcomeOf(applied.value);
    }
    job.end("failed", applied.error[0]?.message ?? "");
    const isConflict = applied.error.every(({ code }) => OVERWRITABLE.has(code));
    return { type: isConflict ? "conflicts" : "refused", problems: applied.error };
  } catch (error) {
    const outcome = notSaved(error);
    job.end("failed", outcome.sentence);
    return outcome;
  }
}

async function changed(work: () => Promise<Result<Applied, string>>): Promise<ChangeOutcome> {
  try {
    const made = await work();
    return made.ok ? outcomeOf(made.value) : { type: "refused", sentence: made.error };
  } catch (error) {
    return notSaved(error);
  }
}

function outcomeOf({
  version,
  changes,
  warnings,
  isLive,
}: Applied): Extract<ApplyOutcome, { type: "applied" | "failed" }> {
  if (isLive) return { type: "applied", answer: { version, changes: [...changes], warnings: [...warnings] } };
  const sentence =
    "The configuration is saved, but the server did not take it over within 5 s. Apply it again.";
  return { type: "failed", sentence };
}

function notSaved(error: unknown): Extract<ApplyOutcome, { type: "failed" }> {
  const { code, detail } = storeFailure(error);
  return { type: "failed", sentence: detail, isDiskFull: code === "diskFull" };
}
