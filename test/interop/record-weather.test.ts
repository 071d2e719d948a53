// What may happen to records at a real process (issue of the call's record, bad input): a control thread that stands still, a
// database that another process has locked, more than there is room for, a clock that leaps, calls of many and of huge
// messages. Calls hear nothing of it, memory is bounded, and what could not be kept is said.
// Over 5 s: threads stand still and locks are held in real time, under load.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, afterEach, beforeEach, test } from "node:test";
import type { CallSummary } from "../../src/model/repositories.ts";
import { KEPT } from "../../src/record/up-call.ts";
import { DATABASE_FILE } from "../../src/store/database-file.ts";
import { Party, sdp } from "../abuse/parts/party.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { depth } from "../support/depth.ts";
import { EvenCalls } from "../support/even-calls.ts";
import { ownAddress } from "../support/loopback.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { header, kind } from "../support/sip-text.ts";
import { Tricks } from "../support/tricks.ts";

const [REJECTED, RINGING] = ["+31501234567", "+31501234568"];
/** 100 calls/s. */
const PACE_MS = 10;
const STALL_MS = 10_000;
const LOCKED_MS = depth(12_000, 180_000);
/** Messages of one call in its dialog, each with its answer. */
const MESSAGES = depth(1000, 50_000);
/** Nobody has to ask a second time (RFC 3261 §17.1.1.2, T1); a machine that is busy otherwise may be late for one in a hundred. */
const SOON_MS = 500;
/** Reliability F2. */
const RECOVERED_MS = 10_000;
const MIB = 1024;
const DAY_MS = 86_400_000;

const tricks = new Tricks();
const [caller, phone] = [await Party.open(ownAddress()), await Party.open(ownAddress())];
let server: TestServer;

beforeEach(async () => {
  const routes = { [REJECTED]: ["{ type: hangUp, as: rejected }"], [RINGING]: [ringPhone("215", 60)] };
  server = await startServer({ company: companyText({ caller: caller.address, routes }), env: tricks.env });
  phone.heard.length = 0;
  phone.onRequest = (request, from) => {
    if (kind(request) === "INVITE") void phone.reply(request, from, 180);
  };
  assert.equal(await phone.register("215", PASSWORD, server), "200");
});

afterEach(async () => {
  tricks.setClock(0);
  await server.kill();
  rmSync(server.dataDir, { recursive: true, force: true });
});

after(async () => {
  await Promise.all([caller.close(), phone.close()]);
  tricks.remove();
});

/** Memory that is resident, in KiB. */
function resident(): number {
  const status = readFileSync(`/proc/${server.process.child.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** The database as another process sees it. */
function besides<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path.join(server.dataDir, DATABASE_FILE));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function recorded(result: string): number {
  return besides((database) => {
    const row = database.prepare("select count(*) as calls from calls where result = ?").get(result);
    return Number(row?.["calls"]);
  });
}

/** Another process has the database for itself until it gives it back. */
function lock(): () => void {
  const database = new DatabaseSync(path.join(server.dataDir, DATABASE_FILE), { timeout: 5000 });
  database.exec("BEGIN EXCLUSIVE");
  return () => {
    database.exec("ROLLBACK");
    database.close();
  };
}

/** The call that rings the phone; gives its INVITE. */
async function ringing(number: string, more: { readonly body?: string } = {}): Promise<string> {
  const uri = `sip:${RINGING}@${server.address}`;
  const from = `<sip:${number}@${caller.address}>;tag=a${number.slice(1)}`;
  const request = caller.write(
    { method: "INVITE", uri, from, to: `<${uri}>`, body: sdp(caller.address), ...more },
    server,
  );
  await caller.send(request, server);
  await until("the phone to ring", () => caller.responses.some((text) => isFor(text, request, "180")));
  return request;
}

function isFor(response: string, request: string, status: string): boolean {
  return kind(response) === status && header(response, "Call-ID") === header(request, "Call-ID");
}

/** The caller gives up. */
async function cancel(invite: string): Promise<void> {
  const lines = ["Via", "From", "To", "Call-ID"].map((name) => `${name}: ${header(invite, name)}`);
  const start = `CANCEL ${invite.split(" ")[1]} SIP/2.0`;
  const rest = ["Max-Forwards: 70", "CSeq: 1 CANCEL", "Content-Length: 0", "\r\n"];
  await caller.send([start, ...lines, ...rest].join("\r\n"), server);
  await until("487", () => caller.responses.some((text) => isFor(text, invite, "487")));
  const answer = caller.responses.find((text) => isFor(text, invite, "487")) ?? "";
  await caller.send(caller.ackOf(invite, answer), server);
}

const lines = (text: RegExp): readonly string[] =>
  server.log.flatMap(({ msg = "" }) => (text.test(msg) ? [msg] : []));

test("a control thread that stands still for 10 s under 100 calls/s: calls do not wait, and every record is there", async () => {
  const calls = new EvenCalls(caller, server, REJECTED, 610_000_000);
  let isOver = false;
  const running = calls.run(PACE_MS, () => !isOver);
  await until("a second of calls", () => calls.count >= 100);
  const before = resident();
  tricks.stallControl(STALL_MS);
  const began = performance.now();
  // Asked of the thread that stands still.
  await until("it to stand still", async () => {
    const asked = performance.now();
    await server.metric("switchhook_calls_active");
    return performance.now() - asked > STALL_MS / 2;
  });
  assert.ok(performance.now() - began >= STALL_MS);
  const grown = resident() - before;
  isOver = true;
  await running;
  assert.ok(calls.count >= (0.8 * STALL_MS) / PACE_MS, `${calls.count} calls`);
  assert.ok(calls.waited(0.99) < SOON_MS, `p99 ${calls.waited(0.99)} ms of ${calls.count}`);
  assert.ok(grown < 100 * MIB, `${grown} KiB more`);
  await until("all records", () => recorded("rejected") === calls.count, RECOVERED_MS);
  for (const dropped of ["records", "record_entries"])
    assert.equal(await server.metric(`switchhook_call_${dropped}_dropped_total`), 0);
  const { id } = (await server.calls(1000)).at(-1) ?? {};
  const { sip } = await server.call(id ?? "");
  assert.deepEqual([kind(sip[0]?.text ?? ""), kind(sip.at(-1)?.text ?? "")], ["INVITE", "ACK"]);
  await server.assertHealthy();
});

test("F2: a database that another process has locked: calls go on, the API answers, and when it is free all records are written", async () => {
  const free = lock();
  const began = performance.now();
  const calls = new EvenCalls(caller, server, REJECTED, 620_000_000);
  const running = calls.run(PACE_MS, () => performance.now() - began < LOCKED_MS);
  const before = resident();
  const readyMs: number[] = [];
  await until("the lock to be seen", () => lines(/The store cannot write/).length > 0);
  assert.match(lines(/The store cannot write/)[0] ?? "", /database is locked\. Calls go on/);
  const refused = await edit();
  assert.equal(refused.status, 503, refused.detail);
  assert.match(refused.detail, /could not be saved: .*locked/);
  while (performance.now() - began < LOCKED_MS) {
    const asked = performance.now();
    assert.equal((await fetch(new URL("/ready", server.http))).status, 200);
    readyMs.push(performance.now() - asked);
    await until("a moment", () => performance.now() - asked > 200);
  }
  await running;
  const grown = resident() - before;
  assert.equal(recorded("rejected"), 0);
  assert.equal(await server.metric("switchhook_call_records_waiting"), calls.count);
  free();
  await until("all records", () => recorded("rejected") === calls.count, RECOVERED_MS);
  assert.ok(calls.waited(0.99) < SOON_MS, `p99 ${calls.waited(0.99)} ms of ${calls.count}`);
  assert.ok(Math.max(...readyMs) < 3000, `${Math.max(...readyMs)} ms`);
  assert.ok(grown < 150 * MIB, `${grown} KiB more`);
  // Once, and once a minute.
  assert.equal(lines(/The store cannot write/).length, 1 + Math.floor(LOCKED_MS / 60_000));
  await until("that to be said", () => lines(/The store can write again/).length === 1);
  assert.equal((await edit()).status, 201);
});

/** Makes a plan. */
async function edit(): Promise<{ readonly status: number; readonly detail: string }> {
  const token = readFileSync(path.join(server.dataDir, "api-token"), "utf8").trim();
  const response = await fetch(new URL("/api/v1/plans", server.http), {
    method: "POST",
    body: JSON.stringify({ name: "night", steps: [{ type: "phone", phone: "215", ringSeconds: 20 }] }),
    headers: { authorization: `Bearer ${token}`, "idempotency-key": `${performance.now()}` },
  });
  const { detail = "" } = (await response.json()) as { readonly detail?: string };
  return { status: response.status, detail };
}

test("F3: more than the 64 MiB that may wait: calls go on, memory is bounded, and a record says what it is without", async () => {
  const early = await ringing("+31630000000");
  await until("it to be kept", () => recorded("ongoing") === 1);
  const free = lock();
  const before = resident();
  const huge = `${sdp(caller.address)}${`a=x:${"y".repeat(990)}\r\n`.repeat(40)}`;
  const calls = new EvenCalls(caller, server, REJECTED, 640_000_000, huge);
  let dropped = 0;
  const running = calls.run(PACE_MS, () => dropped < 1000);
  const watched = until(
    "the room to be full",
    async () => {
      dropped = await server.metric("switchhook_call_record_entries_dropped_total");
      return dropped >= 1000;
    },
    90_000,
  );
  await Promise.all([running, watched]);
  const grown = resident() - before;
  assert.equal(await server.metric("switchhook_call_record_bytes"), 64 * 1024 * 1024);
  await cancel(early);
  free();
  await until("the call to be over", () => recorded("ongoing") === 0, RECOVERED_MS);
  const kept = besides((database) => database.prepare("select id from calls where called = ?").get(RINGING));
  const { result, story } = await server.call(String(kept?.["id"]));
  assert.equal(result, "cancelled");
  const left = story.find(({ type }) => type === "leftOut");
  assert.ok(left?.type === "leftOut" && left.why === "noRoom" && left.entries >= 4, JSON.stringify(left));
  await until("the room to be empty", async () => {
    return (await server.metric("switchhook_call_records_waiting")) === 0;
  });
  const lost = await server.metric("switchhook_call_records_dropped_total");
  assert.equal(recorded("rejected"), calls.count - lost);
  assert.ok(lost > 0 && lost < calls.count / 2, `${lost} of ${calls.count}`);
  assert.ok(calls.waited(0.99) < SOON_MS, `p99 ${calls.waited(0.99)} ms of ${calls.count}`);
  assert.ok(grown < 400 * MIB, `${grown} KiB more`);
});

test(`a call of ${2 * MESSAGES} messages keeps its first and newest, says what is left out, and goes on`, async () => {
  phone.onRequest = (request, from) => {
    if (kind(request) === "INVITE") void phone.reply(request, from, 200, { body: sdp(phone.address) });
    else if (kind(request) !== "ACK") void phone.reply(request, from, 200);
  };
  const uri = `sip:${RINGING}@${server.address}`;
  const invite = caller.write({ method: "INVITE", uri, to: `<${uri}>`, body: sdp(caller.address) }, server);
  const answer = await caller.exchange(invite, server);
  await caller.send(caller.ackOf(invite, answer), server);
  const [from, to, callId] = ["From", "To", "Call-ID"].map((name) => header(answer, name));
  const say = (method: string, cseq: number): string => {
    const shape = { method, uri: contactOf(answer), from, to, callId, cseq };
    return caller.write({ ...shape, from: from ?? "", to: to ?? "", callId: callId ?? "" }, server);
  };
  await new Promise<void>((resolve) => {
    let cseq = 1;
    const next = (): void => void caller.send(say("OPTIONS", (cseq += 1)), server);
    caller.onResponse = (response) => {
      // Noted by nobody: it would be searched each time.
      caller.heard.length = 0;
      if (header(response, "CSeq") !== `${cseq} OPTIONS`) return;
      if (cseq === MESSAGES) resolve();
      else next();
    };
    next();
  });
  caller.onResponse = () => {};
  assert.match(await caller.exchange(say("BYE", MESSAGES + 1), server), /^SIP\/2.0 200/);
  const { result, story, sip } = await server.recordOf(RINGING);
  assert.equal(result, "completed");
  const left = story.find(({ type }) => type === "leftOut");
  assert.ok(left?.type === "leftOut" && left.why === undefined);
  assert.ok(left.entries >= 2 * MESSAGES - KEPT.first - KEPT.newest, `${left.entries}`);
  assert.ok(sip.length + story.length <= KEPT.first + KEPT.newest + 1);
  assert.ok(sip.some(({ text }) => kind(text) === "INVITE") && sip.some(({ text }) => kind(text) === "BYE"));
  await server.assertHealthy();
});

test("a message of the most octets that UDP takes is kept as it was, and so is the call's list", async () => {
  const uri = `sip:${REJECTED}@${server.address}`;
  const shape = { method: "INVITE", uri, from: `<sip:+31660000000@${caller.address}>;tag=a`, to: `<${uri}>` };
  const most = 65_507;
  const padded = (octets: number): string => `${sdp(caller.address)}a=x:`.padEnd(octets, "y");
  // The same number of digits in its Content-Length.
  const room = most - caller.write({ ...shape, body: padded(60_000) }, server).length;
  const invite = caller.write({ ...shape, body: padded(60_000 + room) }, server);
  assert.equal(invite.length, most);
  await caller.exchange(invite, server);
  const { result, sip } = await server.recordOf(REJECTED);
  assert.equal(result, "rejected");
  assert.ok(sip[0]?.text === invite, "octet by octet");
  assert.deepEqual(
    sip.map(({ text }) => kind(text)),
    ["INVITE", "100", "603", "ACK"],
  );
  await server.assertHealthy();
});

test("a reader of calls that stalls costs them nothing, and one beside it hears of every call", async () => {
  const stalled = await reader();
  const good = await reader();
  const ended = new Set<string>();
  let text = "";
  good.setEncoding("utf8").on("data", (piece: string) => {
    const lines = `${text}${piece}`.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const call = line.startsWith("data: ") ? (JSON.parse(line.slice(6)) as Told).call : undefined;
      if (call !== undefined && call.result !== "ongoing") ended.add(call.caller);
    }
  });
  const before = resident();
  const calls = new EvenCalls(caller, server, REJECTED, 670_000_000);
  await calls.run(PACE_MS, () => calls.count < 400);
  await until("every call to be told of", () => ended.size === calls.count);
  const grown = resident() - before;
  assert.ok(calls.waited(0.99) < SOON_MS, `p99 ${calls.waited(0.99)} ms of ${calls.count}`);
  assert.ok(grown < 100 * MIB, `${grown} KiB more`);
  for (const one of [stalled, good]) one.destroy();
  await server.assertHealthy();
});

interface Told {
  readonly call?: CallSummary;
}

/** Somebody who follows all calls, and takes nothing of it yet. */
function reader(): Promise<IncomingMessage> {
  const token = readFileSync(path.join(server.dataDir, "api-token"), "utf8").trim();
  const url = new URL("/api/v1/events?topics=call.started,call.updated,call.ended", server.http);
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}` } }, resolve).on("error", reject);
  });
}

function contactOf(message: string): string {
  return /<([^>]*)>/.exec(header(message, "Contact"))?.[1] ?? "";
}

test("H3: the clock on the wall leaps days ahead and back: calls last as long as they do, and none goes", async () => {
  const first = await ringing("+31650000000");
  tricks.setClock(3 * DAY_MS);
  const later = await until("the leap", async () => {
    const invite = await ringing("+31650000001");
    await cancel(invite);
    const at = (await server.recordOf(RINGING)).startedAt;
    return at > Date.now() + 2 * DAY_MS && at;
  });
  tricks.setClock(-3 * DAY_MS);
  await cancel(first);
  const calls = await until("both calls", async () => {
    const all = await server.calls();
    return all.some(({ caller: number }) => number === "+31650000000") && all;
  });
  for (const { startedAt, endedAt, caller: number } of calls)
    assert.ok(endedAt >= startedAt && endedAt - startedAt < 60_000, `${number}: ${endedAt - startedAt} ms`);
  assert.ok(calls.some(({ startedAt }) => startedAt === later));
  assert.deepEqual(new Set(calls.map(({ result }) => result)), new Set(["cancelled"]));
  await server.assertHealthy();
});
