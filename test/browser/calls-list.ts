// What a search is and stays while one goes about in lists, and what of a long list of calls is live. These share the server of bad-weather.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { TestServer } from "../support/server.ts";
import { scrollDown } from "./many-calls.ts";
import type { Opened } from "./opened.ts";
import { askFrom } from "./scene.ts";

interface Parts {
  readonly skip: string | false;
  opened(): Opened;
  server(): TestServer;
  page(): Page;
}

const NUMBER = "+31501234599";
/** As the list writes it, also before the numbering plans have come. */
const SHOWN = /\+31\s?50\s?123\s?4599/;

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
      await own.locator("[data-row]").first().waitFor();
      await own.keyboard.press("/");
      await own.locator("input[type=search]:focus").waitFor();
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

  test(
    "further down in the list of calls a new one is announced and moves nothing; at the top it comes by itself",
    {
      skip,
    },
    () =>
      beside(async (own) => {
        const ask = askFrom(() => own);
        await own.goto(`${server().http}/calls`);
        await own.locator("[data-row]").first().waitFor();
        await ask("POST", "/plans", { name: "engaged", steps: [{ type: "hangUp", as: "busy" }] });
        await ask("POST", "/numbers", { number: NUMBER, plan: "engaged" });
        await scrollDown(own, 100);
        await ask("POST", "/calls/test", { number: NUMBER });
        const more = own.getByRole("button", { name: "1 new call" });
        await more.waitFor();
        const rows = own.locator("[data-row]").filter({ hasText: SHOWN });
        assert.equal(await rows.count(), 0);
        await more.click();
        await rows.waitFor();
        assert.equal(await own.evaluate("scrollY"), 0);
        assert.equal(await more.count(), 0);
        await ask("POST", "/calls/test", { number: NUMBER });
        await rows.nth(1).waitFor();
        // And where one has been further down in the meantime.
        await scrollDown(own, 100);
        await own.evaluate("scrollTo(0, 0)");
        await ask("POST", "/calls/test", { number: NUMBER });
        await rows.nth(2).waitFor();
      }),
  );

  test("a call far down in the list that ends is over there too", { skip }, async () => {
    // In a browser of its own: events reach one tab, and the others by that one.
    const own = await opened().signedIn();
    try {
      const { items } = (await askFrom(() => own)("GET", "/calls?limit=1")) as {
        readonly items: readonly object[];
      };
      const calls = Array.from({ length: 120 }, (_, at) => ({
        ...items[0],
        id: `${at}`,
        callerName: `Caller ${at}`,
        result: at === 60 ? "ongoing" : "completed",
      }));
      const refused = { calls: 0, registrations: 0 };
      await own.route("**/api/v1/calls?**", (route) =>
        route.fulfill({
          json: new URL(route.request().url()).searchParams.has("cursor")
            ? { items: calls.slice(60), next: null, refused }
            : { items: calls.slice(0, 60), next: "1.60", refused },
        }),
      );
      let told = ": nothing yet\n\n";
      await own.route("**/api/v1/events?**", (route) =>
        route.fulfill({ contentType: "text/event-stream", body: told }),
      );
      await own.goto(`${server().http}/calls`);
      await own.locator("[data-row]").first().waitFor();
      await own.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      const row = own.locator("[data-row]").filter({ hasText: "Caller 60" });
      await row.getByText("Now").waitFor();
      const call = { ...calls[60], result: "completed" };
      told = `event: call.ended\ndata: ${JSON.stringify({ call, entries: [], isReset: false })}\n\n`;
      await row.getByText("Answered", { exact: true }).waitFor();
    } finally {
      await own.context().close();
    }
  });

  test(
    "older calls that the server refuses are not asked for again and again, and come when one tries again",
    {
      skip,
    },
    () =>
      beside(async (own) => {
        let asked = 0;
        const older = (url: URL): boolean =>
          url.pathname === "/api/v1/calls" && url.searchParams.has("cursor");
        await own.route(older, async (route) => {
          asked += 1;
          await route.fulfill({ status: 503, contentType: "application/problem+json", body: "{}" });
        });
        await own.goto(`${server().http}/calls`);
        await own.locator("[data-row]").first().waitFor();
        await own.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
        const again = own.getByRole("button", { name: "Try again" });
        await again.waitFor();
        // A second of drawing, in which a loop would have asked many times.
        await own.evaluate(`new Promise((done) => {
        let left = 60;
        const next = () => (left-- > 0 ? requestAnimationFrame(next) : done());
        next();
      })`);
        assert.ok(asked < 4, `asked ${asked} times`);
        await own.unroute(older);
        const height = Number(await own.evaluate("document.documentElement.scrollHeight"));
        await again.click();
        await again.waitFor({ state: "detached" });
        // The rows of another page make it longer.
        await own.waitForFunction(`document.documentElement.scrollHeight > ${height} + 1000`);
      }),
  );
}
