// Proof 13 of the interface: a log of 100,000 calls. What the page costs calls is measured by `npm run bench -- log` (bench/log-page.ts),
// which asks what is asked here.

import assert from "node:assert/strict";
import type { Page, Request } from "playwright-core";
import { APART_MS } from "../support/seed-calls.ts";
import { longestTaskIn } from "./longest-task.ts";

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
  let asked = 0;
  const count = (request: Request): void => {
    if (new URL(request.url()).pathname === "/api/v1/calls") asked += 1;
  };
  page.on("request", count);
  let seen: Pick<Scrolled, "frames" | "mostRows"> = { frames: [], mostRows: 0 };
  const longestTaskMs = await longestTaskIn(page, async () => {
    seen = await scrolled(page, rows * ROW_PX);
  });
  page.off("request", count);
  return { ...seen, longestTaskMs, asked };
}

function scrolled(page: Page, toPx: number): Promise<Pick<Scrolled, "frames" | "mostRows">> {
  return page.evaluate(async (untilPx) => {
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
  }, toPx);
}
