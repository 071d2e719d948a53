import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Applied } from "../admin/apply.ts";
import { applyCompany } from "../admin/apply.ts";
import { diskSource } from "../admin/apply-audio.ts";
import type { AudioLibrary } from "../admin/audio-library.ts";
import { AudioService, openLibrary, sentSource } from "../admin/audio-service.ts";
import type { TlsMaterial } from "../admin/certificate.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import { tlsFiles } from "../admin/tls-files.ts";
import { TlsWatch } from "../admin/tls-watch.ts";
import { Turns } from "../admin/turns.ts";
import type { ApiPorts, ApplyOutcome, ChangeOutcome } from "../api/ports.ts";
import { createApiServer } from "../api/server.ts";
import { formatProblem } from "../company/file.ts";
import { buildSnapshot } from "../company/snapshot.ts";
import { writeCompany } from "../company/write.ts";
import { parseHostPort } from "../config/load.ts";
import { openToken } from "../instance/api-token.ts";
import { formatHostPort } from "../lib/host-port.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { ControlStart, FromControl, ToControl } from "../link/link.ts";
import { unpackRecords } from "../link/record-batch.ts";
import { Requests } from "../link/requests.ts";
import type { AccessReport } from "../model/access.ts";
import type { Repositories, StoredCompany } from "../model/repositories.ts";
import type { ServerStatus } from "../model/server-status.ts";
import { trunksWithoutSocket } from "../model/trunk-sockets.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { Store } from "../store/store.ts";
import { openStore } from "../store/store.ts";
import { type RecordMasker, recordMasker } from "./record-secrets.ts";

const STATUS_TIMEOUT_MS = 1000;
const PUBLISH_TIMEOUT_MS = 5000;
const TLS_TIMEOUT_MS = 5000;
const PURGE_EVERY_MS = 60_000;
/** Rows of one purge step: a few milliseconds of writing. */
const PURGE_ROWS = 500;
const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;

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
  const tls = await openTls(start);
  if (!tls.ok) return err([tls.error]);
  const store = await openStore(start.dataDir);
  if (!store.ok) return err([store.error]);
  const fail = async (sentences: readonly string[]) => {
    await store.value.close();
    return err(sentences);
  };
  const library = openLibrary(start.dataDir, start.speechCommand, clock);
  const log = (text: string): void => send({ type: "log", level: "info", text });
  const notes = await applyAtStart(start, store.value, library, clock, log);
  if (!notes.ok) return fail(notes.error);
  const token = openToken(start.dataDir);
  if (!token.ok) return fail([token.error]);
  const loaded = await loadAll(start, store.value, library, clock);
  if (!loaded.ok) return fail(loaded.error);
  const { stored, ...ready } = loaded.value;
  const audio = new AudioService(library, clock, start.again);
  audio.published(stored?.audio ?? new Map());
  const service = new Service(start, store.value, audio, clock, send);
  service.published(stored?.company);
  const listening = await service.listen(token.value);
  if (!listening.ok) return fail([listening.error]);
  const silent = silentMessages(stored);
  const mute = start.applyFile === undefined ? muteTrunks(stored, start) : [];
  const answer = { httpAddress: listening.value, notes: [...notes.value, ...silent, ...mute], ...ready };
  send({ type: "ready", tls: tls.value?.inForce, ...answer });
  if (tls.value !== undefined) service.watch(tls.value);
  return ok(service);
}

/** Undefined: there is no certificate to read. */
async function openTls({ tls }: ControlStart): Promise<Result<OpenTls | undefined, string>> {
  if (tls === undefined) return ok(undefined);
  const files = tlsFiles(tls);
  const stamp = await files.stamp();
  const read = await files.read();
  return read.ok ? ok({ files, stamp, inForce: read.value }) : read;
}

/** What an apply would have warned of. */
function muteTrunks(stored: StoredCompany | undefined, { udp }: ControlStart): string[] {
  if (stored === undefined || udp === undefined) return [];
  return trunksWithoutSocket(stored.company, udp).map((problem) => problem.message);
}

/** What a release without sound has stored. */
function silentMessages(stored: StoredCompany | undefined): string[] {
  const silent = (stored?.company.audioMessages ?? []).filter(({ name }) => !stored?.audio.has(name));
  return silent.map(
    ({ name }) => `Audio message ${name} has no sound yet: apply the company file again to convert it.`,
  );
}

async function loadAll(start: ControlStart, store: Repositories, library: AudioLibrary, clock: Clock) {
  try {
    const stored = await store.company.load();
    if (!start.again) await store.calls.closeOngoing("The switchboard stopped while the call was up.");
    const snapshot = stored === undefined ? undefined : buildSnapshot(stored, start.realm, library.folder);
    return ok({ stored, snapshot, bindings: await store.registrations.load(clock.wall()) });
  } catch (error) {
    return err([`The stored configuration in ${start.dataDir} cannot be used: ${message(error)}.`]);
  }
}

async function applyAtStart(
  start: ControlStart,
  store: Repositories,
  library: AudioLibrary,
  clock: Clock,
  progress: (text: string) => void,
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
    const applied = await applyCompany(text, applyFile, {
      repository: store.company,
      library,
      audio: diskSource(dirname(applyFile), library),
      progress,
      now: clock.wall(),
      udp: start.udp,
    });
    if (!applied.ok) return err(applied.error.map(formatProblem));
    return ok([...applied.value.warnings.map(formatProblem), ...applied.value.changes]);
  } catch (error) {
    return err([`The configuration could not be saved: ${message(error)}.`]);
  }
}

function message(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

type OpenTls = Pick<ConstructorParameters<typeof TlsWatch>[0], "files" | "stamp" | "inForce">;

class Service implements ControlService {
  readonly #start: ControlStart;
  readonly #store: Store;
  readonly #audio: AudioService;
  readonly #clock: Clock;
  readonly #send: (message: FromControl) => void;
  readonly #status: Requests<ServerStatus>;
  readonly #access: Requests<AccessReport | undefined>;
  readonly #published: Requests<true>;
  readonly #tlsTaken: Requests<{ readonly refusal: string | undefined }>;
  #tls: TlsWatch | undefined;
  #server: ReturnType<typeof createApiServer> | undefined;
  /** Knows the secrets of what is stored. */
  #mask: RecordMasker = recordMasker(undefined);
  /** Applies wait for each other, and batches for each other; the store makes one wait for the other. */
  readonly #applies = new Turns();
  readonly #writes = new Turns();
  #purgeTimer: Timer;
  #sweepTimer: Timer;
  #stopping: Promise<void> | undefined;

  constructor(
    start: ControlStart,
    store: Store,
    audio: AudioService,
    clock: Clock,
    send: (message: FromControl) => void,
  ) {
    this.#start = start;
    this.#store = store;
    this.#audio = audio;
    this.#clock = clock;
    this.#send = send;
    this.#status = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#access = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#published = new Requests(clock, PUBLISH_TIMEOUT_MS);
    this.#tlsTaken = new Requests(clock, TLS_TIMEOUT_MS);
    this.#purgeTimer = clock.after(PURGE_EVERY_MS, () => this.#purge());
    this.#sweepTimer = clock.after(0, () => this.#sweep());
  }

  /** Records are masked by this company from now on. */
  published(company: StoredCompany["company"] | undefined): void {
    this.#mask = recordMasker(company);
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
      this.#sweepTimer.cancel();
      return err(`The HTTP API cannot listen on ${this.#start.http}: ${message(error)}.`);
    }
    this.#server = server;
    const bound = server.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
    return ok(`http://${formatHostPort(address.host, port)}`);
  }

  /** Renews the certificate from now on when its files change. */
  watch(tls: OpenTls): void {
    const refused = "the server did not take it within 5 s";
    this.#tls = new TlsWatch({
      ...tls,
      clock: this.#clock,
      take: async (material: TlsMaterial) => {
        const taken = await this.#tlsTaken.ask((request) => this.#send({ type: "tls", request, material }));
        return taken === undefined ? refused : taken.refusal;
      },
      log: (level, text) => this.#send({ type: "log", level, text }),
    });
  }

  receive(received: Exclude<ToControl, { type: "stop" }>): void {
    switch (received.type) {
      case "records":
        void this.#write("records", received.batch, () =>
          this.#store.calls.insertMany(unpackRecords(received.records).map((row) => this.#mask.row(row))),
        );
        return;
      case "bindings":
        void this.#write("bindings", received.batch, () => this.#store.registrations.apply(received.changes));
        return;
      case "published":
        this.#published.answer(received.request, true);
        return;
      case "tlsTaken":
        this.#tlsTaken.answer(received.request, { refusal: received.refusal });
        return;
      case "reload":
        void this.#reload();
        return;
      case "status":
        this.#status.answer(received.request, received.status);
        return;
      case "access":
        this.#access.answer(received.request, received.report);
        return;
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    this.#tls?.stop();
    this.#purgeTimer.cancel();
    this.#sweepTimer.cancel();
    await this.#server?.close();
    await this.#applies.last;
    await this.#writes.last;
    await this.#store.close();
  }

  async #reload(): Promise<Result<string, string>> {
    if (this.#tls !== undefined) return this.#tls.reload();
    const sentence =
      "There is nothing to read again: the server was started without --tls-cert and --tls-ca.";
    this.#send({ type: "log", level: "info", text: sentence });
    return err(sentence);
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
      apply: (text, file, sent) => this.#applies.take(() => this.#apply(text, file, sent)),
      audio: {
        ...this.#audio.ports(this.#store.company),
        set: (message, content) =>
          this.#change(() => {
            const audio = this.#audio.library.find(content);
            if (audio !== undefined)
              return setMessage(this.#store.company, message, audio, this.#clock.wall());
            return Promise.resolve(err("This sound is not here any more; send it again."));
          }),
        remove: (name) => this.#change(() => removeMessage(this.#store.company, name, this.#clock.wall())),
      },
      reload: () => this.#reload(),
      status: () => this.#status.ask((request) => this.#send({ type: "askStatus", request })),
      access: (lift) => this.#access.ask((request) => this.#send({ type: "askAccess", request, lift })),
      now: () => this.#clock.wall(),
      monotonicMs: () => this.#clock.now(),
      failed: (route, error) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#send({
          type: "log",
          level: "error",
          text: `${route} failed: ${this.#mask.text(text).slice(0, 2000)}`,
        });
      },
    };
  }

  async #apply(text: string, file: string, sent: Readonly<Record<string, string>>): Promise<ApplyOutcome> {
    const { library } = this.#audio;
    const parts = { repository: this.#store.company, library, audio: sentSource(library, sent) };
    const progress = (): void => {};
    try {
      const applied = await applyCompany(text, file, {
        ...parts,
        progress,
        now: this.#clock.wall(),
        udp: this.#start.udp,
      });
      if (!applied.ok) return { type: "refused", problems: applied.error };
      return await this.#publish(applied.value);
    } catch (error) {
      return { type: "failed", sentence: `The configuration could not be saved: ${message(error)}.` };
    }
  }

  #change(work: () => Promise<Result<Applied, string>>): Promise<ChangeOutcome> {
    return this.#applies.take(async () => {
      try {
        const changed = await work();
        if (!changed.ok) return { type: "refused", sentence: changed.error };
        return await this.#publish(changed.value);
      } catch (error) {
        return { type: "failed", sentence: `The configuration could not be saved: ${message(error)}.` };
      }
    });
  }

  /** Gives what is saved to the signalling thread; also when nothing changed, for the one before may not have been taken over. */
  async #publish({
    stored,
    changes,
    warnings,
  }: Applied): Promise<Exclude<ApplyOutcome, { type: "refused" }>> {
    const snapshot = buildSnapshot(stored, this.#start.realm, this.#audio.library.folder);
    this.#audio.published(stored.audio);
    this.published(stored.company);
    const taken = await this.#published.ask((request) => this.#send({ type: "publish", request, snapshot }));
    const answer = { version: stored.version, changes: [...changes], warnings: [...warnings] };
    if (taken === true) return { type: "applied", answer };
    const sentence =
      "The configuration is saved, but the server did not take it over within 5 s. Apply it again.";
    return { type: "failed", sentence };
  }

  /** In turn with applies, so that nothing goes that one of them is about to refer to. */
  #sweep(): void {
    const step = async (): Promise<void> => void this.#audio.sweep();
    const again = (): void => {
      if (this.#stopping === undefined)
        this.#sweepTimer = this.#clock.after(SWEEP_EVERY_MS, () => this.#sweep());
    };
    this.#applies.take(step).then(again, (error: unknown) => {
      this.#send({ type: "log", level: "warn", text: `Old sound could not be deleted: ${message(error)}.` });
      again();
    });
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
