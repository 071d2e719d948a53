// Loaded with `--require` before the server's sources, by each of its threads: takes the types out of a source once, and keeps
// what is left in a file. Node does it anew in every thread and at every start, with a compiler that stays in memory (ADR 0137).
"use strict";

const { hash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { registerHooks, stripTypeScriptTypes } = require("node:module");
const path = require("node:path");
const { fileURLToPath } = require("node:url");
const { threadId } = require("node:worker_threads");

const root = path.resolve(__dirname, "..");
const sources = path.join(root, "src") + path.sep;
const folder = path.join(root, "node_modules", ".cache", "stripped");

/** One more whenever this file makes something else of the same source. */
const WAY = "1 ";

/** The source in JavaScript, every line and column where it was. Throws where it is not TypeScript that can be stripped. */
function stripped(file) {
  const source = readFileSync(file, "utf8");
  // One file for each source, with the mark of what it was made of at its end.
  const kept = path.join(folder, `${path.relative(sources, file).replaceAll(path.sep, "+")}.js`);
  const mark = `\n//${hash("sha1", WAY + process.version + source)}`;
  const before = read(kept);
  if (before.endsWith(mark)) return before;
  const code = stripTypeScriptTypes(source) + mark;
  keep(kept, code);
  return code;
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Whoever may not write here strips again at the next start. */
function keep(file, code) {
  const making = `${file}.${process.pid}.${threadId}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(making, code);
    renameSync(making, file);
  } catch {
    rmSync(making, { force: true });
  }
}

registerHooks({
  load(url, context, next) {
    if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
    const file = fileURLToPath(url);
    if (!file.startsWith(sources)) return next(url, context);
    let source;
    try {
      source = stripped(file);
    } catch {
      // Node says what is wrong with it, and where.
      return next(url, context);
    }
    return { format: "module", source, shortCircuit: true };
  },
});
