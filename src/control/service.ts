import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Applied, applyCompany, storedOf } from "../admin/apply.ts";
import { diskSource } from "../admin/apply-audio.ts";
import type { AudioLibrary } from "../admin/audio-library.ts";
import { AudioService, openLibrary, sentSource } from "../admin/audio-service.ts";
import type { TlsMaterial } from "../admin/certificate.ts";
import { removeMessage, setMessage } from "../admin/change-audio.ts";
import { Desk } from "../admin/desk.ts";
import { tlsFiles } from "../admin/tls-files.ts";
import { TlsWatch } from "../admin/tls-watch.ts";
import { Turns } from "../admin/turns.ts";
import type { ApiPorts, ApplyOutcome, ChangeOutcome } from "../api/ports.ts";
import { createApiServer } from "../api/server.ts";
import { formatProblem } from "../company/file.ts";
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
import type { PlannedChange } from "../model/entities/change.ts";
import { companyOf } from "../model/entities/difference.ts";
import type { Entities } from "../model/entities/entities.ts";
import { allSecrets, changesSecrets } from "../model/entities/secrets.ts";
import type { ServerStatus } from "../model/server-status.ts";
import { trunksWithoutSocket } from "../model/trunk-sockets.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import { openStore, type Store } from "../store/store.ts";
import { Publisher } from "./publisher.ts";
import { type RecordMasker, recordMasker } from "./record-secrets.ts";

const STATUS_TIMEOUT_MS = 1000;
const TLS_TIMEOUT_MS = 5000;
const PURGE_EVERY_MS = 60_000;
/** Rows of one purge step: a few milliseconds of writing. */
const PURGE_ROWS = 500;
const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 3_600_000;

/** The control thread without its thread: store, API, and what the other side asks for. */
export interface ControlService {
  /** Where the configuration is changed. */
  readonly desk: Desk;
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
  const token = openToken(start.dataDir);
  if (!token.ok) return fail([token.error]);
  const loaded = await load(start, store.value, library, clock, send);
  if (!loaded.ok) return fail(loaded.error);
  const { service, bindings } = loaded.value;
  const notes = await applyAtStart(start, service.desk, library, log);
  if (!notes.ok) return fail(notes.error);
  const { entities } = service.desk;
  service.begin();
  const listening = await service.listen(token.value);
  if (!listening.ok) return fail([listening.error]);
  const silent = silentMessages(entities);
  const mute = start.applyFile === undefined ? muteTrunks(entities, start) : [];
  const answer = { httpAddress: listening.value, notes: [...notes.value, ...silent, ...mute], bindings };
  send({ type: "ready", tls: tls.value?.inForce, ...answer });
  if (start.again) void service.publishAgain();
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
function muteTrunks(stored: Entities, { udp }: ControlStart): string[] {
  if (storedOf(stored) === undefined || udp === undefined) return [];
  const trunks = stored.all("trunk").map(({ document }) => document);
  return trunksWithoutSocket({ trunks }, udp).map((problem) => problem.message);
}

/** What a release without sound has stored. */
function silentMessages(stored: Entities): string[] {
  const silent = stored.all("audioMessage").filter(({ document }) => document.sound === undefined);
  return silent.map(
    ({ document: { name } }) =>
      `Audio message ${name} has no sound yet: apply the company file again to convert it.`,
  );
}

async function load(
  start: ControlStart,
  store: Store,
  library: AudioLibrary,
  clock: Clock,
  send: (message: FromControl) => void,
) {
  try {
    const audio = new AudioService(library, clock, start.again);
    const service = await Service.open({ start, store, audio, clock, send });
    if (!start.again) await store.calls.closeOngoing("The switchboard stopped while the call was up.");
    return ok({ service, bindings: await store.registrations.load(clock.wall()) });
  } catch (error) {
    return err([`The stored configuration in ${start.dataDir} cannot be used: ${message(error)}.`]);
  }
}

async function applyAtStart(
  start: ControlStart,
  desk: Desk,
  library: AudioLibrary,
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
      desk,
      library,
      audio: diskSource(dirname(applyFile), library),
      progress,
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

interface ServiceParts {
  readonly start: ControlStart;
  readonly store: Store;
  readonly audio: AudioService;
  readonly clock: Clock;
  readonly send: (message: FromControl) => void;
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

class Service implements ControlService {
  readonly desk: Desk;
  readonly #start: ControlStart;
  readonly #store: Store;
  readonly #audio: AudioService;
  readonly #clock: Clock;
  readonly #send: (message: FromControl) => void;
  readonly #status: Requests<ServerStatus>;
  readonly #access: Requests<AccessReport | undefined>;
  readonly #publisher: Publisher;
  /** Before it has begun nothing is published: it is told at once what was stored then. */
  #hasBegun = false;
  readonly #tlsTaken: Requests<{ readonly refusal: string | undefined }>;
  #tls: TlsWatch | undefined;
  #server: ReturnType<typeof createApiServer> | undefined;
  /** Knows the secrets of what is stored. */
  #mask: RecordMasker = recordMasker([]);
  /** Batches wait for each other; the store makes changes and batches wait for one another. */
  readonly #writes = new Turns();
  #purgeTimer: Timer | undefined;
  #sweepTimer: Timer | undefined;
  #stopping: Promise<void> | undefined;

  private constructor({ start, store, audio, clock, send }: ServiceParts, desk: Desk) {
    this.desk = desk;
    this.#start = start;
    this.#store = store;
    this.#audio = audio;
    this.#clock = clock;
    this.#send = send;
    this.#publisher = new Publisher(start.realm, audio.library.folder, clock, send);
    this.#status = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#access = new Requests(clock, STATUS_TIMEOUT_MS);
    this.#tlsTaken = new Requests(clock, TLS_TIMEOUT_MS);
  }

  /** Rejects when the store fails. */
  static async open(parts: ServiceParts): Promise<Service> {
    const desk = await Desk.open({
      repository: parts.store.company,
      ids: randomIds(),
      wall: () => parts.clock.wall(),
      publish: (entities, change) => service.publish(entities, change),
    });
    const service = new Service(parts, desk);
    return service;
  }

  /** What is stored takes effect, and every change of it from now on. */
  begin(): void {
    const { entities } = this.desk;
    this.#hasBegun = true;
    this.#follow(entities, undefined);
    this.#purgeTimer = this.#clock.after(PURGE_EVERY_MS, () => this.#purge());
    this.#sweepTimer = this.#clock.after(0, () => this.#sweep());
    if (!this.#start.again && entities.version > 0) this.#publisher.first(entities);
  }

  /** Gives all to a signalling thread that has calls. */
  async publishAgain(): Promise<void> {
    try {
      await this.desk.meanwhile(async () => {
        const { entities } = this.desk;
        if (entities.version > 0) await this.#publisher.publish(entities, undefined);
      });
    } catch (error) {
      const text = `The stored configuration cannot be put in force again: ${message(error)}.`;
      this.#send({ type: "log", level: "error", text });
    }
  }

  /** Gives what is saved to the signalling thread; false: it did not take it in time. */
  async publish(entities: Entities, change: PlannedChange | undefined): Promise<boolean> {
    if (!this.#hasBegun) return true;
    this.#follow(entities, change);
    return this.#publisher.publish(entities, change);
  }

  /** Records are masked by this configuration, and its sound is kept, from now on. */
  #follow(entities: Entities, change: PlannedChange | undefined): void {
    if (change === undefined || changesSecrets(change)) this.#mask = recordMasker(allSecrets(entities));
    const moved = change === undefined ? undefined : [...change.delta.put, ...change.delta.drop];
    if (moved?.every(({ kind }) => kind !== "audioMessage") !== true) this.#audio.published(entities);
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
      this.#purgeTimer?.cancel();
      this.#sweepTimer?.cancel();
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
        this.#publisher.answer(received.request, received.taken);
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
    this.#purgeTimer?.cancel();
    this.#sweepTimer?.cancel();
    await this.#server?.close();
    await this.desk.last;
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
        const stored = storedOf(this.desk.entities);
        return stored === undefined ? undefined : writeCompany(companyOf(stored), secrets);
      },
      apply: (text, file, sent) => this.#apply(text, file, sent),
      audio: {
        ...this.#audio.ports(() => this.desk.entities),
        set: (message, content) =>
          this.#change(() => {
            const audio = this.#audio.library.find(content);
            if (audio !== undefined) return setMessage(this.desk, message, audio);
            return Promise.resolve(err("This sound is not here any more; send it again."));
          }),
        remove: (name) => this.#change(() => removeMessage(this.desk, name)),
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
    try {
      const applied = await applyCompany(text, file, {
        desk: this.desk,
        library,
        audio: sentSource(library, sent),
        progress: () => {},
        udp: this.#start.udp,
      });
      return applied.ok ? outcomeOf(applied.value) : { type: "refused", problems: applied.error };
    } catch (error) {
      return { type: "failed", sentence: `The configuration could not be saved: ${message(error)}.` };
    }
  }

  async #change(work: () => Promise<Result<Applied, string>>): Promise<ChangeOutcome> {
    try {
      const changed = await work();
      return changed.ok ? outcomeOf(changed.value) : { type: "refused", sentence: changed.error };
    } catch (error) {
      return { type: "failed", sentence: `The configuration could not be saved: ${message(error)}.` };
    }
  }

  /** In turn with changes, so that nothing goes that one of them is about to refer to. */
  #sweep(): void {
    const again = (): void => {
      if (this.#stopping === undefined)
        this.#sweepTimer = this.#clock.after(SWEEP_EVERY_MS, () => this.#sweep());
    };
    this.desk
      .meanwhile(() => this.#audio.sweep())
      .then(again, (error: unknown) => {
        this.#send({
          type: "log",
          level: "warn",
          text: `Old sound could not be deleted: ${message(error)}.`,
        });
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
