import type { Page } from "playwright-core";
import type { TestServer } from "../support/server.ts";
import type { Opened } from "./opened.ts";

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
}

/** Asks the API from within a page: with its session, and as a page may. */
export function askFrom(page: () => Page): Scene["ask"] {
  return (method, where, body) =>
    page().evaluate(
      async ([how, path, text]) => {
        const response = await fetch(`/api/v1${path}`, {
          method: how,
          headers: {
            "content-type": "application/json",
            "idempotency-key": crypto.randomUUID(),
            "if-match": "*",
          },
          body: text === "" ? null : text,
        });
        if (!response.ok) throw new Error(`${how} ${path}: ${response.status} ${await response.text()}`);
        return await response.json();
      },
      [method, where, body === undefined ? "" : JSON.stringify(body)] as [string, string, string],
    );
}
