import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Applied, applyCompany, BY_FILE, exportCompany } from "../admin/apply.ts";
import { diskSource, prepareAudio } from "../admin/apply-audio.ts";
import type { AudioLibrary } from "../admin/audio-library.ts";
import { AudioService, openLibrary } from "../admin/audio-service.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import { diffCompany } from "../admin/company-diff.ts";
import { Desk } from "../admin/desk.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { Repositories } from "../model/repositories.ts";
import { systemClock } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { openStore } from "../store/store.ts";
import { type Failure, unavailable } from "./failure.ts";
import type { ApplyReport, AudioInstallation, Installation } from "./installation-port.ts";
import { simulateOverStore } from "./simulation-port.ts";
import { webhooksOverStore } from "./webhooks-port.ts";
import { whoOverStore } from "./who-over-store.ts";

const DAY_MS = 86_400_000;
/** Who changes a message here, where no server runs. */
const BY_AUDIO: Doer = { name: "switchhook audio", address: undefined };

/** The installation of a data folder whose server does not run. `speechCommand`: speaks texts. */
export function overStore(dataDir: string, speechCommand: string | undefined): Installation {
  const library = openLibrary(dataDir, speechCommand, systemClock);
  return {
    isRunning: false,
    apply: (text, file, { progress, overwrite }) =>
      withStore(dataDir, async (store) => {
        const audio = diskSource(dirname(file), library);
        const desk = await deskOf(store);
        const applied = await applyCompany(text, file, {
          desk,
          library,
          audio,
          progress,
          overwrite,
          by: BY_FILE,
        });
        return applied.ok ? ok(reportOf(applied.value)) : err({ type: "refused", problems: applied.error });
      }),
    diff: (text, file, overwrite) =>
      withStore(dataDir, async (store) => {
        const difference = await diffCompany(text, file, await deskOf(store), overwrite);
        return difference.ok ? difference : err({ type: "refused", problems: difference.error });
      }),
    simulate: (wish) =>
      withStore(dataDir, async (store) => simulateOverStore(await deskOf(store), store, wish)),
    reload: async () => unavailable(`No server runs in ${dataDir}; it reads its certificate when it starts.`),
    export: (secrets) =>
      withStore(dataDir, async (store) => ok(await exportCompany(await deskOf(store), secrets))),
    async home() {
      const loaded = await withStore(dataDir, async ({ company }) => ok((await company.load()).entities));
      return loaded.ok ? loaded.value.get("settings", "")?.document.home : undefined;
    },
    calls: (filter) =>
      withStore(dataDir, async ({ calls }) => {
        const refused = await calls.refusedSince(systemClock.wall() - DAY_MS);
        return ok({ items: await calls.list(filter), refused });
      }),
    call: (id) => withStore(dataDir, async (store) => ok(await store.calls.get(id))),
    testCall: async () =>
      unavailable(`No server runs in ${dataDir}. Start it: switchhook start --data ${dataDir}`),
    phones: notRunning,
    trunks: notRunning,
    webhooks: () => withStore(dataDir, async (store) => ok(await webhooksOverStore(store))),
    tryWebhook: async () => unavailable("No server runs here: a running one asks its webhooks."),
    bans: notRunning,
    liftBans: notRunning,
    audio: audioOverStore(dataDir, library),
    who: whoOverStore((work) => withStore(dataDir, work)),
  };
}

async function notRunning(): Promise<{ readonly ok: false; readonly error: Failure }> {
  return unavailable(
    "No server runs here: who is registered, how trunks are, and who is kept slow, is known to a running one only.",
  );
}

function audioOverStore(dataDir: string, library: AudioLibrary): AudioInstallation {
  const service = new AudioService(library, systemClock, false);
  const portsOf = async (store: Repositories) => {
    const { entities } = await store.company.load();
    return service.ports(() => entities);
  };
  const changed = (result: Result<Applied, string>): Result<ApplyReport, Failure> =>
    result.ok ? ok(reportOf(result.value)) : err({ type: "rejected", sentence: result.error });
  return {
    list: () => withStore(dataDir, async (store) => ok(await (await portsOf(store)).list())),
    add: (message, folder, progress) =>
      withStore(dataDir, async (store) => {
        const source = diskSource(folder, library);
        const made = await prepareAudio([message], () => undefined, source, progress);
        const audio = made.ok ? made.value.get(message.name) : undefined;
        if (audio !== undefined)
          return changed(await setMessage(await deskOf(store), message, audio, BY_AUDIO));
        const sentence = made.ok ? "" : made.error.map((problem) => problem.message).join(" ");
        return err({ type: "rejected", sentence });
      }),
    wav: (name) =>
      withStore(dataDir, async (store) => {
        const path = await (await portsOf(store)).wav(name);
        return ok(path === undefined ? undefined : await readFile(path));
      }),
    remove: (name) =>
      withStore(dataDir, async (store) => changed(await removeMessage(await deskOf(store), name, BY_AUDIO))),
  };
}

function reportOf({ version, changes, warnings }: Applied): ApplyReport {
  return { live: false, version, changes, warnings };
}

/** Nobody has to be told of changes while no server runs. */
function deskOf({ company }: Repositories): Promise<Desk> {
  const wall = (): number => systemClock.wall();
  return Desk.open({ repository: company, ids: randomIds(), wall, publish: async () => true });
}

async function withStore<T>(
  dataDir: string,
  work: (store: Repositories) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const store = await openStore(dataDir);
  if (!store.ok) return unavailable(store.error);
  try {
    return await work(store.value);
  } catch (error) {
    return unavailable(
      `The database in ${dataDir} failed: ${error instanceof Error ? error.message : String(error)}.`,
    );
  } finally {
    await store.value.close();
  }
}
