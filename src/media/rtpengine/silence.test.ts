// When a party's silence is told through rtpengine (reliability C5), on a virtual clock.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { FAKE_SDP, healthy, standing } from "../../../test/fakes/fake-rtpengine.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { type FakedMedia, fakedMedia } from "../../../test/support/faked-rtpengine.ts";
import { until } from "../../../test/support/process.ts";
import type { MediaCall } from "../engine.ts";

const PARTS = { localAddress: "192.0.2.1", signallingAddress: "192.0.2.9" };

let faked: FakedMedia | undefined;
afterEach(() => faked?.close());

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
  faked = await fakedMedia(1, clock);
  const { fakes, media, count } = faked;
  for (const fake of fakes)
    fake.answer = (asked) =>
      asked.command === "query" ? standing(0, "192.0.2.9", ["A.1", "B1.2"]) : healthy(asked);
  const silent: string[] = [];
  const call = media.open(
    { callId: "c1", country: "NL" },
    {
      onDigit: () => undefined,
      onSilent: (end, seconds) => silent.push(`${end} ${seconds}`),
      onLost: ({ text }) => assert.fail(text),
    },
  );
  return {
    call,
    silent,
    pass: async (seconds) => {
      for (let n = 0; n < seconds; n++) {
        clock.advance(1000);
        await until("what was asked to be answered", () => count(0, "commands_open") === 0);
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
