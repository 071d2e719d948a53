// The interface in Chromium, against a real server: signing in by the setup link, the first webhook, and what holds on every page:
// no fault of accessibility, nothing that the Content-Security-Policy had to stop, no request to anybody else.
// Over 5 s: axe goes over every page, in both schemes.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { BrowserContext, Page, Request } from "playwright-core";
import { hasProgram } from "../../tools/debian.ts";
import { needs } from "../interop/needs.ts";
import { isSoak } from "../support/depth.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { openIdProofs } from "./open-id.ts";
import { ADMIN, Opened } from "./opened.ts";
import { planDraftProofs } from "./plan-drafts.ts";
import { planEditorProofs } from "./plan-editor.ts";

/** Script that the first page needs, as the network carries it. */
const MOST_SCRIPT_KIB = 180;
/** Each costs the browser and the server more than the few lines that are in it (docs/adr/0133). */
const MOST_SCRIPTS = 10;

const COMPANY = `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { webhookAllowedNetworks: ["127.0.0.0/8"], dialCountries: [NL] }
phones:
  - { extension: "215", name: Reception, password: correct-horse }
groups:
  - { extension: "300", name: Everybody, members: ["215"] }
plans:
  - { name: main, steps: [{ type: phone, phone: "215", ringSeconds: 20 }] }
numbers:
  - { number: "+31501234567", plan: main }
`;

const skip = needs("chromium");
let server: TestServer;
let opened: Opened;
let page: Page;
const folder = mkdtempSync(path.join(tmpdir(), "switchhook-interface-"));

before(async () => {
  if (skip !== false) return;
  assert.ok(hasProgram("chromium"));
  server = await startServer({ company: COMPANY, flags: ["--backup-folder", folder] });
  opened = await Opened.at(server);
  page = await opened.page(await opened.context());
});

after(async () => {
  await opened?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the setup link makes the first administrator, and leads home", { skip }, async () => {
  const link = await until("the setup link", () => /http:\S+\/setup#\S+/.exec(server.process.stderr)?.[0]);
  await page.goto(server.http);
  await page.getByText("This page needs the link that the server printed").waitFor();
  // Into the tab that asks for it: of the address only what is behind # is another, so that nothing is loaded anew.
  await page.goto(link);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  assert.deepEqual(await opened.faults(page), []);
  assert.ok(!page.url().includes("#"), "the secret stays in the address");
  await page.getByRole("button", { name: "Make it and sign in" }).click();
  await page.getByRole("heading", { name: "First five minutes" }).waitFor();
});

test("the first page needs little script in few files, and asks for each thing once", { skip }, async () => {
  const visit = await opened.page(page.context());
  const asked: string[] = [];
  visit.on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith("/api/v1/") && !pathname.endsWith("/events"))
      asked.push(pathname.slice(7) + search);
  });
  await visit.addInitScript({ content: FETCHED_BEFORE_FIGURES });
  await visit.goto(server.http);
  const fetched = await visit.waitForFunction(() => (globalThis as Fetched).fetched);
  const scripts = ((await fetched.jsonValue()) ?? []).filter(({ name }) => name.endsWith(".js"));
  assert.deepEqual(asked.toSorted(), ["/calls?limit=6", "/home", "/phones/status", "/session"]);
  let octets = 0;
  for (const { carried } of scripts) octets += carried;
  const plain = scripts.filter(({ carried, content }) => content > 2_000 && carried >= content);
  assert.deepEqual(plain, [], "not compressed");
  assert.ok(octets > 0 && octets <= MOST_SCRIPT_KIB * 1024, `${Math.ceil(octets / 1024)} KiB`);
  assert.ok(scripts.length <= MOST_SCRIPTS, scripts.map(({ name }) => name).join(" "));
  await visit.close();
});

type Fetched = typeof globalThis & {
  readonly fetched?: readonly {
    readonly name: string;
    /** Octets, as the network carried them and as they are. */
    readonly carried: number;
    readonly content: number;
  }[];
};

/** A page's script: notes what was fetched by the time that the figures of the overview stand. */
const FETCHED_BEFORE_FIGURES = `new MutationObserver((_changes, observer) => {
  if (document.querySelector("main dl dd") === null) return;
  observer.disconnect();
  globalThis.fetched = performance.getEntriesByType("resource").map(
    ({ name, encodedBodySize, decodedBodySize }) => ({ name, carried: encodedBodySize, content: decodedBodySize }));
}).observe(document, { childList: true, subtree: true })`;

test("a webhook is made: a wrong placeholder is said, a reply is judged as it is typed, saved is live", {
  skip,
}, async () => {
  await page.getByRole("link", { name: "Webhooks" }).first().click();
  await page.getByRole("link", { name: "New webhook" }).first().click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("CRM");
  const url = page.getByLabel("URL template");
  await url.fill("http://127.0.0.1:9/route?number={callerld}");
  await page.getByText("{callerld} in the query is not a placeholder").waitFor();
  await url.fill("http://127.0.0.1:9/route?number=");
  await page.getByRole("button", { name: "{callerid}" }).click();
  await page.getByText("http://127.0.0.1:9/route?number=%2B31612345678").waitFor();
  assert.equal(await page.getByLabel("Attempts").count(), 0);
  await page.getByRole("switch", { name: "Use IVR" }).press("Space");
  assert.equal(await page.getByLabel("Attempts").inputValue(), "3");
  await page.getByText("Paste a reply").click();
  await page
    .getByRole("textbox", { name: "Reply" })
    .fill("status=ACK&destination=+31502102544&callername=Jansen+Co");
  await page.getByText("Successful branch").waitFor();
  await page.getByText("destination=%2B31502102544", { exact: true }).waitFor();
  await page.getByRole("textbox", { name: "Reply" }).fill("<html>");
  await page.getByText("Failed branch").waitFor();
  assert.deepEqual(await opened.faults(page), []);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Saved\. Calls use this since/).waitFor();
  await page.waitForURL(/\/webhooks\/(?!new)/);
  assert.match(
    (await server.cli("export")).stdout,
    /urlTemplate: "?http:\/\/127\.0\.0\.1:9\/route\?number=\{callerid\}/,
  );
});

test("what is typed stays over a reload, and can be dropped", { skip }, async () => {
  await page.getByLabel("Description").fill("Looks the caller up");
  await page.reload();
  await page.getByText("You had not saved this. Here it is again.").waitFor();
  assert.equal(await page.getByLabel("Description").inputValue(), "Looks the caller up");
  await page.getByRole("button", { name: "Drop my changes" }).click();
  assert.equal(await page.getByLabel("Description").inputValue(), "");
});

test("keys lead to pages, and the palette finds and does", { skip }, async () => {
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("g");
  await page.keyboard.press("h");
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find or do …" }).fill("new phone");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "New phone" }).waitFor();
});

test("14: a phone is made with the keyboard alone, which is seen wherever it is", { skip }, async () => {
  /** Goes on to the field of this name; whatever has the focus on the way shows it. */
  const tabTo = async (field: string): Promise<void> => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(SEEN_FOCUS);
      assert.ok(seen.isMarked, `the focus is not seen at ${seen.name}`);
      if (seen.name.startsWith(field)) return;
    }
    assert.fail(`no Tab leads to ${field}`);
  };
  await tabTo("Extension");
  await page.keyboard.type("299");
  await tabTo("Name");
  await page.keyboard.type("Hall");
  await page.keyboard.press("Control+s");
  await page.getByText(/Saved\. Calls use this since/).waitFor();
  await page.waitForURL(/\/phones\/(?!new)/);
});

/** What has the focus, and whether that is seen. */
function SEEN_FOCUS(): { readonly name: string; readonly isMarked: boolean } {
  interface Focused {
    readonly labels?: Iterable<{ readonly textContent: string }>;
    readonly textContent: string;
  }
  const { document, getComputedStyle } = globalThis as unknown as {
    readonly document: { readonly activeElement: Focused };
    getComputedStyle(element: Focused): Record<"outlineStyle" | "borderColor" | "boxShadow", string>;
  };
  const focused = document.activeElement;
  const [label] = focused.labels ?? [];
  const { outlineStyle, boxShadow } = getComputedStyle(focused);
  return {
    name: (label?.textContent ?? focused.textContent).trim(),
    isMarked: outlineStyle !== "none" || boxShadow !== "none",
  };
}

const PAGES = [
  ["/", "Home"],
  ["/webhooks", "Webhooks"],
  ["/numbers", "Numbers"],
  ["/phones", "Phones"],
  ["/groups/new", "New group"],
  ["/trunks/new", "New trunk"],
  ["/audio", "Audio messages"],
  ["/settings", "Settings"],
  ["/settings/security", "Settings"],
  ["/settings/users", "Settings"],
  ["/settings/openId", "Settings"],
  ["/settings/audit", "Settings"],
  ["/settings/backup", "Settings"],
] as const;
const CLOSE_UP: ReadonlySet<string> = new Set(["/", "/phones", "/settings/security", "/settings/backup"]);

for (const [address, title] of PAGES)
  test(`${address}: no fault of accessibility in either scheme, and nothing wider than 390 pixels`, {
    skip,
  }, async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(`${server.http}${address}`);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.waitForLoadState("networkidle");
    await opened.assertClean(page, address);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide");
  });

/** 400 % of a window of 1280 pixels (WCAG 2.2, 1.4.10), in Dutch and dark; each page in a soak. */
for (const [address] of PAGES.filter(([one]) => isSoak || CLOSE_UP.has(one)))
  test(`14: ${address} in Dutch, dark, at 400 %: no fault, and nothing needs sideways scrolling`, {
    skip,
  }, async () => {
    await page.setViewportSize({ width: 320, height: 256 });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.evaluate("localStorage.setItem('switchhook.language', 'nl')");
    await page.goto(`${server.http}${address}`);
    await page.locator("html[lang=nl] h1").first().waitFor();
    await page.waitForLoadState("networkidle");
    assert.deepEqual(await opened.faults(page), []);
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide");
    await page.evaluate("localStorage.removeItem('switchhook.language')");
    await page.setViewportSize({ width: 1440, height: 900 });
  });

/** A browser with nothing in it but the cookies that it is given. */
async function another(cookies: Awaited<ReturnType<BrowserContext["cookies"]>>): Promise<Page> {
  const context = await opened.context();
  await context.addCookies(cookies);
  return await context.newPage();
}

test("3: tried at receivers that are good, slow, cut off, a web page, or send a plus as it is: the branch and what is wrong", {
  skip,
}, async () => {
  const replies: Readonly<Record<string, string>> = {
    good: "status=ACK&callername=Jansen",
    page: "<html><body>status=ACK</body></html>",
    plus: "status=ACK&destination=+31502102544",
  };
  const receiver = await Receiver.start((query, _request, response) => {
    const how = query.get("how") ?? "";
    if (how === "cut") response.destroy();
    else if (how !== "slow") response.end(replies[how]);
  });
  try {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`${server.http}/webhooks/new`);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Tried");
    await page.getByText("Time-out, redirects").click();
    await page.getByLabel("Time-out of the request").fill("1");
    for (const [how, branch, said] of [
      ["good", "Successful branch", /The receiver answered ACK, name "Jansen"/],
      ["slow", "Failed branch", /within 1 s/],
      ["cut", "Failed branch", /closed|reset/],
      ["page", "Failed branch", /The reply is a web page/],
      ["plus", "Successful branch", /must be sent as/],
    ] as const) {
      await page.getByLabel("URL template").fill(`${receiver.address}/?how=${how}`);
      await page.getByRole("button", { name: "Send a real request" }).click();
      await page.getByText(said).first().waitFor();
      await page.getByText(branch, { exact: true }).waitFor();
    }
    await page.getByText("destination=%2B31502102544", { exact: true }).waitFor();
  } finally {
    await receiver.kill();
  }
});

test("a new plan has an address; who turns away is back at the list, who goes back does not make it again", {
  skip,
}, async () => {
  await page.goto(`${server.http}/plans`);
  await page.getByRole("button", { name: "New plan" }).click();
  const dialog = page.getByRole("dialog", { name: "New plan" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.waitForURL(/\/plans$/);
  await page.goto(`${server.http}/plans/new`);
  await dialog.getByRole("textbox").fill("Night");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.getByRole("heading", { level: 1, name: "Night" }).waitFor();
  await page.goBack();
  await page.waitForURL(/\/plans$/);
  await page.getByText("Night").waitFor();
  assert.equal(await dialog.count(), 0);
});

test("a backup by the clock is made now, and stands in the list", { skip }, async () => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(`${server.http}/settings/backup`);
  // The first of the clock may have been made by now.
  await page.getByRole("button", { name: "Make one now" }).click();
  const made = page.getByRole("list", { name: "Backups by the clock" }).getByRole("listitem");
  await made.filter({ hasText: /switchhook-.+\.hand\.backup.*made by hand/s }).waitFor();
  await page.goto(`${server.http}/settings/audit`);
  await page.getByText("backup asked for").waitFor();
});

test("fewer days of calls are asked about: dismissed, nothing is saved; as the server was started, too", {
  skip,
}, async () => {
  const asked: string[] = [];
  /** Saves, and answers what the page asks before it does. */
  const save = async (isMeant: boolean): Promise<void> => {
    page.once("dialog", (dialog) => {
      asked.push(dialog.message());
      void (isMeant ? dialog.accept() : dialog.dismiss());
    });
    await page.getByRole("button", { name: "Save" }).click();
  };
  const kept = (): Promise<unknown> =>
    page.evaluate(async () => {
      const settings = (await (await fetch("/api/v1/settings")).json()) as {
        readonly document: { readonly retention?: { readonly callsDays: number } };
      };
      return settings.document.retention?.callsDays;
    });
  const sent: string[] = [];
  const note = (request: Request): void => {
    if (request.method() !== "GET") sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
  };
  page.on("request", note);
  await page.goto(`${server.http}/settings/backup`);
  const days = page.locator('[data-path="retention.callsDays"]');
  await days.fill("7");
  await save(false);
  assert.equal(await kept(), undefined);
  assert.deepEqual(sent, []);
  await save(true);
  await page.getByText(/Saved\. Calls use this since/).waitFor();
  assert.deepEqual(sent, ["PUT /api/v1/settings"], "only when it is meant");
  page.off("request", note);
  assert.equal(await kept(), 7);
  // More than there are until now is nothing to ask about.
  await days.fill("9");
  await page.getByRole("button", { name: "Save" }).click();
  await until("9 days", async () => (await kept()) === 9);
  await days.fill("");
  await save(true);
  await until("the server to say it", async () => (await kept()) === undefined);
  assert.deepEqual(
    asked.map((question) => question.slice(0, 24)),
    ["Calls older than 7 days ", "Calls older than 7 days ", "Calls are then kept for "],
  );
});

planEditorProofs({
  skip,
  page: () => page,
  another: async () => another(await page.context().cookies()),
  address: () => server.http,
});
planDraftProofs({
  skip,
  page: () => page,
  another: async () => another(await page.context().cookies()),
  address: () => server.http,
});
openIdProofs({
  skip,
  page: () => page,
  another: async () => another(await page.context().cookies()),
  stranger: () => another([]),
  address: () => server.http,
});

test("nothing was asked of anybody else, nothing was stopped by the policy, nothing broke", { skip }, () => {
  assert.deepEqual(opened.wrongs, []);
});
