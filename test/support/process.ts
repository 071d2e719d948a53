import { type ChildProcess, spawn } from "node:child_process";

/** Nothing that a test waits for takes longer than this, unless it says so; a start from the sources takes 3 s, on a busy machine 15. */
export const PATIENCE_MS = 30_000;

const POLL_MS = 10;

/** Asks again and again until the answer is not undefined or false; throws, saying what was awaited, when it never is. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs: number = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** How a child ended. */
export interface Ended {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that a test started; it is killed when the test process ends. */
export class Program {
  readonly child: ChildProcess;
  readonly name: string;
  readonly ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";
  #result: Ended | undefined;

  constructor(
    name: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    this.name = name;
    this.child = spawn(name, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const killAtExit = (): void => void this.child.kill("SIGKILL");
    process.once("exit", killAtExit);
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code, signal) => {
        process.removeListener("exit", killAtExit);
        this.#result = {
          code: code ?? undefined,
          signal: signal ?? undefined,
          stdout: this.#stdout,
          stderr: this.#stderr,
        };
        resolve(this.#result);
      });
    });
    // Whoever waits for the end hears of a failed start; nobody has to.
    this.ended.catch(() => undefined);
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Undefined while it runs. */
  get result(): Ended | undefined {
    return this.#result;
  }

  /** Sends a signal, waits for the end; SIGKILL follows when it has not come within `withinMs`. */
  async stop(signal: NodeJS.Signals = "SIGTERM", withinMs: number = PATIENCE_MS): Promise<Ended> {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill("SIGKILL"), withinMs);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }
}
