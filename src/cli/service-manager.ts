import { spawn } from "node:child_process";
import type { Clock } from "../runtime/clock.ts";

/** What systemd is told about this service (sd_notify(3)); nothing where it did not start us. */
export interface ServiceManager {
  /** Calls are taken, for the first time or again. From now on it hears that the event loop turns, where the unit has WatchdogSec. */
  ready(): void;
  /** No new calls; it takes so long at most. */
  stopping(withinMs: number): void;
  /** The last word. */
  close(): void;
}

/**
 * Node has no sockets of datagrams in the file system, so `systemd-notify` speaks for us (docs/adr/0097). A shell that
 * starts it waits at a pipe from the beginning: forking a small process costs the calls nothing.
 */
const SPEAKER = 'while IFS= read -r line; do systemd-notify "$line"; done';
/** Time that the end takes besides what running calls are given. */
const ENDING_MS = 30_000;

const NOBODY: ServiceManager = { ready() {}, stopping() {}, close() {} };

/** `environment`: that in which the manager started us. `warn`: it cannot be spoken to. */
export function serviceManager(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  warn: (sentence: string) => void,
): ServiceManager {
  if ((environment["NOTIFY_SOCKET"] ?? "") === "") return NOBODY;
  const speaker = spawn("/bin/sh", ["-c", SPEAKER], { stdio: ["pipe", "ignore", "inherit"] });
  const failed = (error: Error): void => warn(`systemd is not told how we are: ${error.message}.`);
  speaker.once("error", failed);
  speaker.stdin.once("error", failed);
  speaker.unref();
  const say = (line: string): void => void (speaker.stdin.writable && speaker.stdin.write(`${line}\n`));
  // A third of the time, so that one that is late is no death.
  const beatMs = watchdogMs(environment) / 3;
  let beat = { cancel(): void {} };
  const beatOn = (): void => {
    say("WATCHDOG=1");
    beat = clock.after(beatMs, beatOn);
  };
  return {
    ready() {
      // It is ready again after a restore, and has one heart.
      beat.cancel();
      say("READY=1");
      if (beatMs > 0) beatOn();
    },
    stopping(withinMs) {
      say("STOPPING=1");
      say(`EXTEND_TIMEOUT_USEC=${(withinMs + ENDING_MS) * 1000}`);
    },
    close() {
      beat.cancel();
      speaker.stdin.end();
    },
  };
}

/** How long we may be silent; 0: nobody asks, or not us (sd_watchdog_enabled(3)). */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Readonly<Record<string, string | undefined>>): number {
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)) return 0;
  const ms = Number(WATCHDOG_USEC) / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : 0;
}
