import type { Flags } from "../config/load.ts";
import { loadSettings, processEnvironment } from "../config/load.ts";
import type { Settings } from "../config/schema.ts";
import type { Result } from "../lib/result.ts";
import { systemClock } from "../runtime/clock.ts";
import { clockFault } from "./doctor.ts";
import type { Output } from "./output.ts";
import { ExitCode } from "./output.ts";
import { type ServiceManager, serviceManager } from "./service-manager.ts";

/** A started server, as the command that started it sees it. */
export interface RunningApp {
  /** `http://127.0.0.1:8088`. */
  readonly httpAddress: string;
  /** `udp:127.0.0.1:5060`, one for each listener. */
  readonly sipAddresses: readonly string[];
  /** Nobody can sign in yet: where the first administrator is made. */
  readonly setupLink?: string | undefined;
  /** What applying the company file had to say. */
  readonly notes: readonly string[];
  /** Somebody wants a restore taken over: it is to be started again, when it was drained for at most so many seconds. */
  readonly restartAsked: Promise<number>;
  /** Refuses new calls and waits for the running ones so long, or as the settings allow; then everything is closed. */
  drain(seconds?: number): Promise<void>;
  /** Reads the certificate's files again. */
  reload(): void;
  /** Ends everything now: calls get their BYE, records are written. */
  stop(): Promise<void>;
}

/** `startApp` of app/process.ts; an error is what the person should read. */
export type StartApp = (settings: Settings) => Promise<Result<RunningApp, readonly string[]>>;

/**
 * `switchhook start`: runs the server until SIGTERM or SIGINT ends it. The first drains, the second stops. SIGHUP renews the
 * certificate, and whenever it comes it ends nothing.
 */
export async function runStart(flags: Flags, startApp: StartApp, output: Output): Promise<number> {
  const settings = loadSettings(flags, processEnvironment());
  if (!settings.ok) {
    for (const sentence of settings.error) output.err(sentence);
    return ExitCode.usage;
  }
  const manager = serviceManager(processEnvironment(), systemClock, (sentence) => output.err(sentence));
  try {
    return await serve(settings.value, startApp, { output, manager });
  } finally {
    manager.close();
  }
}

async function serve(
  settings: Settings,
  startApp: StartApp,
  { output, manager }: { readonly output: Output; readonly manager: ServiceManager },
): Promise<number> {
  const running: { app?: RunningApp } = {};
  // From the beginning to the end of the process: without somebody who listens, SIGHUP is the end.
  process.on("SIGHUP", () => running.app?.reload());
  for (let http = settings.http; ; ) {
    // Before it is written to the database.
    const clock = clockFault(settings.dataDir);
    const app = await startApp({ ...settings, http });
    if (!app.ok) {
      for (const sentence of app.error) output.err(sentence);
      return ExitCode.unavailable;
    }
    running.app = app.value;
    if (clock !== undefined) output.err(clock);
    tellStarted(app.value, output);
    manager.ready();
    if (!(await untilOver(app.value, settings, { output, manager }))) return ExitCode.ok;
    // Where whoever asked for it looks for it again.
    http = app.value.httpAddress.replace("http://", "");
  }
}

function tellStarted({ notes, sipAddresses, httpAddress, setupLink }: RunningApp, output: Output): void {
  // Beside the log, which is on standard output.
  for (const note of notes) output.err(note);
  output.err(`Switchhook is running. SIP: ${sipAddresses.join(", ")}. API: ${httpAddress}.`);
  if (setupLink !== undefined) {
    output.err("Nobody can sign in yet. This link makes the first administrator, once, within 30 minutes:");
    output.err(`   ${setupLink}`);
  }
}

/** Resolves when it has ended: true where it is to begin anew. */
export async function untilOver(
  app: Pick<RunningApp, "drain" | "stop" | "restartAsked">,
  settings: Pick<Settings, "drainSeconds">,
  { output, manager }: { readonly output: Output; readonly manager: ServiceManager },
): Promise<boolean> {
  let isStopped = false;
  const drain = (): Promise<void> => {
    isStopped = true;
    manager.stopping(settings.drainSeconds * 1000);
    return app.drain();
  };
  const stop = (): Promise<void> => {
    isStopped = true;
    return app.stop();
  };
  const restart = app.restartAsked.then((seconds) => {
    // It drains already, and is over when that is: what was agreed to is taken over by the next start.
    if (isStopped) return new Promise<void>(() => {});
    output.err(`A restore is agreed to: no new calls; the server begins anew within ${seconds} seconds.`);
    return app.drain(seconds);
  });
  await untilStopped({ drain, stop, restart }, output);
  return !isStopped;
}

/** Resolves when signals have ended the app: the first drains, the second stops. */
export function untilStopped(
  app: Pick<RunningApp, "drain" | "stop"> & {
    /** It has ended by itself. */
    readonly restart?: Promise<void>;
  },
  output: Output,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let signals = 0;
    const onSignal = (): void => {
      signals += 1;
      if (signals > 2) return;
      if (signals === 1) output.err("Draining: no new calls; a second signal ends the running ones.");
      const ending = signals === 1 ? app.drain() : app.stop();
      ending.then(finish, reject);
    };
    const finish = (): void => {
      process.removeListener("SIGTERM", onSignal);
      process.removeListener("SIGINT", onSignal);
      resolve();
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
    app.restart?.then(finish, reject);
  });
}
