import { existsSync } from "node:fs";
import { join } from "node:path";
import type { LocatedProblem } from "../api/contract/company.ts";
import { applyAnswer } from "../api/contract/company.ts";
import type { SecretsInExport } from "../company/write.ts";
import { writeCompany } from "../company/write.ts";
import { readToken, TOKEN_FILE } from "../control/api-token.ts";
import { applyCompany } from "../control/apply.ts";
import { readInstance } from "../control/instance-file.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { CallRecord } from "../model/call-record.ts";
import type { CallFilter, CallSummary, Repositories } from "../model/repositories.ts";
import { systemClock } from "../runtime/clock.ts";
import { DATABASE_FILE } from "../store/database.ts";
import { openStore } from "../store/store.ts";

const REQUEST_TIMEOUT_MS = 30_000;

/** Why a command could not do its work. */
export type Failure =
  | { readonly type: "refused"; readonly problems: readonly LocatedProblem[] }
  | { readonly type: "unavailable"; readonly sentence: string };

export interface ApplyReport {
  /** A running server routes new calls by it already. */
  readonly live: boolean;
  readonly version: number;
  readonly changes: readonly string[];
  readonly warnings: readonly LocatedProblem[];
}

/** An installation as commands see it: the running server's API, or the store itself when none runs. */
export interface Installation {
  apply(text: string, file: string): Promise<Result<ApplyReport, Failure>>;
  /** Undefined: nothing has been applied. */
  export(secrets: SecretsInExport): Promise<Result<string | undefined, Failure>>;
  calls(filter: CallFilter): Promise<Result<readonly CallSummary[], Failure>>;
  call(id: string): Promise<Result<CallRecord | undefined, Failure>>;
}

/** Finds the installation of a data folder. `mayMake`: the command may make a new one. */
export function findInstallation(dataDir: string, mayMake: boolean): Result<Installation, Failure> {
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
  return ok(overStore(dataDir));
}

function unavailable(sentence: string): { readonly ok: false; readonly error: Failure } {
  return err({ type: "unavailable", sentence });
}

function overStore(dataDir: string): Installation {
  return {
    apply: (text, file) =>
      withStore(dataDir, async (store) => {
        const applied = await applyCompany(store.company, text, file, systemClock.wall());
        if (!applied.ok) return err({ type: "refused", problems: applied.error });
        const { stored, changes, warnings } = applied.value;
        return ok({ live: false, version: stored.version, changes, warnings });
      }),
    export: (secrets) =>
      withStore(dataDir, async (store) => {
        const stored = await store.company.load();
        return ok(stored === undefined ? undefined : writeCompany(stored.company, secrets));
      }),
    calls: (filter) => withStore(dataDir, async (store) => ok(await store.calls.list(filter))),
    call: (id) => withStore(dataDir, async (store) => ok(await store.calls.get(id))),
  };
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
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return ok(response);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const reason = cause instanceof Error ? cause.message : String(cause);
      return unavailable(`${name} does not answer at ${http}: ${reason}.`);
    }
  };
  /** The answer's body; undefined for 404. */
  const read = async <T>(
    path: string,
    parse: (response: Response) => Promise<T>,
  ): Promise<Result<T | undefined, Failure>> => {
    const response = await ask(path);
    if (!response.ok) return response;
    if (response.value.status === 404) return ok(undefined);
    if (!response.value.ok) return err(await failureOf(name, response.value));
    return ok(await parse(response.value));
  };
  return {
    async apply(text, file) {
      const path = `company?file=${encodeURIComponent(file)}`;
      const headers = { "content-type": "application/yaml" };
      const response = await ask(path, { method: "PUT", body: text, headers });
      if (!response.ok) return response;
      if (!response.value.ok) return err(await failureOf(name, response.value));
      return ok({ live: true, ...applyAnswer.parse(await response.value.json()) });
    },
    export: (secrets) => read(`company?secrets=${secrets}`, (response) => response.text()),
    async calls(filter) {
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries(filter))
        if (value !== undefined) query.set(key, String(value));
      const list = await read(
        `calls?${query.toString()}`,
        async (response) => (await response.json()) as CallList,
      );
      return list.ok ? ok(list.value?.calls ?? []) : list;
    },
    call: (id) =>
      read(`calls/${encodeURIComponent(id)}`, async (response) => (await response.json()) as CallRecord),
  };
}

interface CallList {
  readonly calls: readonly CallSummary[];
}

async function failureOf(name: string, response: Response): Promise<Failure> {
  try {
    const body = (await response.json()) as { detail?: string; problems?: readonly LocatedProblem[] };
    if (body.problems !== undefined) return { type: "refused", problems: body.problems };
    return { type: "unavailable", sentence: `${name} answered ${response.status}: ${body.detail ?? ""}` };
  } catch {
    return { type: "unavailable", sentence: `${name} answered ${response.status}.` };
  }
}
