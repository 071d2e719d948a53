// What came late on a slow line: words, pieces of the program, the numbering plans. A page that is drawn before they are there must
// not lose what it was opened with, nor misread what is typed. They share the server and the Chromium of bad-weather.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import type { TestServer } from "../support/server.ts";
import type { Opened } from "./opened.ts";

/** The machine of the person is so many times as slow as this one. */
const SLOWER = 4;

interface SlowLine {
  readonly skip: string | false;
  opened(): Opened;
  server(): TestServer;
  page(): Page;
}

/** Answers a request after so long. */
const after =
  (delayMs: number) =>
  async (route: Route): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await route.continue();
  };

/** Registers the tests; the first makes the administrator, who is signed in from then on. */
export function slowLineProofs({ skip, opened, server, page }: SlowLine): void {
  test("words and pieces of the program that come late, on a slow machine: the setup link still signs in", {
    skip,
  }, async () => {
    const machine = await page().context().newCDPSession(page());
    await machine.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page().route("**/assets/*.js", after(100));
    await page().route("**/assets/en-*.js", after(1_000));
    await opened().setUp(page());
    await page().unrouteAll({ behavior: "wait" });
    await machine.detach();
  });

  test("numbering plans that come late: a number typed at once is saved as it is meant", {
    skip,
  }, async () => {
    let asked = 0;
    await page().route("**/assets/metadata*.json", (route) => {
      asked += 1;
      return after(2_000)(route);
    });
    await page().goto(`${server().http}/numbers/new`);
    await page().getByLabel("Number").fill("050 123 4569");
    await page().getByRole("button", { name: "Save" }).click();
    await page()
      .getByText(/Saved\. Calls use this since/)
      .waitFor();
    assert.ok(asked > 0, "the numbering plans were not asked for");
    await page().unrouteAll({ behavior: "wait" });
    assert.match((await server().cli("export")).stdout, /"\+31501234569"/);
  });
}
