// A dial plan between its draft and what calls take: what the page shows when something cannot be read, and when somebody else published.
// They share the server and the Chromium of interface.test.ts.

import { test } from "node:test";
import type { Page } from "playwright-core";
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

/** Registers the tests. */
export function planDraftProofs({ skip, page, another, address }: Scene): void {
  const ask = askFrom(page);
  const made = async (name: string, steps: readonly unknown[]): Promise<string> =>
    ((await ask("POST", "/plans", { name, steps })) as { readonly id: string }).id;
  const open = async (id: string, at = page()): Promise<void> => {
    await at.goto(`${address()}/plans/${id}`);
    await at.locator("#step-1").waitFor();
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
    await page().locator("main").getByText("Version 2", { exact: true }).waitFor();
    await page()
      .locator("[data-step='1']")
      .getByText(/rings.11.s/)
      .waitFor();
    await ringSeconds(page(), "12");
    await publish(page());
    await page().getByText("Version 3 is live").waitFor();
    await other.context().close();
  });
}
