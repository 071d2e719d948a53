// What a newcomer runs first: the demo, and a call of his own. Everything in it is our own program, over real sockets.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Program, until } from "../support/process.ts";
import { runCli } from "../support/server.ts";

const dataDir = mkdtempSync(path.join(os.tmpdir(), "switchhook-demo-"));
let demo: Program;

before(async () => {
  const main = path.join(import.meta.dirname, "../../src/cli/main.ts");
  const flags = ["--disable-warning=ExperimentalWarning", main, "demo", "--data", dataDir];
  demo = new Program(process.execPath, flags);
  await until("the demo to say what to do next", () => demo.stdout.includes("Ctrl-C stops it."), 60_000);
});

after(async () => {
  const ended = await demo.stop("SIGINT");
  rmSync(dataDir, { recursive: true, force: true });
  assert.equal(ended.code, 0, ended.stderr);
});

test("the demo tells a call from INVITE to hang-up, in this order", () => {
  const told = [
    /A call came in from trunk "test caller"/,
    /The called number \+31501234567 is ours/,
    /Webhook "CRM" is asked: GET http:\/\/127\.0\.0\.1:\d+\/route\?did=%2B31501234567/,
    /receiver {3}got \/route\?did=%2B31501234567/,
    /Webhook "CRM" replied ACK after [\d.]+ ms with HTTP 200/,
    /phone 215 {2}rings and shows {2}"VoysPartners" {2}\+31612345678/,
    /Phone 215 at udp:127\.0\.0\.1:\d+ answered/,
    /The caller hung up/,
    /That was a real SIP call over UDP, routed by a webhook/,
    /extension {2}216/,
  ];
  let from = 0;
  for (const wanted of told) {
    const at = demo.stdout.slice(from).search(wanted);
    assert.ok(at >= 0, `${String(wanted)} does not follow in\n${demo.stdout}`);
    from += at;
  }
});

test("a call of one's own takes the failed branch, and is in the list that follows", async () => {
  const ended = await runCli(["call", "+31501234569", "--data", dataDir, "--talk", "1"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /\+31612345678 -> \+31501234569 {2}answered by phone 215/);
  assert.match(demo.stdout, /shows {2}"Unknown:" {2}\+31612345678/);
});

test("a number that is not ours is refused, and says so with exit code 1", async () => {
  const ended = await runCli(["call", "+31509999999", "--data", dataDir]);
  assert.equal(ended.code, 1);
  assert.match(ended.stdout, /Refused: 404 Not Found/);
  assert.match(ended.stdout, /-> \+31509999999 {2}refused/);
});
