#!/usr/bin/env node
// The command of the package. Plain CommonJS that any Node from 18 on can read: on a Node that is too old for the
// program it runs the packaged one (an npm dependency), handing signals and the exit code through.
"use strict";

const { enableCompileCache } = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { compileCache, launch, root } = require("./launch.cjs");

const NEEDED_MAJOR = 24;
const ENTRY = path.join("src", "cli", "main.ts");

if (Number(process.versions.node.split(".", 1)[0]) >= NEEDED_MAJOR) {
  enableCompileCache(compileCache);
  import(pathToFileURL(path.join(root, ENTRY)).href).catch((error) => {
    console.error(error);
    process.exitCode = 70;
  });
} else {
  launch(ENTRY, process.argv.slice(2));
}
