// A dial plan between its draft and what calls take: what the page shows when something cannot be read, what becomes of a draft when
// somebody else publishes, and that a name is no part of it. They share the server and the Chromium of interface.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../support/process.ts";
import { askFrom } from "./scene.ts";

interface Scene {
  readonly skip: string | false;
  /** Signed in as an administrator. */
  page(): Page;
  /** Another browser of the same person, without what this one remembers. */
  another(): Promise<Page>;
  address(): string;
}

const RING = { type: "phone", phone: "215", ringSeconds: 10 };

const NAME = { type: "callerName", mode: "prepend", text: "Shop " };

/** Registers the tests. */
export function planDraftProofs({ skip, page, another, address }: Scene): void {
  const ask = askFrom(page);
  const made = async (name: string, steps: readonly unknown[]): Promise<string> =>
    ((await ask("POST", "/plans", { name, steps })) as { readonly id: string }).id;
  const open = async (id: string, at = page()): Promise<void> => {
    await at.goto(`${address()}/plans/${id}`);
    await at.locator("#step-1").waitFor();
  };
  const draftOf = async (id: string) =>
    (await ask("GET", `/plans/${id}/draft`)) as { readonly revision: number };
  /** A plan with a draft that rings for 30 s, over which one was published that rings for 20 s. */
  const behind = async (name: string): Promise<string> => {
    const id = await made(name, [RING]);
    await ask("PUT", `/plans/${id}/draft`, { name, steps: [{ ...RING, ringSeconds: 30 }] });
    await ask("PUT", `/plans/${id}`, { name, steps: [{ ...RING, ringSeconds: 20 }] });
    return id;
  };
  const ringSeconds = async (at: Page, value: string): Promise<void> => {
    await at.locator("#step-1").click();
    await at.getByLabel("Ring time").fill(value);
  };
  const publish = async (at: Page): Promise<void> => {
    await at.getByRole("button", { name: "Publish" }).click();
    await at.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  };

  test("a plan is shown where no settings were saved; what cannot be read is said, and read when it can be", {
    skip,
  }, async () => {
    const id = await made("without settings", [RING]);
    const refused = (status: number, code: string) => ({
      status,
      contentType: "application/problem+json",
      body: JSON.stringify({ code, title: code, detail: code }),
    });
    await page().route("**/api/v1/settings", (route) => route.fulfill(refused(404, "noSuchEntity")));
    await open(id);
    await page().route("**/api/v1/groups?**", (route) => route.fulfill(refused(500, "internal")));
    await page().goto(`${address()}/plans/${id}`);
    const again = page().getByRole("button", { name: "Try again" });
    await again.waitFor();
    await page().unrouteAll({ behavior: "wait" });
    await again.click();
    await page().locator("#step-1").waitFor();
  });

  test("what another browser publishes is taken over by a page that is open, and a change there is made to it", {
    skip,
  }, async () => {
    const id = await made("followed", [RING]);
    const other = await another();
    await Promise.all([open(id), open(id, other)]);
    await page().locator("#step-1").click();
    await ringSeconds(other, "11");
    await publish(other);
    await other.getByText("Version 2 is live").waitFor();
    await page().getByText("Version 2", { exact: true }).waitFor();
    await page()
      .locator("[data-step='1']")
      .getByText(/rings.11.s/)
      .waitFor();
    await ringSeconds(page(), "12");
    await publish(page());
    await page().getByText("Version 3 is live").waitFor();
    await other.context().close();
  });
  test("a draft that something else was published over: what differs is shown, and it is published all the same", {
    skip,
  }, async () => {
    const id = await behind("published over");
    await open(id);
    await publish(page());
    const dialog = page().getByRole("dialog");
    await dialog.getByText(/^Version 2 was published by admin/).waitFor();
    await dialog.getByText("How the draft differs from version 2").waitFor();
    await dialog.getByRole("button", { name: "Publish all the same" }).click();
    await page().getByText("Version 3 is live").waitFor();
  });

  test("or it is thrown away: what calls take is there, and the draft can be had back", {
    skip,
  }, async () => {
    const id = await behind("thrown away");
    await open(id);
    await publish(page());
    await page().getByRole("dialog").getByRole("button", { name: "Throw the draft away" }).click();
    const toast = page().getByText("The draft is thrown away: here is what calls take.");
    await toast.waitFor();
    const row = page().locator("[data-step='1']");
    await row.getByText(/rings.20.s/).waitFor();
    assert.equal((await draftOf(id)).revision, 0);
    await toast.locator("..").getByRole("button", { name: "Undo" }).click();
    await row.getByText(/rings.30.s/).waitFor();
    await until("the draft to be back", async () => (await draftOf(id)).revision === 1);
  });

  test("or what was published is put together with it, and both are published", { skip }, async () => {
    const id = await made("put together", [NAME, RING]);
    await ask("PUT", `/plans/${id}/draft`, { steps: [NAME, { ...RING, ringSeconds: 30 }] });
    await ask("PUT", `/plans/${id}`, { name: "put together", steps: [{ ...NAME, text: "Office " }, RING] });
    await open(id);
    await publish(page());
    const dialog = page().getByRole("dialog");
    await dialog.getByRole("button", { name: "Put together with version 2" }).click();
    await dialog.getByRole("button", { name: "Publish", exact: true }).click();
    await page().getByText("Version 3 is live").waitFor();
    const { document } = (await ask("GET", `/plans/${id}`)) as {
      readonly document: { readonly steps: readonly unknown[] };
    };
    assert.deepEqual(document.steps, [
      { ...NAME, text: "Office " },
      { ...RING, ringSeconds: 30 },
    ]);
  });

  test("a plan is renamed by itself: its number follows, and its draft is published under the new name", {
    skip,
  }, async () => {
    const id = await made("to be renamed", [RING]);
    const number = (await ask("POST", "/numbers", { number: "+31501234599", plan: "to be renamed" })) as {
      readonly id: string;
    };
    await open(id);
    await ask("PUT", `/plans/${id}/draft`, { steps: [{ ...RING, ringSeconds: 15 }] });
    await page()
      .locator("[data-step='1']")
      .getByText(/rings.15.s/)
      .waitFor();
    await page().getByRole("button", { name: "Rename" }).click();
    const dialog = page().getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Name" }).fill("another name");
    await dialog.getByRole("button", { name: "Rename" }).click();
    await page().getByRole("heading", { level: 1, name: "another name" }).waitFor();
    await dialog.waitFor({ state: "detached" });
    const seen = (await ask("GET", `/numbers/${number.id}`)) as {
      readonly document: { readonly plan: string };
    };
    assert.equal(seen.document.plan, "another name");
    await page().getByRole("button", { name: "Publish" }).click();
    assert.equal(await dialog.getByText("to be renamed").count(), 0, "the name is no part of the draft");
    await dialog.getByRole("button", { name: "Publish" }).click();
    await page().getByText("Version 3 is live").waitFor();
  });

  test("what could not be sent waits for who made it: whoever else signs in there does not send it", {
    skip,
  }, async () => {
    const id = await made("left unsent", [RING]);
    const row = page().locator("[data-step='1']");
    await open(id);
    await page().route(`**/api/v1/plans/${id}/draft**`, (route) =>
      route.request().method() === "PUT" ? route.abort() : route.continue(),
    );
    await ringSeconds(page(), "44");
    await page()
      .getByText(/not saved: the server was not reached/)
      .first()
      .waitFor();
    await page().goto(`${address()}/plans`);
    await page().unrouteAll({ behavior: "wait" });
    await page().route("**/api/v1/session", async (route) => {
      const response = await route.fetch();
      const session = (await response.json()) as object;
      await route.fulfill({ response, json: { ...session, userId: "another", name: "another" } });
    });
    await open(id);
    await row.getByText(/rings.10.s/).waitFor();
    assert.equal((await draftOf(id)).revision, 0);
    await page().unrouteAll({ behavior: "wait" });
    await open(id);
    await row.getByText(/rings.44.s/).waitFor();
    await until("what was kept to be sent", async () => (await draftOf(id)).revision === 1);
  });

  test("a search for “all” is another list than that of all things", { skip }, async () => {
    const id = await made("before a search", [RING]);
    await open(id);
    await page()
      .getByRole("navigation")
      .getByRole("link", { name: /Phones/ })
      .first()
      .click();
    const answered = page().waitForResponse((response) => response.url().includes("q=all"));
    await page().getByRole("searchbox").fill("all");
    await answered;
    await page().getByRole("heading", { level: 1, name: "Phones" }).waitFor();
    await page().goBack();
    await page().locator("#step-1").waitFor();
  });

  test("n makes a new plan, and its dialog has a button that says Close", { skip }, async () => {
    await page().goto(`${address()}/plans`);
    await page()
      .getByRole("link", { name: /before a search/ })
      .waitFor();
    await page().keyboard.press("n");
    const dialog = page().getByRole("dialog", { name: "New plan" });
    await dialog.getByRole("button", { name: "Close" }).click();
    await dialog.waitFor({ state: "detached" });
  });
}
