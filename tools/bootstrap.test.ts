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
  writeFileSync,
} from "node:fs";
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
if (process.env.FAKE_NPM_FAILS) { console.error("npm error the registry is on fire"); process.exit(1); }
fs.mkdirSync("node_modules/.bin", { recursive: true });
if (!fs.existsSync("node_modules/.bin/node")) fs.symlinkSync(${JSON.stringify(process.execPath)}, "node_modules/.bin/node");
fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: { "node_modules/left": { version: "1.0.0" } } }));
`;
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
  for (const file of ["bin/bootstrap.cjs", "bin/launch.cjs"])
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
  assert.deepEqual(npmCalls(folder), ["ci --no-audit --no-fund --include=dev --include=optional"]);
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
    "install --no-save --no-audit --no-fund --include=dev --include=optional",
  ]);
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

test("an unknown command is named with those there are", async () => {
  const { text, code } = await outcome(start(scene(), ["constructor"]));
  assert.equal(code, 2);
  assert.match(text, /start\|test\|check\|bench/);
});
