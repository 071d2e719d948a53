import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder } from "./folder.ts";

const module = new URL("folder.ts", import.meta.url).href;
const skip = process.getuid?.() === 0 ? false : "needs root, to mount";

test("F5: a folder is made for its owner alone; one that is there, and its mode, stay", () => {
  const place = mkdtempSync(join(tmpdir(), "switchhook-folder-"));
  try {
    makeFolder(join(place, "a/b"));
    assert.equal(statSync(join(place, "a/b")).mode & 0o777, 0o700);
    mkdirSync(join(place, "c"), { mode: 0o755 });
    makeFolder(join(place, "c"));
    assert.equal(statSync(join(place, "c")).mode & 0o777, 0o755);
    writeFileSync(join(place, "file"), "");
    assert.throws(() => makeFolder(join(place, "file/x")), /ENOTDIR/);
    assert.throws(() => makeFolder(join(place, "file")), /EEXIST/);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test("F5: that the file system is read-only is the reason given, and no other", { skip }, () => {
  const place = mkdtempSync(join(tmpdir(), "switchhook-folder-"));
  try {
    const script = `import(${JSON.stringify(module)}).then(({ makeFolder }) => makeFolder(${JSON.stringify(join(place, "a/b"))}))`;
    const mount = 'mount -t tmpfs -o ro none "$1" && exec "$2" -e "$3"';
    const shell = ["sh", "-c", mount, "sh", place, process.execPath, script];
    const { stderr } = spawnSync("unshare", ["--mount", ...shell], { encoding: "utf8" });
    assert.match(stderr, /EROFS: read-only file system, mkdir '.*\/a'/);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
