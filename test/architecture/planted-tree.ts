import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

const FILES = [
  "package.json",
  "tsconfig.json",
  "tsconfig.pure.json",
  "pure-globals.d.ts",
  ".dependency-cruiser.cjs",
  ".oxlintrc.json",
];

/** A small source tree outside the repository, judged by the repository's own rules. */
export class PlantedTree {
  readonly #folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-planted-"));

  constructor() {
    for (const file of FILES) {
      copyFileSync(path.join(root, file), path.join(this.#folder, file));
    }
    symlinkSync(path.join(root, "node_modules"), path.join(this.#folder, "node_modules"));
  }

  /** Where a file of the tree is. */
  at(file: string): string {
    return path.join(this.#folder, file);
  }

  /** Writes a source file, its folders included. */
  plant(file: string, text: string): void {
    const target = path.join(this.#folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Runs one of the repository's tools in the tree; returns what it printed, whatever its exit code. */
  run(program: string, ...args: readonly string[]): string {
    const ended = spawnSync(path.join(root, "node_modules/.bin", program), args, {
      cwd: this.#folder,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    });
    if (ended.stdout === "") throw new Error(`${program} printed nothing: ${ended.stderr}`);
    return ended.stdout;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
