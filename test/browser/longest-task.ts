// What a page answers for is the work of its own thread, in processor time: frames are lost by whatever else a machine does (ADR 0110).

import assert from "node:assert/strict";
import type { Page } from "playwright-core";

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of its thread's processor time. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Does something with a page; the longest task of the page's thread meanwhile, in milliseconds of processor time. */
export async function longestTaskIn(page: Page, work: () => Promise<void>): Promise<number> {
  const browser = page.context().browser();
  assert.ok(browser !== null);
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  let trace: Buffer;
  try {
    await work();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString("utf8")) as {
    readonly traceEvents: readonly TraceEvent[];
  };
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
