// Over 5 s on a busy machine: each start is a process with a thread.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

// The sources' types are taken out once (ADR 0137), in a tree of its own.

const PROGRAM = `import { isMainThread, Worker } from "node:worker_threads";
const words: readonly string[] = ["one § word"];
const stripper = process.moduleLoadList.filter((name: string) => name.includes("amaro"));
console.log(JSON.stringify([isMainThread, words[0] as string, stripper.length > 0]));
if (isMainThread) new Worker(new URL(import.meta.url));
`;

/** Whether it is the main thread, the word, whether Node's stripper is loaded. */
type Said = readonly [boolean, string, boolean];

interface Tree {
  readonly folder: string;
  /** What the main thread says, then what its worker says. */
  run(): Promise<readonly Said[]>;
  write(text: string): void;
}

async function inTree(work: (tree: Tree) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-strip-"));
  const source = path.join(folder, "src/part/program.ts");
  for (const name of ["bin", "src/part"]) mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  copyFileSync(path.resolve(import.meta.dirname, "../bin/strip.cjs"), path.join(folder, "bin/strip.cjs"));
  try {
    await work({
      folder,
      async run() {
        const flags = [
          "--disable-warning=ExperimentalWarning",
          "--require",
          path.join(folder, "bin/strip.cjs"),
        ];
        const { stdout } = await promisify(execFile)(process.execPath, [...flags, source]);
        return stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Said);
      },
      write: (text) => writeFileSync(source, text),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("from the second start on no thread loads what takes types out; what is changed is seen", () =>
  inTree(async ({ folder, run, write }) => {
    write(PROGRAM);
    const [first, worker] = await run();
    assert.deepEqual(first, [true, "one § word", true]);
    assert.deepEqual(worker, [false, "one § word", false], "the first thread has kept it");
    assert.deepEqual(await run(), [
      [true, "one § word", false],
      [false, "one § word", false],
    ]);
    write(PROGRAM.replace("one", "another"));
    const changed = await run();
    assert.deepEqual(changed[0], [true, "another § word", true]);
    const kept = globSync("node_modules/.cache/stripped/*", { cwd: folder });
    assert.equal(kept.length, 1, "one file for each source");
    const lines = readFileSync(path.join(folder, kept[0] ?? ""), "utf8").split("\n");
    assert.equal(lines[3]?.indexOf("console.log"), 0, "every line is where it was");
  }));

test("what cannot be stripped is told by Node, with its place", () =>
  inTree(async ({ run, write }) => {
    write("enum Kind { one }\nconsole.log(Kind);\n");
    await assert.rejects(run(), /program\.ts:1[\s\S]*enum/);
  }));

test("where nothing can be written it runs all the same", () =>
  inTree(async ({ folder, run, write }) => {
    write(PROGRAM);
    // A file where the folder would be.
    mkdirSync(path.join(folder, "node_modules"));
    writeFileSync(path.join(folder, "node_modules/.cache"), "");
    assert.equal((await run()).length, 2);
  }));
