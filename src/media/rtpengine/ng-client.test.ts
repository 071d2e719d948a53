// What comes to the socket of the ng protocol and is no reply of our rtpengine to what we asked: ignored, and counted.

import assert from "node:assert/strict";
import { createSocket, type RemoteInfo, Socket } from "node:dgram";
import { afterEach, test } from "node:test";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { until } from "../../../test/support/process.ts";
import { systemClock } from "../../runtime/clock.ts";
import { NgClient } from "./ng-client.ts";

const sockets: Socket[] = [];
let client: NgClient | undefined;

afterEach(async () => {
  await client?.close();
  for (const socket of sockets.splice(0)) socket.close();
});

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}

interface Asked {
  readonly server: Socket;
  readonly from: RemoteInfo;
  readonly cookie: string;
  readonly client: NgClient;
  readonly reply: Promise<unknown>;
  say(text: string | Buffer): void;
}

/** A command that is open, and the rtpengine that got it. */
async function asked(): Promise<Asked> {
  const server = await bound();
  const opened = new NgClient({
    clock: systemClock,
    ids: seededIds(),
    host: "127.0.0.1",
    port: server.address().port,
  });
  client = opened;
  const first = new Promise<readonly [Buffer, RemoteInfo]>((resolve) => {
    server.once("message", (datagram, from) => resolve([datagram, from]));
  });
  const reply = opened.request({ command: "query", "call-id": "c" });
  const [datagram, from] = await first;
  const cookie = datagram.toString("latin1").split(" ", 1)[0] ?? "";
  return {
    server,
    from,
    cookie,
    client: opened,
    reply,
    say: (text) => server.send(text, from.port, from.address),
  };
}

test("forged: the right cookie from another port of the same machine is not taken", async () => {
  const { from, cookie, reply, say } = await asked();
  const forger = await bound();
  await new Promise<void>((resolve) => {
    forger.send(`${cookie} {"result":"ok","forged":true}`, from.port, from.address, () => resolve());
  });
  say(`${cookie} {"result":"ok","forged":false}`);
  assert.deepEqual(await reply, { ok: true, value: { result: "ok", forged: false } });
});

for (const [title, forged] of [
  ["another cookie", () => '0000_1 {"result":"ok"}'],
  ["a cookie that begins like ours", (cookie: string) => `${cookie}0 {"result":"ok"}`],
  ["no cookie", () => '{"result":"ok"}'],
  ["bencoding that is cut off", (cookie: string) => `${cookie} d6:result2:o`],
  ["bencoding whose string is longer than the datagram", (cookie: string) => `${cookie} d6:result99999:ok`],
  ["bencoding without its end", (cookie: string) => `${cookie} d6:result2:ok`],
  ["JSON that is cut off", (cookie: string) => `${cookie} {"result":"o`],
  ["a cookie of 60,000 octets", () => Buffer.alloc(60_000, 0x61)],
  ["a list a thousand deep", (cookie: string) => `${cookie} ${"l".repeat(1000)}`],
  ["nothing", () => ""],
] as const) {
  test(`${title}: ignored and counted, and the true reply is taken`, async () => {
    const { cookie, client: opened, reply, say } = await asked();
    say(forged(cookie));
    await until("it to be counted", () => opened.counts.strays === 1);
    assert.equal(opened.open, 1, "the command still waits");
    say(`${cookie} {"result":"ok"}`);
    assert.deepEqual(await reply, { ok: true, value: { result: "ok" } });
  });
}

test("a reply that comes late, or twice, changes nothing and is counted", async () => {
  const { cookie, client: opened, reply, say } = await asked();
  say(`${cookie} {"result":"ok","n":1}`);
  assert.deepEqual(await reply, { ok: true, value: { result: "ok", n: 1 } });
  say(`${cookie} {"result":"error","error-reason":"late"}`);
  say(`${cookie} {"result":"ok","n":2}`);
  await until("both to be counted", () => opened.counts.strays === 2);
  assert.equal(opened.counts.refused, 0);
  assert.equal(opened.open, 0);
});

test("a reply of 60,000 octets is read or refused, and never more than that", async () => {
  const { cookie, reply, say } = await asked();
  say(`${cookie} {"result":"${"x".repeat(60_000)}"}`);
  const refused = (await reply) as { ok: boolean; error?: { reason: string } };
  assert.equal(refused.ok, false);
  assert.ok((refused.error?.reason.length ?? 999) <= 200);
});

test("no route to it: the command is answered by nobody, and the process goes on", async () => {
  const clock = new VirtualClock();
  // The kernel refuses to connect to everybody (EACCES), as it does where there is no route.
  const opened = new NgClient({ clock, ids: seededIds(), host: "255.255.255.255", port: 2223 });
  client = opened;
  const reply = opened.request({ command: "ping" });
  await clock.advanceAsync(2000);
  const unanswered = await reply;
  assert.ok(!unanswered.ok);
  assert.equal(unanswered.error.kind, "timeout");
});

test("a route that comes later is found by the next attempt", async (t) => {
  const clock = new VirtualClock();
  const server = await bound();
  server.on("message", (datagram, from) => {
    const cookie = datagram.toString("latin1").split(" ", 1)[0] ?? "";
    server.send(`${cookie} {"result":"pong"}`, from.port, from.address);
  });
  const refuse = (...args: readonly unknown[]): void => {
    const done = args.at(-1) as (error: Error) => void;
    queueMicrotask(() => done(new Error("connect ENETUNREACH")));
  };
  const connect = t.mock.method(Socket.prototype, "connect", refuse, { times: 1 });
  const opened = new NgClient({ clock, ids: seededIds(), host: "127.0.0.1", port: server.address().port });
  client = opened;
  const reply = opened.request({ command: "ping" });
  await clock.advanceAsync(200);
  assert.deepEqual(await reply, { ok: true, value: { result: "pong" } });
  assert.equal(connect.mock.callCount(), 1);
});
