import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { changedKeys } from "../src/lib/persistent-map.ts";
import { SliceTaker } from "../src/link/slices.ts";
import { companySchema } from "../src/model/company.ts";
import { emptySnapshot } from "../src/model/snapshot-change.ts";
import { openStore } from "../src/store/store.ts";
import { saveCompany } from "../test/support/entities.ts";
import type { FromEditThread, ToEditThread } from "./edit-thread.ts";
import { GOALS, type PartResult } from "./goals.ts";
import { progress } from "./progress.ts";

interface Size {
  readonly phones: number;
  readonly numbers: number;
  readonly plans: number;
  readonly steps: number;
}

/** The company that the goals name, and the largest one. */
const USUAL: Size = { phones: 5000, numbers: 10_000, plans: 1000, steps: 10 };
const LARGEST: Size = { phones: 5000, numbers: 10_000, plans: 2000, steps: 100 };
const EDITS = 200;

interface Figures {
  readonly readyMs: number;
  readonly memoryMb: number;
  readonly editMs: readonly number[];
  /** The longest that taking one slice and finding the phones that differ took; what the switchboard does then is not timed. */
  readonly busyMs: number;
}

/** How soon an edit of one phone's name is live, and how long its slices take to be taken (docs/adr/0058). */
export async function editsPart(): Promise<PartResult> {
  const usual = await measure(USUAL);
  const largest = await measure(LARGEST);
  const edits = [...usual.editMs, ...largest.editMs];
  const busyMs = Math.max(usual.busyMs, largest.busyMs);
  const isMissed =
    at(edits, 0.95) >= 200 || busyMs >= 5 || largest.readyMs >= 5000 || largest.memoryMb >= 300;
  return {
    rows: [
      { ...GOALS.edit, measured: described(usual) },
      { ...GOALS.editLargest, measured: described(largest) },
      {
        ...GOALS.ready,
        measured: `${(largest.readyMs / 1000).toFixed(2)} s, + ${largest.memoryMb.toFixed(0)} MB`,
      },
    ],
    notes: [],
    failed: isMissed,
  };
}

function described({ editMs, busyMs }: Figures): string {
  return `${at(editMs, 0.5).toFixed(1)} / ${at(editMs, 0.95).toFixed(1)} ms; busy ${busyMs.toFixed(2)} ms`;
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

async function measure(size: Size): Promise<Figures> {
  progress(
    `edits: ${size.phones} phones, ${size.numbers} numbers, ${size.plans} plans of ${size.steps} steps`,
  );
  const dataDir = mkdtempSync(join(tmpdir(), "switchhook-edits-"));
  try {
    const store = await openStore(dataDir);
    if (!store.ok) throw new Error(store.error);
    await saveCompany(store.value.company, companyOf(size));
    await store.value.close();
    globalThis.gc?.();
    return await run(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run(dataDir: string): Promise<Figures> {
  const memory = process.memoryUsage.rss();
  const began = performance.now();
  const start = { dataDir, applyFile: undefined, http: "127.0.0.1:0", realm: "bench" };
  const workerData = { ...start, callsKeepDays: 1, again: false, softwareVersion: "bench" };
  const worker = new Worker(new URL("./edit-thread.ts", import.meta.url), { workerData });
  const slices = new SliceTaker("bench");
  let busyMs = 0;
  let before = emptySnapshot("bench");
  const post = (message: ToEditThread): void => worker.postMessage(message, []);
  let heard: (message: FromEditThread) => void = () => {};
  worker.on("message", (message: FromEditThread) => {
    if (message.type !== "publish") return heard(message);
    const from = performance.now();
    const made = slices.take(message.slice);
    // What a publication has the switchboard look at.
    if (typeof made === "object") {
      changedKeys(before.phones, made.phones);
      before = made;
    }
    busyMs = Math.max(busyMs, performance.now() - from);
    post({ type: "published", request: message.request, taken: made !== "refused" });
  });
  const next = (type: FromEditThread["type"]): Promise<FromEditThread> =>
    new Promise((resolve) => {
      heard = (message) => {
        if (message.type === type) resolve(message);
      };
    });
  await next("ready");
  const readyMs = performance.now() - began;
  const memoryMb = (process.memoryUsage.rss() - memory) / 1e6;
  busyMs = 0;
  const editMs: number[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    const from = performance.now();
    const renamed = next("renamed");
    post({ type: "rename", extension: String(10_000 + edit * 7), name: `Renamed ${edit}` });
    const answer = await renamed;
    if (answer.type !== "renamed" || answer.sentence !== "") throw new Error(JSON.stringify(answer));
    editMs.push(performance.now() - from);
  }
  const ended = new Promise((resolve) => worker.once("exit", resolve));
  post({ type: "stop" });
  await ended;
  return { readyMs, memoryMb, editMs, busyMs };
}

function companyOf({ phones, numbers, plans, steps }: Size) {
  const many = <T>(length: number, make: (index: number) => T): T[] =>
    Array.from({ length }, (_, index) => make(index));
  const extension = (index: number): string => String(10_000 + (index % phones));
  return companySchema.parse({
    version: 1,
    home: { country: "NL", timeZone: "Europe/Amsterdam" },
    phones: many(phones, (index) => {
      return { extension: extension(index), name: `Phone ${index}`, password: `secret-of-${index}-x7` };
    }),
    plans: many(plans, (index) => {
      const ring = (step: number) => ({ type: "phone", phone: extension(index * 3 + step), ringSeconds: 20 });
      return { name: `plan ${index}`, steps: many(steps, ring) };
    }),
    numbers: many(numbers, (index) => {
      return { number: `+3150${String(1_000_000 + index)}`, plan: `plan ${index % plans}` };
    }),
  });
}
