// The page of a call, of which the record is answered here: a row opens where one is, what stands behind it is seen and goes back to its row,
// and a call that is up grows older. These share the server of page-states.test.ts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { CallRecord } from "../../src/model/call-record.ts";
import { until } from "../support/process.ts";
import type { Scene } from "./scene.ts";

type Parts = Pick<Scene, "skip" | "opened" | "server" | "page">;

// A call of the demo company: a wrong code, the right one, and phone 215 answers.
const file = path.resolve(import.meta.dirname, "../../web/src/features/calls/code-call.json");
const CALL = JSON.parse(readFileSync(file, "utf8")) as CallRecord;

const WIDE = { width: 1440, height: 600 };
const PHONE = { width: 390, height: 844 };

/** What of an element in the browser is used here. */
interface InBrowser {
  getBoundingClientRect(): { readonly [Side in "x" | "y" | "width" | "height"]: number };
  contains(other: unknown): boolean;
  scrollIntoView(how: { readonly block: "center" }): void;
}
type Browser = typeof globalThis & {
  readonly document: { readonly activeElement: unknown; elementFromPoint(x: number, y: number): unknown };
};

/** Whether an element is what one sees at its middle. */
const isSeen = (row: Locator): Promise<boolean> =>
  row.evaluate((element) => {
    const own = element as unknown as InBrowser;
    const { x, y, width, height } = own.getBoundingClientRect();
    return own.contains((globalThis as Browser).document.elementFromPoint(x + width / 2, y + height / 2));
  });

const hasFocus = (one: Locator): Promise<boolean> =>
  one.evaluate((element) => element === (globalThis as Browser).document.activeElement);

const toMiddle = (row: Locator): Promise<void> =>
  row.evaluate((element) => (element as unknown as InBrowser).scrollIntoView({ block: "center" }));

/** Registers the tests: `page` is signed in. */
export function callPageProofs({ skip, opened, server, page }: Parts): void {
  /** The page of this call, beside the one that others use. */
  const shown = async (
    call: CallRecord,
    size: typeof WIDE,
    work: (own: Page) => Promise<void>,
  ): Promise<void> => {
    const own = await opened().page(page().context());
    try {
      await own.route("**/api/v1/calls/shown", (route) => route.fulfill({ json: { ...call, fixes: [] } }));
      await own.setViewportSize(size);
      await own.goto(`${server().http}/calls/shown`);
      await work(own);
    } finally {
      await own.close();
    }
  };
  const rowOf = (own: Page, said: string): Locator =>
    own.locator("button[data-entry]").filter({ hasText: said });
  const close = (own: Page): Locator => own.getByRole("button", { name: "Close the details" });

  test(
    "a row opens where it is, its details stand below the head, and closed they give it the focus",
    {
      skip,
    },
    () =>
      shown(CALL, WIDE, async (own) => {
        const row = rowOf(own, "Successful branch");
        await toMiddle(row);
        const scrolled = await own.evaluate("scrollY");
        assert.notEqual(scrolled, 0);
        await row.click();
        await close(own).waitFor();
        assert.equal(await own.evaluate("scrollY"), scrolled);
        assert.ok(await isSeen(close(own)), "the head lies over it");
        await close(own).click();
        await close(own).waitFor({ state: "detached" });
        assert.ok(await hasFocus(row));
        assert.equal(await own.evaluate("scrollY"), scrolled);
      }),
  );

  test("on a phone what stands behind a row is gone to, and left for the row that it is of", { skip }, () =>
    shown(CALL, PHONE, async (own) => {
      const row = rowOf(own, "Asks for a code, attempt 1");
      await toMiddle(row);
      await row.click();
      const panel = own.getByRole("complementary", { name: "Details" });
      await panel.waitFor();
      await until("the focus", () => hasFocus(panel));
      assert.ok(await isSeen(close(own)), "it is not on the screen");
      const next = own.getByRole("button", { name: "Next", exact: true });
      await next.click();
      const after = rowOf(own, "Answered, to hear");
      await own.locator("[aria-expanded=true]").and(after).waitFor();
      assert.ok(await hasFocus(next));
      await own.keyboard.press("Escape");
      await panel.waitFor({ state: "detached" });
      assert.ok(await hasFocus(after));
      assert.ok(await isSeen(after));
    }),
  );

  test(
    "a caller who hides is Anonymous on the overview, where things are found, and on the page of the call",
    {
      skip,
    },
    () =>
      shown({ ...CALL, caller: "" }, WIDE, async (own) => {
        const title = "Anonymous → +31";
        await own.getByRole("heading", { level: 1 }).waitFor();
        assert.ok((await own.title()).startsWith(title), await own.title());
        const items = [{ ...CALL, id: "shown", caller: "", story: undefined, sip: undefined, fixes: [] }];
        const refused = { calls: 0, registrations: 0 };
        await own.route("**/api/v1/calls?**", (route) =>
          route.fulfill({ json: { items, next: null, refused } }),
        );
        await own.route("**/api/v1/search?**", (route) =>
          route.fulfill({ json: { entities: [], calls: items } }),
        );
        await own.goto(server().http);
        await own.getByRole("link").filter({ hasText: title }).waitFor();
        await own.keyboard.press("Control+k");
        await own.getByRole("combobox", { name: "Find or do …" }).fill("shown");
        await own.getByRole("option").filter({ hasText: title }).waitFor();
      }),
  );

  test("a call that is up grows older while nothing is told of it", { skip }, () => {
    const isBefore = ({ seq = 0 }: { readonly seq?: number }): boolean => seq < 47;
    const up: CallRecord = {
      ...CALL,
      result: "ongoing",
      startedAt: Date.now() - 20_000,
      story: CALL.story.filter(isBefore),
      sip: CALL.sip.filter(isBefore),
    };
    return shown(up, WIDE, async (own) => {
      const seconds = async (text: Locator): Promise<number> =>
        Number(/([\d.]+) s$/.exec((await text.textContent()) ?? "")?.[1]);
      const took = own.locator("dt:text-is('Took') + dd");
      const talk = own.locator("figure li[data-kind=talk]");
      await took.waitFor();
      const [first, talked] = [await seconds(took), await seconds(talk)];
      assert.ok(first >= 20 && talked >= 10, `${first} s, of which ${talked} s are talk`);
      await until("two seconds more", async () => (await seconds(took)) >= first + 2);
      assert.ok((await seconds(talk)) >= talked + 1, "the talk stands still");
    });
  });
}
