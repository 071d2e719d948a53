import { fileURLToPath } from "node:url";
import type { AudioService } from "../admin/audio-service.ts";
import type { BackupSchedule } from "../admin/backup/schedule.ts";
import { entryOf } from "../admin/backup/sign.ts";
import { Counted } from "../admin/counted.ts";
import { Desk } from "../admin/desk.ts";
import { Jobs } from "../admin/jobs.ts";
import { overview } from "../admin/overview.ts";
import { phoneStatus } from "../admin/phone-status.ts";
import { PracticeReceivers } from "../admin/practice.ts";
import { TlsWatch, type TlsWatchParts } from "../admin/tls-watch.ts";
import { TrialLimit } from "../admin/trial-limit.ts";
import { WebhookHealths } from "../admin/webhook-health.ts";
import { authenticator } from "../api/auth.ts";
import type { ApiPorts } from "../api/ports.ts";
import { createApiServer } from "../api/server.ts";
import { parseHostPort } from "../config/load.ts";
import { practiceOrigin } from "../http/practice.ts";
import { reasonOf, whyNoPort } from "../lib/failure.ts";
import { formatHostPort } from "../lib/host-port.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import { type ControlStart, type FromControl, STRICT_SIGN_IN, type ToControl } from "../link/link.ts";
import type { Doer } from "../model/audit.ts";
import type { PlannedChange } from "../model/entities/change.ts";
import type { Entities } from "../model/entities/entities.ts";
import type { CallDay, StoredBinding } from "../model/repositories.ts";
import type { Clock } from "../runtime/clock.ts";
import { randomIds } from "../runtime/ids.ts";
import type { Store } from "../store/store.ts";
import { AudioSweep } from "./audio-sweep.ts";
import { backupPorts } from "./backup-ports.ts";
import { scheduledBackups } from "./backups.ts";
import { callEvents } from "./call-events.ts";
import { callPorts } from "./call-ports.ts";
import { companyPorts } from "./company-ports.ts";
import { Happenings } from "./happenings.ts";
import { KeptRecords } from "./kept-records.ts";
import { plansOf } from "./plan-ports.ts";
import { Publisher } from "./publisher.ts";
import { type Restores, restoresOf } from "./restores.ts";
import { SignallingSide } from "./signalling-side.ts";
import { webhookTrialPorts } from "./webhook-ports.ts";
import type { WhoComesIn } from "./who-comes-in.ts";

/** What `npm run build` in web/ makes. */
const PAGES = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** The control thread without its thread: store, API, and what the other side asks for. */
export interface ControlService {
  /** Where the configuration is changed. */
  readonly desk: Desk;
  receive(message: Exclude<ToControl, { type: "stop" }>): void;
  /** Resolves when everything that has arrived is written and all is closed. */
  stop(): Promise<void>;
}

/** A certificate that was read. */
export type OpenTls = Pick<TlsWatchParts, "files" | "stamp" | "inForce">;

/** Bits that tell one life of this thread from another. */
const EPOCH_BITS = 32;

export interface ServiceParts {
  readonly start: ControlStart;
  readonly store: Store;
  readonly audio: AudioService;
  readonly whoComesIn: WhoComesIn;
  readonly clock: Clock;
  readonly send: (message: FromControl) => void;
}

/** Joins the store, the API and the use cases to the signalling side. Built and begun by start.ts. */
export class Service implements ControlService {
  readonly desk: Desk;
  readonly #parts: ServiceParts;
  readonly #signalling: SignallingSide;
  readonly #publisher: Publisher;
  readonly #records: KeptRecords;
  readonly #healths: WebhookHealths;
  readonly #days: Counted<CallDay>;
  readonly #happenings: Happenings;
  readonly #sweep: AudioSweep;
  readonly #practice: PracticeReceivers;
  readonly #backups: BackupSchedule | undefined;
  readonly #jobs: Jobs;
  readonly #restores: Restores;
  readonly #trialLimit: TrialLimit;
  /** Before it has begun nothing is published: it is told at once what was stored then. */
  #hasBegun = false;
  #tls: TlsWatch | undefined;
  /** Where the API is heard; empty before. */
  #address = "";
  #server: ReturnType<typeof createApiServer> | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(parts: ServiceParts, desk: Desk) {
    const { start, store, audio, clock, send } = parts;
    this.desk = desk;
    this.#parts = parts;
    this.#signalling = new SignallingSide(clock, send);
    this.#publisher = new Publisher(start.realm, audio.library.folder, clock, send);
    this.#records = new KeptRecords({
      store,
      clock,
      callsKeepDays: () => this.#callsKept().days,
      send,
      findPlan: (name) => desk.entities.get("plan", name),
    });
    this.#days = new Counted(
      () => clock.wall(),
      ({ counts }) => counts.reduce((sum, { calls }) => sum + calls, 0),
    );
    this.#healths = new WebhookHealths({
      requests: store.webhookRequests,
      entities: () => desk.entities,
      wall: () => clock.wall(),
    });
    this.#happenings = new Happenings({
      clock,
      epoch: randomIds().hex(EPOCH_BITS),
      healths: this.#healths,
      requests: store.webhookRequests,
      entities: () => desk.entities,
      warn: (text) => this.#signalling.log("warn", text),
      calls: callEvents(this.#records.calls),
    });
    this.#practice = new PracticeReceivers({
      clock,
      ids: randomIds(),
      entities: () => desk.entities,
      origin: () => practiceOrigin(this.#address),
      onAsked: (id, asked) => this.#happenings.practiceAsked(id, asked),
    });
    this.#backups = scheduledBackups(start, clock, (level, text) => this.#signalling.log(level, text));
    this.#jobs = new Jobs({
      ids: randomIds(),
      wall: () => clock.wall(),
      tell: (job) => this.#happenings.job(job),
    });
    this.#restores = restoresOf(start, {
      clock,
      send,
      jobs: this.#jobs,
      audit: store.audit,
      here: () => desk.entities.version,
      signalling: this.#signalling,
    });
    this.#trialLimit = new TrialLimit(() => clock.now());
    this.#sweep = new AudioSweep({
      clock,
      sweep: () => desk.meanwhile(async () => audio.sweep(await store.company.trashedSound())),
      warn: (text) => this.#signalling.log("warn", text),
    });
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
  begin(bindings: readonly StoredBinding[]): void {
    const { entities } = this.desk;
    this.#hasBegun = true;
    this.#follow(entities, undefined);
    this.#records.begin();
    this.#happenings.begin(bindings);
    this.#sweep.begin();
    this.#backups?.begin();
    this.#restores.begin();
    this.#parts.whoComesIn.begin();
    if (!this.#parts.start.again && entities.version > 0) this.#publisher.first(entities);
  }

  /** Gives all to a signalling thread that has calls. */
  async publishAgain(): Promise<void> {
    try {
      await this.desk.meanwhile(async () => {
        const { entities } = this.desk;
        if (entities.version > 0) await this.#publisher.publish(entities, undefined);
      });
    } catch (error) {
      const text = `The stored configuration cannot be put in force again: ${reasonOf(error)}.`;
      this.#signalling.log("error", text);
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
    this.#records.follow(entities, change);
    this.#happenings.changed(entities, change);
    const moved = change === undefined ? undefined : [...change.delta.put, ...change.delta.drop];
    if (moved?.every(({ kind }) => kind !== "audioMessage") !== true) this.#parts.audio.published(entities);
  }

  /** As the company wants it, else as the server was started. */
  #callsKept(): { readonly days: number; readonly isChosen: boolean } {
    const chosen = this.desk.entities.get("settings", "")?.document.retention?.callsDays;
    return { days: chosen ?? this.#parts.start.callsKeepDays, isChosen: chosen !== undefined };
  }

  /** The secret of the link that a first start prints. Rejects when the store fails. */
  firstLink(): Promise<string | undefined> {
    return this.#parts.whoComesIn.firstLink();
  }

  /** Opens the API; the value is its address. Where it cannot be had the service is to be stopped. */
  async listen(token: string): Promise<Result<string, string>> {
    const { http } = this.#parts.start;
    const address = parseHostPort(http);
    if (address === undefined) return err(`"${http}" is not HOST:PORT.`);
    const server = createApiServer(this.#apiPorts(token, address.host));
    try {
      await server.listen({ host: address.host, port: address.port });
    } catch (error) {
      await server.close();
      return err(`The HTTP API cannot listen on ${http}: ${whyNoPort(error) ?? reasonOf(error)}.`);
    }
    this.#server = server;
    const bound = server.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : address.port;
    this.#address = `http://${formatHostPort(address.host, port)}`;
    return ok(this.#address);
  }

  /** Renews the certificate from now on when its files change. */
  watch(tls: OpenTls): void {
    this.#tls = new TlsWatch({
      ...tls,
      clock: this.#parts.clock,
      take: (material) => this.#signalling.takeTls(material),
      log: (level, text) => this.#signalling.log(level, text),
    });
  }

  receive(received: Exclude<ToControl, { type: "stop" }>): void {
    switch (received.type) {
      case "portion":
        return this.#records.calls.take(received.portion);
      case "openCalls":
        return this.#records.calls.restore(received.calls);
      case "flushed":
        return this.#records.calls.flushed(received.request);
      case "bindings":
        this.#happenings.bindings(received.changes);
        return this.#records.keep(received);
      case "standings":
        return this.#happenings.standings(received.standings);
      case "published":
        return this.#publisher.answer(received.request, received.taken);
      case "reload":
        void this.#reload();
        return;
      case "tlsTaken":
      case "status":
      case "access":
      case "phones":
      case "vouched":
        return this.#signalling.answered(received);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end();
    return this.#stopping;
  }

  async #end(): Promise<void> {
    this.#tls?.stop();
    this.#sweep.stop();
    await this.#backups?.stop();
    this.#restores.stop();
    this.#happenings.stop();
    await this.#server?.close();
    await this.desk.last;
    await this.#parts.whoComesIn.stop();
    await this.#records.stop();
    await this.#parts.store.close();
  }

  async #reload(): Promise<Result<string, string>> {
    if (this.#tls !== undefined) return this.#tls.reload();
    const sentence =
      "There is nothing to read again: the server was started without --tls-cert and --tls-ca.";
    this.#signalling.log("info", sentence);
    return err(sentence);
  }

  async #note(what: string, by: Doer, about: string | undefined): Promise<void> {
    try {
      await this.#parts.store.audit.append({ ...entryOf(what, by, this.#parts.clock.wall()), about });
    } catch (error) {
      this.#signalling.log("warn", `The audit log could not be written: ${reasonOf(error)}.`);
    }
  }

  #apiPorts(token: string, boundHost: string): ApiPorts {
    const { start, store, audio, clock, whoComesIn } = this.#parts;
    const { names, mayBePlain, proxies } = start.signIn ?? STRICT_SIGN_IN;
    const accounts = whoComesIn.ports;
    return {
      authenticate: authenticator(token, accounts, mayBePlain),
      accounts,
      door: { boundHost, names, mayBePlain, proxies },
      pagesFolder: PAGES,
      home: () => this.desk.entities.get("settings", "")?.document.home,
      softwareVersion: start.softwareVersion,
      calls: this.#records.calls.ports,
      liveCalls: this.#records.calls,
      registrations: store.registrations,
      ...companyPorts({ desk: this.desk, audio, store, jobs: this.#jobs, heard: start.heard }),
      plans: plansOf({
        desk: this.desk,
        store,
        clock,
        softwareVersion: start.softwareVersion,
        practice: () => practiceOrigin(this.#address),
        limit: this.#trialLimit,
        draftChanged: (draft) => this.#happenings.draftChanged(draft),
      }),
      ...callPorts(this.desk, this.#records.calls.ports, {
        clock,
        dataDir: start.dataDir,
        vouch: (port, isOver) => this.#signalling.vouch(port, isOver),
      }),
      follow: this.#happenings.follow,
      webhookHealth: this.#healths,
      overview: () =>
        overview({
          healths: this.#healths,
          entities: () => this.desk.entities,
          day: (hours) => this.#days.of(hours.join(), () => store.calls.day(hours)),
          status: () => this.#signalling.status(),
          access: () => this.#signalling.access(undefined),
          wall: () => clock.wall(),
        }),
      practice: this.#practice,
      webhookTrials: webhookTrialPorts({
        practice: () => practiceOrigin(this.#address),
        desk: this.desk,
        calls: this.#records.calls.ports,
        clock,
        version: start.softwareVersion,
        limit: this.#trialLimit,
      }),
      backup: backupPorts({
        start,
        kept: () => this.#callsKept(),
        schedule: this.#backups,
        audit: store.audit,
        wall: () => clock.wall(),
      }),
      restore: this.#restores,
      note: (what, by, about) => this.#note(what, by, about),
      reload: () => this.#reload(),
      status: () => this.#signalling.status(),
      access: (lift) => this.#signalling.access(lift),
      phoneStatus: () => phoneStatus(this.desk.entities, (portion) => this.#signalling.phones(portion)),
      now: () => clock.wall(),
      monotonicMs: () => clock.now(),
      failed: (route, error, requestId) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        const masked = this.#records.masked(text).slice(0, 2000);
        this.#signalling.log("error", `${route} failed (request ${requestId}): ${masked}`);
      },
    };
  }
}
