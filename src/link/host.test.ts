// Over 5 s: each case starts a control thread.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { COMPANY_TEXT, COMPANY_WARNING, companyWarningLine } from "../../test/fakes/company-text.ts";
import { callRecord } from "../../test/support/call-record.ts";
import { until } from "../../test/support/process.ts";
import { readToken } from "../instance/api-token.ts";
import type { ServerStatus } from "../model/server-status.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { systemClock } from "../runtime/clock.ts";
import { openStore } from "../store/store.ts";
import { Control } from "./host.ts";

interface Running {
  readonly control: Control;
  readonly folder: string;
  readonly published: Snapshot[];
  readonly logged: string[];
  readonly request: (path: string, init?: RequestInit) => Promise<Response>;
}

const STATUS: ServerStatus = {
  ready: true,
  reason: "",
  counters: { switchhook_calls_total: 7 },
  gauges: { switchhook_calls_active: 2 },
};

/** Runs the real thread on a folder of its own. */
async function withControl(
  work: (running: Running) => Promise<void>,
  options: { apply?: string; publish?: (snapshot: Snapshot) => void; status?: () => ServerStatus } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "switchhook-control-"));
  const applyFile = options.apply === undefined ? undefined : join(folder, "company.yaml");
  if (applyFile !== undefined) writeFileSync(applyFile, options.apply ?? "");
  const published: Snapshot[] = [];
  const logged: string[] = [];
  const dataDir = join(folder, "data");
  const started = await Control.start(
    {
      dataDir,
      applyFile,
      http: "127.0.0.1:0",
      realm: "switchhook",
      callsKeepDays: 30,
      again: false,
      softwareVersion: "1.2.3",
    },
    {
      clock: systemClock,
      publish: options.publish ?? ((snapshot) => void published.push(snapshot)),
      status: options.status ?? (() => STATUS),
      access: () => undefined,
      phones: () => undefined,
      log: (level, text) => void logged.push(`${level}: ${text}`),
    },
  );
  try {
    assert.ok(started.ok, started.ok ? "" : started.error.join("\n"));
    const control = started.value;
    const request = (path: string, init: RequestInit = {}) =>
      fetch(`${control.httpAddress}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${readToken(dataDir)}`, ...init.headers },
      });
    try {
      await work({ control, folder: dataDir, published, logged, request });
    } finally {
      await control.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const apply = (text: string): RequestInit => ({
  method: "PUT",
  body: text,
  headers: { "content-type": "application/yaml" },
});

test("the thread starts empty, and takes a company over the API: saved, published, answered", () =>
  withControl(async ({ control, published, request }) => {
    assert.equal(control.snapshot, undefined);
    assert.equal((await request("/api/v1/company")).status, 404);
    const response = await request("/api/v1/company", apply(COMPANY_TEXT));
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal(((await response.json()) as { version: number }).version, 1);
    // The answer came after the swap.
    assert.equal(published.length, 1);
    assert.equal(published[0]?.phones.get("215")?.name, "Reception");
    assert.ok(published[0]?.plans.has("main"));
    assert.equal((await request("/api/v1/phones/status")).status, 503, "the calls' side is starting");
  }));

test("a file that is given at start is applied before anything else", () =>
  withControl(
    async ({ control, folder }) => {
      assert.equal(control.snapshot?.version, 1);
      assert.deepEqual(control.notes, [
        companyWarningLine(join(folder, "..", "company.yaml")),
        "first configuration: 2 phones, 1 group, 2 trunks, 2 webhooks, 1 plan, 1 number",
      ]);
    },
    { apply: COMPANY_TEXT },
  ));

test("a file with errors keeps the thread from starting, with every line", async () => {
  await assert.rejects(
    withControl(async () => {}, { apply: COMPANY_TEXT.replace("country: NL", "country: XX") }),
    /company\.yaml:3:12: home\.country/,
  );
});

test("a refused file changes nothing and comes back with its problems", () =>
  withControl(
    async ({ published, request }) => {
      const response = await request(
        "/api/v1/company?file=my.yaml",
        apply(COMPANY_TEXT.replace("country: NL", "country: XX")),
      );
      assert.equal(response.status, 422);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      const body = (await response.json()) as { problems: { file: string; line: number; path: string }[] };
      assert.deepEqual(
        body.problems.map(({ file, line, path }) => ({ file, line, path })),
        [{ file: "my.yaml", line: 3, path: "home.country" }],
      );
      assert.equal(published.length, 0);
    },
    { apply: COMPANY_TEXT },
  ));

test("an export applies again without a change, secrets and all", () =>
  withControl(
    async ({ request }) => {
      const masked = await (await request("/api/v1/company")).text();
      assert.ok(!masked.includes("correct-horse"));
      const again = await request("/api/v1/company", apply(masked));
      const { warnings, ...rest } = (await again.json()) as { readonly warnings: readonly object[] };
      assert.deepEqual(rest, { version: 1, changes: [] });
      assert.equal(warnings.length, 1);
      assert.partialDeepStrictEqual(warnings[0], { message: COMPANY_WARNING.message });
      assert.ok((await (await request("/api/v1/company?secrets=clear")).text()).includes("correct-horse"));
    },
    { apply: COMPANY_TEXT },
  ));

test("records and contacts are on disk after a stop, and come back at the next start", () =>
  withControl(async ({ control, folder, request }) => {
    for (let index = 0; index < 600; index++) control.tape.put(callRecord(`call-${index}`, index));
    const row = {
      extension: "215",
      key: "k",
      expiresAt: Date.now() + 60_000,
      binding: { uri: "sip:215@127.0.0.1" },
    };
    control.putBinding({ type: "set", row });
    await control.stop();
    await assert.rejects(request("/health"));
    const store = await openStore(folder);
    assert.ok(store.ok);
    assert.equal((await store.value.calls.list({ limit: 1000 })).length, 600);
    assert.deepEqual(await store.value.registrations.load(0), [row]);
    await store.value.close();
  }));

test("a record reaches the disk without a stop", () =>
  withControl(async ({ control, request }) => {
    const record = callRecord("abcd", 1);
    control.tape.put(record);
    // How long entries wait is shown in record/slab-writer.test.ts.
    const response = await until("the record", async () => {
      const answer = await request("/api/v1/calls/abcd");
      return answer.status === 200 && answer;
    });
    // What the API makes of a record is shown where it is made.
    const shown = (await response.json()) as Record<string, unknown>;
    const kept = Object.fromEntries(Object.keys(record).map((key) => [key, shown[key]]));
    assert.deepEqual(JSON.parse(JSON.stringify(kept)), JSON.parse(JSON.stringify(record)));
  }));

test("ready and metrics ask the signalling side", () =>
  withControl(async ({ request }) => {
    assert.deepEqual(await (await request("/ready")).json(), { ready: true });
    const metrics = await (await request("/metrics")).text();
    assert.match(metrics, /^# TYPE switchhook_calls_total counter\nswitchhook_calls_total 7$/m);
    assert.match(metrics, /^switchhook_calls_active 2$/m);
  }));

test("a thread that dies is started again at the same address, and nothing that was not confirmed is lost", () =>
  withControl(
    async ({ control, published, logged, request, folder }) => {
      const address = control.httpAddress;
      control.tape.put(callRecord("before", 1));
      control.killForTest();
      for (let index = 0; index < 10; index++) control.tape.put(callRecord(`during-${index}`, 2));
      // `published` grows when the new thread is up.
      await until("the new thread", () => published.length > 0);
      assert.equal(control.httpAddress, address);
      assert.equal((await request("/health")).status, 200);
      assert.match(logged.join("\n"), /control thread ended .* Calls are not affected/);
      assert.equal(control.metrics().counters["switchhook_control_restarts_total"], 1);
      await control.stop();
      const store = await openStore(folder);
      assert.ok(store.ok);
      assert.equal((await store.value.calls.list({ limit: 100 })).length, 11);
      await store.value.close();
    },
    { apply: COMPANY_TEXT },
  ));

test("a stop while the thread is down starts it once more, and what waited is on disk", () =>
  withControl(
    async ({ control, published, logged, folder }) => {
      control.killForTest();
      await until("the end of the thread", () =>
        logged.some((line) => line.includes("control thread ended")),
      );
      for (let index = 0; index < 10; index++) control.tape.put(callRecord(`during-${index}`, 2));
      await control.stop();
      assert.deepEqual(
        [published.length, logged.filter((line) => line.includes("could not be written"))],
        [0, []],
      );
      const store = await openStore(folder);
      assert.ok(store.ok);
      assert.equal((await store.value.calls.list({ limit: 100 })).length, 10);
      await store.value.close();
    },
    { apply: COMPANY_TEXT },
  ));
