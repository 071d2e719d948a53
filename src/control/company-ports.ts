import { type Applied, applyCompany, storedOf } from "../admin/apply.ts";
import { type AudioService, sentSource } from "../admin/audio-service.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import type { Desk } from "../admin/desk.ts";
import { entityPorts } from "../admin/entity-service.ts";
import { historyPorts } from "../admin/history-service.ts";
import { soundOf } from "../admin/message-sound.ts";
import type { ApiPorts, ApplyOutcome, ChangeOutcome } from "../api/ports.ts";
import { writeCompany } from "../company/write.ts";
import { reasonOf } from "../lib/failure.ts";
import { err, type Result } from "../lib/result.ts";
import { companyOf } from "../model/entities/difference.ts";
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
): Pick<ApiPorts, "exportCompany" | "apply" | "audio" | "entities" | "history"> {
  const { desk, audio, store } = parts;
  return {
    exportCompany: async (secrets) => {
      const stored = storedOf(desk.entities);
      return stored === undefined ? undefined : writeCompany(companyOf(stored), secrets);
    },
    history: historyPorts({ desk, company: store.company, audit: store.audit }),
    entities: entityPorts({ desk, ids: randomIds(), sound: (document) => soundOf(audio.library, document) }),
    apply: (text, file, sent) => apply(parts, text, file, sent),
    audio: {
      ...audio.ports(() => desk.entities),
      set: (message, content) =>
        changed(() => {
          const sound = audio.library.find(content);
          if (sound !== undefined) return setMessage(desk, message, sound);
          return Promise.resolve(err("This sound is not here any more; send it again."));
        }),
      remove: (name) => changed(() => removeMessage(desk, name)),
    },
  };
}

async function apply(
  { desk, audio, udp }: CompanyParts,
  text: string,
  file: string,
  sent: Readonly<Record<string, string>>,
): Promise<ApplyOutcome> {
  const { library } = audio;
  try {
    const applied = await applyCompany(text, file, {
      desk,
      library,
      audio: sentSource(library, sent),
      progress: () => {},
      udp,
    });
    return applied.ok ? outcomeOf(applied.value) : { type: "refused", problems: applied.error };
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
}: Applied): Exclude<ApplyOutcome, { type: "refused" }> {
  if (isLive) return { type: "applied", answer: { version, changes: [...changes], warnings: [...warnings] } };
  const sentence =
    "The configuration is saved, but the server did not take it over within 5 s. Apply it again.";
  return { type: "failed", sentence };
}

function notSaved(error: unknown): Extract<ApplyOutcome, { type: "failed" }> {
  return { type: "failed", sentence: `The configuration could not be saved: ${reasonOf(error)}.` };
}
