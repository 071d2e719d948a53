// A newcomer in Chromium, from the printed link to a call: a webhook that asks the practice receiver, a plan with it, a number, and
// "call it now", a real SIP call that rings a real phone under the name that was typed as the receiver's reply.
// Over 5 s: a browser and a server, and people read and type at a person's pace.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { startDemoPhone } from "../../src/softphone/phone.ts";
import { until } from "../support/process.ts";
import type { TestServer } from "../support/server.ts";
import { formProofs } from "./forms.ts";
import type { Opened } from "./opened.ts";
import { refusalProofs } from "./refusals.ts";
import { sceneWith } from "./scene.ts";

const COMPANY = `version: 1
home: { country: NL, timeZone: Europe/Amsterdam }
security: { webhookAllowedNetworks: ["127.0.0.0/8"] }
trunks:
  - { name: Carrier, kind: peer, hosts: ["sip:192.0.2.1"], acceptFrom: ["192.0.2.1/32"], probeSeconds: 0 }
phones:
  - { extension: "215", name: Reception, password: correct-horse-215 }
`;

let server: TestServer;
let opened: Opened;
let page: Page;

const scene = sceneWith(COMPANY, {
  async opened(its) {
    [server, opened, page] = [its.server(), its.opened(), its.page()];
    const phone = await startDemoPhone({
      extension: "215",
      password: "correct-horse-215",
      server: { host: server.address, port: server.port },
      ringMs: 300,
      onRinging: () => {},
      onHeard: () => {},
    });
    its.atEnd(() => phone.close());
  },
});
const { skip } = scene;

test("a webhook that asks the practice receiver: tried before it is saved, its request is on the receiver's page at once", {
  skip,
}, async () => {
  await page.goto(`${server.http}/webhooks/new`);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("CRM");
  await page.getByRole("button", { name: "Use a practice receiver" }).click();
  const receiver = page.getByRole("link", { name: "See its requests and type its reply" });
  const address = new URL((await receiver.getAttribute("href")) ?? "", server.http).href;
  const beside = await opened.page(page.context());
  await beside.goto(address);
  await beside.getByText("Nothing has come yet.").waitFor();
  await page.getByRole("button", { name: "Send a real request" }).click();
  await page.getByText("Successful branch").waitFor();
  await beside.getByText("Request 1").waitFor();
  await beside.getByRole("row", { name: "did +31501234567" }).waitFor();
  await beside.getByText("trial").waitFor();
  await beside.getByLabel("Reply", { exact: true }).fill("status=ACK&callername=Jansen+%26+Co");
  await beside.getByText("In force: the next request gets this.").waitFor();
  await opened.assertClean(beside, "the practice receiver");
  await beside.close();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Saved\. Calls use this since/).waitFor();
  await page.waitForURL(/\/webhooks\/(?!new)/);
});

test("two pages of one practice receiver: what one types is what the other shows; the last letters are sent by leaving", {
  skip,
}, async () => {
  const link = page.getByRole("link", { name: "See its requests and type its reply" });
  const address = new URL((await link.getAttribute("href")) ?? "", server.http).href;
  const pages: Page[] = [];
  for (let nth = 0; nth < 2; nth += 1) {
    const own = await opened.page(page.context());
    await own.goto(address);
    await own.getByText("In force: the next request gets this.").waitFor();
    pages.push(own);
  }
  const [one, other] = pages;
  assert.ok(one && other);
  const typeIn = (at: Page): Locator => at.getByLabel("Reply", { exact: true });
  const last = "status=ACK&callername=Jansen+%26+Co";
  await typeIn(one).fill("status=ACK&callername=Klaassen");
  await one.getByText("In force: the next request gets this.").waitFor();
  // By a request the other page learns of it.
  await page.getByRole("button", { name: "Send a real request" }).click();
  await until("the other page to show it", async () => /Klaassen/.test(await typeIn(other).inputValue()));
  await typeIn(other).fill(last);
  await other.getByRole("link", { name: "Webhooks" }).first().click();
  await other.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await page.getByRole("button", { name: "Send a real request" }).click();
  await until("the first page to show what was typed last", async () => {
    return (await typeIn(one).inputValue()) === last;
  });
  // What a server that is away has not taken is sent by coming back, where it was not before.
  await other.goBack();
  await other.route("**/api/v1/practice/*/reply", (route) => route.abort());
  await typeIn(other).fill("status=NAK");
  await other.getByText("Not in force: The server was not reached.").waitFor();
  await other.getByRole("link", { name: "Webhooks" }).first().click();
  await other.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  await other.unrouteAll({ behavior: "wait" });
  await other.goBack();
  await other.getByText("In force: the next request gets this.").waitFor();
  assert.equal(await typeIn(other).inputValue(), "status=NAK");
  await typeIn(other).fill(last);
  await other.getByText("In force: the next request gets this.").waitFor();
  for (const own of pages) await own.close();
});

test("its receiver code, its requests", { skip }, async () => {
  const webhook = page.url();
  await page.goto(`${webhook}/recipe?in=php`);
  await page.getByText("$_GET['callerid']").waitFor();
  await opened.assertClean(page, "the recipe");
  await page.goto(`${webhook}/requests`);
  await page.getByText("No call has asked this webhook yet.").waitFor();
  await page.goto(webhook);
});

test("a plan is made with it, a number leads there, and “call it now” opens the call while it goes on", {
  skip,
}, async () => {
  await page.getByRole("button", { name: "Make a dial plan with it" }).click();
  await page.getByRole("heading", { level: 1, name: "CRM" }).waitFor();
  await page.getByText("Caller name from the webhook").first().waitFor();
  await page.getByRole("link", { name: "Give it a number" }).click();
  await page.getByLabel("Number").fill("050 123 4567");
  assert.equal(await page.getByRole("combobox", { name: "Dial plan" }).inputValue(), "CRM");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Saved\. Calls use this since/).waitFor();
  await page.getByRole("button", { name: "Call it now" }).click();
  assert.deepEqual(await opened.faults(page), []);
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForURL(/\/calls\/[0-9a-f]{32}/);
  // It is up: the menu counts it, and the page grows by itself until both have hung up.
  await page.getByRole("img", { name: "1 call now" }).waitFor();
  await page.getByText("Jansen & Co").first().waitFor();
  await page.getByText("Answered", { exact: true }).waitFor();
  const call = await server.recordOf("+31501234567");
  assert.equal(call.result, "completed");
  assert.match(call.answeredBy ?? "", /^phone 215 /);
  assert.equal(call.caller, "+31612345678");
  await page.getByRole("img", { name: "1 call now" }).waitFor({ state: "detached" });
});

test("a recipe is made by one click: webhook, plan, the number that had none, and a practice receiver that decides", {
  skip,
}, async () => {
  await page.goto(`${server.http}/numbers/new`);
  await page.getByLabel("Number").fill("050 123 4568");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/Saved\. Calls use this since/).waitFor();
  await page.goto(`${server.http}/webhooks`);
  await page.getByRole("link", { name: "Recipes" }).click();
  await page.getByRole("heading", { name: "Open a gate by calling" }).waitFor();
  await opened.assertClean(page, "the recipes");
  await page.getByRole("button", { name: "Make “Gate”" }).click();
  await page.getByText("+31501234568 leads there.").waitFor();
  await page.getByRole("heading", { level: 1, name: "Gate" }).waitFor();
  await page.getByRole("button", { name: "Call it now" }).click();
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.waitForURL(/\/calls\/[0-9a-f]{32}/);
  // Who is on its list hears "busy": the successful branch.
  assert.equal((await server.recordOf("+31501234568")).result, "busy");
  await page.goto(`${server.http}/webhooks`);
  await page.getByRole("link", { name: "Gate" }).click();
  await page.getByRole("link", { name: "See its requests and type its reply" }).click();
  await page.getByText("Where callerid is +31612345678:").waitFor();
  await page.getByText("Request 1").waitFor();
});

test("what is removed is in the trash, and is put back", { skip }, async () => {
  await page.goto(`${server.http}/numbers`);
  await page.getByText("+31 50 123 4567").click();
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  await page.goto(`${server.http}/settings/trash`);
  await page.getByText("30 days left").waitFor();
  await opened.assertClean(page, "the trash");
  await page.getByRole("button", { name: "Put back: +31501234567" }).click();
  await page.waitForURL(/\/numbers\//);
  assert.match((await server.cli("export")).stdout, /\+31501234567/);
});

test("a company file: what it would do is shown, then it does it", { skip }, async () => {
  const file = (await server.cli("export")).stdout;
  await page.goto(`${server.http}/settings/file`);
  await page.getByRole("textbox", { name: "Apply a file" }).fill(file.replace("Reception", "Front desk"));
  await page.getByRole("button", { name: "Show the difference" }).click();
  await page.getByRole("heading", { name: "What this file would do" }).waitFor();
  assert.match((await server.cli("export")).stdout, /Reception/, "nothing is changed yet");
  assert.deepEqual(await opened.faults(page), []);
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByText(/Applied as version/).waitFor();
  assert.match((await server.cli("export")).stdout, /Front desk/);
});

refusalProofs(scene);
formProofs(scene);

test("a page asks little: what events tell is not asked again and again", { skip }, async () => {
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/api/")) asked.push(pathname);
  });
  for (const at of ["/calls", "/phones", "/webhooks", "/numbers", "/trunks"]) {
    asked.length = 0;
    await page.goto(server.http + at);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    assert.ok(asked.length <= 6, `${at}: ${asked.join(" ")}`);
  }
});

test("nothing was asked of anybody else, nothing was stopped by the policy, nothing broke", { skip }, () => {
  assert.deepEqual(opened.wrongs, []);
});
