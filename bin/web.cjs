// Builds the web interface when it is missing or older than what it is made of. CommonJS as its neighbours.
"use strict";

const { existsSync, readdirSync, statSync } = require("node:fs");
const path = require("node:path");
const { root, findNode, capture } = require("./launch.cjs");

const web = path.join(root, "web");
const page = path.join(web, "dist", "index.html");
const vite = path.join(root, "node_modules", "vite", "bin", "vite.js");
/** What goes into a build; the interface runs the pure rooms of `src` too. */
const SOURCES = ["web/src", "web/public", "web/index.html", "web/package.json", "web/vite.config.ts", "src"];
const IS_TEST = /\.(test|suite)\.tsx?$/;

/** Milliseconds since the epoch: when the newest of these was changed, 0 where there is none. */
function newest(file) {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || IS_TEST.test(file)) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(0, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}

/** Whether there is an interface to build, and it has to be. */
function webIsBehind() {
  if (!existsSync(path.join(web, "index.html")) || !existsSync(vite)) return false;
  const built = newest(page);
  return built === 0 || SOURCES.some((name) => newest(path.join(root, name)) > built);
}

/** Builds it; resolves with the exit code and what was said. */
function buildWeb() {
  return capture(findNode(), [vite, "build", "--logLevel", "warn"], web);
}

module.exports = { webIsBehind, buildWeb };
