import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before } from "node:test";
import type { Page } from "playwright-core";
import { placeTestCall } from "../../src/softphone/caller.ts";
import { needs } from "../interop/needs.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { Opened } from "./opened.ts";

/** What the proofs of one file share: a server, and a page at which an administrator is signed in. */
export interface Scene {
  readonly skip: string | false;
  page(): Page;
  opened(): Opened;
  server(): TestServer;
  /** Asks the API as the page would; answers what it said. */
  ask(method: string, where: string, body?: unknown): Promise<unknown>;
  /** Places a call from outside to a number; what its caller heard until it heard what it wants, or that it was refused. */
  heard(number: string, wants: string): Promise<readonly string[]>;
  /** For files, taken away at the end. */
  folder(): string;
  /** When the first page was opened, ms since 1970. */
  begun(): number;
  /** At the end this is done first: what needs the server for its own end, as a phone that unregisters does. */
  atEnd(close: () => Promise<void>): void;
}

interface SceneParts {
  /** Of Chromium; told the scene's folder. */
  readonly flags?: (folder: string) => readonly string[];
  /** What is opened besides, once the server runs and the administrator is signed in. */
  readonly opened?: (scene: Scene) => Promise<void>;
}

/** Registers the hooks that open a scene with this company and end it. */
export function sceneWith(
  company: string,
  { flags = () => [], opened: whenOpened = () => Promise.resolve() }: SceneParts = {},
): Scene {
  const skip = needs("chromium");
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-scene-"));
  const closing: (() => Promise<void>)[] = [];
  let server: TestServer;
  let opened: Opened;
  let page: Page;
  let begun = 0;
  before(async () => {
    if (skip !== false) return;
    server = await startServer({ company });
    opened = await Opened.at(server, flags(folder));
    begun = Date.now();
    page = await opened.page(await opened.context());
    await opened.setUp(page);
    await whenOpened(scene);
  });
  after(async () => {
    for (const close of closing) await close();
    await opened?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const scene: Scene = {
    skip,
    page: () => page,
    opened: () => opened,
    server: () => server,
    ask: askFrom(() => page),
    heard: (called, wants) => heardAt(server, called, wants),
    folder: () => folder,
    begun: () => begun,
    atEnd: (close) => void closing.push(close),
  };
  return scene;
}

/** What a caller from outside hears at a number, until the other side hangs up or a second of talk is over. */
async function heardAt(server: TestServer, called: string, wants: string): Promise<readonly string[]> {
  const notes: string[] = [];
  const result = await placeTestCall({
    server: { host: server.address, port: server.port },
    port: 0,
    caller: { number: "+31612345699", name: "" },
    called,
    codes: [],
    wants,
    talkMs: 100,
    messages: [],
    onNote: (note) => notes.push(note),
  });
  return result.kind === "refused" ? ["refused"] : notes;
}

/** Asks the API from within a page: with its session, and as a page may. */
export function askFrom(page: () => Page): Scene["ask"] {
  return (method, where, body) =>
    page().evaluate(
      async ([how, path, text]) => {
        const send = (): Promise<Response> =>
          fetch(`/api/v1${path}`, {
            method: how,
            headers: {
              "content-type": "application/json",
              "idempotency-key": crypto.randomUUID(),
              "if-match": "*",
            },
            body: text === "" ? null : text,
          });
        let response = await send();
        // All of a test asks as one user; it comes again when it is told to.
        while (response.status === 429) {
          const seconds = Number(response.headers.get("retry-after") ?? 1);
          await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
          response = await send();
        }
        if (!response.ok) throw new Error(`${how} ${path}: ${response.status} ${await response.text()}`);
        return await response.json();
      },
      [method, where, body === undefined ? "" : JSON.stringify(body)] as [string, string, string],
    );
}
