import { spawn } from "node:child_process";

/** How a program ended. `output` is what it wrote to both streams, in order. */
export interface Ended {
  /** Undefined: it could not be started, or was stopped. */
  readonly code: number | undefined;
  readonly timedOut: boolean;
  /** What `whyStop` said. */
  readonly stopped: string | undefined;
  readonly output: string;
  readonly elapsedMs: number;
}

const live = new Set<number>();

/** Stops everything that `run` started and that is still running, with what it started itself. */
export function stopAll(): void {
  for (const pid of live) killGroup(pid);
}

function killGroup(pid: number): void {
  try {
    // The negative id names the group: a test that is stopped takes its SIPp and servers with it.
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

/** What a program that is over wrote last is waited for, not whoever else holds its pipe. */
const PIPE_MS = 2_000;

/**
 * Runs a program in a process group of its own and gathers its output; the whole group is killed when
 * `timeoutMs` has passed, or when `whyStop`, asked once a second, gives a reason. Never rejects.
 */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly timeoutMs: number;
    readonly env?: Readonly<Record<string, string>>;
    readonly whyStop?: () => string | undefined;
  },
): Promise<Ended> {
  return new Promise((resolve) => {
    const began = performance.now();
    const chunks: Buffer[] = [];
    const child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    const { pid } = child;
    if (pid !== undefined) live.add(pid);
    let timedOut = false;
    let stopped: string | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      if (pid !== undefined) killGroup(pid);
    }, options.timeoutMs);
    const look = setInterval(() => {
      stopped ??= options.whyStop?.();
      if (stopped !== undefined && pid !== undefined) killGroup(pid);
    }, 1000);
    const end = (code: number | undefined): void => {
      clearTimeout(timer);
      clearInterval(look);
      // What the program left behind in its group ends with it.
      if (pid !== undefined && live.delete(pid)) killGroup(pid);
      const elapsedMs = performance.now() - began;
      resolve({ code, timedOut, stopped, output: Buffer.concat(chunks).toString("utf8"), elapsedMs });
    };
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      end(undefined);
    });
    // A grandchild that keeps our pipe open must not keep us waiting: `exit` decides, `close` only completes.
    child.on("exit", (code) => {
      if (pid !== undefined) killGroup(pid);
      const late = setTimeout(() => end(code ?? undefined), PIPE_MS);
      child.once("close", () => {
        clearTimeout(late);
        end(code ?? undefined);
      });
    });
  });
}

/** `0.4 s`, `73.0 s`. */
export function seconds(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(1)} s`;
}
