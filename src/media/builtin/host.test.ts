// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { rmSync } from "node:fs";
import { test } from "node:test";
import {
  callee,
  caller,
  engineWith,
  folder,
  HOST,
  of,
  opened,
  parts,
  Told,
} from "../../../test/support/builtin-calls.ts";
import { until } from "../../../test/support/process.ts";
import { RtpParty } from "../../../test/support/rtp-party.ts";
import { toneMessage } from "../../../test/support/tone-message.ts";
import type { Result } from "../../lib/result.ts";
import type { Said } from "../../lib/said.ts";

test("an IVR call: a message, keys both ways, ringback, and a bridge, as one stream", async () => {
  const { call, told } = opened(engineWith());
  const a = await caller(call);
  const message = toneMessage(folder, 700, 1000);
  const done = Promise.withResolvers<unknown>();
  call.play("A", message, done.resolve);
  await a.hearTone([700]);
  assert.deepEqual(await done.promise, { ok: true, value: undefined });
  await a.endpoint.press("12", "event");
  call.listen("A", true);
  await a.endpoint.press("3#", "tone");
  await told.until("four keys", () => told.digits.length >= 4);
  assert.deepEqual(told.digits, ["A 1 event", "A 2 event", "A 3 tone", "A # tone"]);
  call.play("A", { kind: "ringback" });
  await a.hearTone([425]);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  void b.endpoint.sayTone([1000], 600);
  void a.endpoint.sayTone([500], 600);
  await Promise.all([a.hearTone([1000]), b.hearTone([500])]);
  const report = a.report();
  assert.deepEqual([report.ssrcs, report.missing, report.jumps], [1, 0, 0]);
  assert.equal(
    report.markers,
    2,
    "the beginning, which silence carries on from sound to sound, and the bridge",
  );
  const statistics = await call.close();
  assert.equal(of(statistics, "A").codec, "PCMA/8000");
  assert.equal(of(statistics, "A").lost, 0);
  assert.equal(of(statistics, "A").sent, a.endpoint.heard.length);
  a.close();
  b.close();
});

test("a message that is deleted while it plays is heard to its end; the next time it is missing", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const message = toneMessage(folder, 700, 1000);
  const done = Promise.withResolvers<unknown>();
  call.play("A", message, done.resolve);
  await a.hearTone([700]);
  for (const kind of ["alaw", "ulaw", "g722"]) rmSync(`${message.path}.${kind}`);
  assert.deepEqual(await done.promise, { ok: true, value: undefined });
  assert.ok(a.endpoint.heard.length >= 50);
  const again = Promise.withResolvers<Result<undefined, Said>>();
  call.play("A", message, again.resolve);
  const played = await again.promise;
  assert.equal(
    played.ok ? "" : played.error.text,
    `The message "${message.name}" cannot be played: the file ${message.path}.alaw is missing.`,
  );
  await call.close();
  a.close();
});

test("the thread dies: its calls are told, nothing hangs, and new calls work", async () => {
  const errors: string[] = [];
  const engine = engineWith({ log: (_level, text) => errors.push(text) });
  const { call, told } = opened(engine);
  const a = await caller(call);
  call.play("A", { kind: "ringback" });
  await a.hearTone([425]);
  const asked = call.localOffer("B1", parts);
  engine.killForTest();
  const late = call.localOffer("B2", parts);
  await told.until("the loss", () => told.lost !== "");
  assert.match(told.lost, /^The sound of this call was lost: .*\.$/);
  await asked;
  const fault = await late;
  assert.ok(!fault.ok && fault.error.status === 503);
  const after = await call.localOffer("B3", parts);
  assert.ok(!after.ok && after.error.status === 503);
  assert.deepEqual(await call.close(), []);
  assert.match(errors.join(), /media thread died .* Calls lost: 1/s);
  const next = opened(engine);
  const b = await caller(next.call);
  next.call.play("A", { kind: "busy" });
  await b.hearTone([425]);
  assert.equal(engine.metrics()["switchhook_media_restarts_total"], 1);
  await next.call.close();
  a.close();
  b.close();
});

test("a thread that dies again and again is started again and again", async () => {
  const engine = engineWith();
  for (let n = 0; n < 3; n++) {
    // Between two lives a call finds no thread.
    const told = await until("a thread", async () => {
      const one = opened(engine);
      return (await one.call.localOffer("A", parts)).ok ? one.told : undefined;
    });
    engine.killForTest();
    await told.until("the loss", () => told.lost !== "");
  }
  assert.equal(engine.metrics()["switchhook_media_restarts_total"], 3);
});

test("ports: none left is a 503; one that is held by another program is passed over", async () => {
  const engine = engineWith({ ports: { min: 19_000, max: 19_003 } });
  const other = createSocket("udp4");
  await new Promise<void>((resolve) => other.bind(19_001, HOST, resolve));
  const { call } = opened(engine);
  const first = await call.localOffer("A", parts);
  assert.ok(first.ok && /m=audio 19002 /.test(Buffer.from(first.value).toString()));
  const second = await call.localOffer("B1", parts);
  const reason = { code: "media.portsUsedUp", args: {}, text: "All media ports are in use or rest." };
  assert.deepEqual(second, { ok: false, error: { status: 503, reason } });
  await call.close();
  other.close();
});

test("an address that is not ours is a 503 with its name", async () => {
  const { call } = opened(engineWith({ bindAddress: "192.0.2.1" }));
  const offer = await call.localOffer("A", parts);
  assert.ok(!offer.ok && offer.error.status === 503);
  assert.equal(offer.error.reason.text, "The media address 192.0.2.1 is not one of this machine.");
});

test("the external address is named in place of ours, where the family is the same", async () => {
  const { call } = opened(engineWith({ externalAddresses: ["2001:db8::7", "198.51.100.7"] }));
  const offer = await call.localOffer("A", parts);
  assert.ok(offer.ok && /^c=IN IP4 198\.51\.100\.7\r$/m.test(Buffer.from(offer.value).toString()));
});

test("a closed engine refuses in a sentence and closes once", async () => {
  const engine = engineWith();
  const told = new Told();
  const call = engine.open({ callId: "c", country: "NL" }, told);
  await Promise.all([engine.close(), engine.close()]);
  const offer = await call.localOffer("A", parts);
  assert.ok(!offer.ok && offer.error.reason.text === "The media engine was closed.");
  assert.equal(told.lost, "");
});

test("a call that is opened while the engine closes is answered at once", async () => {
  const engine = engineWith();
  const closing = engine.close();
  const { call } = opened(engine);
  const offer = await call.localOffer("A", parts);
  assert.ok(!offer.ok && offer.error.status === 503);
  assert.deepEqual(await call.close(), []);
  await closing;
});

test("a key is heard by a party without telephone-event as a tone, by one with it as an event", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const b = await callee(call, "A", { telephoneEvent: undefined });
  call.bridge("A", "B1");
  await a.endpoint.press("5", "event");
  await b.until("a tone", ({ endpoint }) => endpoint.keys().tones === "5");
  assert.equal(b.endpoint.keys().events, "");
  assert.ok(b.endpoint.heard.every(({ payload }) => payload.length === 160));
  await call.close();
  a.close();
  b.close();
});

test("a flood of keys is cut short", async () => {
  const { call, told } = opened(engineWith());
  const a = await caller(call);
  await a.until("nothing", () => true);
  // 2,000 events, each of one packet with a timestamp of its own.
  for (let n = 0; n < 2000; n++) {
    const packet = Buffer.from("80e5000000000000000000070500000a", "hex");
    packet.writeUInt16BE(n, 2);
    packet.writeUInt32BE(n * 1600, 4);
    packet[12] = n % 16;
    packet[13] = 0x80;
    a.endpoint.sendRaw(packet);
  }
  await told.until("keys", () => told.digits.length >= 32);
  call.listen("A", false);
  await call.localAnswer("A");
  assert.ok(told.digits.length < 60, `${told.digits.length} keys`);
  await call.close();
  a.close();
});

test("G.722 and G.711 hear each other", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call, { codec: "G722" });
  const b = await callee(call, "A", { codec: "PCMU" });
  call.bridge("A", "B1");
  void a.endpoint.sayTone([600], 1000);
  void b.endpoint.sayTone([900], 1000);
  await Promise.all([b.hearTone([600]), a.hearTone([900])]);
  const statistics = await call.close();
  assert.deepEqual([of(statistics, "A").codec, of(statistics, "B1").codec], ["G722/8000", "PCMU/8000"]);
  a.close();
  b.close();
});

test("RTCP: reports come, and BYE at the end", async () => {
  const { call } = opened(engineWith());
  const rtcp = createSocket("udp4");
  const a = await RtpParty.open();
  await new Promise<void>((resolve) => rtcp.bind(a.endpoint.port + 1, "127.0.0.1", resolve));
  const kinds: number[][] = [];
  const reported = Promise.withResolvers<void>();
  rtcp.on("message", (octets) => {
    const types: number[] = [];
    for (let at = 0; at < octets.length; at += 4 * (1 + octets.readUInt16BE(at + 2)))
      types.push(octets[at + 1] ?? 0);
    kinds.push(types);
    reported.resolve();
  });
  assert.ok((await call.remoteOffer("A", a.endpoint.describe(), parts)).ok);
  const answer = await call.localAnswer("A");
  assert.ok(answer.ok && a.endpoint.follow(answer.value));
  call.play("A", { kind: "ringback" });
  await reported.promise;
  assert.deepEqual(kinds[0], [200, 202], "a sender report, and who it is from");
  const bye = new Promise<void>((resolve) => rtcp.once("message", () => resolve()));
  await call.close();
  await bye;
  assert.deepEqual(kinds.at(-1), [201, 202, 203]);
  rtcp.close();
  a.close();
});
