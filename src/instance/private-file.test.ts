import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writePrivateFile } from "./private-file.ts";

function inFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-private-"));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a private file is its owner's alone, and of one that cannot be written nothing is left", () =>
  inFolder((folder) => {
    writePrivateFile(join(folder, "a"), "text");
    assert.equal(readFileSync(join(folder, "a"), "utf8"), "text");
    assert.equal(statSync(join(folder, "a")).mode & 0o777, 0o600);
    mkdirSync(join(folder, "b"));
    assert.throws(() => writePrivateFile(join(folder, "b"), "text"), /EISDIR/);
    assert.deepEqual(readdirSync(folder), ["a", "b"]);
  }));

test("where the disk takes a part of it the file of before stays, whole", () =>
  inFolder((folder) => {
    const file = join(folder, "a");
    writeFileSync(file, "of before");
    const module = JSON.stringify(new URL("private-file.ts", import.meta.url).href);
    writeFileSync(
      join(folder, "write.mts"),
      `import { writePrivateFile } from ${module};
       writePrivateFile(${JSON.stringify(file)}, "x".repeat(100_000));`,
    );
    // A limit of the process stands for the disk's: the first write is cut short, the next one fails.
    const line = `trap '' XFSZ; ulimit -f 8; exec "${process.execPath}" "${join(folder, "write.mts")}"`;
    const ended = spawnSync("sh", ["-c", line], { encoding: "utf8" });
    assert.match(ended.stderr, /EFBIG/);
    assert.equal(readFileSync(file, "utf8"), "of before");
    assert.deepEqual(readdirSync(folder), ["a", "write.mts"]);
  }));
