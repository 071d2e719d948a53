// The program in one piece for the tests (ADR 0117), made again only when what it is made of has changed.

import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import path from "node:path";
import { buildProgram } from "./package/program.ts";

const DAY_MS = 86_400_000;

/**
 * Gives its file to start. Each state of the sources has a folder of its own, so that two runs beside one another do not take
 * it from under each other; those that nobody has used for a day go.
 */
export async function builtProgram(root: string): Promise<string> {
  const cache = path.join(root, "node_modules/.cache/programs");
  const folder = path.join(cache, stateOf(root));
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const making = `${folder}-${process.pid}`;
    await buildProgram(making, root);
    // Who was faster has made the same.
    if (existsSync(folder)) rmSync(making, { recursive: true });
    else renameSync(making, folder);
  }
  utimesSync(folder, new Date(), new Date());
  for (const other of globSync(path.join(cache, "*")))
    if (Date.now() - statSync(other).mtimeMs > DAY_MS) rmSync(other, { recursive: true, force: true });
  return path.join(folder, "main.js");
}

/** What tells one state of the sources from another. */
function stateOf(root: string): string {
  const files = [
    "package-lock.json",
    "tools/package/program.ts",
    ...globSync("src/**/*.{ts,txt}", { cwd: root }),
  ];
  const state = createHash("sha256");
  for (const file of files.toSorted()) {
    const { mtimeMs, size } = statSync(path.join(root, file));
    state.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return state.digest("hex").slice(0, 16);
}
