import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { lineOutput } from "./line-output.ts";

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "switchhook-lines-"));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

async function until(what: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!what()) {
    assert.ok(Date.now() < end, String(what));
    await turn();
  }
}

test("lines reach a file in their order", async (t) => {
  const file = join(folder(t), "log");
  const fd = openSync(file, "w");
  const out = lineOutput(fd);
  const lines = Array.from({ length: 1_000 }, (_, at) => `line ${at} ü\n`);
  for (const line of lines) out.write(line);
  await until(() => readFileSync(file, "utf8").length >= lines.join("").length);
  assert.equal(readFileSync(file, "utf8"), lines.join(""));
  closeSync(fd);
});

test("a reader that stands still holds nobody and costs a megabyte; when it reads again, lines come again", async (t) => {
  const fifo = join(folder(t), "fifo");
  assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(fifo, constants.O_WRONLY);
  const out = lineOutput(fd);
  const line = `${"x".repeat(999)}\n`;
  // Nobody reads yet: a write that waited would wait for ever.
  for (let at = 0; at < 3_000; at += 1) out.write(line);
  assert.ok(out.lost > 1_500 && out.lost < 2_500, `${out.lost} lines lost`);
  const kept = 3_000 - out.lost;
  let read = 0;
  const buffer = Buffer.alloc(65_536);
  await until(() => {
    try {
      read += readSync(reader, buffer);
    } catch {
      // Nothing there yet.
    }
    return read === kept * line.length;
  });
  const { lost } = out;
  out.write(line);
  assert.equal(out.lost, lost);
  closeSync(reader);
  closeSync(fd);
});

test("a reader that is gone is no error", async (t) => {
  const fifo = join(folder(t), "fifo");
  assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
  const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(fifo, constants.O_WRONLY);
  closeSync(reader);
  const out = lineOutput(fd);
  const line = `${"x".repeat(999)}\n`;
  for (let at = 0; at < 2_000; at += 1) out.write(line);
  assert.ok(out.lost > 0, "full");
  // Were what nobody reads kept, there would never be room again.
  await until(() => {
    const { lost } = out;
    out.write(line);
    return out.lost === lost;
  });
  closeSync(fd);
});
