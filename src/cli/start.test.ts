// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMPANY_TEXT } from "../../test/fakes/company-text.ts";
import { createOutput } from "./output.ts";
import { untilOver } from "./start.ts";

const COMMAND = fileURLToPath(new URL("../../bin/switchhook.cjs", import.meta.url));

/** Starts a server on free ports; its standard error collects in `said`. */
function start(
  folder: string,
  file: string,
): { child: ChildProcess; said: () => string; ended: Promise<unknown[]> } {
  const args = ["start", "--data", "d", "--apply", file, "--sip", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  return { child, said: () => said, ended: once(child, "close") };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-start-"));
  try {
    // The trunk that registers would look for its provider.
    const text = COMPANY_TEXT.replace("kind: registration", "kind: peer");
    writeFileSync(join(folder, "good.yaml"), text);
    writeFileSync(join(folder, "bad.yaml"), text.replace("country: NL", "country: XX"));
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a server says where it is, keeps a second one out of its folder, and ends on SIGTERM", () =>
  inFolder(async (folder) => {
    const first = start(folder, "good.yaml");
    try {
      while (!first.said().includes("Switchhook is running"))
        await once(first.child.stderr ?? first.child, "data");
      assert.match(
        first.said(),
        /SIP: udp:127\.0\.0\.1:\d+, tcp:127\.0\.0\.1:\d+\. API: http:\/\/127\.0\.0\.1:\d+\.\n/,
      );
      const second = start(folder, "good.yaml");
      assert.equal((await second.ended)[0], 3);
      assert.match(
        second.said(),
        new RegExp(`Another Switchhook \\(process ${first.child.pid}\\) is running`),
      );
      assert.ok(existsSync(join(folder, "d", "instance.json")));
    } finally {
      first.child.kill("SIGTERM");
    }
    assert.deepEqual(await first.ended, [0, null], first.said());
    assert.equal(existsSync(join(folder, "d", "instance.json")), false);
  }));

test("a company file with errors keeps the server from starting, with each line", () =>
  inFolder(async (folder) => {
    const server = start(folder, "bad.yaml");
    assert.equal((await server.ended)[0], 3);
    assert.match(server.said(), /^bad\.yaml:3:12: home\.country: /);
    assert.equal(existsSync(join(folder, "d", "instance.json")), false);
  }));

test("a restore that is agreed to while a signal's drain waits for calls does not end that before its time", async () => {
  const [asked, drained] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
  const drains: (number | undefined)[] = [];
  const app = {
    restartAsked: asked.promise,
    drain: (seconds?: number) => {
      drains.push(seconds);
      return drained.promise;
    },
    stop: () => assert.fail("nobody ends the calls"),
  };
  const said: string[] = [];
  const output = createOutput(
    () => {},
    (line) => said.push(line),
    80,
  );
  const manager = { ready() {}, stopping: (ms: number) => assert.equal(ms, 60_000), close() {} };
  let isOver = false;
  const over = untilOver(app, { drainSeconds: 60 }, { output, manager }).finally(() => (isOver = true));
  process.listeners("SIGTERM").at(-1)?.("SIGTERM");
  asked.resolve(5);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([isOver, drains, said.length], [false, [undefined], 1]);
  drained.resolve();
  assert.equal(await over, false, "it does not begin anew");
});
