// Reliability C1 to C4: who gets in, who gets anything, and what a flood does. Strangers have other addresses of loopback.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SeededRandom } from "../../../test/fakes/seeded-ids.ts";
import { callee, caller, engineWith, HOST, of, opened, parts } from "../../../test/support/builtin-calls.ts";
import { until } from "../../../test/support/process.ts";
import { assertTone, RtpParty } from "../../../test/support/rtp-party.ts";
import { systemClock } from "../../runtime/clock.ts";

const portOf = (sdp: Uint8Array): number => Number(/m=audio (\d+)/.exec(Buffer.from(sdp).toString())?.[1]);
const pause = (ms: number): Promise<void> => new Promise((resolve) => systemClock.after(ms, resolve));

test("C1: who sprays all ports during set-up and call gets nothing back", async () => {
  const engine = engineWith({ ports: { min: 18_000, max: 18_039 } });
  const { call } = opened(engine);
  const stranger = await RtpParty.open({ host: "127.0.0.66" });
  let port = 18_000;
  const spray = (): void => {
    const packet = Buffer.alloc(172, 0xd5);
    packet.writeUInt32BE(0x80080001);
    stranger.endpoint.sendTo({ address: HOST, port });
    stranger.endpoint.sendRaw(packet);
    stranger.endpoint.sendRaw(Buffer.from("80c9000100000001", "hex"));
    port = port === 18_039 ? 18_000 : port + 1;
  };
  stranger.endpoint.sendSilence(false);
  const enough = new AbortController();
  const sprayed = (async () => {
    while (!enough.signal.aborted) {
      for (let n = 0; n < 80; n++) spray();
      await pause(5);
    }
  })();
  const a = await caller(call);
  call.play("A", { kind: "ringback" });
  await a.hearTone([425]);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  void b.endpoint.sayTone([1000], 500);
  await a.hearTone([1000]);
  enough.abort();
  await sprayed;
  const statistics = await call.close();
  assert.ok(of(statistics, "A").foreign > 0);
  assert.equal(stranger.endpoint.heard.length, 0);
  for (const party of [a, b, stranger]) party.close();
});

test("C2: a stranger with the right SSRC and numbers is not heard", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  const stranger = await RtpParty.open({ host: "127.0.0.66" });
  stranger.endpoint.sendTo({ address: HOST, port: await targetPort(a) });
  void stranger.endpoint.sayTone([1900], 1500);
  void a.endpoint.sayTone([500], 1500);
  await b.hearTone([500]);
  const from = b.endpoint.heard.length;
  const sound = await b.hear(800);
  assertTone(sound, [500]);
  assert.equal(b.report(from).ssrcs, 1);
  const statistics = await call.close();
  assert.ok(of(statistics, "A").foreign > 20);
  assert.equal(stranger.endpoint.heard.length, 0);
  for (const party of [a, b, stranger]) party.close();
});

/** Where a party sends to: what it hears comes from there. */
async function targetPort(party: RtpParty): Promise<number> {
  await party.until("a packet", ({ endpoint }) => endpoint.heard.length > 0);
  return party.endpoint.heard[0]?.from.port ?? 0;
}

test("a phone behind NAT: heard after four packets from where its signalling comes from, and answered there", async () => {
  const { call, told } = opened(engineWith());
  // It names an address of its own network, and its packets come from another.
  const sdp = Buffer.from(
    "v=0\r\no=- 1 1 IN IP4 127.0.0.99\r\ns=-\r\nc=IN IP4 127.0.0.99\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
  );
  assert.ok((await call.remoteOffer("A", sdp, { ...parts, signallingAddress: "127.0.0.5" })).ok);
  const answer = await call.localAnswer("A");
  assert.ok(answer.ok);
  const phone = await RtpParty.open({ host: "127.0.0.5" });
  assert.ok(phone.endpoint.follow(answer.value));
  call.play("A", { kind: "ringback" });
  await phone.hearTone([425]);
  await phone.endpoint.press("7", "event");
  await told.until("the key", () => told.digits.length > 0);
  // The NAT gives it another port: taken when the old one has been silent for half a second.
  const again = await RtpParty.open({ host: "127.0.0.5" });
  again.endpoint.sendTo({ address: HOST, port: portOf(answer.value) });
  phone.endpoint.sendSilence(false);
  await again.hearTone([425]);
  const statistics = await call.close();
  assert.equal(of(statistics, "A").foreign > 0, true, "the first packets of the new port");
  phone.close();
  again.close();
});

test("a source is not changed while the old one speaks, even from the same address", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  call.play("A", { kind: "ringback" });
  await a.hearTone([425]);
  const other = await RtpParty.open();
  other.endpoint.sendTo({ address: HOST, port: await targetPort(a) });
  await other.endpoint.sayTone([1900], 1200);
  assert.equal(other.endpoint.heard.length, 0);
  await call.close();
  a.close();
  other.close();
});

test("nothing is sent to a place that a description names and nobody signals from", async () => {
  const { call } = opened(engineWith());
  const named = await RtpParty.open({ host: "127.0.0.88" });
  // Signalling from a public address, sound to loopback of our own machine: an attack.
  assert.ok(
    (await call.remoteOffer("A", named.endpoint.describe(), { ...parts, signallingAddress: "203.0.113.9" }))
      .ok,
  );
  assert.ok((await call.localAnswer("A")).ok);
  call.play("A", { kind: "busy" });
  const b = await callee(call, "A");
  call.play("B1", { kind: "busy" });
  await b.hearTone([425]);
  assert.equal(named.endpoint.heard.length, 0);
  await call.close();
  for (const one of [named, b]) one.close();
});

test("C3: a million damaged packets at a live call: it goes on, at most 1 % of the good ones are lost", async () => {
  const engine = engineWith();
  const { call } = opened(engine);
  const a = await caller(call);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  await Promise.all(
    [a, b].map((party) => party.until("the bridge", ({ endpoint }) => endpoint.heard.length > 10)),
  );
  const port = await targetPort(a);
  // Half of it from a stranger, half from the party's own address and port, RTP and RTCP.
  const stranger = await RtpParty.open({ host: "127.0.0.66" });
  stranger.endpoint.sendSilence(false);
  const random = new SeededRandom(3);
  const damaged = Array.from({ length: 2000 }, () => damagedPacket(random));
  const before = { b: b.endpoint.heard.length, a: a.endpoint.sent };
  for (let sent = 0; sent < 1_000_000; ) {
    for (let n = 0; n < 400; n++) {
      const packet = damaged[sent % damaged.length] as Buffer;
      if (sent % 8 === 0) a.endpoint.sendRaw(packet);
      else {
        stranger.endpoint.sendTo({ address: HOST, port: port + (sent & 1) });
        stranger.endpoint.sendRaw(packet);
      }
      sent += 1;
    }
    // As fast as they are taken: what the kernel throws away because a buffer is full says how busy the machine is.
    let turns = 0;
    do {
      assert.ok(turns++ < 200_000, "nobody takes them any more");
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (waitingAt(port) > 32 * 1024);
  }
  void a.endpoint.sayTone([500], 1000);
  await b.hearTone([500]);
  const good = a.endpoint.sent - before.a;
  const statistics = await call.close();
  const report = b.report(before.b);
  assert.ok(good > 100, `${good} good packets`);
  assert.ok(report.missing <= good * 0.01, `${report.missing} of ${good} good packets are missing`);
  assert.equal(stranger.endpoint.heard.length, 0);
  assert.equal(engine.metrics()["switchhook_media_restarts_total"], 0);
  assert.ok(of(statistics, "A").foreign > 0);
  for (const party of [a, b, stranger]) party.close();
});

/** Octets that wait for their reader at this port and the next one, as the kernel counts them (proc(5), /proc/net/udp). */
function waitingAt(port: number): number {
  const host = HOST.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const address = host.toReversed().join("").toUpperCase();
  let waiting = 0;
  for (const line of readFileSync("/proc/net/udp", "utf8").split("\n")) {
    const [, local = "", , , queues = ""] = line.trim().split(/\s+/);
    const [at, number = ""] = local.split(":");
    const distance = Number.parseInt(number, 16) - port;
    if (at === address && (distance === 0 || distance === 1))
      waiting += Number.parseInt(queues.split(":")[1] ?? "0", 16);
  }
  return waiting;
}

/** Random octets, SRTP with a tag that nobody can check, headers that lie, RTCP that is cut: none is sound of the call. */
function damagedPacket(random: SeededRandom): Buffer {
  const octets = Buffer.alloc(1 + (random.uint32() % 300));
  for (let at = 0; at < octets.length; at++) octets[at] = random.uint32();
  const kind = random.uint32() % 4;
  if (kind === 0) octets[0] = (octets[0] as number) & 0x3f;
  else if (octets.length >= 2) {
    octets[0] = 0x80 | ((octets[0] as number) & 0x3f);
    // Payload types that were not agreed, or RTCP.
    octets[1] = kind === 1 ? 200 + (random.uint32() % 8) : 40 + (random.uint32() % 20);
  }
  return octets;
}

test("C4: a closed port rests; a packet of the old call does not reach the new one", async () => {
  const engine = engineWith({ ports: { min: 18_100, max: 18_103 }, portRestMs: 600 });
  const first = opened(engine);
  const a = await caller(first.call);
  const old = a.endpoint.heard.length;
  assert.equal(old, 0);
  const port = portOf(await answerOf(first.call));
  await first.call.close();
  const second = opened(engine);
  const b = await caller(second.call);
  assert.notEqual(portOf(await answerOf(second.call)), port, "the other port of two");
  const none = await opened(engine).call.localOffer("A", parts);
  assert.ok(!none.ok && none.error.status === 503, "the first still rests");
  const fresh = await until("the first port", async () => {
    const { call, told } = opened(engine);
    const offer = await call.localOffer("A", { ...parts, signallingAddress: "127.0.0.7" });
    return offer.ok ? { call, told, port: portOf(offer.value) } : undefined;
  });
  assert.equal(fresh.port, port);
  // The old phone still sends, from an address that the new call does not know.
  const c = await RtpParty.open({ host: "127.0.0.7" });
  assert.ok((await fresh.call.remoteAnswer("A", c.endpoint.describe())).ok);
  fresh.call.listen("A", true);
  await a.endpoint.press("1", "event");
  c.endpoint.sendTo({ address: HOST, port });
  await c.endpoint.press("2", "event");
  await fresh.told.until("the key of the new call", () => fresh.told.digits.length > 0);
  assert.deepEqual(fresh.told.digits, ["A 2 event"]);
  for (const party of [a, b, c]) party.close();
});

async function answerOf(call: ReturnType<typeof opened>["call"]): Promise<Uint8Array> {
  const answer = await call.localAnswer("A");
  assert.ok(answer.ok);
  return answer.value;
}
