import { Worker } from "node:worker_threads";
import { daysUntil, type TlsMaterial } from "../admin/certificate.ts";
import type { Result } from "../lib/result.ts";
import { err, ok } from "../lib/result.ts";
import type { AccessReport, Lift, PhoneStanding } from "../model/access.ts";
import type { RecordTape } from "../model/record-tape.ts";
import type { BindingChange, StoredBinding } from "../model/repositories.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Standing } from "../model/standing.ts";
import type { Portion } from "../record/portion.ts";
import { SlabWriter } from "../record/slab-writer.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { ControlStart, FromControl, ToControl } from "./link.ts";
import { SliceTaker, type SnapshotSlice } from "./slices.ts";
import { StandingTeller } from "./standing-teller.ts";
import { StoreFailures } from "./store-failures.ts";

/** What the signalling side gives the control thread. */
export interface ControlPorts {
  readonly clock: Clock;
  /** Something was published: from its return on, new calls are routed by this snapshot. */
  publish(snapshot: Snapshot): void;
  /** A renewed certificate, for connections from now on; the value is why it is not taken, in a sentence. */
  takeTls?(material: TlsMaterial): string | undefined;
  /** Asked when `/ready` or `/metrics` is. */
  status(): ServerStatus;
  /** Asked for the list of phones and of bans; undefined while starting. */
  access(lift: Lift | undefined): AccessReport | undefined;
  /** How these phones stand; undefined while starting. */
  phones(extensions: readonly string[]): readonly PhoneStanding[] | undefined;
  /** Our own caller calls from this UDP port of 127.0.0.1 from now on, or no more. */
  vouch?(port: number, isOver: boolean): void;
  /** The process is to begin anew when calls are over, or after so long. */
  restart?(waitSeconds: number): void;
  log(level: "error" | "warn" | "info", text: string): void;
}

/** A stop waits this long for the last records. */
const STOP_MS = 5000;
/** Of the control thread: loading it would leave 67 MiB of young generation behind, of which it needs little. */
const YOUNG_MIB = 12;
/** A control thread that died is started again after this time, doubling to the second. */
const RESTART_MS = { first: 500, last: 10_000 };

type Ready = Extract<FromControl, { type: "ready" }>;

/**
 * The control thread as the signalling thread sees it: store and API live there, records and registrations leave
 * to it through bounded queues. When it dies, calls go on; it is started again and gets what it has not confirmed.
 */
export class Control {
  readonly #start: ControlStart;
  readonly #ports: ControlPorts;
  readonly #records: SlabWriter;
  readonly #bindings: BatchQueue<BindingChange>;
  readonly #standings: StandingTeller;
  readonly #slices: SliceTaker;
  #worker: Worker | undefined;
  #ready: Ready | undefined;
  #tls: TlsMaterial | undefined;
  #restarts = 0;
  #restartDelayMs = RESTART_MS.first;
  #restartTimer: Timer | undefined;
  #stopping = false;
  readonly #failures: StoreFailures;
  /** The thread gets portions as they leave; one that starts gets all that are not kept first. */
  #isFed = false;

  private constructor(start: ControlStart, ports: ControlPorts) {
    this.#start = start;
    this.#ports = ports;
    this.#slices = new SliceTaker(start.realm);
    this.#failures = new StoreFailures(ports.clock, (level, text) => ports.log(level, text));
    this.#records = new SlabWriter(ports.clock, (portion) => this.#hand(portion));
    this.#bindings = new BatchQueue(
      ports.clock,
      (batch, changes) => this.#post({ type: "bindings", batch, changes }),
      () => 1000,
    );
    this.#standings = new StandingTeller(ports.clock, (standings) =>
      this.#post({ type: "standings", standings }),
    );
  }

  /** Starts the thread: opens the store, applies the file, listens. An error is what the person should read. */
  static async start(start: ControlStart, ports: ControlPorts): Promise<Result<Control, readonly string[]>> {
    const control = new Control(start, ports);
    const ready = await control.#spawn(start);
    if (ready.type === "failed") return err(ready.sentences);
    control.#ready = ready;
    control.#isFed = true;
    control.#tls = ready.tls;
    return ok(control);
  }

  /** Where the API is heard: `http://127.0.0.1:8088`. */
  get httpAddress(): string {
    return this.#ready?.httpAddress ?? "";
  }

  /** Nobody can sign in yet: where the first administrator is made, once. */
  get setupLink(): string | undefined {
    return this.#ready?.setupLink;
  }

  /** The configuration in force. Undefined: nothing was ever applied. */
  get snapshot(): Snapshot | undefined {
    return this.#slices.inForce;
  }

  /** Contacts that were registered when the last process ended, and are still valid. */
  get bindings(): readonly StoredBinding[] {
    return this.#ready?.bindings ?? [];
  }

  /** The certificate in force. */
  get tls(): TlsMaterial | undefined {
    return this.#tls;
  }

  /** Has the certificate's files read again; what comes of it is in the log. */
  reload(): void {
    if (this.#worker === undefined)
      this.#ports.log("warn", "The certificate is read again when the control thread has started again.");
    this.#post({ type: "reload" });
  }

  /** What applying the file at start had to say. */
  get notes(): readonly string[] {
    return this.#ready?.notes ?? [];
  }

  /** Where calls are recorded; what is complete is on disk within a second. */
  get tape(): RecordTape {
    return this.#records;
  }

  /** Takes a change of a registered contact; on disk within half a second. */
  putBinding(change: BindingChange): void {
    this.#bindings.put(change);
  }

  /** Says that a trunk or a phone stands otherwise than before, for whoever looks at it. */
  tell(standing: Standing): void {
    this.#standings.put(standing);
  }

  /** Our own part of `ServerStatus["counters"]` and `["gauges"]`. */
  metrics(): Pick<ServerStatus, "counters" | "gauges"> {
    return {
      counters: {
        switchhook_call_records_dropped_total: this.#records.dropped.records,
        switchhook_call_record_entries_dropped_total: this.#records.dropped.entries,
        switchhook_binding_changes_dropped_total: this.#bindings.dropped,
        switchhook_control_restarts_total: this.#restarts,
      },
      gauges: {
        switchhook_call_records_waiting: this.#records.records,
        switchhook_call_record_bytes: this.#records.bytes,
        ...this.#certificateDays(),
      },
    };
  }

  /** Writes what waits, closes the store, ends the thread; gives up on the writing after 5 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#restartTimer?.cancel();
    this.#standings.stop();
    const inTime = await this.#before(STOP_MS, this.#drain());
    if (!inTime) {
      this.#ports.log("error", `${this.#records.records} call records could not be written before the stop.`);
    }
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    this.#post({ type: "stop" });
    if (!(await this.#before(STOP_MS, ended))) await worker.terminate();
  }

  /** Ends the thread as a crash would; for tests of what happens then (reliability E8). */
  killForTest(): void {
    void this.#worker?.terminate();
  }

  /** A thread that has died is started once more, for what waits. */
  async #drain(): Promise<void> {
    const waiting = this.#records.records + this.#bindings.length;
    if (this.#worker === undefined && waiting > 0) await this.#startAgain();
    await Promise.all([this.#records.drained(), this.#bindings.drained()]);
  }

  async #before(limitMs: number, work: Promise<unknown>): Promise<boolean> {
    let timer: Timer | undefined;
    const late = new Promise<false>((resolve) => {
      timer = this.#ports.clock.after(limitMs, () => resolve(false));
    });
    const done = await Promise.race([work.then(() => true), late]);
    timer?.cancel();
    return done;
  }

  #spawn(start: ControlStart): Promise<Ready | Extract<FromControl, { type: "failed" }>> {
    const worker = new Worker(new URL("../control/thread.ts", import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.#worker = worker;
    this.#isFed = false;
    this.#slices.reset();
    return new Promise((resolve) => {
      let reason = "the thread ended";
      worker.on("message", (message: FromControl) => {
        if (message.type === "ready" || message.type === "failed") resolve(message);
        else this.#receive(message);
      });
      worker.on("error", (error: unknown) => {
        reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      });
      worker.on("exit", () => {
        // After "ready" or "failed" this resolves nothing any more.
        resolve({ type: "failed", sentences: [`The control thread could not start: ${reason}.`] });
        if (this.#worker === worker) this.#worker = undefined;
        if (this.#ready !== undefined && !this.#stopping) this.#restart(reason);
      });
    });
  }

  #restart(reason: string): void {
    this.#isFed = false;
    this.#ports.log(
      "error",
      `The control thread ended (${reason}); it is started again. Calls are not affected.`,
    );
    this.#restartTimer = this.#ports.clock.after(this.#restartDelayMs, () => void this.#startAgain());
    this.#restartDelayMs = Math.min(this.#restartDelayMs * 2, RESTART_MS.last);
  }

  async #startAgain(): Promise<void> {
    this.#restarts += 1;
    // Not by URL, which leaves port 80 out.
    const http = this.httpAddress.replace("http://", "");
    const ready = await this.#spawn({ ...this.#start, applyFile: undefined, http, again: true });
    // A thread that failed to start has also ended, and its end has planned the next try.
    if (ready.type === "failed") return;
    this.#restartDelayMs = RESTART_MS.first;
    this.#ready = ready;
    if (ready.tls !== undefined && !this.#stopping) this.#takeTls(ready.tls);
    this.#feed();
    this.#bindings.resend();
  }

  #receive(message: Exclude<FromControl, { type: "ready" | "failed" }>): void {
    switch (message.type) {
      case "publish":
        this.#post({ type: "published", request: message.request, taken: this.#take(message.slice) });
        return;
      case "tls":
        this.#post({ type: "tlsTaken", request: message.request, refusal: this.#takeTls(message.material) });
        return;
      case "askStatus":
        this.#post({ type: "status", request: message.request, status: this.#ports.status() });
        return;
      case "askAccess":
        this.#post({ type: "access", request: message.request, report: this.#ports.access(message.lift) });
        return;
      case "askPhones":
        this.#post({
          type: "phones",
          request: message.request,
          phones: this.#ports.phones(message.extensions),
        });
        return;
      case "vouch":
        this.#ports.vouch?.(message.port, message.isOver);
        this.#post({ type: "vouched", request: message.request });
        return;
      case "stored":
        this.#failures.tried("registrations", message.failure);
        this.#bindings.settle(message.batch, message.failure === undefined);
        return;
      case "kept":
        this.#failures.tried("records", message.failure);
        this.#records.settle(message.upTo);
        return;
      case "live":
        this.#records.pace(message.isRead);
        return;
      case "askFlush":
        this.#records.flush();
        this.#post({ type: "flushed", request: message.request });
        return;
      case "restart":
        this.#ports.restart?.(message.waitSeconds);
        return;
      case "log":
        this.#ports.log(message.level, message.text);
        return;
    }
  }

  /** Whether it fits. */
  #take(slice: SnapshotSlice): boolean {
    const made = this.#slices.take(slice);
    if (made === "refused") return false;
    // What comes before everything is built is asked for then; what comes at the stop is for nobody.
    if (made !== "more" && this.#ready !== undefined && !this.#stopping) this.#ports.publish(made);
    return true;
  }

  #takeTls(material: TlsMaterial): string | undefined {
    const refusal = this.#ports.takeTls?.(material);
    if (refusal === undefined) this.#tls = material;
    return refusal;
  }

  #certificateDays(): ServerStatus["gauges"] {
    const valid = this.#tls?.valid;
    if (valid === undefined) return {};
    const days = daysUntil(valid.to, this.#ports.clock.wall());
    return { switchhook_tls_certificate_days: Math.round(days * 100) / 100 };
  }

  #hand(portion: Portion): void {
    if (this.#isFed) this.#post({ type: "portion", portion });
  }

  /** Gives a thread that has started again what the one before has not kept. */
  #feed(): void {
    this.#isFed = true;
    this.#records.pace(false);
    this.#post({ type: "openCalls", calls: this.#records.openCalls });
    this.#records.resend();
  }

  #post(message: ToControl): void {
    this.#worker?.postMessage(message);
  }
}
