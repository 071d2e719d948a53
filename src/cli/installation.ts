import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Applied, applyCompany, BY_FILE, exportCompany } from "../admin/apply.ts";
import { diskSource, prepareAudio } from "../admin/apply-audio.ts";
import type { AudioLibrary } from "../admin/audio-library.ts";
import { AudioService, openLibrary } from "../admin/audio-service.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import { diffCompany } from "../admin/company-diff.ts";
import { Desk } from "../admin/desk.ts";
import { readToken, TOKEN_FILE } from "../instance/api-token.ts";
import { readInstance } from "../instance/instance-file.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { LocatedProblem } from "../model/problem.ts";
import type { CallFilter, Repositories } from "../model/repositories.ts";
import { systemClock } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { DATABASE_FILE } from "../store/database.ts";
import { openStore } from "../store/store.ts";
import { accessOverApi } from "./access-over-api.ts";
import { AudioOverApi } from "./audio-over-api.ts";
import type { Failure } from "./failure.ts";
import type { ApplyReport, AudioInstallation, CallPage, Home, Installation } from "./installation-port.ts";
import { simulateOverApi, simulateOverStore } from "./simulation-port.ts";
import { testCallOverApi } from "./test-call.ts";
import { webhooksOverStore } from "./webhooks-port.ts";
import { WhoOverApi } from "./who-over-api.ts";
import { whoOverStore } from "./who-over-store.ts";

/** A server may have to convert some minutes of sound before it answers. */
const REQUEST_TIMEOUT_MS = 300_000;
/** The one answer that is asked for again and again: a server that has stopped is not waited for. */
const GLANCE_TIMEOUT_MS = 15_000;
const DAY_MS = 86_400_000;
/** Who changes a message here, where no server runs. */
const BY_AUDIO: Doer = { name: "switchhook audio", address: undefined };

/**
 * Finds the installation of a data folder. `mayMake`: the command may make a new one. `speechCommand`: speaks texts while
 * no server runs.
 */
export function findInstallation(
  dataDir: string,
  mayMake: boolean,
  speechCommand?: string,
): Result<Installation, Failure> {
  const instance = readInstance(dataDir);
  if (instance !== undefined) {
    const name = `The server of ${dataDir} (process ${instance.pid})`;
    if (instance.http === "") return unavailable(`${name} is still starting; try again in a moment.`);
    const token = readToken(dataDir);
    if (token === undefined)
      return unavailable(`${name} runs, but ${join(dataDir, TOKEN_FILE)} cannot be read.`);
    return ok(overApi(name, instance.http, token));
  }
  if (!mayMake && !existsSync(join(dataDir, DATABASE_FILE))) {
    return unavailable(`There is no installation in ${dataDir}: name its folder with --data DIR.`);
  }
  return ok(overStore(dataDir, openLibrary(dataDir, speechCommand, systemClock)));
}

function unavailable(sentence: string): { readonly ok: false; readonly error: Failure } {
  return err({ type: "unavailable", sentence });
}

function overStore(dataDir: string, library: AudioLibrary): Installation {
  return {
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

function overApi(name: string, http: string, token: string): Installation {
  const ask = async (path: string, init: RequestInit = {}): Promise<Result<Response, Failure>> => {
    try {
      const response = await fetch(new URL(`/api/v1/${path}`, http), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
        signal: init.signal ?? AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return ok(response);
    } catch (error) {
      return unavailable(`${name} does not answer at ${http}: ${causeOf(error)}.`);
    }
  };
  /** The answer's body; undefined for 404. */
  const read = async <T>(
    path: string,
    parse: (response: Response) => Promise<T>,
    init?: RequestInit,
  ): Promise<Result<T | undefined, Failure>> => {
    const response = await ask(path, init);
    if (!response.ok) return response;
    if (response.value.status === 404) return ok(undefined);
    if (!response.value.ok) return err(await failureOf(name, response.value));
    try {
      return ok(await parse(response.value));
    } catch (error) {
      return unavailable(`${name} broke its answer off: ${causeOf(error)}.`);
    }
  };
  const glance = (): RequestInit => ({ signal: AbortSignal.timeout(GLANCE_TIMEOUT_MS) });
  const audio = new AudioOverApi(ask, (response) => failureOf(name, response));
  return {
    apply: (text, file, how) => audio.apply(text, file, how),
    simulate: (wish) => simulateOverApi(ask, (response) => failureOf(name, response), wish),
    diff: (text, file, overwrite) => audio.diff(text, file, overwrite),
    audio,
    who: new WhoOverApi(http, ask, (response) => failureOf(name, response)),
    async reload() {
      const response = await ask("reload", { method: "POST" });
      if (!response.ok) return response;
      if (!response.value.ok) return err(await failureOf(name, response.value));
      return ok(((await response.value.json()) as { sentence: string }).sentence);
    },
    export: (secrets) => read(`company?secrets=${secrets}`, (response) => response.text()),
    async home() {
      const session = await read(
        "session",
        async (response) => (await response.json()) as { readonly home?: Home },
      );
      return session.ok ? session.value?.home : undefined;
    },
    async calls(filter) {
      const list = await read(
        `calls?${callQuery(filter)}`,
        async (response) => (await response.json()) as CallPage,
        glance(),
      );
      return list.ok ? ok(list.value ?? { items: [], refused: { calls: 0, registrations: 0 } }) : list;
    },
    call: (id) =>
      read(
        `calls/${encodeURIComponent(id)}`,
        async (response) => (await response.json()) as CallRecord,
        glance(),
      ),
    testCall: (wish) => testCallOverApi(ask, (response) => failureOf(name, response), wish),
    ...accessOverApi(ask, (response) => failureOf(name, response), read),
  };
}

/** What lies below `fetch failed`. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

async function failureOf(name: string, response: Response): Promise<Failure> {
  try {
    const body = (await response.json()) as { detail?: string; problems?: readonly LocatedProblem[] };
    if (body.problems !== undefined) return { type: "refused", problems: body.problems };
    if (response.status === 409) return { type: "rejected", sentence: body.detail ?? "" };
    return { type: "unavailable", sentence: `${name} answered ${response.status}: ${body.detail ?? ""}` };
  } catch {
    return { type: "unavailable", sentence: `${name} answered ${response.status}.` };
  }
}

/** A filter as the API reads it. */
function callQuery({ kinds = ["call"], results, after, ...rest }: CallFilter): string {
  const query = new URLSearchParams({ kind: kinds.join(",") });
  if (results !== undefined) query.set("result", results.join(","));
  if (after !== undefined) query.set("cursor", `${after.startedAt}.${after.id}`);
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) query.set(key, String(value));
  return query.toString();
}
