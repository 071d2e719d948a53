// Proof 13 of the interface: a log of 100,000 calls. The rows are put into the store itself, while no server has it open.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { DATABASE_FILE } from "../../src/store/database.ts";

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

/** The best of a few answers to a request for a page of the list, in milliseconds. */
export function answersWithin(page: Page, query: string): Promise<number> {
  return page.evaluate(async (asked) => {
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
}

/** Scrolls down, a bit a frame, until so many rows have been there; how long each frame took, and the most rows at once. */
export function scrolledDown(
  page: Page,
  rows: number,
): Promise<{ readonly frames: readonly number[]; readonly mostRows: number }> {
  return page.evaluate(async (wanted) => {
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
    let mostRows = 0;
    let before = await frame();
    while (document.documentElement.scrollHeight < wanted * 50) {
      scrollBy(0, 400);
      const now = await frame();
      frames.push(now - before);
      before = now;
      mostRows = Math.max(mostRows, document.querySelectorAll("[data-row]").length);
    }
    return { frames, mostRows };
  }, rows);
}

export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
