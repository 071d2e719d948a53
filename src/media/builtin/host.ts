import { Worker } from "node:worker_threads";
import { Registry } from "../../lib/registry.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import type { MediaCall, MediaCallParts, MediaEngine, MediaUser } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import { HostCall } from "./host-call.ts";
import type { FromMedia, MediaStart, ToMedia } from "./link.ts";
import { Outbox } from "./outbox.ts";

export interface BuiltinMediaOptions {
  readonly clock: Clock;
  readonly log: (level: "error" | "warn" | "info", text: string) => void;
  /** First and last UDP port, both included: RTP on even ports, RTCP on the odd ones above. Two for each party. */
  readonly ports: { readonly min: number; readonly max: number };
  /** Sockets are bound to this address where its family is the call's; else, or without one, to all addresses. */
  readonly bindAddress?: string;
  /** Named in SDP in place of `EndParts.localAddress`, where the family is the same. */
  readonly externalAddresses?: readonly string[];
  /** No packet for this long is told as a silence: 60 s, and 10 min for a party that holds or is held (reliability C5). */
  readonly silentMs?: number;
  readonly silentOnHoldMs?: number;
  /** A closed port is not given out again for this long: 30 s (reliability C4). */
  readonly portRestMs?: number;
}

/** The built-in driver, with what only its tests need. */
export interface BuiltinMedia extends MediaEngine {
  /** Ends the thread as a crash would; for tests of what happens then (reliability E8). */
  killForTest(): void;
}

const DEFAULTS = { silentMs: 60_000, silentOnHoldMs: 600_000, portRestMs: 30_000 };
/** A thread that died is started again after this time, which doubles to the second while it dies young. */
const RESTART_MS = { first: 50, last: 5000 };
/** A thread that has lived this long was well. */
const HEALTHY_MS = 10_000;
/** The thread gets this long to say BYE to everybody. */
const CLOSE_MS = 2000;

/** Starts the media thread; calls may be opened at once. */
export function createBuiltinMedia(options: BuiltinMediaOptions): BuiltinMedia {
  return new Host(options);
}

/**
 * The media thread as the signalling thread sees it. Nothing here waits: messages go into the thread's port in order, and
 * answers come back as they are ready. When the thread dies, the calls that it carried are lost and told so; a new
 * thread takes the next ones.
 */
class Host implements BuiltinMedia {
  readonly name = "built-in";
  readonly #clock: Clock;
  readonly #log: BuiltinMediaOptions["log"];
  readonly #start: MediaStart;
  readonly #calls = new Registry<number, HostCall>();
  readonly #outbox = new Outbox<ToMedia>((messages) => this.#worker?.postMessage(messages));
  #nextCall = 1;
  #worker: Worker | undefined;
  #startedAt = 0;
  #restarts = 0;
  #lostCalls = 0;
  #restartMs = RESTART_MS.first;
  #restartTimer: Timer | undefined;
  #closing: Promise<void> | undefined;
  #values: Readonly<Record<string, number>> = {};

  constructor(options: BuiltinMediaOptions) {
    const { clock, log, ports, bindAddress, externalAddresses = [] } = options;
    this.#clock = clock;
    this.#log = log;
    this.#start = {
      ports,
      bindAddress,
      externalAddresses,
      silentMs: options.silentMs ?? DEFAULTS.silentMs,
      silentOnHoldMs: options.silentOnHoldMs ?? DEFAULTS.silentOnHoldMs,
      portRestMs: options.portRestMs ?? DEFAULTS.portRestMs,
    };
    this.#spawn();
  }

  open(parts: MediaCallParts, user: MediaUser): MediaCall {
    const number = this.#nextCall++;
    const call = new HostCall(number, user, {
      send: (message) => this.#post(message),
      gone: () => this.#calls.delete(number),
    });
    if (this.#worker === undefined || this.#closing !== undefined) {
      call.lose(mediaSaid("media.threadNotRunning", {}), false);
      return call;
    }
    this.#calls.set(number, call);
    this.#post({ type: "open", call: number, country: parts.country });
    return call;
  }

  metrics(): Readonly<Record<string, number>> {
    return {
      ...this.#values,
      switchhook_media_calls: this.#calls.size,
      switchhook_media_restarts_total: this.#restarts,
      switchhook_media_calls_lost_total: this.#lostCalls,
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#restartTimer?.cancel();
    for (const call of this.#calls.values()) call.lose(mediaSaid("media.engineClosed", {}), false);
    this.#calls.clear();
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    this.#post({ type: "shutDown" });
    const late = this.#clock.after(CLOSE_MS, () => void worker.terminate());
    await ended;
    late.cancel();
  }

  killForTest(): void {
    this.#post({ type: "crash" });
  }

  #spawn(): void {
    const worker = new Worker(new URL("./thread.ts", import.meta.url), { workerData: this.#start });
    this.#worker = worker;
    this.#startedAt = this.#clock.now();
    let reason = "it ended by itself";
    worker.on("message", (messages: readonly FromMedia[]) => {
      for (const message of messages) this.#receive(message);
    });
    worker.on("error", (error: unknown) => {
      reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    });
    worker.on("exit", () => {
      this.#worker = undefined;
      if (this.#closing === undefined) this.#died(reason);
    });
  }

  #died(reason: string): void {
    const lost = [...this.#calls.values()];
    this.#calls.clear();
    this.#lostCalls += lost.length;
    this.#log("error", `The media thread died (${reason}); it is started again. Calls lost: ${lost.length}.`);
    const lived = this.#clock.now() - this.#startedAt;
    this.#restartMs = lived >= HEALTHY_MS ? RESTART_MS.first : Math.min(this.#restartMs * 2, RESTART_MS.last);
    this.#restarts += 1;
    // The first time at once: the next call may be there before any timer.
    if (this.#restartMs <= RESTART_MS.first * 2) this.#spawn();
    else this.#restartTimer = this.#clock.after(this.#restartMs, () => this.#spawn());
    for (const call of lost) call.lose(mediaSaid("media.threadDied", {}), true);
  }

  #receive(message: FromMedia): void {
    if (message.type === "metrics") this.#values = message.values;
    else this.#calls.get(message.call)?.receive(message);
  }

  #post(message: ToMedia): void {
    this.#outbox.put(message);
  }
}
