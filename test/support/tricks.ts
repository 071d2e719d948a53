import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

/** Runs in every thread of the server before its own code; a trick is played when its file appears. */
const SOURCE = (folder: string): string => `
import { readFileSync, rmSync } from "node:fs";
import { isMainThread, workerData } from "node:worker_threads";
const folder = ${JSON.stringify(folder)};
const isControl = !isMainThread && workerData?.dataDir !== undefined;
const read = (name) => {
  try {
    return Number(readFileSync(folder + "/" + name, "utf8"));
  } catch {
    return 0;
  }
};
const { now } = Date;
let aheadMs = 0;
Date.now = () => now() + aheadMs;
setInterval(() => {
  aheadMs = read("clock");
  const stallMs = isControl ? read("stall") : 0;
  if (stallMs === 0) return;
  rmSync(folder + "/stall");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
}, 20).unref();
`;

/** What happens to a real server from within: its control thread stands still, the clock on its wall leaps. */
export class Tricks {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-tricks-"));

  /** For the server's environment. */
  get env(): Readonly<Record<string, string>> {
    return {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SOURCE(this.#folder))}`,
    };
  }

  /** The control thread does nothing at all for so long. */
  stallControl(ms: number): void {
    writeFileSync(path.join(this.#folder, "stall"), String(ms));
  }

  /** The clock on the wall is so far ahead from now on; time itself goes on as it did. */
  setClock(aheadMs: number): void {
    writeFileSync(path.join(this.#folder, "clock"), String(aheadMs));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
