import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { person } from "../../test/support/person.ts";
import { until } from "../../test/support/process.ts";
import { nextFolder } from "../admin/backup/take-over.ts";
import { Jobs } from "../admin/jobs.ts";
import { randomIds } from "../runtime/ids.ts";
import { Restores } from "./restores.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-restores-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const HEAD = `SWITCHHOOK BACKUP 1\n${JSON.stringify({ made: "2026-11-30", version: "1", salt: null })}\n`;

function restoresIn(dataDir: string) {
  const clock = new VirtualClock();
  const restarts: number[] = [];
  const jobs = new Jobs({ ids: randomIds(), wall: () => clock.wall(), tell() {} });
  const restores = new Restores({
    dataDir,
    installation: "",
    applyFile: undefined,
    clock,
    jobs,
    audit: { append: async () => {} },
    here: () => 1,
    calls: async () => 0,
    restart: (seconds) => void restarts.push(seconds),
    log: (_level, text) => assert.fail(text),
  });
  return { clock, restores, restarts };
}

function filesOpen(): readonly string[] {
  return readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

test("what is sent is not held open, and is forgotten an hour later, though a part was on its way just then", async () => {
  const dataDir = mkdtempSync(path.join(folder, "sent-"));
  const { clock, restores } = restoresIn(dataDir);
  const [first, rest] = [Buffer.from(HEAD.padEnd(200_000, "x")), Buffer.from("the rest")];
  const part = { file: "office.backup", size: first.length + rest.length };
  const by = person("anna");
  const sent = await restores.receive(chunks(first), { ...part, offset: 0 }, by);
  assert.ok(sent.ok, sent.ok ? "" : sent.error.detail);
  const upload = path.join(dataDir, ".restoring", "upload");
  if (process.platform === "linux") await until("the file to be closed", () => !filesOpen().includes(upload));
  const gate = Promise.withResolvers<void>();
  const sending = restores.receive(held(rest, gate.promise), { ...part, offset: first.length }, by);
  await clock.advanceAsync(HOUR_MS);
  assert.equal((await restores.state()).upload?.received, first.length);
  gate.resolve();
  assert.ok((await sending).ok);
  assert.equal((await restores.state()).upload?.received, part.size);
  await clock.advanceAsync(HOUR_MS);
  await until("it to be forgotten", async () => (await restores.state()).upload === null);
  await until("the file to be gone", () => !readdirSync(path.dirname(upload)).includes("upload"));
  restores.stop();
});

test("a thread that finds a restore agreed to asks for the new beginning again", () => {
  const dataDir = mkdtempSync(path.join(folder, "agreed-"));
  const nothing = restoresIn(dataDir);
  nothing.restores.begin();
  assert.deepEqual(nothing.restarts, []);
  mkdirSync(nextFolder(dataDir), { recursive: true });
  writeFileSync(path.join(nextFolder(dataDir), "switchhook.db"), "");
  const agreed = restoresIn(dataDir);
  agreed.restores.begin();
  assert.deepEqual(agreed.restarts, [60]);
});

async function* chunks(...all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* all;
}

async function* held(chunk: Uint8Array, gate: Promise<void>): AsyncGenerator<Uint8Array> {
  await gate;
  yield chunk;
}
