// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { FAKE_SDP, FakeRtpengine, healthy, standing } from "../../../test/fakes/fake-rtpengine.ts";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { until } from "../../../test/support/process.ts";
import { systemClock } from "../../runtime/clock.ts";
import type { MediaCall } from "../engine.ts";
import { createRtpengineMedia, type RtpengineMedia } from "./rtpengine.ts";

const PARTY = Buffer.from(FAKE_SDP);
const PARTS = { localAddress: "192.0.2.1", signallingAddress: "192.0.2.9" };

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-ng-"));
const fakes: FakeRtpengine[] = [];
let media: RtpengineMedia | undefined;

async function open(count: number, silentMs?: number): Promise<RtpengineMedia> {
  for (let at = 0; at < count; at++) fakes.push(await FakeRtpengine.start());
  const opened = await createRtpengineMedia({
    clock: systemClock,
    ids: seededIds(),
    log: () => undefined,
    servers: fakes.map(({ port }) => ({ host: "127.0.0.1", port })),
    digits: { host: "127.0.0.1", port: 0 },
    folder,
    ...(silentMs === undefined ? {} : { silentMs }),
  });
  if (!opened.ok) assert.fail(opened.error);
  media = opened.value;
  return opened.value;
}

interface Heard {
  readonly digits: string[];
  readonly silent: string[];
  readonly lost: string[];
}

function call(engine: RtpengineMedia, callId = "c1"): { readonly call: MediaCall; readonly heard: Heard } {
  const heard: Heard = { digits: [], silent: [], lost: [] };
  const opened = engine.open(
    { callId, country: "NL" },
    {
      onDigit: (end, digit, way) => heard.digits.push(`${end} ${digit} ${way}`),
      onSilent: (end, seconds) => heard.silent.push(`${end} ${seconds}`),
      onLost: ({ text }) => heard.lost.push(text),
    },
  );
  return { call: opened, heard };
}

afterEach(async () => {
  await media?.close();
  media = undefined;
  for (const { socket } of fakes.splice(0)) socket.close();
});
after(() => rmSync(folder, { recursive: true, force: true }));

const up = (engine: RtpengineMedia, count: number): Promise<unknown> =>
  until(`${count} to be up`, () => engine.metrics().switchhook_media_rtpengine_servers_up === count);

describe("rtpengines that come and go", () => {
  test("new calls go to those that are well, in turn", async () => {
    const engine = await open(2);
    await up(engine, 2);
    for (let n = 0; n < 4; n++)
      assert.ok((await call(engine, `c${n}`).call.remoteOffer("A", PARTY, PARTS)).ok);
    assert.deepEqual(
      fakes.map((fake) => fake.commands("offer").length),
      [2, 2],
    );
    assert.equal(engine.metrics().switchhook_media_calls, 4);
  });

  test("a command that is not answered is sent again with the same cookie", async () => {
    const engine = await open(1);
    await up(engine, 1);
    let offers = 0;
    const [fake] = fakes;
    assert.ok(fake);
    fake.answer = (asked) => {
      if (asked.command === "offer") offers += 1;
      return asked.command === "offer" && offers < 3 ? undefined : healthy(asked);
    };
    assert.ok((await call(engine).call.remoteOffer("A", PARTY, PARTS)).ok);
    assert.equal(new Set(fake.commands("offer").map(({ cookie }) => cookie)).size, 1);
    assert.equal(fake.commands("offer").length, 3);
  });

  for (const [title, answer] of [
    ["does not answer", undefined],
    ["refuses", { result: "error", "error-reason": "Ran out of ports" }],
    ["is full", { result: "load limit" }],
    ["replies nonsense", { result: 7 }],
    ["replies without a port", { result: "ok", sdp: "v=0\r\n" }],
    ["replies an address of nobody", { result: "ok", sdp: "\u0000" }],
  ] as const) {
    test(`a call whose first rtpengine ${title} is carried by the next`, async () => {
      const engine = await open(2);
      await up(engine, 2);
      const [bad, good] = fakes;
      assert.ok(bad && good);
      bad.answer = (asked) => (asked.command === "ping" ? healthy(asked) : answer);
      const { call: opened } = call(engine);
      const offered = await opened.remoteOffer("A", PARTY, PARTS);
      assert.ok(offered.ok, offered.ok ? "" : offered.error.reason.text);
      assert.ok((await opened.localAnswer("A")).ok);
      assert.ok(good.commands("answer").length > 0);
    });
  }

  test("with none that can, the fault is 503 and says what the last one said", async () => {
    const engine = await open(1);
    await up(engine, 1);
    const [fake] = fakes;
    assert.ok(fake);
    fake.answer = (asked) =>
      asked.command === "ping" ? healthy(asked) : { result: "error", "error-reason": "Ran out of ports\n" };
    const offered = await call(engine).call.remoteOffer("A", PARTY, PARTS);
    assert.ok(!offered.ok);
    assert.equal(offered.error.status, 503);
    assert.equal(
      offered.error.reason.text,
      `No rtpengine can carry the sound of this call: 127.0.0.1:${fake.port} says: Ran out of ports?.`,
    );
  });

  test("one that falls silent loses its calls, and is used again when it answers", async () => {
    const engine = await open(1);
    await up(engine, 1);
    const [fake] = fakes;
    assert.ok(fake);
    const { call: opened, heard } = call(engine);
    assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
    fake.deaf = true;
    await until("the loss", () => heard.lost.length > 0);
    assert.deepEqual(heard.lost, [`The rtpengine at 127.0.0.1:${fake.port} answers no more.`]);
    const after = await opened.localAnswer("A");
    assert.ok(!after.ok);
    assert.deepEqual(await opened.close(), []);
    const refused = await call(engine, "c2").call.remoteOffer("A", PARTY, PARTS);
    assert.ok(!refused.ok && refused.error.status === 503);
    fake.deaf = false;
    await up(engine, 1);
    assert.ok((await call(engine, "c3").call.remoteOffer("A", PARTY, PARTS)).ok);
  });

  test("one that was restarted knows the call no more: the call is lost, once", async () => {
    const engine = await open(1);
    await up(engine, 1);
    const [fake] = fakes;
    assert.ok(fake);
    fake.answer = (asked) =>
      asked.command === "query" ? { result: "error", "error-reason": "Unknown call-id" } : healthy(asked);
    const { call: opened, heard } = call(engine);
    assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
    await until("the loss", () => heard.lost.length > 0);
    assert.match(
      heard.lost.join("|"),
      /^The rtpengine at 127\.0\.0\.1:\d+ no longer knows this call: Unknown call-id\.$/,
    );
  });
});

describe("M8: what it has against a call that it carries", () => {
  for (const [title, refusal] of [
    ["is out of ports", { result: "error", "error-reason": "Ran out of ports" }],
    ["is at its limit", { result: "load limit" }],
    ["speaks in riddles", { result: 7 }],
  ] as const) {
    test(`it ${title} when the second party needs a port: 503 and a sentence, and the first keeps its sound`, async () => {
      const engine = await open(1);
      await up(engine, 1);
      const [fake] = fakes;
      assert.ok(fake);
      const { call: opened, heard } = call(engine);
      assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
      fake.answer = (asked) => (asked.command === "offer" ? refusal : healthy(asked));
      const offered = await opened.localOffer("B1", PARTS, "A");
      assert.ok(!offered.ok);
      assert.equal(offered.error.status, 503);
      assert.match(
        offered.error.reason.text,
        /^The rtpengine at 127\.0\.0\.1:\d+ cannot carry this call on: .*\.$/,
      );
      fake.answer = healthy;
      assert.ok((await opened.localAnswer("A")).ok);
      assert.deepEqual(heard.lost, []);
    });
  }

  test("it was restarted and takes a new description for a new call: the call is lost, and not left there", async () => {
    const engine = await open(1);
    await up(engine, 1);
    const [fake] = fakes;
    assert.ok(fake);
    const { call: opened, heard } = call(engine);
    assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
    assert.ok((await opened.localAnswer("A")).ok);
    const elsewhere = FAKE_SDP.replace("30000", "30002");
    fake.answer = (asked) =>
      asked.command === "offer" || asked.command === "answer"
        ? { result: "ok", sdp: elsewhere }
        : healthy(asked);
    const moved = Buffer.from(FAKE_SDP.replace("m=audio 30000", "m=audio 40000"));
    assert.ok((await opened.remoteOffer("A", moved, PARTS)).ok);
    assert.ok(!(await opened.localAnswer("A")).ok);
    assert.match(
      heard.lost.join("|"),
      /^The rtpengine at \S+ no longer knows this call: it gave it another port\.$/,
    );
    await until("the new one to be taken away", () => fake.commands("delete").length === 1);
  });
});

describe("what a query shows", () => {
  test("silence is told once", async () => {
    const engine = await open(1, 500);
    await up(engine, 1);
    const [fake] = fakes;
    assert.ok(fake);
    fake.answer = (asked) => (asked.command === "query" ? standing(0, "192.0.2.9") : healthy(asked));
    const { call: opened, heard } = call(engine);
    assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
    assert.ok((await opened.localAnswer("A")).ok);
    await until("two queries", () => fake.commands("query").length >= 2);
    await opened.close();
    assert.deepEqual(heard.silent, ["A 1"]);
  });

  test("a stranger who was the first to send is shut out", async () => {
    const engine = await open(1);
    await up(engine, 1);
    const [fake] = fakes;
    assert.ok(fake);
    fake.answer = (asked) => (asked.command === "query" ? standing(50, "203.0.113.66") : healthy(asked));
    const { call: opened } = call(engine);
    assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
    assert.ok((await opened.localAnswer("A")).ok);
    const shut = await until("new descriptions", () => {
      const last = fake.commands("answer").at(-1);
      return JSON.stringify(last?.body.flags).includes("endpoint-learning-off") ? last : undefined;
    });
    const [forgotten, again] = fake.commands("offer").slice(-2);
    assert.match(String(forgotten?.body.sdp), /c=IN IP4 0\.0\.0\.0/);
    assert.match(String(again?.body.sdp), /c=IN IP4 192\.0\.2\.9/);
    assert.equal(shut.body["from-tag"], "A.1");
  });
});

describe("reports of keys", () => {
  test("only well-formed ones of known calls and ends count", async () => {
    const engine = await open(1);
    await up(engine, 1);
    const { call: opened, heard } = call(engine);
    assert.ok((await opened.remoteOffer("A", PARTY, PARTS)).ok);
    const callid = String(fakes[0]?.commands("offer")[0]?.body["call-id"]);
    const good = {
      callid,
      source_tag: "A.1",
      type: "DTMF",
      timestamp: 1,
      event: 5,
      duration: 100,
      volume: 8,
    };
    const socket = createSocket("udp4");
    const send = (text: string): void => socket.send(text, engine.digitPort, "127.0.0.1");
    for (const text of [
      "",
      "{",
      "null",
      "[]",
      JSON.stringify({ ...good, event: 16 }),
      JSON.stringify({ ...good, event: -1 }),
      JSON.stringify({ ...good, event: "5" }),
      JSON.stringify({ ...good, type: "other" }),
      JSON.stringify({ ...good, callid: "c1" }),
      JSON.stringify({ ...good, source_tag: "B" }),
      JSON.stringify({ ...good, source_tag: "__proto__" }),
      JSON.stringify(good),
      // The same datagram again, as a network may deliver it.
      JSON.stringify(good),
      JSON.stringify({ ...good, event: 11 }),
    ])
      send(text);
    await until("the last key", () => heard.digits.includes("A # event"));
    socket.close();
    assert.deepEqual(heard.digits, ["A 5 event", "A # event"]);
  });
});

test("what cannot work is said at once, in a sentence", async () => {
  const parts = {
    clock: systemClock,
    ids: seededIds(),
    log: () => undefined,
    digits: { host: "127.0.0.1", port: 0 },
    folder,
  };
  const none = await createRtpengineMedia({ ...parts, servers: [] });
  assert.ok(!none.ok);
  const named = await createRtpengineMedia({ ...parts, servers: [{ host: "rtp.example", port: 1 }] });
  assert.ok(!named.ok && /"rtp\.example"/.test(named.error));
  const taken = createSocket("udp4");
  await new Promise<void>((resolve) => taken.bind(0, "127.0.0.1", resolve));
  const digits = { host: "127.0.0.1", port: taken.address().port };
  const busy = await createRtpengineMedia({ ...parts, digits, servers: [{ host: "127.0.0.1", port: 1 }] });
  taken.close();
  assert.ok(!busy.ok && /cannot be opened/.test(busy.error));
});
