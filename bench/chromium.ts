// Chromium as its owner has it: what drives browsers in tests listens to every request, for which the engine writes down who asked, and
// goes through the whole program again each time to find the line. So this asks for a page and for figures, and for nothing else.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Program, until } from "../test/support/process.ts";

const CHROMIUM = "/usr/bin/chromium";
/** So long a window that was opened is at work with itself. */
const REST_MS = 1500;
const POLL_MS = 50;
const PATIENCE_MS = 30_000;

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

/** Why no page can be looked at; undefined: one can. */
export function chromiumMissing(): string | undefined {
  return existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is missing: apt-get install chromium`;
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

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Speaks the DevTools protocol by its socket. */
export class Chromium {
  readonly #program: Program;
  readonly #socket: WebSocket;
  readonly #remove: () => void;
  readonly #pending = new Map<number, Pending>();
  #count = 0;

  static async start(): Promise<Chromium> {
    const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-chromium-"));
    const program = new Program(CHROMIUM, [...FLAGS, `--user-data-dir=${folder}`]);
    const address = await until("Chromium's debugger", () => {
      if (program.result !== undefined) throw new Error(`Chromium did not start:\n${program.stderr}`);
      return /ws:\S+/.exec(program.stderr)?.[0];
    });
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", () => reject(new Error(`no connection to ${address}`)), {
        once: true,
      });
    });
    return new Chromium(program, socket, () =>
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
    );
  }

  private constructor(program: Program, socket: WebSocket, remove: () => void) {
    this.#program = program;
    this.#socket = socket;
    this.#remove = remove;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
  }

  /**
   * Goes to a page with nothing kept from before, in a window that has come to rest. How many ms after it was asked for what is there
   * was drawn and the page free to take a click.
   */
  async visit({ url, cookie, isThere }: Visit): Promise<number> {
    const { browserContextId } = await this.#send("Target.createBrowserContext");
    if (cookie !== undefined) {
      // Chromium takes a `__Host-` cookie for a secure address only, and gives it to loopback all the same.
      const kept = { ...cookie, url: "https://127.0.0.1/", path: "/", secure: true, httpOnly: true };
      await this.#send("Storage.setCookies", { browserContextId, cookies: [kept] });
    }
    const window = { url: "about:blank", browserContextId, width: 1440, height: 900 };
    const { targetId } = await this.#send("Target.createTarget", window);
    const { sessionId } = await this.#send("Target.attachToTarget", { targetId, flatten: true });
    await this.#send("Page.enable", {}, sessionId);
    await this.#send("Page.addScriptToEvaluateOnNewDocument", { source: watcher(isThere) }, sessionId);
    await sleep(REST_MS);
    await this.#send("Page.navigate", { url }, sessionId);
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      await sleep(POLL_MS);
      const asked = { expression: "globalThis.thereAt ?? 0", returnByValue: true };
      const { result } = await this.#send("Runtime.evaluate", asked, sessionId);
      if (Number(result?.value) > 0) {
        await this.#send("Target.disposeBrowserContext", { browserContextId });
        return Number(result?.value);
      }
      if (performance.now() > deadline) throw new Error(`${url}: what was waited for never came`);
    }
  }

  async close(): Promise<void> {
    this.#socket.close();
    if (this.#program.result === undefined) await this.#program.stop();
    this.#remove();
  }

  #send(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
    this.#count += 1;
    const id = this.#count;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
  }

  #take(text: string): void {
    const { id, result, error } = JSON.parse(text) as Message;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return;
    this.#pending.delete(id);
    if (error === undefined) pending.resolve(result);
    else pending.reject(new Error(`Chromium: ${error.message}`));
  }
}

/** What is read of the answers; each has some of it. */
interface Answer {
  readonly browserContextId: string;
  readonly targetId: string;
  readonly sessionId: string;
  readonly result?: { readonly value?: unknown };
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
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
