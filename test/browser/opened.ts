// A page of the interface in Chromium, signed in at a server, and what it must never do.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { until } from "../support/process.ts";
import type { TestServer } from "../support/server.ts";

/** A machine that is busy with other tests takes its time. */
const PATIENCE_MS = 60_000;
export const ADMIN = { name: "admin", password: "several words are a password" } as const;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Chromium with one server's interface; `wrongs` is what its pages did that they should not. */
export class Opened {
  readonly browser: Browser;
  readonly wrongs: string[] = [];
  readonly #server: TestServer;

  private constructor(browser: Browser, server: TestServer) {
    this.browser = browser;
    this.#server = server;
  }

  /** `flags`: more of Chromium's. */
  static async at(server: TestServer, flags: readonly string[] = []): Promise<Opened> {
    const args = ["--no-sandbox", ...flags];
    const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
    return new Opened(browser, server);
  }

  /** A browser of its own, so that its cookies and storage are. */
  async context(locale = "en-GB"): Promise<BrowserContext> {
    const context = await this.browser.newContext({ locale, viewport: { width: 1440, height: 900 } });
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  }

  async page(context: BrowserContext): Promise<Page> {
    const page = await context.newPage();
    page.on("request", (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith("http") && host !== new URL(this.#server.http).host)
        this.wrongs.push(`asked ${request.url()}`);
    });
    page.on("pageerror", (error) => this.wrongs.push(`fault: ${error.message}`));
    page.on("console", (message) => {
      if (/Content.Security|TrustedHTML|Refused to/i.test(message.text())) this.wrongs.push(message.text());
    });
    return page;
  }

  /** The first administrator, by the link that the server prints. */
  async setUp(page: Page): Promise<void> {
    const link = await until(
      "the setup link",
      () => /http:\S+\/setup#\S+/.exec(this.#server.process.stderr)?.[0],
    );
    await page.goto(link);
    await page.getByLabel("Name").fill(ADMIN.name);
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Make it and sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  }

  /** The same one in another browser, by name and password: who came by the link is asked for no password later. */
  async signedIn(): Promise<Page> {
    const page = await this.page(await this.context());
    await page.goto(`${this.#server.http}/login`);
    await page.getByLabel("Name").fill(ADMIN.name);
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
    return page;
  }

  /** Every fault that axe sees, with the element; `rules`: those alone. */
  async faults(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
    // By the debugger's door, so that the page's own policy stays in force.
    if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe);
    return page.evaluate(async (runOnly) => {
      const { run } = (globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } }).axe;
      // What passes need not be described: to find a selector for each of its elements takes longer than to judge them.
      const resultTypes = ["violations"];
      const { violations } = await run({ resultTypes, ...(runOnly === undefined ? {} : { runOnly }) });
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" ")}`,
      );
    }, rules);
  }

  async assertClean(page: Page, what: string): Promise<void> {
    await page.emulateMedia({ colorScheme: "light" });
    assert.deepEqual(await this.faults(page), [], `${what}, light`);
    await page.emulateMedia({ colorScheme: "dark" });
    // A scheme is colours and nothing else.
    assert.deepEqual(await this.faults(page, ["color-contrast"]), [], `${what}, dark`);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}
