import assert from "node:assert/strict";
import os from "node:os";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

const PROGRAM = `
  import { stepBack } from "${new URL("./thread-priority.ts", import.meta.url).href}";
  import { readlinkSync } from "node:fs";
  import os from "node:os";
  import { parentPort } from "node:worker_threads";
  stepBack(5);
  parentPort.postMessage(os.getPriority(Number(readlinkSync("/proc/thread-self").split("/").at(-1))));
`;

test("a thread that steps back does so alone", { skip: process.platform !== "linux" }, async () => {
  const before = os.getPriority();
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`));
  const [nice] = await new Promise<[number]>((resolve, reject) => {
    worker.once("message", (value: number) => resolve([value])).once("error", reject);
  });
  await worker.terminate();
  assert.equal(nice, Math.min(before + 5, 19));
  assert.equal(os.getPriority(), before);
});
