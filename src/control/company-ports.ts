import { type Applied, applyCompany, exportCompany } from "../admin/apply.ts";
import { type AudioService, sentSource } from "../admin/audio-service.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import { companyFilePorts } from "../admin/company-file-service.ts";
import type { Desk } from "../admin/desk.ts";
import { storeFailure } from "../admin/edit-refusal.ts";
import { entityPorts } from "../admin/entity-service.ts";
import { OVERWRITABLE } from "../admin/file-edits.ts";
import { historyPorts } from "../admin/history-service.ts";
import { soundOf } from "../admin/message-sound.ts";
import type { ApiPorts, ApplyOutcome, ApplyWish, ChangeOutcome } from "../api/ports.ts";
import { err, type Result } from "../lib/result.ts";
import { randomIds } from "../runtime/ids.ts";
import type { Store } from "../store/store.ts";

export interface CompanyParts {
  readonly desk: Desk;
  readonly audio: AudioService;
  readonly store: Pick<Store, "company" | "audit">;
  /** Families on which SIP is heard over UDP; undefined: not known. */
  readonly udp: readonly (4 | 6)[] | undefined;
}

/** The part of the API that reads and changes the configuration. */
export function companyPorts(
  parts: CompanyParts,
): Pick<ApiPorts, "exportCompany" | "apply" | "companyFile" | "audio" | "entities" | "history"> {
  const { desk, audio, store } = parts;
  return {
    exportCompany: (secrets) => exportCompany(desk, secrets),
    companyFile: companyFilePorts(desk),
    history: historyPorts({ desk, company: store.company, audit: store.audit }),
    entities: entityPorts({ desk, ids: randomIds(), sound: (document) => soundOf(audio.library, document) }),
    apply: (text, file, wish) => apply(parts, text, file, wish),
    audio: {
      ...audio.ports(() => desk.entities),
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
  { desk, audio, udp }: CompanyParts,
  text: string,
  file: string,
  { audio: sent, overwrite, by }: ApplyWish,
): Promise<ApplyOutcome> {
  const { library } = audio;
  try {
    const applied = await applyCompany(text, file, {
      desk,
      library,
      audio: sentSource(library, sent),
      progress: () => {},
      udp,
      by,
      overwrite,
    });
    if (applied.ok) return outcomeOf(applied.value);
    const isConflict = applied.error.every(({ code }) => OVERWRITABLE.has(code));
    return { type: isConflict ? "conflicts" : "refused", problems: applied.error };
  } catch (error) {
    return notSaved(error);
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
