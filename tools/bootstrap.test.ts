// Over 5 s: each case is a process of its own.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { afterEach, test } from "node:test";

const repository = path.resolve(import.meta.dirname, "..");
const LOCK = {
  packages: {
    "": {},
    "node_modules/left": { version: "1.0.0" },
    "node_modules/mac": { version: "2.0.0", optional: true },
  },
};
/** Stands in for npm: notes how it was called, then installs, or fails with words of its own. */
const FAKE_NPM = `
const fs = require("node:fs");
fs.appendFileSync("npm-calls", process.argv.slice(2).join(" ") + "\\n");
if (process.env.FAKE_NPM_HANGS) {
  process.on("SIGTERM", () => { fs.appendFileSync("npm-calls", "ended\\n"); process.exit(1); });
  fs.appendFileSync("npm-calls", "hangs\\n");
  return void setInterval(() => {}, 1000);
}
if (process.env.FAKE_NPM_UNREACHABLE) {
  console.error("npm http fetch GET https://registry.npmjs.org/left attempt 1 failed with EAI_AGAIN");
  console.error("npm error code EAI_AGAIN\\nnpm error request to https://registry.npmjs.org/left failed");
  return void setInterval(() => {}, 1000);
}
if (process.env.FAKE_NPM_FAILS) { console.error("npm error the registry is on fire"); process.exit(1); }
fs.mkdirSync("node_modules/.bin", { recursive: true });
if (!fs.existsSync("node_modules/.bin/node")) fs.symlinkSync(${JSON.stringify(process.execPath)}, "node_modules/.bin/node");
fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: { "node_modules/left": { version: "1.0.0" } } }));
`;
const PATIENCE = "--loglevel=http --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=10000";
/** The command that bootstrap runs: says how it was called, then does what its second argument says. */
const ENTRY = `
console.log("entry", JSON.stringify(process.argv.slice(2)), process.env.PATH.split(":")[0]);
const what = process.argv[3];
if (what === "fail") process.exitCode = 7;
if (what === "abort") process.kill(process.pid, "SIGKILL");
if (what === "wait") {
  process.on("SIGTERM", () => process.exit(9));
  setInterval(() => {}, 1000);
  console.log("ready");
}
`;

const folders: string[] = [];

function scene(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-bootstrap-"));
  folders.push(folder);
  mkdirSync(path.join(folder, "bin"));
  mkdirSync(path.join(folder, "src/cli"), { recursive: true });
  for (const file of [
    "bin/bootstrap.cjs",
    "bin/launch.cjs",
    "bin/strip.cjs",
    "bin/switchhook.cjs",
    "bin/web.cjs",
  ])
    copyFileSync(path.join(repository, file), path.join(folder, file));
  writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(LOCK));
  writeFileSync(path.join(folder, "fake-npm.js"), FAKE_NPM);
  writeFileSync(path.join(folder, "src/cli/main.ts"), ENTRY);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function start(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [path.join(folder, "bin/bootstrap.cjs"), ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, npm_execpath: path.join(folder, "fake-npm.js"), ...env },
  });
}

/** Stands in for Vite: notes that it was called, and makes a page. */
const FAKE_VITE = `
const fs = require("node:fs");
fs.appendFileSync("../builds", process.argv.slice(2).join(" ") + "\\n");
if (fs.existsSync("src/broken.ts")) { console.error("vite: broken.ts is broken"); process.exit(1); }
fs.mkdirSync("dist", { recursive: true });
fs.writeFileSync("dist/index.html", "built");
`;

/** The scene with a web interface in it, installed. */
async function webScene(): Promise<string> {
  const folder = scene();
  await outcome(start(folder, ["start"]));
  mkdirSync(path.join(folder, "web/src"), { recursive: true });
  writeFileSync(path.join(folder, "web/index.html"), "source");
  mkdirSync(path.join(folder, "node_modules/vite/bin"), { recursive: true });
  writeFileSync(path.join(folder, "node_modules/vite/bin/vite.js"), FAKE_VITE);
  return folder;
}

function builds(folder: string): number {
  const file = path.join(folder, "builds");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
}

/** Gathers what it prints until it ends; `onText` sees all of it so far. */
async function outcome(
  child: ChildProcess,
  onText: (text: string) => void = () => {},
): Promise<{ readonly text: string; readonly code: number | null; readonly signal: string | null }> {
  let text = "";
  const keep = (chunk: Buffer): void => {
    text += chunk.toString("utf8");
    onText(text);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ text, code, signal }));
  });
}

const npmCalls = (folder: string): readonly string[] => {
  const file = path.join(folder, "npm-calls");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

test("a fresh clone is installed first, and only once", async () => {
  const folder = scene();
  const first = await outcome(start(folder, ["start", "--port", "5070"]));
  assert.equal(first.code, 0, first.text);
  assert.match(first.text, /Installing packages into node_modules: done after \d+ s\./);
  assert.ok(
    first.text.includes(`entry ["demo","--port","5070"] ${path.join(folder, "node_modules/.bin")}`),
    first.text,
  );
  const second = await outcome(start(folder, ["start"]));
  assert.doesNotMatch(second.text, /nstalling/);
  assert.deepEqual(npmCalls(folder), [
    `ci --no-audit --no-fund --include=dev --include=optional ${PATIENCE}`,
  ]);
});

test("a lock that has moved on brings node_modules up to date in place", async () => {
  const folder = scene();
  mkdirSync(path.join(folder, "node_modules/.bin"), { recursive: true });
  symlinkSync(process.execPath, path.join(folder, "node_modules/.bin/node"));
  const behind = { packages: { "node_modules/left": { version: "0.9.0" } } };
  writeFileSync(path.join(folder, "node_modules/.package-lock.json"), JSON.stringify(behind));
  const { text, code } = await outcome(start(folder, ["start"]));
  assert.equal(code, 0, text);
  assert.deepEqual(npmCalls(folder), [
    `install --no-save --no-audit --no-fund --include=dev --include=optional ${PATIENCE}`,
  ]);
});

test("the interface is built when it is missing or older than its sources, and for no other command", async () => {
  const folder = await webScene();
  await outcome(start(folder, ["check"]));
  assert.equal(builds(folder), 0);
  assert.match((await outcome(start(folder, ["start"]))).text, /Building the web interface: done/);
  await outcome(start(folder, ["start"]));
  assert.equal(builds(folder), 1);
  const later = new Date(Date.now() + 60_000);
  for (const [file, count] of [
    ["web/src/page.test.ts", 1],
    ["web/src/page.ts", 2],
  ] as const) {
    writeFileSync(path.join(folder, file), "");
    utimesSync(path.join(folder, file), later, later);
    await outcome(start(folder, ["start"]));
    assert.equal(builds(folder), count, file);
  }
});

test("an interface that cannot be built keeps no call from being served", async () => {
  const folder = await webScene();
  writeFileSync(path.join(folder, "web/src/broken.ts"), "");
  const { text } = await outcome(start(folder, ["start"]));
  assert.match(text, /Building the web interface: FAILED/);
  assert.match(text, /broken\.ts is broken/);
  assert.match(text, /entry \["demo"/);
});

test("when npm fails, its words are shown and nothing is started", async () => {
  const folder = scene();
  const { text, code } = await outcome(start(folder, ["start"], { FAKE_NPM_FAILS: "1" }));
  assert.equal(code, 1);
  assert.match(text, /the registry is on fire/);
  assert.match(text, /The packages could not be installed/);
  assert.doesNotMatch(text, /^entry/m);
  assert.equal(npmCalls(folder).length, 2, "both ways were tried");
});

test("a registry that cannot be reached is said in plain words at once, and npm, which goes on for minutes, is not waited for", async () => {
  const folder = scene();
  const { code, text } = await outcome(start(folder, ["start"], { FAKE_NPM_UNREACHABLE: "1" }));
  assert.equal(code, 1, text);
  assert.match(
    text,
    /The package registry cannot be reached: its name cannot be looked up .* \(EAI_AGAIN\)\./,
  );
  assert.match(text, /npm error request to .* failed/);
  assert.doesNotMatch(text, /npm http/);
  // Another way of the same would meet the same.
  assert.equal(readFileSync(path.join(folder, "npm-calls"), "utf8").trim().split("\n").length, 1);
});

test("the command's exit code is ours", async () => {
  assert.equal((await outcome(start(scene(), ["start", "fail"]))).code, 7);
});

test("a command that a signal ended makes us end by the same signal", async () => {
  assert.equal((await outcome(start(scene(), ["start", "abort"]))).signal, "SIGKILL");
});

test("SIGTERM is handed on, and the command decides how to end", async () => {
  const child = start(scene(), ["start", "wait"]);
  let sent = false;
  const { code } = await outcome(child, (text) => {
    if (sent || !text.includes("ready")) return;
    sent = true;
    child.kill("SIGTERM");
  });
  assert.equal(code, 9);
});

test("N13: npm's shell is killed, and neither npm start nor npx switchhook leaves a server behind", async () => {
  const folder = scene();
  await outcome(start(folder, ["start"]));
  for (const program of ["bootstrap.cjs", "switchhook.cjs"]) {
    // A shell that waits for its command, as npm's does; where it is gone nobody hands a signal on.
    const shell = spawn("sh", ["-c", '"$0" "$1" start wait; :', process.execPath, `bin/${program}`], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, npm_execpath: path.join(folder, "fake-npm.js"), npm_command: "exec" },
    });
    // Their output ends when the last that could write to it has ended.
    const { text, signal } = await outcome(shell, (so) => so.includes("ready") && shell.kill("SIGKILL"));
    assert.match(text, /ready/, program);
    assert.equal(signal, "SIGKILL", program);
  }
});

test("N13: npm start is ended while it installs, and leaves no npm behind that would spoil the next install", async () => {
  const folder = scene();
  const child = start(folder, ["start"], { FAKE_NPM_HANGS: "1" });
  const ended = outcome(child);
  while (!npmCalls(folder).includes("hangs")) await new Promise(setImmediate);
  child.kill("SIGTERM");
  assert.equal((await ended).signal, "SIGTERM");
  assert.deepEqual(npmCalls(folder).slice(1), ["hangs", "ended"], "no other way is tried");
});

test("a program that is not there leaves no handler of signals behind", async () => {
  const { capture } = createRequire(import.meta.url)("../bin/launch.cjs") as {
    capture(program: string, args: readonly string[], cwd: string): Promise<{ readonly code: number }>;
  };
  const before = process.listenerCount("SIGTERM");
  assert.equal((await capture(path.join(scene(), "nothing"), [], repository)).code, 1);
  assert.equal(process.listenerCount("SIGTERM"), before);
});

test("an unknown command is named with those there are", async () => {
  const { text, code } = await outcome(start(scene(), ["constructor"]));
  assert.equal(code, 2);
  assert.match(text, /start\|test\|check\|bench/);
});
