#!/usr/bin/env node
// The command of the package. Plain CommonJS that any Node from 18 on can read: on a Node that is too old for the
// program it runs the packaged one (an npm dependency), handing signals and the exit code through.
"use strict";

const { existsSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { compileCache, launch, root, whenLeftBehind } = require("./launch.cjs");

const NEEDED_MAJOR = 24;
// A package has the program in one piece (tools/package), the repository its sources.
const packaged = path.join("program", "main.js");
const isPackaged = existsSync(path.join(root, packaged));
const ENTRY = isPackaged ? packaged : path.join("src", "cli", "main.ts");

if (Number(process.versions.node.split(".", 1)[0]) >= NEEDED_MAJOR) {
  // What was installed is not written to; there NODE_COMPILE_CACHE says where.
  if (!isPackaged) enableCompileCache(compileCache);
  whenLeftBehind(() => process.kill(process.pid, "SIGTERM"));
  import(pathToFileURL(path.join(root, ENTRY)).href).catch((error) => {
    console.error(error);
    process.exitCode = 70;
  });
} else {
  launch(ENTRY, process.argv.slice(2));
}
