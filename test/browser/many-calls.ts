// Proof 13 of the interface: a log of 100,000 calls. The rows are put into the store itself, while no server has it open. What a page
// answers for is the work of its own thread, in processor time: frames are lost by whatever else a machine does.

import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page, Request } from "playwright-core";
import { DATABASE_FILE } from "../../src/store/database-file.ts";

/** Between two calls: all of them are younger than what is purged. */
const APART_MS = 20_000;

/** Puts so many finished calls behind each other, the last one just now. */
export function seedCalls(dataDir: string, calls: number): void {
  const database = new DatabaseSync(join(dataDir, DATABASE_FILE));
  try {
    database
      .prepare(
        `with recursive nth(i) as (select 0 union all select i + 1 from nth where i + 1 < ?)
         insert into calls (id, started_at, answered_at, ended_at, caller, caller_name, called, origin, plan, result, reason,
           missed, answered_by, trace, kind, attempts, webhooks, phones, search, pieces)
         select printf('%032x', i), at, at + 2000, at + 60000, caller, 'Caller ' || i, '+31501234567', 'trunk "Carrier"', 'main',
           iif(i % 10 = 0, 'busy', 'completed'), 'the caller hung up', 0, 'phone 10000', x'', 'call', 1, '', char(10) || '10000' || char(10),
           'caller ' || i || ' ' || caller || ' +31501234567', ''
         from (select i, cast(? as integer) - i * ${APART_MS} as at, printf('+316%08d', i) as caller from nth)`,
      )
      .run(calls, Date.now());
  } finally {
    database.close();
  }
}

/** The best of a few answers to a request for a page of the list, in milliseconds; `calls`: that many are in the log. */
export async function assertAnswersSoon(page: Page, calls: number, mostMs: number): Promise<void> {
  const middle = Date.now() - (calls / 2) * APART_MS;
  for (const query of [
    "kind=call",
    `to=${middle}`,
    "result=busy",
    "q=%2B31600000",
    `q=Caller ${calls - 5}`,
  ]) {
    const tookMs = await page.evaluate(async (asked) => {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5; round += 1) {
        const began = performance.now();
        const answer = await fetch(`/api/v1/calls?limit=60&${asked}`);
        const { items } = (await answer.json()) as { readonly items: readonly unknown[] };
        if (items.length === 0) throw new Error(`${asked} found no call`);
        best = Math.min(best, performance.now() - began);
      }
      return best;
    }, query);
    assert.ok(tookMs < mostMs, `${query}: ${Math.round(tookMs)} ms`);
  }
}

export interface Scrolled {
  /** How long each frame took; what else the machine does is in it. */
  readonly frames: readonly number[];
  /** Rows that were in the document at once, at most. */
  readonly mostRows: number;
  /** The longest task of the page's thread, in milliseconds of processor time. */
  readonly longestTaskMs: number;
  /** Requests for calls. */
  readonly asked: number;
}

/** A row and what is between rows, at least. */
const ROW_PX = 50;

/** Scrolls down, 12,000 pixels a second where frames are whole, until so many rows have been there. */
export async function scrollDown(page: Page, rows: number): Promise<Scrolled> {
  const browser = page.context().browser();
  assert.ok(browser !== null);
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  let asked = 0;
  const count = (request: Request): void => {
    if (new URL(request.url()).pathname === "/api/v1/calls") asked += 1;
  };
  page.on("request", count);
  const { frames, mostRows } = await page.evaluate(async (untilPx) => {
    // The list is drawn by the window: what is not on the screen is not there.
    const { document, requestAnimationFrame, scrollBy } = globalThis as unknown as {
      readonly document: {
        readonly documentElement: { readonly scrollHeight: number };
        querySelectorAll(selector: string): { readonly length: number };
      };
      requestAnimationFrame(next: (at: number) => void): void;
      scrollBy(x: number, y: number): void;
    };
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const frames: number[] = [];
    let most = 0;
    let last = await frame();
    while (document.documentElement.scrollHeight < untilPx) {
      scrollBy(0, 200);
      const now = await frame();
      frames.push(now - last);
      last = now;
      most = Math.max(most, document.querySelectorAll("[data-row]").length);
    }
    return { frames, mostRows: most };
  }, rows * ROW_PX);
  const longestTaskMs = longestTask((await browser.stopTracing()).toString("utf8"));
  page.off("request", count);
  return { frames, mostRows, longestTaskMs, asked };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of its thread's processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest task of a page's main thread, in milliseconds of processor time. */
function longestTask(trace: string): number {
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] };
  const pages = new Set(
    traceEvents.flatMap(({ name, pid, tid, args }) =>
      name === "thread_name" && args?.name === "CrRendererMain" ? [`${pid} ${tid}`] : [],
    ),
  );
  const tasks = traceEvents.flatMap(({ name, pid, tid, tdur }) =>
    name.endsWith("RunTask") && tdur !== undefined && pages.has(`${pid} ${tid}`) ? [tdur / 1000] : [],
  );
  assert.ok(tasks.length > 100, `${tasks.length} tasks were seen`);
  return Math.max(...tasks);
}
