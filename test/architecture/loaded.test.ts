// What the threads of a server load from its sources (docs/adr/0137). Over 5 s on a busy machine: two processes load all of it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { ControlStart } from "../../src/link/link.ts";

const root = path.resolve(import.meta.dirname, "../..");
/** Node's own, which its `fetch` comes from, and whoever reads all that node:http exports. */
const FETCH = "internal/deps/undici/undici";

/** Modules of Node's and files of CommonJS packages that are there when the program, which may `await import`, has run. */
async function loadedBy(program: string): Promise<readonly string[]> {
  const told = `
    const files = Object.keys(require("node:module")._cache);
    console.log(JSON.stringify([...process.moduleLoadList, ...files]));`;
  const flags = ["--disable-warning=ExperimentalWarning", "--input-type=commonjs", "--eval"];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...flags, `(async () => { ${program} ${told} })();`],
    { cwd: root, maxBuffer: 2 ** 24 },
  );
  return JSON.parse(stdout) as readonly string[];
}

/** Which of these, paths of packages and names of modules of Node's, were loaded. */
function found(loaded: readonly string[], names: readonly string[]): readonly string[] {
  return names.filter((name) =>
    loaded.some((one) => one.includes(`/node_modules/${name}`) || one === `NativeModule ${name}`),
  );
}

test("the signalling thread has of undici what it uses, no fetch, and no database", async () => {
  const loaded = await loadedBy(`await import("./src/app/process.ts");`);
  const needed = ["undici/lib/dispatcher/pool.js", "pino/"];
  const spared = [FETCH, "undici/lib/web/", "undici/lib/mock/", "sqlite", "yaml/", "fastify/"];
  assert.deepEqual(found(loaded, [...needed, ...spared]), needed);
});

test("the control thread serves its API without Ajv and without fetch", async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-loaded-"));
  const start: ControlStart = {
    dataDir: folder,
    applyFile: undefined,
    http: "127.0.0.1:0",
    realm: "example.test",
    callsKeepDays: 1,
    again: false,
    softwareVersion: "0",
  };
  try {
    const loaded = await loadedBy(`
      const { startControlService } = await import("./src/control/start.ts");
      const { systemClock } = await import("./src/runtime/clock.ts");
      const started = await startControlService(${JSON.stringify(start)}, systemClock, () => {});
      if (!started.ok) throw new Error(started.error.join(" "));
      await started.value.stop();`);
    const needed = ["sqlite", "http", "fastify/", "undici/lib/dispatcher/client.js"];
    const spared = [FETCH, "undici/lib/web/", "undici/lib/mock/", "ajv/", "@fastify/ajv-compiler/"];
    assert.deepEqual(found(loaded, [...needed, ...spared]), needed);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
