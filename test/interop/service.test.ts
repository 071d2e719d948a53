// What the service survives: a receiver that dies under load, a new configuration, a restart, a kill.
// Over 5 s: real servers are killed and started under load.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, test } from "node:test";
import type { CallRecord } from "../../src/model/call-record.ts";
import { openStore } from "../../src/store/store.ts";
import { companyText, PASSWORD, ringPhone, webhook, webhookStep } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { Receiver } from "../support/receiver.ts";
import { runCli, startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";
import { registerPhone, type Sipp, sippCallee, sippCaller, stopEverySipp } from "../support/sipp.ts";
import { needs } from "./needs.ts";

const skip = needs("sipp");

const DID = "+31501234567";
const NEW_DID = "+31501234568";
const DEADLINE_MS = 1000;
/** Lowest number of a caller; each call has its own. */
const FIRST_CALLER = 31_612_000_000;

const caller = ownAddress();
const at215 = ownAddress();
const at216 = ownAddress();
let receiver: Receiver;
let server: TestServer;
let silent = false;

/** A webhook's success rings 216, its failure 215. */
function company(...more: readonly string[]): string {
  const steps = [webhookStep("CRM", [ringPhone("216")], [ringPhone("215")])];
  return companyText({
    caller,
    webhooks: [webhook("CRM", receiver.address, `, timeoutSeconds: ${DEADLINE_MS / 1000}`)],
    routes: Object.fromEntries([DID, ...more].map((did) => [did, steps])),
  });
}

before(async () => {
  receiver = await Receiver.start((_query, _request, response) => {
    if (!silent) response.end("status=ACK");
  });
});

afterEach(async () => {
  await stopEverySipp();
  await server?.stop();
});

after(async () => receiver.kill());

async function start(drainSeconds = 0): Promise<void> {
  server = await startServer({ company: company(), drainSeconds });
  for (const [at, extension] of [
    [at215, "215"],
    [at216, "216"],
  ] as const) {
    await registerPhone(at, `${server.address}:5060`, { extension, password: PASSWORD });
    await answering(at);
  }
}

function answering(at: string): Promise<Sipp> {
  return sippCallee("phone-answers", { at, server: `${server.address}:5060`, calls: 100_000 });
}

interface Load {
  readonly calls: number;
  readonly rate?: number;
  readonly pauseMs?: number;
  readonly did?: string;
  /** One port serves one SIPp at a time. */
  readonly port?: number;
}

let callers = FIRST_CALLER;

function load({ calls, did = DID, ...more }: Load): Sipp {
  const first = callers;
  callers += calls;
  const rows = Array.from({ length: calls }, (_call, index) => [did, `+${first + index}`, ""]);
  return sippCaller("caller-answered", { at: caller, server: `${server.address}:5060`, rows, ...more });
}

function upCalls(): Promise<number> {
  return server.metric("switchhook_calls_active");
}

async function stories(count: number): Promise<readonly CallRecord[]> {
  const list = await server.recorded(count);
  const records: CallRecord[] = [];
  // One after the other: an address has 64 connections to the API.
  for (const { id } of list) records.push(await server.call(id));
  return records;
}

function webhookMs(record: CallRecord): number {
  const reply = record.story.find((event) => event.type === "replied");
  return reply?.type === "replied" ? reply.elapsedMs : Number.NaN;
}

test("the receiver dies under 50 calls/s: 0 calls lost, all later ones on the failed branch", {
  skip,
}, async () => {
  await start();
  const calls = 250;
  const running = load({ calls, rate: 50, pauseMs: 50 });
  await until("the load to be under way", () => receiver.requests.length >= 100);
  const killedAt = Date.now();
  await receiver.kill();
  await running.succeeded();
  const records = await stories(calls);
  assert.deepEqual(new Set(records.map((record) => record.result)), new Set(["completed"]));
  const late = records.filter((record) => record.startedAt > killedAt);
  assert.ok(late.length >= calls / 4, `${late.length} calls after the receiver's death`);
  for (const record of late) assert.match(record.answeredBy ?? "", /215/);
  for (const record of records) assert.ok(webhookMs(record) <= DEADLINE_MS + 200, `${webhookMs(record)} ms`);
  await server.stop();
  receiver = await Receiver.start((_query, _request, response) => {
    if (!silent) response.end("status=ACK");
  });
});

test("the receiver falls silent under 50 calls/s: failed branch within the deadline and 200 ms", {
  skip,
}, async () => {
  await start();
  silent = true;
  const calls = 150;
  await load({ calls, rate: 50, pauseMs: 50 }).succeeded();
  silent = false;
  const records = await stories(calls);
  for (const record of records) {
    assert.equal(record.result, "completed");
    assert.match(record.answeredBy ?? "", /215/);
    assert.ok(webhookMs(record) <= DEADLINE_MS + 200, `${webhookMs(record)} ms`);
  }
});

test("apply while calls run drops none of them, and new calls follow it", { skip }, async () => {
  await start();
  const calls = 30;
  const running = load({ calls, rate: 60, pauseMs: 4000 });
  await until("the calls to be up", async () => (await upCalls()) === calls);
  await server.apply(company(NEW_DID));
  const refused = await server.tryApply(
    company(NEW_DID).replace(/plan: \S+ \}\n$/, "plan: no-such-plan }\n"),
  );
  assert.equal(refused.code, 1, "a file with errors is not taken, and changes nothing");
  await load({ calls: 1, did: NEW_DID, port: 5062 }).succeeded();
  await running.succeeded();
});

const E6 = { calls: depth(60, 500), edits: depth(120, 1000) } as const;
/** Of the edits: so many publish the plan anew. */
const PUBLICATIONS = E6.edits / 10;
/** A token may ask 300 times at once. */
const TOKENS = 4;

/** Versions of the plan can be told apart by what is rung: an even one rings for 19 s, an odd one for 20. */
const ringSecondsOf = (version: number): number => (version % 2 === 0 ? 19 : 20);

async function editors(): Promise<readonly ((what: string, document: unknown) => Promise<void>)[]> {
  const admin = readFileSync(path.join(server.dataDir, "api-token"), "utf8").trim();
  const ask = async (token: string, method: string, what: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(new URL(`/api/v1/${what}`, server.http), {
      method,
      headers: { authorization: `Bearer ${token}`, "if-match": "*" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.ok(
      response.ok,
      `${method} ${what}: ${response.status} ${response.ok ? "" : await response.text()}`,
    );
    return response.json();
  };
  const ids = new Map<string, string>();
  for (const resource of ["phones", "plans"]) {
    const { items } = (await ask(admin, "GET", resource)) as {
      items: readonly { id: string; key: string }[];
    };
    for (const { id, key } of items) ids.set(`${resource}/${key}`, `${resource}/${id}`);
  }
  const tokens = Array.from({ length: TOKENS }, async (_none, at) => {
    const made = await ask(admin, "POST", "tokens", { name: `editor ${at}`, role: "editor" });
    const { token } = made as { readonly token: string };
    return async (what: string, document: unknown): Promise<void> => {
      await ask(token, "PATCH", ids.get(what) ?? what, document);
    };
  });
  return Promise.all(tokens);
}

/** Of each call the version of the plan that it took, and for how long it rang. */
async function walked(
  dataDir: string,
): Promise<readonly (readonly [version: number, ringSeconds: number])[]> {
  const store = await openStore(dataDir);
  assert.ok(store.ok);
  try {
    const list = await store.value.calls.list({ limit: 1000 });
    const records = await Promise.all(list.map(({ id }) => store.value.calls.get(id)));
    return records.flatMap((record) => {
      assert.equal(record?.result, "completed");
      assert.match(record.answeredBy ?? "", /^phone 216 /);
      const versions = record.story.flatMap((event) => (event.type === "plan" ? [event.version] : []));
      const rings = record.story.flatMap((event) =>
        event.type === "step" && event.entry.code === "ring.rings" ? [event.entry.args?.["ringSeconds"]] : [],
      );
      assert.deepEqual([versions.length, rings.length], [1, 1]);
      return [[versions[0] ?? 0, Number(rings[0])] as const];
    });
  } finally {
    await store.value.close();
  }
}

test(`E6: ${E6.edits} edits during ${E6.calls} calls disturb none of them, and each call walks one version`, {
  skip,
}, async () => {
  await start();
  const [publisher, ...others] = await editors();
  assert.ok(publisher);
  const asked = receiver.requests.length;
  const running = load({ calls: E6.calls, rate: 60, pauseMs: 50 });
  const publish = async (): Promise<void> => {
    for (let version = 2; version < 2 + PUBLICATIONS; version += 1) {
      // Spread over the calls, however fast either of them goes.
      const calls = ((version - 1) * E6.calls) / (PUBLICATIONS + 1);
      await until(`${calls} calls`, () => receiver.requests.length - asked >= calls, 60_000);
      const ring = { type: "phone", phone: "216", ringSeconds: ringSecondsOf(version) };
      const steps = [
        { type: "webhook", webhook: "CRM", success: [ring], failed: [{ ...ring, phone: "215" }] },
      ];
      await publisher(`plans/for-${DID.slice(1)}`, { steps });
    }
  };
  const rename = async (edit: (typeof others)[number], extension: string): Promise<void> => {
    const mine = (E6.edits - PUBLICATIONS) / others.length;
    for (let at = 0; at < mine; at += 1) await edit(`phones/${extension}`, { name: `Name ${at}` });
  };
  await Promise.all([publish(), ...others.map((edit, at) => rename(edit, ["215", "216"][at % 2] ?? ""))]);
  await running.succeeded();
  await server.recorded(E6.calls);
  await server.assertHealthy();
  const { dataDir } = server;
  const ended = await server.process.stop();
  assert.equal(ended.code, 0, ended.stderr);
  const calls = await walked(dataDir);
  assert.equal(calls.length, E6.calls);
  for (const [version, ringSeconds] of calls) assert.equal(ringSeconds, ringSecondsOf(version), `${version}`);
  const versions = new Set(calls.map(([version]) => version));
  assert.ok(versions.size > PUBLICATIONS / 2, `calls of ${versions.size} versions`);
});

test("SIGTERM: new calls get 503 and Retry-After, running ones end by themselves, then exit 0", {
  skip,
}, async () => {
  await start(30);
  const calls = 10;
  const running = load({ calls, rate: 60, pauseMs: 6000 });
  await until("the calls to be up", async () => (await upCalls()) === calls);
  const { process: program, dataDir } = server;
  program.child.kill("SIGTERM");
  await until(
    "the server to drain",
    async () => (await fetch(new URL("/ready", server.http))).status === 503,
  );
  const rows = [[DID, "+31612345678", ""]];
  const refused = sippCaller("caller", { at: caller, port: 5062, server: `${server.address}:5060`, rows });
  await refused.succeeded();
  const final = refused.received("503")[0] ?? "";
  assert.equal(kind(final), "503");
  assert.match(header(final, "Retry-After"), /^\d+$/);
  await running.succeeded();
  const ended = await program.ended;
  assert.equal(ended.code, 0);
  const list = await runCli(["calls", "--json", "--data", dataDir]);
  const records = JSON.parse(list.stdout) as readonly CallRecord[];
  const completed = records.filter((record) => record.result === "completed");
  assert.equal(completed.length, calls);
});

test("kill -9: a record older than a second and the registrations are there afterwards", {
  skip,
}, async () => {
  await start();
  await load({ calls: 5, pauseMs: 50 }).succeeded();
  await until("the calls to be over", async () => (await upCalls()) === 0);
  const over = Date.now();
  await until("the records to be a second old", () => Date.now() > over + 1000);
  await server.kill();
  const { address, dataDir } = server;
  server = await startServer({ company: company(), address, dataDir });
  const records = await server.callsOfCli();
  assert.equal(records.length, 5);
  for (const { result } of records) assert.equal(result, "completed");
  assert.equal(await server.metric("switchhook_registrations"), 2);
  await load({ calls: 1 }).succeeded();
});
