import { readFileSync } from "node:fs";
import type { TlsMaterial } from "../admin/certificate.ts";
import { SlowedLog } from "../board/slowed-log.ts";
import type { StoryListener } from "../call/recorder.ts";
import { Switchboard } from "../call/switchboard.ts";
import { listenersOf } from "../config/listeners.ts";
import { writesToJournal } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import { practiceOrigin } from "../http/practice.ts";
import { openInstallationId } from "../instance/installation-id.ts";
import { claimInstance, releaseInstance } from "../instance/instance-file.ts";
import { type CounterStore, createCounters } from "../lib/counters.ts";
import { formatHostPort } from "../lib/host-port.ts";
import { KnownSecrets } from "../lib/masker.ts";
import { err, ok, type Result } from "../lib/result.ts";
import { Control } from "../link/host.ts";
import type { MediaEngine } from "../media/engine.ts";
import type { Alert } from "../model/alert.ts";
import type { RecordTape } from "../model/record-tape.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { emptySnapshot } from "../model/snapshot-change.ts";
import { systemClock } from "../runtime/clock.ts";
import { usableFolder } from "../runtime/folder.ts";
import { randomIds } from "../runtime/ids.ts";
import { createLogger, type Logger } from "../runtime/logger.ts";
import { collectWhenIdle, collectYoungObjects } from "../runtime/memory.ts";
import {
  type Acquaintances,
  createGuard,
  type Guard,
  type ListenOptions,
  type OpenTransports,
  openTransports,
  socketErrorReason,
} from "../sip/index.ts";
import { createWebhookClient, type WebhookClient } from "../webhook/client.ts";
import { controlStart } from "./control-start.ts";
import { LoopDelay } from "./loop-delay.ts";
import { makeMedia } from "./media.ts";
import { placesOf } from "./places.ts";
import { takingOver } from "./restored.ts";
import { statusOf } from "./status.ts";

/** What may be put in from outside; `npm start` listens to the calls it makes. */
export interface AppHooks {
  readonly listener?: StoryListener;
}

/** A running switchboard. */
export interface App {
  readonly httpAddress: string;
  /** `udp:127.0.0.1:5060`, one for each listener. */
  readonly sipAddresses: readonly string[];
  readonly snapshot: Snapshot | undefined;
  /** Nobody can sign in yet: where the first administrator is made, once and within 30 minutes. */
  readonly setupLink: string | undefined;
  /** What applying the company file, and the start, had to say. */
  readonly notes: readonly string[];
  /** Somebody wants a restore taken over: `startApp` again, when this one was drained for at most so many seconds. */
  readonly restartAsked: Promise<number>;
  /** No new calls; resolves when the running ones are over, at the latest after so long: that of the settings when left out. */
  drain(seconds?: number): Promise<void>;
  /** Reads the certificate's files again; calls and open connections are not touched. The log says what came of it. */
  reload(): void;
  /** Ends everything now. */
  stop(): Promise<void>;
}

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** Builds everything and starts it. An error is what the person should read; nothing is left running then. */
export async function startApp(
  settings: Settings,
  hooks: AppHooks = {},
): Promise<Result<App, readonly string[]>> {
  collectYoungObjects();
  const listen = listenersOf(settings);
  if (!listen.ok) return listen;
  const claimed = claim(settings.dataDir);
  if (!claimed.ok) return err([claimed.error]);
  return takingOver(settings.dataDir, {
    claim: () => claim(settings.dataDir),
    start: (notes) => startProcess(settings, hooks, { listen: listen.value, notes }),
  });
}

async function startProcess(
  settings: Settings,
  hooks: AppHooks,
  { listen, notes }: { readonly listen: readonly ListenOptions[]; readonly notes: readonly string[] },
): Promise<Result<App, readonly string[]>> {
  const installation = openInstallationId(settings.dataDir);
  if (!installation.ok) {
    releaseInstance(settings.dataDir);
    return err([installation.error]);
  }
  const { id, note } = installation.value;
  const process = new Process(settings, hooks, {
    installation: id,
    notes: note === undefined ? notes : [...notes, note],
  });
  const started = await process.start(listen);
  if (!started.ok) {
    await process.stop();
    return started;
  }
  return ok(process);
}

class Process implements App {
  readonly #settings: Settings;
  readonly #hooks: AppHooks;
  readonly #installation: string;
  /** What is to be said of the data folder. */
  readonly #notes: readonly string[];
  readonly #log: Logger;
  readonly #counters: CounterStore = createCounters();
  readonly #ids = randomIds();
  readonly #slowedLog = new SlowedLog(systemClock, (text) => this.#log.warn({}, text));
  readonly #loopDelay = new LoopDelay(systemClock);
  #snapshot: Snapshot;
  /** For the log: the passwords of trunks. */
  readonly #secrets = new KnownSecrets();
  #control: Control | undefined;
  #transports: OpenTransports | undefined;
  #guard: Guard | undefined;
  #webhooks: WebhookClient | undefined;
  #media: MediaEngine | undefined;
  #switchboard: Switchboard | undefined;
  readonly #restart = Promise.withResolvers<number>();
  #stopCollecting: () => void = () => {};
  #stopped: Promise<void> | undefined;

  constructor(
    settings: Settings,
    hooks: AppHooks,
    { installation, notes }: { readonly installation: string; readonly notes: readonly string[] },
  ) {
    this.#settings = settings;
    this.#installation = installation;
    this.#notes = notes;
    this.#hooks = hooks;
    this.#log = createLogger(settings.logLevel, undefined, () => this.#secrets.mask, writesToJournal());
    this.#snapshot = emptySnapshot(settings.realm);
  }

  get httpAddress(): string {
    return this.#control?.httpAddress ?? "";
  }

  get sipAddresses(): readonly string[] {
    return (this.#transports?.listeners ?? []).map(
      ({ transport, local }) => `${transport}:${formatHostPort(local.host, local.port)}`,
    );
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get setupLink(): string | undefined {
    return this.#control?.setupLink;
  }

  get notes(): readonly string[] {
    return [...this.#notes, ...(this.#control?.notes ?? [])];
  }

  async start(listen: readonly ListenOptions[]): Promise<Result<undefined, readonly string[]>> {
    this.#loopDelay.enable();
    for (const note of this.#notes) this.#log.warn({}, note);
    const control = await Control.start(controlStart(this.#settings, listen, version), {
      clock: systemClock,
      publish: (snapshot) => this.#publish(snapshot),
      takeTls: (material) => this.#takeTls(material),
      status: () =>
        statusOf({
          board: this.#switchboard,
          media: this.#media,
          control: this.#control,
          counters: this.#counters,
          loopDelay: this.#loopDelay,
        }),
      access: (lift) => {
        const guard = this.#guard;
        return guard === undefined ? undefined : this.#switchboard?.access(guard, lift);
      },
      phones: (extensions) => this.#switchboard?.phones(extensions),
      vouch: (port, isOver) => this.#switchboard?.testCallers.vouch(port, isOver),
      restart: (waitSeconds) => this.#restart.resolve(waitSeconds),
      log: (level, text) => this.#log[level]({}, text),
    });
    if (!control.ok) return control;
    this.#control = control.value;
    if (control.value.snapshot !== undefined) this.#take(control.value.snapshot);
    try {
      await this.#listen(listen, control.value.tls);
    } catch (error) {
      return err([error instanceof Error ? error.message : String(error)]);
    }
    const claimed = claimInstance(this.#settings.dataDir, { http: this.httpAddress, sip: this.sipAddresses });
    if (!claimed.ok) return err([claimed.error]);
    this.#log.info(
      { sip: this.sipAddresses, http: this.httpAddress, version: this.#snapshot.version },
      "Switchhook is ready",
    );
    return ok(undefined);
  }

  get restartAsked(): Promise<number> {
    return this.#restart.promise;
  }

  async drain(seconds = this.#settings.drainSeconds): Promise<void> {
    this.#log.info({ calls: this.#switchboard?.supervisor.calls }, "Draining: no new calls");
    await this.#switchboard?.supervisor.drain(seconds * 1000);
    await this.stop();
  }

  reload(): void {
    this.#control?.reload();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  async #end(): Promise<void> {
    this.#stopCollecting();
    await this.#switchboard?.supervisor.drain(0);
    await this.#switchboard?.close();
    await this.#webhooks?.close();
    await this.#media?.close();
    await this.#transports?.close();
    await this.#control?.stop();
    this.#loopDelay.disable();
    releaseInstance(this.#settings.dataDir);
  }

  async #listen(listen: readonly ListenOptions[], tls: TlsMaterial | undefined): Promise<void> {
    const clock = systemClock;
    const guard = createGuard({
      clock,
      counters: this.#counters,
      known: this.#acquaintances(),
    });
    this.#guard = guard;
    const transports = await openTransports({
      listen,
      clock,
      ids: this.#ids,
      log: this.#log,
      guard,
      counters: this.#counters,
      tls,
    });
    this.#transports = transports;
    const practice = practiceOrigin(this.httpAddress);
    const webhooks = createWebhookClient({
      clock,
      ids: this.#ids,
      counters: this.#counters,
      allowedNetworks: () => this.#snapshot.security.webhookAllowedNetworks,
      practice: () => practice,
      version,
      logger: this.#log,
    });
    this.#webhooks = webhooks;
    const media = await makeMedia(this.#settings, { ids: this.#ids, log: this.#log });
    this.#media = media;
    const board = this.#makeSwitchboard(transports, webhooks, media, guard);
    this.#switchboard = board;
    this.#stopCollecting = collectWhenIdle({
      clock,
      isIdle: () => {
        const { inviteClient, inviteServer } = board.stack.transactions.counts();
        return board.supervisor.calls + inviteClient + inviteServer === 0;
      },
      work: () => this.#counters.get("calls"),
    });
    const { phones } = this.#snapshot;
    const bindings = this.#control?.bindings ?? [];
    this.#switchboard.stack.restore(bindings.filter(({ extension }) => phones.has(extension)));
  }

  #makeSwitchboard(
    transports: OpenTransports,
    webhooks: WebhookClient,
    media: MediaEngine,
    guard: Guard,
  ): Switchboard {
    const { isOurHost, isOurs, resolve } = placesOf(transports, {
      ids: this.#ids,
      counters: this.#counters,
      warn: (text) => this.#log.warn({}, text),
    });
    return new Switchboard({
      transport: transports,
      clock: systemClock,
      ids: this.#ids,
      counters: this.#counters,
      snapshot: () => this.#snapshot,
      webhooks,
      media,
      tape: this.#tape,
      resolve,
      realm: this.#settings.realm,
      md5UserAgents: this.#settings.md5UserAgents,
      installation: this.#installation,
      isOurHost,
      isOurs,
      maxCalls: this.#settings.maxCalls,
      maxCallMs: this.#settings.maxCallMinutes * 60_000,
      listener: this.#hooks.listener,
      onAlert: (alert) => this.#alert(alert),
      onTrunkStatus: (trunk, status) => {
        const { state, failed } = status;
        this.#log[failed === undefined ? "info" : "warn"](
          { trunk, state, reason: failed?.text ?? "" },
          "Trunk registration",
        );
      },
      onStanding: (standing) => this.#control?.tell(standing),
      onTrunkWarning: (text) => this.#log.warn({}, text),
      onBindings: (changes) => {
        for (const change of changes) this.#control?.putBinding(change);
      },
      onSlowed: (slowed) => this.#slowedLog.tell(slowed),
      onRefused: (text) => this.#log.warn({}, text),
      onProvedReturnPath: (address) => guard.provedReturnPath(address),
    });
  }

  get #tape(): RecordTape {
    if (this.#control === undefined) throw new Error("there is a switchboard before its records can be kept");
    return this.#control.tape;
  }

  /** Nobody, as long as there is no switchboard. */
  #acquaintances(): Acquaintances {
    const board = (): Switchboard | undefined => this.#switchboard;
    return {
      trunkAt: (address) => board()?.supervisor.peers.trunkAt(address)?.name,
      phonesAt: (address) => board()?.stack.location.countAt(address) ?? 0,
      isPhone: (transport, remote) => board()?.stack.location.isFlow(transport, remote) ?? false,
    };
  }

  /** Until events are delivered: a line of the log and a counter. */
  #alert({ code, args, sentence }: Alert): void {
    this.#counters.add(`alerts{code="${code}"}`);
    this.#log.warn({ alert: code, ...args }, sentence);
  }

  #takeTls(material: TlsMaterial): string | undefined {
    try {
      this.#transports?.reloadTls(material);
      return undefined;
    } catch (error) {
      return `${socketErrorReason(error as Error).text}.`;
    }
  }

  #take(snapshot: Snapshot): void {
    const { trunks } = this.#snapshot;
    this.#snapshot = snapshot;
    if (snapshot.trunks === trunks) return;
    this.#guard?.recheck();
    // The log's other texts from outside are those of webhooks, masked by each (webhook/client.ts); of phones' passwords
    // only hashes are known here.
    this.#secrets.become(snapshot.trunks.map(({ credentials }) => credentials?.password ?? ""));
  }

  #publish(snapshot: Snapshot): void {
    const before = this.#snapshot.version;
    this.#take(snapshot);
    this.#switchboard?.published(snapshot);
    // The same one comes again when it was applied unchanged, or the control thread began anew.
    if (snapshot.version === before) return;
    this.#log.info(
      { version: snapshot.version },
      "A new configuration is in force; calls in progress keep theirs",
    );
  }
}

function claim(dataDir: string): Result<undefined, string> {
  const folder = usableFolder(dataDir);
  return folder.ok ? claimInstance(dataDir, { http: "", sip: [] }) : folder;
}
