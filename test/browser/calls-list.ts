// What a search is and stays while one goes about in lists. These share the server of bad-weather.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { TestServer } from "../support/server.ts";
import type { Opened } from "./opened.ts";

interface Parts {
  readonly skip: string | false;
  opened(): Opened;
  server(): TestServer;
  page(): Page;
}

/** Registers the tests: at a server with many calls, and with phones of which 14999 is none of the first. */
export function callsListProofs({ skip, opened, server, page }: Parts): void {
  /** A page beside the one that others use, in the same browser. */
  const beside = async (work: (own: Page) => Promise<void>): Promise<void> => {
    const own = await opened().page(page().context());
    try {
      await work(own);
    } finally {
      await own.close();
    }
  };
  const menu = (at: Page, name: string): Locator => at.getByRole("link", { name }).first();

  test("a search that is cleared, or left by the menu, is gone from its field too", { skip }, () =>
    beside(async (own) => {
      await own.goto(`${server().http}/calls`);
      const search = own.getByRole("searchbox", { name: "Number, name or call id" });
      for (const way of [own.getByRole("button", { name: "Clear the filters" }), menu(own, "Calls")]) {
        await search.fill("nobody at all");
        await own.getByText("No call fits these filters.").waitFor();
        await way.click();
        await own.locator("[data-row]").first().waitFor();
        assert.equal(await search.inputValue(), "");
      }
      await own.goto(`${server().http}/phones?q=14999`);
      await own.getByText("Phone 4999").waitFor();
      await menu(own, "Phones").click();
      await own.getByText("10001").waitFor();
      assert.equal(await own.getByRole("searchbox").inputValue(), "");
    }),
  );
}
