import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Desk } from "../../src/admin/desk.ts";
import { entityPorts } from "../../src/admin/entity-service.ts";
import { historyPorts } from "../../src/admin/history-service.ts";
import { authenticator } from "../../src/api/auth.ts";
import type { ApiPorts } from "../../src/api/ports.ts";
import { createApiServer } from "../../src/api/server.ts";
import { silentAccounts, silentPorts } from "../../src/api/silent-ports.suite.ts";
import { readCompany } from "../../src/company/file.ts";
import { ok } from "../../src/lib/result.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { COMPANY_TEXT } from "../fakes/company-text.ts";
import { seededIds } from "../fakes/seeded-ids.ts";
import { saveCompany } from "./entities.ts";

const TOKEN = "0123456789abcdef".repeat(4);

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** An API over a store on disk, without a signalling thread. */
export interface ApiBench {
  readonly desk: Desk;
  readonly store: Store;
  readonly base: string;
  /** A POST gets an Idempotency-Key of its own, and whatever is an object is sent as JSON. */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
}

export interface ApiBenchOptions {
  /** What is stored at the beginning; null: nothing. */
  readonly company?: string | null;
  readonly ports?: (desk: Desk, store: Store) => Partial<ApiPorts>;
}

/** Does something with an API. */
export async function withApi(
  { company = COMPANY_TEXT, ports = () => ({}) }: ApiBenchOptions,
  work: (bench: ApiBench) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-api-"));
  const store = await openStore(folder);
  assert.ok(store.ok);
  if (company !== null) {
    const read = readCompany(company, "c.yaml");
    assert.ok(read.ok);
    await saveCompany(store.value.company, read.value.company);
  }
  let now = 1000;
  const ids = seededIds(11);
  const desk = await Desk.open({
    repository: store.value.company,
    ids,
    wall: () => (now += 1),
    publish: async () => true,
  });
  const failures: unknown[] = [];
  const server = createApiServer({
    ...silentPorts,
    authenticate: authenticator(TOKEN, silentAccounts, false),
    entities: entityPorts({ desk, ids, sound: async () => ok(undefined) }),
    history: historyPorts({ desk, company: store.value.company, audit: store.value.audit }),
    // A minute later each time: no limit of requests is in the way.
    monotonicMs: () => (now += 60_000),
    failed: (_route, error) => void failures.push(error),
    ...ports(desk, store.value),
  });
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/api/v1`;
  let key = 0;
  try {
    await work({
      desk,
      store: store.value,
      base,
      async ask(method, path, body, headers = {}) {
        const made = method === "POST" ? { "idempotency-key": `key ${(key += 1)}` } : {};
        const answer = await fetch(`${base}${path}`, {
          method,
          headers: { authorization: `Bearer ${TOKEN}`, ...made, ...headers },
          ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        });
        const text = await answer.text();
        return {
          status: answer.status,
          headers: answer.headers,
          body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : { text },
        };
      },
    });
    assert.deepEqual(failures, []);
  } finally {
    await server.close();
    await store.value.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
