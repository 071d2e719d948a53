// When a party's silence is told through rtpengine (reliability C5), on a virtual clock.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, test } from "node:test";
import { FAKE_SDP, FakeRtpengine, healthy, standing } from "../../../test/fakes/fake-rtpengine.ts";
import { seededIds } from "../../../test/fakes/seeded-ids.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { until } from "../../../test/support/process.ts";
import type { MediaCall } from "../engine.ts";
import { createRtpengineMedia } from "./rtpengine.ts";

const PARTS = { localAddress: "192.0.2.1", signallingAddress: "192.0.2.9" };

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

interface Scene {
  readonly call: MediaCall;
  /** `A 60`: who was silent, and for how many seconds. */
  readonly silent: readonly string[];
  /** Time goes on, and what is asked meanwhile is answered. */
  readonly pass: (seconds: number) => Promise<void>;
  /** The party describes itself, and is answered. */
  readonly describe: (end: string, direction: string) => Promise<void>;
}

/** A call at an rtpengine where nothing ever comes. */
async function scene(): Promise<Scene> {
  const clock = new VirtualClock();
  const fake = await FakeRtpengine.start();
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-ng-"));
  fake.answer = (asked) =>
    asked.command === "query" ? standing(0, "192.0.2.9", ["A.1", "B1.2"]) : healthy(asked);
  const media = await createRtpengineMedia({
    clock,
    ids: seededIds(),
    log: () => undefined,
    servers: [{ host: "127.0.0.1", port: fake.port }],
    digits: { host: "127.0.0.1", port: 0 },
    folder,
  });
  if (!media.ok) assert.fail(media.error);
  endings.push(
    () => media.value.close(),
    () => fake.socket.close(),
    () => rmSync(folder, { recursive: true, force: true }),
  );
  const silent: string[] = [];
  const call = media.value.open(
    { callId: "c1", country: "NL" },
    {
      onDigit: () => undefined,
      onSilent: (end, seconds) => silent.push(`${end} ${seconds}`),
      onLost: ({ text }) => assert.fail(text),
    },
  );
  const open = `switchhook_media_rtpengine_commands_open{server="127.0.0.1:${fake.port}"}`;
  return {
    call,
    silent,
    pass: async (seconds) => {
      for (let n = 0; n < seconds; n++) {
        clock.advance(1000);
        await until("what was asked to be answered", () => media.value.metrics()[open] === 0);
      }
    },
    describe: async (end, direction) => {
      const sdp = Buffer.from(`${FAKE_SDP}a=${direction}\r\n`);
      const described = await Promise.all([call.remoteOffer(end, sdp, PARTS), call.localAnswer(end)]);
      assert.ok(described.every(({ ok }) => ok));
    },
  };
}

test("who is back from hold is waited for anew", async () => {
  const { describe, pass, silent } = await scene();
  await describe("A", "sendrecv");
  await describe("A", "sendonly");
  await pass(61);
  assert.deepEqual(silent, []);
  await describe("A", "sendrecv");
  await pass(10);
  assert.deepEqual(silent, [], "its first packet may still be on its way");
  await pass(60);
  assert.equal(silent.length, 1);
  assert.match(silent.join(), /^A 6\d$/);
});

test("who was silent while it rang is waited for anew when the two are connected", async () => {
  const { call, describe, pass, silent } = await scene();
  await describe("A", "sendrecv");
  assert.ok((await call.localOffer("B1", PARTS, "A")).ok);
  assert.ok((await call.remoteAnswer("B1", Buffer.from(FAKE_SDP))).ok);
  await pass(70);
  assert.deepEqual(
    silent.map((told) => told.split(" ")[0]),
    ["A", "B1"],
  );
  call.bridge("A", "B1");
  await pass(10);
  assert.equal(silent.length, 2);
  await pass(60);
  assert.deepEqual(
    silent.slice(2).map((told) => told.split(" ")[0]),
    ["A", "B1"],
  );
});

test("who answers after a long ringing is waited for from then on", async () => {
  const { call, describe, pass, silent } = await scene();
  await describe("A", "sendonly");
  assert.ok((await call.localOffer("B1", PARTS, "A")).ok);
  await pass(61);
  assert.ok((await call.remoteAnswer("B1", Buffer.from(FAKE_SDP))).ok);
  await pass(10);
  assert.deepEqual(silent, []);
});
