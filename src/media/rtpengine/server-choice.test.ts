// A call that only tries an rtpengine is not yet one of its calls. On a virtual clock.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { FAKE_SDP, type FakeRtpengine } from "../../../test/fakes/fake-rtpengine.ts";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { type FakedMedia, fakedMedia } from "../../../test/support/faked-rtpengine.ts";
import { until } from "../../../test/support/process.ts";
import type { MediaCall } from "../engine.ts";

const PARTS = { localAddress: "192.0.2.1", signallingAddress: "192.0.2.9" };

let faked: FakedMedia | undefined;
afterEach(() => faked?.close());

interface Scene {
  readonly clock: VirtualClock;
  readonly first: FakeRtpengine;
  readonly call: MediaCall;
  readonly lost: readonly string[];
  /** A value of `/metrics` that each rtpengine has, in turn. */
  readonly counts: (name: "calls" | "commands_open") => readonly (number | undefined)[];
}

/** Two rtpengines that are up, and a call; the first one falls silent. */
async function scene(): Promise<Scene> {
  const clock = new VirtualClock();
  faked = await fakedMedia(2, clock);
  const { fakes, media, count } = faked;
  await until("both to be up", () => media.metrics().switchhook_media_rtpengine_servers_up === 2);
  const [first] = fakes;
  assert.ok(first);
  first.deaf = true;
  const lost: string[] = [];
  const user = {
    onDigit: () => undefined,
    onSilent: () => undefined,
    onLost: ({ text }: { readonly text: string }) => lost.push(text),
  };
  return {
    clock,
    first,
    call: media.open({ callId: "c1", country: "NL" }, user),
    lost,
    counts: (name) => fakes.map((_, at) => count(at, name)),
  };
}

test("a call that tries one which is then out of service is carried by the next, and not lost", async () => {
  const { clock, call, lost, counts } = await scene();
  // Its second ping in a row is over at 6 s; what is asked of it at 5 s, at 7 s.
  for (let second = 1; second <= 5; second++) {
    clock.advance(1000);
    await until("the other to answer", () => counts("commands_open")[1] === 0);
  }
  const offered = call.remoteOffer("A", Buffer.from(FAKE_SDP), PARTS);
  await until("it to be tried", () => counts("commands_open")[0] === 2);
  clock.advance(1000);
  assert.deepEqual(counts("calls"), [0, 0]);
  clock.advance(1000);
  assert.ok((await offered).ok);
  assert.deepEqual(lost, []);
  assert.deepEqual(counts("calls"), [0, 1]);
  await call.close();
  assert.deepEqual(counts("calls"), [0, 0]);
});

test("a call that ends while it tries one was none of its calls", async () => {
  const { clock, first, call, counts } = await scene();
  const offered = call.remoteOffer("A", Buffer.from(FAKE_SDP), PARTS);
  await until("it to be tried", () => counts("commands_open")[0] === 1);
  const closed = call.close();
  assert.deepEqual(counts("calls"), [0, 0]);
  first.deaf = false;
  clock.advance(200);
  assert.ok(!(await offered).ok);
  await closed;
  assert.equal(first.commands("delete").length, 1, "the port that it took meanwhile is given back");
  assert.deepEqual(counts("calls"), [0, 0]);
});
