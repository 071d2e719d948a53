import { readFileSync } from "node:fs";
import type { ApiPorts, ApplyOutcome } from "../api/ports.ts";
import { createApiServer } from "../api/server.ts";
import { formatProblem } from "../company/file.ts";
import { buildSnapshot } from "../company/snapshot.ts";
import { writeCompany } from "../company/write.ts";
import { parseHostPort } from "../config/load.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { Repositories } from "../model/repositories.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { Store } from "../store/store.ts";
import { openStore } from "../store/store.ts";
import { openToken } from "./api-token.ts";
import { applyCompany } from "./apply.ts";
import type { ControlStart, FromControl, LiveStatus, ToControl } from "./link.ts";
import { unpackRecords } from "./record-batch.ts";
import { Requests } from "./requests.ts";
import { Turns } from "./turns.ts";

const STATUS_TIMEOUT_MS = 1000;
const PUBLISH_TIMEOUT_MS = 5000;
const PURGE_EVERY_MS = 60_000;
/** Rows of one purge step: a few milliseconds of writing. */
const PURGE_ROWS = 500;
const DAY_MS = 86_400_000;

/** The control thread without its thread: store, API, and what the other side asks for. */
export interface ControlService {
  receive(message: Exclude<ToControl, { type: "stop" }>): void;
  /** Resolves when everything that has arrived is written and all is closed. */
  stop(): Promise<void>;
}

/** Starts it; `send` takes "ready" before this resolves. An error is what the person should read. */
export async function startControlService(
  start: ControlStart,
  clock: Clock,
  send: (message: FromControl) => void,
): Promise<Result<ControlService, readonly string[]>> {
  const store = await openStore(start.dataDir);
  if (!store.ok) return err([store.error]);
  const fail = async (sentences: readonly string[]) => {
    await store.value.close();
    return err(sentences);
  };
  const notes = await applyAtStart(start, store.value, clock);
  if (!notes.ok) return fail(notes.error);
  const token = openToken(start.dataDir);
  if (!token.ok) return fail([token.error]);
  const loaded = await loadAll(start, store.value, clock);
  if (!loaded.ok) return fail(loaded.error);
  const service = new Service(start, store.value, clock, send);
  const listening = await service.listen(token.value);
  if (!listening.ok) return fail([listening.error]);
  send({ type: "ready", httpAddress: listening.value, notes: notes.value, ...loaded.value });
  return ok(service);
}

async function loadAll(start: ControlStart, store: Repositories, clock: Clock) {
  try {
    const stored = await store.company.load();
    if (!start.again) await store.calls.closeOngoing("The switchboard stopped while the call was up.");
    const snapshot = stored === undefined ? undefined : buildSnapshot(stored, start.realm);
    return ok({ snapshot, bindings: await store.registrations.load(clock.wall()) });
  } catch (error) {
    return err([`The stored configuration in ${start.dataDir} cannot be used: ${message(error)}.`]);
  }
}

async function applyAtStart(
  start: ControlStart,
  store: Repositories,
  clock: Clock,
): Promise<Result<readonly string[], readonly string[]>> {
  const { applyFile } = start;
  if (applyFile === undefined) return ok([]);
  let text: string;
  try {
    text = readFileSync(applyFile, "utf8");
  } catch (error) {
    return err([`The company file ${applyFile} cannot be read: ${message(error)}.`]);
  }
  try {
    const applied = await applyCompany(store.company, text, applyFile, clock.wall());
    if (!applied.ok) return err(applied.error.map(formatProblem));
    return ok([...applied.value.warnings.map(formatProblem), ...applied.value.changes]);
  } catch (error) {
    return err([`The configuration could not be saved: ${message(error)}.`]);
  }
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

class Service implements ControlService {
  readonly #start: ControlStart;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #send: (message: FromControl) => void;
  readonly #status: Requests<LiveStatus>;
  readonly #published: Requests<true>;
  #server: ReturnType<typeof createApiServer> | undefined;
  /** Applies wait for each other, and batches for each other; the store makes one wait for the other. */
  readonly #applies = new Turns();
  readonly #writes = new Turns();
  #purgeTimer: Timer;
  #stopping: Promise<void> | undefined;

  constructor(start: ControlStart, store: Store, clock: Clock, send: (message: FromControl) => void) {
    this.#start = start;
    this.#store = store;
    this.#clock = clock;
    this.#send = send;
    this.#status = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#published = new Requests(clock, PUBLISH_TIMEOUT_MS);
    this.#purgeTimer = clock.after(PURGE_EVERY_MS, () => this.#purge());
  }

  /** Opens the API; the value is its address. */
  async listen(token: string): Promise<Result<string, string>> {
    const address = parseHostPort(this.#start.http);
    if (address === undefined) return err(`"${this.#start.http}" is not HOST:PORT.`);
    const server = createApiServer(this.#apiPorts(token));
    try {
      await server.listen({ host: address.host, port: address.port });
    } catch (error) {
      await server.close();
      this.#purgeTimer.cancel();
      return err(`The HTTP API cannot listen on ${this.#start.http}: ${message(error)}.`);
    }
    this.#server = server;
    const bound = server.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
    const host = address.host.includes(":") ? `[${address.host}]` : address.host;
    return ok(`http://${host}:${port}`);
  }

  receive(received: Exclude<ToControl, { type: "stop" }>): void {
    switch (received.type) {
      case "records":
        void this.#write("records", received.batch, () =>
          this.#store.calls.insertMany(unpackRecords(received.records)),
        );
        return;
      case "bindings":
        void this.#write("bindings", received.batch, () => this.#store.registrations.apply(received.changes));
        return;
      case "published":
        this.#published.answer(received.request, true);
        return;
      case "status":
        this.#status.answer(received.request, received.status);
        return;
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    this.#purgeTimer.cancel();
    await this.#server?.close();
    await this.#applies.last;
    await this.#writes.last;
    await this.#store.close();
  }

  #apiPorts(token: string): ApiPorts {
    return {
      token,
      softwareVersion: this.#start.softwareVersion,
      calls: this.#store.calls,
      registrations: this.#store.registrations,
      exportCompany: async (secrets) => {
        const stored = await this.#store.company.load();
        return stored === undefined ? undefined : writeCompany(stored.company, secrets);
      },
      apply: (text, file) => this.#applies.take(() => this.#apply(text, file)),
      status: () => this.#status.ask((request) => this.#send({ type: "askStatus", request })),
      now: () => this.#clock.wall(),
      failed: (route, error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#send({ type: "log", level: "error", text: `${route} failed: ${text.slice(0, 2000)}` });
      },
    };
  }

  async #apply(text: string, file: string): Promise<ApplyOutcome> {
    let snapshot: Snapshot;
    let answer: Extract<ApplyOutcome, { type: "applied" }>["answer"];
    try {
      const applied = await applyCompany(this.#store.company, text, file, this.#clock.wall());
      if (!applied.ok) return { type: "refused", problems: applied.error };
      const { stored, changes, warnings } = applied.value;
      answer = { version: stored.version, changes: [...changes], warnings: [...warnings] };
      snapshot = buildSnapshot(stored, this.#start.realm);
    } catch (error) {
      return { type: "failed", sentence: `The configuration could not be saved: ${message(error)}.` };
    }
    // Also when nothing changed: the one before may not have been taken over.
    const taken = await this.#published.ask((request) => this.#send({ type: "publish", request, snapshot }));
    if (taken === true) return { type: "applied", answer };
    const sentence =
      "The configuration is saved, but the server did not take it over within 5 s. Apply it again.";
    return { type: "failed", sentence };
  }

  #write(queue: "records" | "bindings", batch: number, work: () => Promise<void>): Promise<void> {
    return this.#writes.take(async () => {
      let failure: string | undefined;
      try {
        await work();
      } catch (error) {
        failure = message(error);
      }
      this.#send({ type: "stored", queue, batch, failure });
    });
  }

  #purge(): void {
    const step = async (): Promise<void> => {
      const before = this.#clock.wall() - this.#start.callsKeepDays * DAY_MS;
      const purged = await this.#store.calls.purge(before, PURGE_ROWS);
      if (this.#stopping !== undefined) return;
      // More to do: soon, but batches that arrived meanwhile go first.
      this.#purgeTimer = this.#clock.after(purged < PURGE_ROWS ? PURGE_EVERY_MS : 50, () => this.#purge());
    };
    this.#writes.take(step).catch((error: unknown) => {
      this.#send({ type: "log", level: "error", text: `Old calls could not be deleted: ${message(error)}.` });
      if (this.#stopping === undefined)
        this.#purgeTimer = this.#clock.after(PURGE_EVERY_MS, () => this.#purge());
    });
  }
}
