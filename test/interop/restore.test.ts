// A backup is restored into a running server over HTTP: shown, agreed to, taken over when the call is over; then the way back; a kill in between.
// Over 5 s: the server begins anew five times, and a call goes on meanwhile.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { BackupContent, RestoreState } from "../../src/api/restore-ports.ts";
import { placeTestCall, type TestCallResult } from "../../src/softphone/caller.ts";
import { type DemoPhone, startDemoPhone } from "../../src/softphone/phone.ts";
import { type BrowserClient, browserClient } from "../support/browser-client.ts";
import { companyText, PASSWORD, ringPhone } from "../support/company.ts";
import { until } from "../support/process.ts";
import { startServer, type TestServer } from "../support/server.ts";

const DID = "+31501000001";
const COMPANY = companyText({ caller: "127.0.0.1", routes: { [DID]: [ringPhone("215")] } });
const ANNA = { name: "Anna", password: "several words are a password" };
const PASSPHRASE = "other words than that";

let server: TestServer;
let browser: BrowserClient;
let backup: Uint8Array;
let folder: string;

before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-restore-"));
  server = await startServer({ company: COMPANY });
  browser = browserClient(server.http);
  const link = await until("the setup link", () => /\/setup#(\S+)/.exec(server.process.stderr)?.[1]);
  assert.equal((await browser.ask("POST", "/api/v1/setup", { secret: link, ...ANNA })).status, 200);
  // A session by a one-time link shows no password again.
  await signIn();
  await change("Reception", "before the backup");
  backup = await taken();
  await change("before the backup", "after the backup");
});
after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function taken(): Promise<Uint8Array> {
  const response = await fetch(`${server.http}/api/v1/backup`, {
    method: "POST",
    headers: {
      cookie: browser.cookie ?? "",
      origin: server.http,
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    },
    body: JSON.stringify({ passphrase: PASSPHRASE }),
  });
  assert.equal(response.status, 200);
  return new Uint8Array(await response.arrayBuffer());
}

async function phone(): Promise<{ readonly id: string; readonly name: string }> {
  const { body } = await browser.ask("GET", "/api/v1/phones?q=215");
  const [found] = body["items"] as { id: string; document: { name: string } }[];
  assert.ok(found !== undefined);
  return { id: found.id, name: found.document.name };
}

async function change(from: string, to: string): Promise<void> {
  const { id, name } = await phone();
  assert.equal(name, from);
  const patched = await browser.ask("PATCH", `/api/v1/phones/${id}`, { name: to }, { "if-match": "*" });
  assert.equal(patched.status, 200, JSON.stringify(patched.body));
}

/** Sends a part as a browser does. */
async function send(part: Uint8Array, offset: number, size = backup.length) {
  const response = await fetch(
    `${server.http}/api/v1/backup/restore/upload?file=office.backup&size=${size}&offset=${offset}`,
    {
      method: "POST",
      headers: {
        cookie: browser.cookie ?? "",
        origin: server.http,
        "sec-fetch-site": "same-origin",
        "content-type": "application/octet-stream",
      },
      body: new Blob([part.slice()]),
    },
  );
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function state(): Promise<RestoreState> {
  const { status, body } = await browser.ask("GET", "/api/v1/backup/restore");
  assert.equal(status, 200, JSON.stringify(body));
  return body as unknown as RestoreState;
}

async function sendAll(): Promise<void> {
  const half = Math.floor(backup.length / 2);
  assert.deepEqual((await send(backup.subarray(0, half), 0)).body, { received: half, size: backup.length });
  const wrong = await send(backup.subarray(half), half - 1);
  assert.deepEqual([wrong.status, wrong.body["code"], wrong.body["received"]], [409, "wrongOffset", half]);
  assert.equal((await send(backup.subarray(half), half)).status, 200);
}

async function signIn(): Promise<void> {
  browser = browserClient(server.http);
  assert.equal((await browser.ask("POST", "/api/v1/session", ANNA)).status, 200);
}

/** Resolves when the server has begun anew: what it said of itself is over, and it answers. */
async function begunAnew(): Promise<void> {
  await until(
    "the server to begin anew",
    async () => {
      const asked = await browser.ask("GET", "/api/v1/backup/restore").catch(() => undefined);
      return asked !== undefined && (asked.status === 401 || asked.body["agreed"] === null);
    },
    60_000,
  );
}

/** A call that is hung up when `connected` settles, or as soon as it is answered. */
function call(connected: Promise<void> = Promise.resolve()): Promise<TestCallResult> {
  return placeTestCall({
    server: { host: server.address, port: server.port },
    port: 0,
    caller: { number: "+31612345678", name: "Jan" },
    called: DID,
    codes: [],
    talkMs: 0,
    connected,
    messages: [],
    onNote() {},
  });
}

function desk(): Promise<DemoPhone> {
  return startDemoPhone({
    extension: "215",
    password: PASSWORD,
    server: { host: server.address, port: server.port },
    ringMs: 10,
    onRinging() {},
    onHeard() {},
  });
}

const calls = (): Promise<number> => server.metric("switchhook_calls_active");

test("a backup is sent in parts, shown, agreed to with the password, and taken over when the call has ended by itself", async () => {
  await sendAll();
  const early = await browser.ask("POST", "/api/v1/backup/restore", {
    password: ANNA.password,
    seen: "0",
  });
  assert.equal(early.body["code"], "notFound", "nobody has seen what it has");
  const wrong = await browser.ask("POST", "/api/v1/backup/restore/check", { passphrase: "no such words" });
  assert.deepEqual([wrong.status, wrong.body["code"]], [422, "backupUnusable"]);
  assert.match(String(wrong.body["detail"]), /passphrase is wrong.*Nothing was changed/);
  const checked = await browser.ask("POST", "/api/v1/backup/restore/check", { passphrase: PASSPHRASE });
  assert.equal(checked.status, 200, JSON.stringify(checked.body));
  const content = checked.body as unknown as BackupContent;
  assert.equal(content.isOwn, true);
  assert.deepEqual([content.counts.phone, content.counts.number, content.users], [2, 1, 1]);
  assert.deepEqual(content.administrators, ["Anna"]);
  assert.equal(content.here, content.configuration + 1);
  const jobs = (await browser.ask("GET", "/api/v1/jobs")).body["items"] as { kind: string; state: string }[];
  assert.deepEqual(
    jobs.map(({ kind, state }) => `${kind} ${state}`),
    ["checkBackup done", "checkBackup failed", "receiveBackup done"],
  );
  const seen = { seen: content.id, waitSeconds: 60 };
  for (const password of [undefined, "wrong"]) {
    const refused = await browser.ask("POST", "/api/v1/backup/restore", { ...seen, password });
    assert.equal(refused.body["code"], "wrongPassword");
  }
  const reception = await desk();
  const hasSaid = Promise.withResolvers<void>();
  const talk = call(hasSaid.promise);
  await until("the call to be up", async () => (await calls()) === 1);
  const { password } = ANNA;
  // Somebody else had it checked once more.
  const other = await browser.ask("POST", "/api/v1/backup/restore/check", { passphrase: PASSPHRASE });
  const unseen = await browser.ask("POST", "/api/v1/backup/restore", { ...seen, password });
  assert.deepEqual([unseen.status, unseen.body["code"]], [409, "notSeen"]);
  seen.seen = String(other.body["id"]);
  const agreed = await browser.ask("POST", "/api/v1/backup/restore", { ...seen, password });
  assert.equal(agreed.status, 202, JSON.stringify(agreed.body));
  assert.equal((agreed.body as unknown as RestoreState).agreed?.calls, 1);
  await until("no new calls", async () => (await fetch(`${server.http}/ready`)).status === 503);
  const next = await call();
  assert.deepEqual(next.kind === "refused" && next.status, 503, "no new calls");
  assert.equal((await send(backup, 0)).body["code"], "restoring");
  assert.equal((await phone()).name, "after the backup", "the call goes on with what is there");
  hasSaid.resolve();
  assert.equal((await talk).kind, "answered");
  await reception.close();
  await begunAnew();
  assert.equal((await browser.ask("GET", "/api/v1/phones")).status, 401, "sessions do not come back");
  await signIn();
  assert.equal((await phone()).name, "before the backup");
  const now = await state();
  assert.deepEqual([now.agreed, now.upload, now.content], [null, null, null]);
  assert.deepEqual([now.before?.by, now.before?.why, now.before?.made], ["Anna", "backup", content.made]);
  const { body } = await browser.ask("GET", "/api/v1/audit");
  const said = (body["items"] as { what: string; by: string }[]).map(({ what, by }) => `${what} ${by}`);
  assert.ok(said.includes("backupRestored Anna"), said.join());
});

test("one can go back to what it has replaced, and take that away", async () => {
  const { password } = ANNA;
  const back = await browser.ask("POST", "/api/v1/backup/restore/back", { password, waitSeconds: 0 });
  assert.equal(back.status, 202, JSON.stringify(back.body));
  await begunAnew();
  await signIn();
  assert.equal((await phone()).name, "after the backup");
  assert.equal((await state()).before?.why, "back");
  assert.equal((await browser.ask("DELETE", "/api/v1/backup/restore/before")).status, 204);
  assert.equal((await state()).before, null);
  const none = await browser.ask("POST", "/api/v1/backup/restore/back", { password });
  assert.deepEqual([none.status, none.body["code"]], [404, "notFound"]);
});

test("killed after it was agreed to, while a call is up, the next start has the backup, and --apply does not undo it", async () => {
  await sendAll();
  const sealed = { passphrase: PASSPHRASE };
  const checked = await browser.ask("POST", "/api/v1/backup/restore/check", sealed);
  assert.equal(checked.status, 200);
  const reception = await desk();
  // The server's own caller, which is gone with it.
  const talk = browser
    .ask("POST", "/api/v1/calls/test", { number: DID, talkSeconds: 60 })
    .catch(() => undefined);
  await until("the call to be up", async () => (await calls()) === 1);
  // The file that the start applies is another one by now.
  const company = COMPANY.replace("Reception", "applied later");
  writeFileSync(path.join(server.dataDir, "company.yaml"), company);
  const { password } = ANNA;
  const seen = checked.body["id"];
  const agreed = await browser.ask("POST", "/api/v1/backup/restore", { seen, password, waitSeconds: 3600 });
  assert.equal(agreed.status, 202);
  const { dataDir, address, port } = server;
  await server.process.stop("SIGKILL");
  await talk;
  server = await startServer({ company, dataDir, address, port });
  const told = /What was here was replaced by the backup of .*, as Anna has agreed/;
  await until("the start to tell of it", () => told.test(server.process.stderr));
  // It says that it leaves, to somebody who hears it.
  await reception.close();
  await signIn();
  assert.equal((await phone()).name, "before the backup");
});

test("the command shows a running server's backup, has it taken, and goes back", async () => {
  const file = path.join(folder, "open.backup");
  assert.equal((await server.cli("backup", file)).code, 0);
  await change("before the backup", "later still");
  const shown = await server.cli("restore", file);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(
    shown.stdout,
    /of this installation\.\n.*phone 2.*\nAdministrators then: Anna\.\nNothing was changed/s,
  );
  assert.equal((await phone()).name, "later still");
  const replaced = await server.cli("restore", file, "--replace", "--wait", "0");
  assert.equal(replaced.code, 0, replaced.stderr);
  await begunAnew();
  await signIn();
  assert.equal((await phone()).name, "before the backup");
  assert.equal((await server.cli("restore", "--back", "--wait", "0")).code, 0);
  await begunAnew();
  await signIn();
  assert.equal((await phone()).name, "later still");
});

test("the command goes on where the server is after a break, and hears how the look ended though its answer was lost", async () => {
  const file = path.join(folder, "broken.backup");
  // Nothing that packs well, so that there is something to break off.
  const audio = path.join(server.dataDir, "audio");
  mkdirSync(audio, { recursive: true });
  writeFileSync(path.join(audio, `${"ab".repeat(32)}.wav`), randomBytes(100_000));
  assert.equal((await server.cli("backup", file)).code, 0);
  const whole = statSync(file).size;
  const proxy = await breakingProxy(Number(new URL(server.http).port), whole - 2000);
  const instance = path.join(server.dataDir, "instance.json");
  const text = readFileSync(instance, "utf8");
  try {
    writeFileSync(instance, text.replace(server.http, proxy.http));
    const shown = await server.cli("restore", file);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stderr, /does not answer .* It goes on from 0 % as soon as the server answers/);
    assert.match(shown.stderr, /It goes on from \d+ %/);
    assert.match(shown.stdout, /Nothing was changed/);
    assert.equal((await state()).upload?.received, whole);
    const [first, second] = proxy.offsets;
    assert.equal(first, 0);
    assert.ok(second !== undefined && second > 8194 && second < whole, `it went on at ${second} of ${whole}`);
    assert.deepEqual(proxy.offsets.slice(2), []);
    assert.equal(proxy.checks(), 1, "the look was asked for once");
  } finally {
    writeFileSync(instance, text);
    await proxy.close();
  }
});

const arrived = (): Promise<unknown> =>
  until("octets to arrive", async () => ((await state()).upload?.received ?? 0) > 8194);

/** Between a command and the server: breaks the first part off after so many octets, and the check when it is answered. */
async function breakingProxy(port: number, octets: number) {
  const offsets: number[] = [];
  const open = new Set<Socket>();
  let checks = 0;
  const proxy = createTcpServer((client) => {
    const there = connect(port, "127.0.0.1");
    let left = Infinity;
    let isCheck = false;
    for (const one of [client, there]) {
      open.add(one);
      one
        .on("error", () => {})
        .on("close", () => {
          open.delete(one);
          client.destroy();
          there.end();
        });
    }
    client.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      const offset = /restore\/upload\?\S*offset=(\d+)/.exec(text)?.[1];
      if (offset !== undefined) {
        if (offsets.length === 0) left = octets;
        offsets.push(Number(offset));
      }
      there.write(chunk.subarray(0, left));
      left -= chunk.length;
      const asks = /^[A-Z]+ (\S+) HTTP/.exec(text)?.[1];
      if (asks !== undefined) isCheck = asks === "/api/v1/backup/restore/check";
      if (asks !== undefined && isCheck) checks += 1;
      // What the server has not read yet would be lost with the connection.
      if (left <= 0) void arrived().finally(() => client.destroy());
    });
    there.on("data", (chunk) => {
      if (isCheck) client.destroy();
      else client.write(chunk);
    });
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const { port: own } = proxy.address() as AddressInfo;
  return {
    http: `http://127.0.0.1:${own}`,
    offsets,
    checks: () => checks,
    async close() {
      for (const one of open) one.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

test("what is no backup, is cut short, changed, or larger than was said is refused, and nothing is changed", async () => {
  const middle = Math.floor(backup.length / 2);
  const altered = backup.slice();
  altered[middle] = (altered[middle] ?? 0) ^ 1;
  const version = (await browser.ask("GET", "/api/v1/company/state")).body["version"];
  const rows: readonly (readonly [bytes: Uint8Array, size: number, says: RegExp])[] = [
    [Buffer.from("<html>"), 6, /This is no backup of Switchhook/],
    [Buffer.from("SWITCHHOOK BACKUP 2\n{}\n"), 23, /made by a newer release/],
    [Buffer.from("SWITCHHOOK BACKUP 1\n"), 20, /cut short/],
    [Buffer.from('SWITCHHOOK BACKUP 1\n{"made":1}\n'), 31, /damaged/],
    [backup, backup.length - 1, /More octets/],
    [backup.subarray(0, middle), middle, /cut short/],
    [altered, altered.length, /damaged/],
  ];
  for (const [bytes, size, says] of rows) {
    const sent = await send(bytes, 0, size);
    const answer =
      sent.status === 200
        ? await browser.ask("POST", "/api/v1/backup/restore/check", { passphrase: PASSPHRASE })
        : sent;
    assert.deepEqual([answer.status, answer.body["code"]], [422, "backupUnusable"], String(says));
    assert.match(String(answer.body["detail"]), says);
    assert.equal((await state()).content, null);
  }
  const huge = await send(backup, 0, 65 * 1024 ** 3);
  assert.deepEqual([huge.status, huge.body["code"]], [413, "backupTooLarge"]);
  assert.equal((await browser.ask("DELETE", "/api/v1/backup/restore/upload")).status, 204);
  assert.equal((await state()).upload, null);
  assert.equal((await browser.ask("GET", "/api/v1/company/state")).body["version"], version);
});
