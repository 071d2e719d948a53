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

  test("what is typed before the palette's program has come is in its field, and nowhere else", {
    skip,
  }, async () => {
    const { promise: isTyped, resolve: comes } = Promise.withResolvers<undefined>();
    await page().route("**/assets/palette-dialog-*.js", async (route) => {
      await isTyped;
      await route.continue();
    });
    await page().goto(`${server().http}/numbers/new`);
    const number = page().getByLabel("Number");
    await number.fill("050");
    await page().keyboard.press("Control+k");
    await page().keyboard.type("new phoneee");
    for (const key of ["Backspace", "Backspace"]) await page().keyboard.press(key);
    const found = page().getByRole("combobox", { name: "Find or do …" });
    assert.equal(await found.count(), 0);
    comes(undefined);
    await found.waitFor();
    await page().locator("input[role=combobox]:focus").waitFor();
    await page().keyboard.type("!");
    assert.deepEqual([await found.inputValue(), await number.inputValue()], ["new phone!", "050"]);
    await page().keyboard.press("Backspace");
    await page().keyboard.press("Enter");
    await page().getByRole("heading", { level: 1, name: "New phone" }).waitFor();
    await page().unrouteAll({ behavior: "wait" });
  });

  test("who turns away from a palette of which the program does not come types into the page again", {
    skip,
  }, async () => {
    const { promise: isOver, resolve: ends } = Promise.withResolvers<undefined>();
    await page().route("**/assets/palette-dialog-*.js", async (route) => {
      await isOver;
      await route.continue();
    });
    await page().goto(`${server().http}/numbers/new`);
    const number = page().getByLabel("Number");
    await number.fill("050");
    for (const turnAway of [() => page().keyboard.press("Escape"), () => number.click()]) {
      await page().keyboard.press("Control+k");
      await page().keyboard.type("7");
      await turnAway();
      await page().keyboard.press("End");
      await page().keyboard.type("1");
    }
    assert.equal(await number.inputValue(), "05011");
    ends(undefined);
    await page().unrouteAll({ behavior: "wait" });
  });

  test("a call's dialog of which the program cannot be had stays shut, and comes when it can", {
    skip,
  }, async () => {
    await page().route("**/assets/call-now-dialog-*.js", (route) => route.abort());
    await page().goto(`${server().http}/?call=1`);
    await page().waitForURL((url) => url.search === "");
    await page().getByRole("heading", { level: 1, name: "Home" }).waitFor();
    await page().unrouteAll({ behavior: "wait" });
    const button = page().getByRole("button", { name: "Call it now" });
    await button.click();
    const dialog = page().getByRole("dialog", { name: "Call it now" });
    await dialog.waitFor();
    await page().keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await button.and(page().locator(":focus")).waitFor();
  });
}
