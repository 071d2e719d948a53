// What a newcomer runs first: the demo, and a call of his own. Everything in it is our own program, over real sockets.
// Over 5 s: the demo tells its two calls at their own pace.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { browserClient } from "../support/browser-client.ts";
import { Program, until } from "../support/process.ts";
import { MAIN } from "../support/program.ts";
import { runCli } from "../support/server.ts";

const dataDir = mkdtempSync(path.join(os.tmpdir(), "switchhook-demo-"));
let demo: Program;

async function begin(): Promise<void> {
  const flags = ["--disable-warning=ExperimentalWarning", MAIN, "demo", "--data", dataDir];
  demo = new Program(process.execPath, flags);
  const isReady = (): boolean => demo.stdout.includes("Ctrl-C stops it.") || demo.result !== undefined;
  await until("the demo to say what to do next", isReady, 60_000);
  assert.equal(demo.result, undefined, demo.stdout + demo.stderr);
}

before(begin);

after(async () => {
  const ended = await demo.stop("SIGINT");
  rmSync(dataDir, { recursive: true, force: true });
  assert.equal(ended.code, 0, ended.stderr);
});

function inOrder(wanted: readonly RegExp[], text: string): void {
  let from = 0;
  for (const pattern of wanted) {
    const at = text.slice(from).search(pattern);
    assert.ok(at >= 0, `${String(pattern)} does not follow in\n${text}`);
    from += at;
  }
}

test("the demo tells a call from INVITE to hang-up, in this order", () => {
  const told = [
    /A call came in from trunk "test caller"/,
    /The called number \+31501234567 is ours/,
    /Webhook "CRM" is asked: GET http:\/\/127\.0\.0\.1:\d+\/route\?did=%2B31501234567/,
    /receiver {3}got \/route\?did=%2B31501234567/,
    /Webhook "CRM" replied ACK after [\d.]+ ms with HTTP 200/,
    /phone 215 {2}rings and shows {2}"VoysPartners" {2}\+31612345678/,
    /Phone 215 at udp:127\.0\.0\.1:\d+ answered .* their sound goes directly between them/,
    /caller {5}hears a tone of 440 Hz/,
    /The caller hung up/,
    /That was a real SIP call over UDP, routed by a webhook/,
    /extension {2}216/,
  ];
  inOrder(told, demo.stdout);
});

test("the demo's second call hears a prompt, types a wrong code and the right one, and is connected", () => {
  const told = [
    /The called number \+31501234570 is ours/,
    /Asks for a code, attempt 1 of 3/,
    /The caller is answered; its sound passes through us \(built-in\)/,
    /caller {5}hears the message "en\/enter-code"/,
    /caller {5}types 1111#/,
    /receiver {3}got \/vip\?code=1111/,
    /The code is not accepted \(attempt 1 of 3\)/,
    /caller {5}hears the message "en\/wrong-code"/,
    /caller {5}types 2580#/,
    /replied ACK/,
    /phone 215 {2}rings and shows {2}"VIP"/,
    /caller {5}hears (?:a tone of 4[23]\d Hz|some sound)/,
    /answered .* their sound passes through us/,
    /caller {5}hears a tone of 440 Hz/,
    /phone 215 {2}hears a tone of 600 Hz/,
    /Sound: PCMA\/8000, \d+ packets in \(0 lost/,
    /That was real sound over RTP/,
  ];
  inOrder(told, demo.stdout.slice(demo.stdout.indexOf("Now the caller dials")));
  // What the switchboard itself tells masks the code; only the receiver and the caller name it.
  const own = demo.stdout.split("\n").filter((line) => /^ +\d+\.\d{3} s /.test(line));
  assert.ok(own.some((line) => line.includes("code=***")));
  assert.ok(!own.some((line) => line.includes("2580") || line.includes("1111")));
});

test("N12: a call of one's own takes the failed branch, and its story is told while it happens", async () => {
  const ended = await runCli(["call", "+31501234569", "--data", dataDir, "--talk", "1"]);
  assert.equal(ended.code, 0, ended.stderr);
  inOrder(
    [
      /A call came in from trunk "test caller"/,
      /The called number \+31501234569 is ours/,
      /Webhook "CRM" replied NAK/,
      /Phone 215 at \S+ answered/,
      /\+31612345678 -> \+31501234569 {2}answered by phone 215/,
    ],
    ended.stdout,
  );
  assert.match(demo.stdout, /shows {2}"Unknown:" {2}\+31612345678/);
});

test("a number that is not ours is refused, and says so with exit code 1", async () => {
  const ended = await runCli(["call", "+31509999999", "--data", dataDir]);
  assert.equal(ended.code, 1);
  assert.match(ended.stdout, /-> \+31509999999 {2}refused/);
  assert.match(ended.stdout, /^Why: .*\+31509999999/m);
});

test("I2: the link at the end signs in at once, and only once", async () => {
  const link = /\n {3}(http:\/\/127\.0\.0\.1:\d+)\/login#([\w-]{43})\n/.exec(demo.stdout);
  assert.ok(link, demo.stdout.slice(-600));
  const [, address = "", secret] = link;
  const browser = browserClient(address);
  const first = await browser.ask("POST", "/api/v1/session", { link: secret });
  assert.deepEqual([first.status, first.body["name"], first.body["role"]], [200, "demo", "administrator"]);
  assert.equal((await browser.ask("GET", "/api/v1/calls")).status, 200);
  const desk = { extension: "217", name: "Made on a screen", password: "correct-horse-217" };
  const made = await browser.ask("POST", "/api/v1/phones", desk, { "idempotency-key": "desk" });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.equal((await browser.ask("POST", "/api/v1/session", { link: secret })).status, 410);
});

test("16.5: docs/operations.md, moving from the demo: its commands bring the company along", async () => {
  const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/operations.md"), "utf8");
  const [, commands = ""] = /## Moving from the demo\n[^]*?```sh\n([^]*?)```/.exec(page) ?? [];
  assert.match(commands, /export[^]*check[^]*apply/);
  const home = mkdtempSync(path.join(os.tmpdir(), "switchhook-moved-"));
  try {
    // The folder of the repository, the command on the new machine, and npx, which finds the same one.
    symlinkSync(dataDir, path.join(home, "data"));
    mkdirSync(path.join(home, "bin"));
    const run = `exec "${process.execPath}" --disable-warning=ExperimentalWarning "${MAIN}" "$@"\n`;
    writeFileSync(path.join(home, "bin/switchhook"), `#!/bin/sh\n${run}`, { mode: 0o755 });
    writeFileSync(path.join(home, "bin/npx"), `#!/bin/sh\nshift\n${run}`, { mode: 0o755 });
    const env = {
      PATH: `${path.join(home, "bin")}:${process.env["PATH"]}`,
      SWITCHHOOK_DATA: path.join(home, "new"),
    };
    const moved = await new Program("sh", ["-ec", commands], { cwd: home, env }).ended;
    assert.equal(moved.code, 0, moved.stdout + moved.stderr);
    const there = await runCli(["export", "--data", path.join(home, "new")]);
    assert.match(there.stdout, /name: VIP code/);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test("a restore that is agreed to has the demo begin anew, where it was", async () => {
  const file = path.join(dataDir, "demo.backup");
  const made = await runCli(["backup", file, "--data", dataDir]);
  assert.equal(made.code, 0, made.stderr);
  const restored = await runCli(["restore", file, "--replace", "--wait", "0", "--data", dataDir]);
  assert.equal(restored.code, 0, restored.stderr);
  await until("the demo to begin anew", () => demo.stdout.includes("The board has begun anew."), 60_000);
  const calls = await runCli(["calls", "--data", dataDir]);
  assert.deepEqual([calls.code, /\+31501234570/.test(calls.stdout)], [0, true], calls.stderr);
});

test("what was made on a screen is there at the next start, which tells its calls as the first one did", async () => {
  assert.equal((await demo.stop("SIGINT")).code, 0);
  await begin();
  inOrder([/phone 215 {2}rings and shows {2}"VoysPartners"/, /That was real sound over RTP/], demo.stdout);
  const there = await runCli(["export", "--data", dataDir]);
  assert.match(there.stdout, /Made on a screen/);
});

test("where something else has the port of the demo's receiver by now, what was changed stays, and the start says so", async () => {
  assert.equal((await demo.stop("SIGINT")).code, 0);
  const company = readFileSync(path.join(dataDir, "demo-company.yaml"), "utf8");
  const port = Number(/127\.0\.0\.1:(\d+)\/route/.exec(company)?.[1]);
  const other = createServer((socket) => socket.destroy());
  await new Promise<void>((listening) => other.listen(port, "127.0.0.1", listening));
  try {
    await begin();
    assert.match(demo.stdout, new RegExp(`What was changed here stays as it is.* port ${port}, `));
    assert.match((await runCli(["export", "--data", dataDir])).stdout, /Made on a screen/);
  } finally {
    await new Promise((closed) => other.close(closed));
  }
});
