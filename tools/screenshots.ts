// `npm run screenshots`: the demo company on every page, light and dark, wide and as a phone has it, into docs/screenshots.
// For looking at: what a page says is shown by the tests in test/browser.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "playwright-core";

const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, "docs/screenshots");
const PATIENCE_MS = 60_000;

interface Look {
  readonly suffix: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
}

const LOOKS: readonly Look[] = [
  { suffix: "", width: 1440, height: 960, colorScheme: "light" },
  { suffix: "-dark", width: 1440, height: 960, colorScheme: "dark" },
  { suffix: "-phone", width: 390, height: 844, colorScheme: "light" },
];

/** A picture: where it is. The id in a path is that of the first thing of the kind; `ivr` is the first webhook that asks for a code. */
interface Picture {
  readonly name: string;
  readonly at: string;
  /** What has to be on the page, and in the picture, where that is not its beginning. */
  readonly shows?: string;
}

const PICTURES: readonly Picture[] = [
  { name: "home", at: "/" },
  { name: "calls", at: "/calls" },
  { name: "call", at: "/calls/{calls}" },
  { name: "numbers", at: "/numbers" },
  { name: "plans", at: "/plans" },
  { name: "plan", at: "/plans/{plans}" },
  { name: "plan-step", at: "/plans/{plans}?step=1.1.2", shows: "[data-step][data-selected]" },
  { name: "simulation", at: "/plans/{plans}?simulate=1", shows: "aside output" },
  { name: "webhooks", at: "/webhooks" },
  { name: "webhook", at: "/webhooks/{webhooks}" },
  { name: "webhook-ivr", at: "/webhooks/{ivr}" },
  { name: "receiver-code", at: "/webhooks/{webhooks}/recipe?in=php" },
  { name: "practice-receiver", at: "/webhooks/practice/{practice}" },
  { name: "call-it-now", at: "/?call=1" },
  { name: "audio", at: "/audio" },
  { name: "phones", at: "/phones" },
  { name: "phone", at: "/phones/{phones}" },
  { name: "groups", at: "/groups" },
  { name: "trunks", at: "/trunks" },
  { name: "settings", at: "/settings" },
  { name: "users", at: "/settings/users" },
  { name: "trash", at: "/settings/trash" },
  { name: "wallboard", at: "/wallboard" },
];

/** Starts the demo; resolves with the link that signs in, which it prints last. */
async function startDemo(data: string): Promise<{ readonly link: string; stop(): void }> {
  const demo = spawn(process.execPath, ["src/cli/main.ts", "demo", "--data", data], { cwd: root });
  const lines = createInterface({ input: demo.stdout });
  for await (const line of lines) {
    const [link] = /http:\/\/\S+\/(?:setup|login)#\S+/.exec(line) ?? [];
    if (link !== undefined) return { link, stop: () => demo.kill("SIGINT") };
  }
  throw new Error("The demo ended without a link that signs in.");
}

/** The newest call, and the first plan, webhook, phone. */
async function firstIds(page: Page): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const kind of ["calls", "plans", "webhooks", "phones"]) {
    const answer = await page.request.get(new URL(`/api/v1/${kind}?limit=50`, page.url()).href);
    const { items } = (await answer.json()) as {
      readonly items: readonly { readonly id: string; readonly document?: { readonly ivr?: unknown } }[];
    };
    const [first] = items;
    if (first !== undefined) ids.set(kind, first.id);
    const asking = items.find(({ document }) => document?.ivr !== undefined);
    if (asking !== undefined) ids.set("ivr", asking.id);
  }
  ids.set("practice", await practised(page));
  return ids;
}

/** A practice receiver that was asked twice; its id. By the page itself, for only it has the session. */
function practised(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const made = await fetch("/api/v1/practice", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    const { id } = (await made.json()) as { readonly id: string };
    for (const code of ["1111", "2580"])
      await fetch(`/practice/${id}?did=%2B31501234570&callerid=%2B31612345678&code=${code}`);
    return id;
  });
}

async function take(browser: Browser, link: string): Promise<void> {
  const context = await browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForURL((url) => url.pathname === "/");
  const ids = await firstIds(page);
  for (const { name, at, shows } of PICTURES) {
    const place = at.replaceAll(/\{(\w+)\}/g, (_, kind: string) => ids.get(kind) ?? "");
    for (const { suffix, width, height, colorScheme } of LOOKS) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(new URL(place, page.url()).href);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      // Pages that ask again and again are never idle for long; a first answer is there then.
      await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => undefined);
      await page.evaluate("document.fonts.ready");
      if (shows !== undefined) await page.locator(shows).first().scrollIntoViewIfNeeded();
      await page.screenshot({ path: path.join(folder, `${name}${suffix}.png`) });
    }
    console.log(`docs/screenshots/${name}.png, in ${LOOKS.length} looks`);
  }
}

mkdirSync(folder, { recursive: true });
const data = mkdtempSync(path.join(tmpdir(), "switchhook-screenshots-"));
const demo = await startDemo(data);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await take(browser, demo.link);
} finally {
  await browser.close();
  demo.stop();
  rmSync(data, { recursive: true, force: true });
}
