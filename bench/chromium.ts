// Chromium as its owner has it: what drives browsers in tests listens to every request, for which the engine writes down who asked, and
// goes through the whole program again each time to find the line. So this asks for a page and for figures, and for nothing else.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Program, until } from "../test/support/process.ts";
import { hasProgram } from "../tools/debian.ts";
import { DevTools, type Evaluated } from "./dev-tools.ts";

const CHROMIUM = "/usr/bin/chromium";
/** So long a window that was opened is at work with itself. */
const REST_MS = 1500;
const POLL_MS = 50;

/** What keeps it from doing things of its own meanwhile. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--no-first-run",
  "--no-startup-window",
  "--no-default-browser-check",
  "--disable-gpu",
  "--disable-extensions",
  "--disable-component-extensions-with-background-pages",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/** Undefined: a page can be looked at. */
export function chromiumMissing(): string | undefined {
  if (hasProgram("chromium")) return undefined;
  return (
    "Chromium is not installed; without it no page can be looked at. " +
    "Please type:  sudo apt-get install --no-install-recommends chromium"
  );
}

/** A cookie of `http://127.0.0.1`, as `Set-Cookie` gives it. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
}

interface Visit {
  readonly url: string;
  readonly cookie?: Cookie | undefined;
  /** JavaScript that is true once what the visitor came for is there. */
  readonly isThere: string;
}

export class Chromium {
  readonly #program: Program;
  readonly #devTools: DevTools;
  readonly #remove: () => void;

  static async start(): Promise<Chromium> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-chromium-"));
    const program = new Program(CHROMIUM, [...FLAGS, `--user-data-dir=${folder}`]);
    const address = await until("Chromium's debugger", () => {
      if (program.result !== undefined) throw new Error(`Chromium did not start:\n${program.stderr}`);
      return /ws:\S+/.exec(program.stderr)?.[0];
    });
    const devTools = await DevTools.open(address);
    return new Chromium(program, devTools, () =>
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
    );
  }

  private constructor(program: Program, devTools: DevTools, remove: () => void) {
    this.#program = program;
    this.#devTools = devTools;
    this.#remove = remove;
  }

  /**
   * Goes to a page with nothing kept from before, in a window that has come to rest. How many ms after it was asked for what is there
   * was drawn and the page free to take a click.
   */
  async visit({ url, cookie, isThere }: Visit): Promise<number> {
    const tools = this.#devTools;
    const context = await tools.ask<{ readonly browserContextId: string }>("Target.createBrowserContext");
    if (cookie !== undefined) {
      // Chromium takes a `__Host-` cookie for a secure address only, and gives it to loopback all the same.
      const kept = { ...cookie, url: "https://127.0.0.1/", path: "/", secure: true, httpOnly: true };
      await tools.ask("Storage.setCookies", { ...context, cookies: [kept] });
    }
    const sessionId = await this.#openWindow(context);
    await tools.ask("Page.enable", {}, sessionId);
    await tools.ask("Page.addScriptToEvaluateOnNewDocument", { source: watcher(isThere) }, sessionId);
    await sleep(REST_MS);
    await tools.ask("Page.navigate", { url }, sessionId);
    const ms = await until(`${url} to be there`, () => this.#thereAt(sessionId));
    await tools.ask("Target.disposeBrowserContext", context);
    return ms;
  }

  async #openWindow(context: object): Promise<string> {
    const window = { ...context, url: "about:blank", width: 1440, height: 900 };
    const target = await this.#devTools.ask<object>("Target.createTarget", window);
    const asked = { ...target, flatten: true };
    return (await this.#devTools.ask<{ readonly sessionId: string }>("Target.attachToTarget", asked))
      .sessionId;
  }

  /** Asked seldom, as each question takes a turn of the page's thread. */
  async #thereAt(sessionId: string): Promise<number | undefined> {
    await sleep(POLL_MS);
    const asked = { expression: "globalThis.thereAt", returnByValue: true };
    const { result } = await this.#devTools.ask<Evaluated<number | undefined>>(
      "Runtime.evaluate",
      asked,
      sessionId,
    );
    return result.value;
  }

  async close(): Promise<void> {
    this.#devTools.close();
    if (this.#program.result === undefined) await this.#program.stop();
    this.#remove();
  }
}

/** Sets `thereAt` once it is drawn and what was waiting for the page's thread has had its turn. */
function watcher(isThere: string): string {
  return `(() => {
    const look = () => {
      if (${isThere}) requestAnimationFrame(() => setTimeout(() => { globalThis.thereAt = performance.now(); }));
      else setTimeout(look, 4);
    };
    look();
  })()`;
}
