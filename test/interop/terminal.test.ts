// A server whose terminal was closed, or whose reader stands still: calls go on, and SIGTERM ends it.
// Over 5 s: a real server, and a call for each case.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { MAIN } from "../support/program.ts";
import { needs } from "./needs.ts";

/** A machine that is busy with other tests takes a while to load the program. */
const START_MS = 60_000;

/** Runs what follows it on a terminal, and closes that when something comes on its standard input. */
const ON_A_TERMINAL = `
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
told = b""
while b"is running" not in told:
    told += os.read(terminal, 4096)
print(child, flush=True)
sys.stdin.readline()
os.close(terminal)
print("closed", flush=True)
status = os.waitpid(child, 0)[1]
print("ended", os.waitstatus_to_exitcode(status), flush=True)
`;

function folder(): string {
  return mkdtempSync(path.join(os.tmpdir(), "switchhook-terminal-"));
}

function command(data: string): readonly string[] {
  const where = ["--data", data, "--sip", `${ownAddress()}:5060`, "--http", "127.0.0.1:0"];
  return ["--disable-warning=ExperimentalWarning", MAIN, "start", ...where, "--drain-seconds", "0"];
}

function httpOf(data: string): string | undefined {
  try {
    const { http } = JSON.parse(readFileSync(path.join(data, "instance.json"), "utf8")) as { http: string };
    return http === "" ? undefined : http;
  } catch {
    return undefined;
  }
}

async function isReady(data: string): Promise<boolean> {
  const http = await until("the API", () => httpOf(data), START_MS);
  const answer = await fetch(new URL("/ready", http), { signal: AbortSignal.timeout(5_000) });
  return answer.ok;
}

test("a server started on a terminal that was then closed serves on, and SIGTERM ends it", {
  skip: needs("python3"),
}, async (t) => {
  const data = folder();
  t.after(() => rmSync(data, { recursive: true }));
  const terminal = spawn("python3", ["-c", ON_A_TERMINAL, process.execPath, ...command(data)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let told = "";
  terminal.stdout.setEncoding("utf8").on("data", (text: string) => (told += text));
  t.after(() => terminal.kill("SIGKILL"));
  const started = (): number | undefined => Number(/^\d+\n/.exec(told)?.[0] ?? 0) || undefined;
  const server = await until("the server to run", started, START_MS);
  t.after(() => {
    if (!told.includes("ended")) process.kill(server, "SIGKILL");
  });
  terminal.stdin.write("close\n");
  await until("the terminal to be closed", () => told.includes("closed"));
  // With the terminal SIGHUP came; each of these is a line of the log.
  for (let times = 0; times < 5; times += 1) process.kill(server, "SIGHUP");
  assert.ok(await isReady(data));
  process.kill(server, "SIGTERM");
  await until("the server to end", () => /^ended (\S+)$/m.exec(told)?.[1], 10_000);
  assert.match(told, /^ended 0$/m);
});

test("a server whose output nobody reads serves on, and SIGTERM ends it", async (t) => {
  const data = folder();
  t.after(() => rmSync(data, { recursive: true }));
  const fifo = path.join(data, "pager");
  assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
  const pager = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const full = Buffer.alloc(4_096, ".");
  assert.throws(() => {
    for (;;) writeSync(pager, full);
  }, /EAGAIN/);
  // As a shell hands a pipe on: without O_NONBLOCK.
  const output = openSync(fifo, constants.O_WRONLY);
  const server = spawn(process.execPath, command(data), { stdio: ["ignore", output, output] });
  const ended = once(server, "exit");
  t.after(() => server.kill("SIGKILL"));
  assert.ok(await isReady(data));
  for (let times = 0; times < 5; times += 1) server.kill("SIGHUP");
  assert.ok(await isReady(data));
  server.kill("SIGTERM");
  const late = AbortSignal.timeout(10_000);
  assert.deepEqual(await Promise.race([ended, once(late, "abort").then(() => "still there")]), [0, null]);
  for (const file of [pager, output]) closeSync(file);
});
