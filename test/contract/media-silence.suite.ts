import assert from "node:assert/strict";
import type { RtpParty } from "../support/rtp-party.ts";
import { toneMessage } from "../support/tone-message.ts";
import { type Done, inStep, type On } from "./media-scene.ts";

/** What a party gets that is ours alone, while nothing plays. */
export function silences(on: On, folder: string): void {
  for (const [codec, payloadType] of [
    ["PCMU", 0],
    ["PCMA", 8],
    ["G.722", 9],
  ] as const) {
    on(`between messages the stream goes on in ${codec}, in step`, async ({ answer, call, party }) => {
      const one = await party();
      await answer("A", one, { codecs: [payloadType] });
      for (const hz of [440, 620]) {
        const done = Promise.withResolvers<Done>();
        call.play("A", toneMessage(folder, hz, 300), done.resolve);
        await one.hearTone([hz]);
        await done.promise;
        const ended = one.sound.length;
        await one.until("half a second of silence", ({ sound }) => sound.length >= ended + 25);
      }
      inStep(one.sound);
      assert.ok(one.sound.every((packet) => packet.payloadType === payloadType));
      assert.deepEqual(markers(one), [0], "RFC 3551 §4.1: only where nothing came before");
      const between = one.audible.length;
      assert.ok(between >= 28 && between <= 34, `${between} packets for two messages of 300 ms`);
    });
  }

  on("who is listened to gets it before anything has played", async ({ answer, call, party }) => {
    const one = await party();
    await answer("A", one);
    call.listen("A", true);
    await one.until("half a second of silence", ({ sound }) => sound.length >= 25);
    inStep(one.sound);
    assert.equal(one.audible.length, 0);
  });

  on("nobody else gets it", async ({ answer, call, offer, party }) => {
    const [ours, ringing, leg] = [await party(), await party(), await party()];
    await answer("A", ours);
    await answer("A2", ringing);
    await offer("B1", leg, { codecs: [0] });
    call.listen("A", true);
    await ours.until("half a second of silence", ({ sound }) => sound.length >= 25);
    assert.equal(ringing.endpoint.heard.length + leg.endpoint.heard.length, 0);
  });

  on("message, tone, bridge: nothing is missing until the other is heard", async (scene) => {
    const [a, b] = [await scene.party(), await scene.party()];
    await scene.answer("A", a);
    scene.call.play("A", toneMessage(folder, 440, 300));
    await a.hearTone([440]);
    scene.call.play("A", { kind: "ringback" });
    await a.hearTone([425]);
    await scene.offer("B1", b, { codecs: [0] }, "A");
    const speaking = b.speak(700, 1500);
    scene.call.bridge("A", "B1");
    await a.hearTone([700]);
    await speaking;
    const [, joined] = markers(a);
    assert.ok(joined !== undefined, "the other's sound is a talk spurt");
    inStep(a.sound.slice(0, joined));
    const gap = (a.sound[joined]?.at ?? 0) - (a.sound[joined - 1]?.at ?? 0);
    assert.ok(gap < 60, `${gap} ms between the tone and the other`);
    scene.call.unbridge();
    await a.until("silence again", ({ sound, audible }) => sound.length > audible.length + 25);
  });

  on("it stops while the party holds, and at its release", async ({ answer, call, party }) => {
    const [a, clock] = [await party(), await party()];
    await answer("A", a);
    await answer("B1", clock);
    call.listen("A", true);
    call.listen("B1", true);
    await a.until("silence", ({ sound }) => sound.length >= 10);
    for (const [direction, wanted] of [
      ["sendonly", false],
      ["recvonly", true],
      ["inactive", false],
      ["sendrecv", true],
    ] as const) {
      await answer("A", a, { direction });
      await passes(clock, 5);
      a.endpoint.forget();
      await passes(clock, 15);
      assert.equal(a.sound.length > 10, wanted, `${a.sound.length} packets while ${direction}`);
    }
    call.release("A");
    await passes(clock, 5);
    a.endpoint.forget();
    await passes(clock, 15);
    assert.equal(a.sound.length, 0);
  });
}

/** So many packets of time, by the silence that another party gets. */
function passes(clock: RtpParty, packets: number): Promise<void> {
  const from = clock.sound.length;
  return clock.until(`${packets} packets`, ({ sound }) => sound.length >= from + packets);
}

/** Where talk spurts begin. */
function markers({ sound }: RtpParty): readonly number[] {
  return sound.flatMap(({ marker }, index) => (marker ? [index] : []));
}
