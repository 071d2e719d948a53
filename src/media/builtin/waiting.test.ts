// What happens while time passes: pace, silences, hold.
// Over 5 s: sound is heard as long as it lasts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { callee, caller, engineWith, folder, opened, parts } from "../../../test/support/builtin-calls.ts";
import { assertTone, type RtpParty } from "../../../test/support/rtp-party.ts";
import { toneMessage } from "../../../test/support/tone-message.ts";
import type { MediaCall } from "../engine.ts";

test("50 prompts at once: all are heard whole (how far off their place packets are, the benchmark measures)", async () => {
  const engine = engineWith({ ports: { min: 24_000, max: 24_199 } });
  const message = toneMessage(folder, 700, 2000);
  const calls = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const { call } = opened(engine);
      const party = await caller(call);
      party.endpoint.sendSilence(false);
      return { call, party };
    }),
  );
  await Promise.all(
    calls.map(
      ({ call }) =>
        new Promise<void>((resolve) => call.play("A", message, (result) => resolve(assert.ok(result.ok)))),
    ),
  );
  for (const { party } of calls) {
    await party.until("its last packet", ({ audible }) => audible.length === 100);
    const { missing, jumps, markers } = party.report();
    assert.deepEqual([missing, jumps, markers], [0, 0, 1]);
  }
  for (const { call, party } of calls) {
    await call.close();
    party.close();
  }
});

test("C5: no packet for the time that was set is told once, and again only after a packet", async () => {
  const { call, told } = opened(engineWith({ silentMs: 1000, silentOnHoldMs: 60_000 }));
  const a = await caller(call);
  const b = await callee(call, "A");
  b.endpoint.sendSilence(false);
  await told.until("the silence of B1", () => told.silences.length > 0);
  assert.match(told.silences.join(), /^B1 [1-9]$/, "A still sends");
  await b.endpoint.press("1", "event");
  await told.until("a second silence", () => told.silences.length > 1);
  assert.match(told.silences.join(), /^B1 [1-9],B1 [1-9]$/);
  await call.close();
  a.close();
  b.close();
});

test("a party on hold may be silent for longer", async () => {
  const { call, told } = opened(engineWith({ silentMs: 500, silentOnHoldMs: 2000 }));
  const a = await caller(call);
  a.endpoint.sendSilence(false);
  await reOffer(call, a, "inactive");
  await told.until("the silence", () => told.silences.length > 0);
  assert.match(told.silences.join(), /^A [2-9]$/);
  await call.close();
  a.close();
});

test("who is put on hold by a party that sends nothing hears hold tones until it comes back", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  a.endpoint.sendSilence(false);
  await reOffer(call, a, "sendonly");
  await b.hearTone([425]);
  const { payload } = b.endpoint.heard.at(-1) ?? {};
  assert.ok(payload !== undefined);
  await reOffer(call, a, "sendrecv", 2);
  a.endpoint.sendSilence(true);
  void a.endpoint.sayTone([900], 1500);
  await b.hearTone([900]);
  assertTone((await b.hear(400)).subarray(-1600), [900]);
  assert.equal(b.report().ssrcs, 1);
  await call.close();
  a.close();
  b.close();
});

test("music that a holding party sends is heard by the other", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const b = await callee(call, "A");
  call.bridge("A", "B1");
  await reOffer(call, a, "sendonly");
  const hears = a.endpoint.heard.length;
  void a.endpoint.sayTone([1100], 1500);
  await b.hearTone([1100]);
  assert.equal(a.endpoint.heard.length, hears, "it hears nothing itself");
  await call.close();
  a.close();
  b.close();
});

test("a prompt goes on while its listener holds, and is told to be over in time", async () => {
  const { call } = opened(engineWith());
  const a = await caller(call);
  const done = Promise.withResolvers<unknown>();
  call.play("A", toneMessage(folder, 700, 1000), done.resolve);
  await a.hearTone([700]);
  await reOffer(call, a, "inactive");
  assert.deepEqual(await done.promise, { ok: true, value: undefined });
  assert.ok(a.endpoint.heard.length < 50);
  await call.close();
  a.close();
});

async function reOffer(
  call: MediaCall,
  party: RtpParty,
  direction: "sendrecv" | "sendonly" | "inactive",
  version = 1,
): Promise<void> {
  assert.ok((await call.remoteOffer("A", party.endpoint.describe(direction, version), parts)).ok);
  assert.ok((await call.localAnswer("A")).ok);
}
