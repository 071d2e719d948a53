// What `npm start`, `npm test`, `npm run check`, `npm run bench` and others call: installs what package-lock.json asks
// for, if it is not there yet, then runs the command on Node 24. Works on any Node from 18 on.
"use strict";

const { existsSync, readFileSync, rmSync } = require("node:fs");
const path = require("node:path");
const { launch, root, packagedNodeFits, findNode, noNodeSentence, capture } = require("./launch.cjs");
const { buildWeb, webIsBehind } = require("./web.cjs");

const COMMANDS = {
  start: ["src/cli/main.ts", "demo"],
  test: ["tools/test.ts"],
  check: ["tools/check.ts"],
  bench: ["bench/run.ts"],
  example: ["examples/start.ts"],
  screenshots: ["tools/screenshots.ts"],
  package: ["tools/package.ts"],
};

/**
 * Whether node_modules holds what package-lock.json says. npm leaves a list of what it installed, written last,
 * so an install that was cut off is seen too; only what is optional (other platforms) may be absent.
 */
function installed() {
  const modules = path.join(root, "node_modules");
  try {
    const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
    const present = JSON.parse(readFileSync(path.join(modules, ".package-lock.json"), "utf8")).packages;
    for (const [name, entry] of Object.entries(wanted)) {
      if (name === "") continue;
      const optional = entry.optional === true || entry.devOptional === true;
      if (present[name] === undefined ? !optional : present[name].version !== entry.version) return false;
    }
  } catch {
    return false;
  }
  // Missing where npm was told to leave optional packages out.
  return !packagedNodeFits() || existsSync(path.join(modules, ".bin", "node"));
}

/** Why a registry cannot be reached, by npm's codes. */
const UNREACHABLE = {
  EAI_AGAIN: "its name cannot be looked up (is this machine online?)",
  ENOTFOUND: "its name is not known",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "it breaks connections off",
  ENETUNREACH: "there is no way to its network (is this machine online?)",
  EHOSTUNREACH: "there is no way to it (is this machine online?)",
  ETIMEDOUT: "it does not answer",
  ERR_SOCKET_TIMEOUT: "it does not answer",
};
const SILENT_MS = 8000;
/** So long npm may try when nothing of the registry was reached yet; then it is ended. */
const TRYING_MS = 15_000;

/**
 * Hears from npm how it is doing, and says once what keeps it. Without a registry npm goes on for minutes; `hear` is true when
 * there is nothing to wait for any more.
 */
function registryWatch() {
  let saidAt = 0;
  let isOver = false;
  let isReached = false;
  const say = (why) => {
    if (saidAt > 0) return;
    saidAt = Date.now();
    console.log(`\n  The package registry cannot be reached: ${why}. npm tries for a while.`);
    console.log("  Which registry and proxy it uses: npm config get registry proxy https-proxy");
  };
  const timer = setTimeout(() => say(`nothing came from it in ${SILENT_MS / 1000} s`), SILENT_MS);
  return {
    hear(text) {
      isReached = isReached || /^npm http (fetch GET [23]|cache )/m.test(text);
      if (isReached) clearTimeout(timer);
      const [, gaveUp] = /^npm error code (\w+)/m.exec(text) ?? [];
      const [, code = gaveUp] = (isReached ? null : /attempt \d+ failed with (\w+)/.exec(text)) ?? [];
      if (UNREACHABLE[code] === undefined) return false;
      clearTimeout(timer);
      say(`${UNREACHABLE[code]} (${code})`);
      isOver = gaveUp !== undefined || Date.now() - saidAt > TRYING_MS;
      return isOver;
    },
    isOver: () => isOver,
    end: () => clearTimeout(timer),
  };
}

/** Runs npm; its output is kept and shown only when it fails. Resolves with its exit code and output. */
function npm(args, onOutput) {
  // npm says where it is to the scripts that it runs; without npm around us, PATH has to know it.
  const self = process.env.npm_execpath;
  const [command, ...first] = self?.endsWith(".js") === true ? [process.execPath, self] : ["npm"];
  return capture(command, [...first, ...args], root, onOutput);
}

/** Shows that something is going on: a turning line on a terminal, else a line every ten seconds. */
function progress(text) {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  const terminal = process.stdout.isTTY === true;
  const frames = ["|", "/", "-", "\\"];
  let tick = 0;
  if (!terminal) console.log(`${text} ...`);
  const timer = setInterval(
    () => {
      tick += 1;
      if (terminal) process.stdout.write(`\r${frames[tick % frames.length]} ${text} ... ${seconds()} `);
      else console.log(`  still at it after ${seconds()}`);
    },
    terminal ? 120 : 10_000,
  );
  return (verdict) => {
    clearInterval(timer);
    console.log(`${terminal ? "\r" : ""}${text}: ${verdict} after ${seconds()}.   `);
  };
}

async function install() {
  const quiet = ["--no-audit", "--no-fund", "--include=dev", "--include=optional"];
  // By default npm waits ten seconds and a minute between two tries; and its log of requests is what tells how it is doing.
  const how = ["--loglevel=http", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=10000"];
  // `ci` starts from an empty folder; a folder that is only behind is brought up to the lock in place, so that a
  // Switchhook that is running from it keeps its files.
  const behind = existsSync(path.join(root, "node_modules"));
  const ways = behind ? [["install", "--no-save"], ["ci"]] : [["ci"], ["install", "--no-save"]];
  const done = progress(
    behind ? "Updating the packages in node_modules" : "Installing packages into node_modules",
  );
  let output = "";
  const watch = registryWatch();
  for (const way of ways) {
    if (watch.isOver()) break;
    const result = await npm([...way, ...quiet, ...how], watch.hear);
    // On musl npm installs the glibc Node all the same, and would put it first in PATH for every script.
    if (!packagedNodeFits()) rmSync(path.join(root, "node_modules", ".bin", "node"), { force: true });
    if (result.code === 0 && installed()) {
      watch.end();
      return done("done");
    }
    const words = result.output.replace(/^npm http .*\n/gm, "");
    output += `> npm ${way.join(" ")} (exit code ${result.code})\n${words}\n`;
  }
  watch.end();
  done("FAILED");
  console.error(output);
  console.error(
    watch.isOver()
      ? "The packages could not be installed without the registry. What needs none is made by npm run package elsewhere (docs/operations.md)."
      : "The packages could not be installed; npm's own words are above. Is the package registry reachable?",
  );
  process.exit(1);
}

/** Calls do not need the interface: without it the server starts all the same, and its page says how to build it. */
async function bringWebUpToDate() {
  if (!webIsBehind()) return;
  const done = progress("Building the web interface");
  const { code, output } = await buildWeb();
  done(code === 0 ? "done" : "FAILED");
  if (code !== 0) console.error(output);
}

async function main() {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(`Usage: node bin/bootstrap.cjs ${Object.keys(COMMANDS).join("|")} [arguments]`);
    process.exit(2);
  }
  if (!packagedNodeFits() && findNode() === undefined) {
    console.error(noNodeSentence());
    process.exit(1);
  }
  if (!installed()) await install();
  if (["start", "test", "bench", "screenshots", "example", "package"].includes(name))
    await bringWebUpToDate();
  const [entry, ...first] = command;
  launch(entry, [...first, ...args]);
}

void main();
