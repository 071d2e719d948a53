import assert from "node:assert/strict";
import type { MediaCall } from "../../src/media/engine.ts";
import { until } from "../support/process.ts";
import type { RtpParty } from "../support/rtp-party.ts";
import { toneMessage } from "../support/tone-message.ts";
import { at, type Done, type MediaEngineCase, type On, succeeded, talk } from "./media-scene.ts";

export function bridges(on: On, kind: MediaEngineCase, folder: string): void {
  for (const [title, one, other] of [
    ["PCMU both", 0, 0],
    ["PCMA both", 8, 8],
    ["G.722 both", 9, 9],
    ["PCMA and PCMU", 8, 0],
    ["PCMU and PCMA", 0, 8],
    ["G.722 and PCMA", 9, 8],
  ] as const) {
    on(`two parties hear each other: ${title}`, async ({ bridged }) => {
      const { a, b } = await bridged({ codecs: [one] }, { codecs: [other] });
      await talk(a, b, 1200, [one, other]);
      // What is under way while the bridge is made may pass unchanged: our offer named both codecs.
      assert.ok(a.sound.slice(2).every(({ payloadType }) => payloadType === one));
      assert.ok(b.sound.slice(2).every(({ payloadType }) => payloadType === other));
    });
  }

  on("before the bridge and after it nobody hears the other", async ({ call, described }) => {
    const { a, b } = await described();
    await Promise.all([a.speak(500, 200), b.speak(700, 200)]);
    assert.equal(a.sound.length + b.sound.length, 0);
    call.bridge("A", "B1");
    await talk(a, b);
    call.unbridge();
    // What is asked for afterwards is done afterwards.
    succeeded(await call.localOffer("B1", at(b)));
    a.endpoint.forget();
    b.endpoint.forget();
    await Promise.all([a.speak(500, 200), b.speak(700, 200)]);
    assert.equal(a.share(700) + b.share(500), 0);
  });

  on(
    "keys go through the bridge, each with the number that its receiver knows",
    async ({ bridged, digits }) => {
      const { a, b } = await bridged({ event: 101 }, { codecs: [0], event: 97 });
      await talk(a, b);
      await a.key("3", { payloadType: 101 });
      await b.key("4", { payloadType: 97 });
      await until("both keys", () => digits.length >= 2);
      assert.deepEqual(digits, ["A 3 event", "B1 4 event"]);
      await until("an event at each", () =>
        [a, b].every(({ endpoint }) => endpoint.heard.some(({ payload }) => payload.length === 4)),
      );
      const numbers = ({ endpoint }: RtpParty): number[] =>
        endpoint.heard.filter(({ payload }) => payload.length === 4).map(({ payloadType }) => payloadType);
      assert.deepEqual([...new Set(numbers(a))], [101]);
      assert.deepEqual([...new Set(numbers(b))], [97]);
    },
  );

  on(
    "what plays at a bridged end is heard in place of the other party, and then the other again",
    async ({ bridged, call }) => {
      const { a, b } = await bridged();
      const talking = Promise.all([a.speak(500, 3000), b.speak(700, 3000)]);
      await Promise.all([a.hearTone([700]), b.hearTone([500])]);
      call.play("A", toneMessage(folder, 440, 800));
      await a.hearTone([440]);
      await b.hearTone([500]);
      await a.hearTone([700]);
      await talking;
    },
  );

  for (const [happens, act] of [
    ["the bridge is taken apart", (call: MediaCall) => call.unbridge()],
    ["the other end is released", (call: MediaCall) => call.release("B1")],
  ] as const) {
    on(`what plays at a bridged end goes on where ${happens}, and its end is told`, async (scene) => {
      const { a } = await scene.bridged();
      const told: Done[] = [];
      scene.call.play("A", toneMessage(folder, 440, 1500), (result) => told.push(result));
      await a.hearTone([440]);
      act(scene.call);
      await a.hearTone([440]);
      await until("its end", () => told.length > 0);
      assert.deepEqual(told, [{ ok: true, value: undefined }]);
    });
  }

  on("a bridge stops what plays at either end", async ({ call, described }) => {
    const { a, b } = await described();
    const told: string[] = [];
    call.play("A", toneMessage(folder, 440, 700), () => told.push("A"));
    call.play("B1", { kind: "hold" }, () => told.push("B1"));
    await a.hearTone([440]);
    call.bridge("A", "B1");
    await talk(a, b, 1000);
    assert.deepEqual(told, []);
  });

  on("prompt, ringback, conversation: the caller hears one stream after the other", async (scene) => {
    const { call } = scene;
    const a = await scene.caller();
    call.play("A", toneMessage(folder, 440, 3000));
    await a.hearTone([440]);
    call.play("A", { kind: "ringback" });
    await a.hearTone([425]);
    const played = a.sound.length;
    const [ssrc] = a.sound.map((packet) => packet.ssrc);
    assert.ok(
      a.sound.every((packet) => packet.ssrc === ssrc),
      "one SSRC for all that is played",
    );
    const b = await scene.party();
    await scene.offer("B1", b, { codecs: [0] }, "A");
    call.bridge("A", "B1");
    await Promise.all([b.speak(700, 1000), a.speak(500, 1000), a.hearTone([700])]);
    const sequence = a.sound.map((packet) => packet.sequence);
    for (let index = 1; index < played; index++)
      assert.equal(((sequence[index] ?? 0) - (sequence[index - 1] ?? 0)) & 0xffff, 1);
    if (!kind.can.oneSsrc) return;
    for (const [index, packet] of a.sound.entries()) {
      const before = a.sound[index - 1];
      if (before === undefined) continue;
      assert.equal(packet.ssrc, ssrc);
      assert.equal((packet.sequence - before.sequence) & 0xffff, 1);
      assert.ok(((packet.timestamp - before.timestamp) | 0) > 0, "time does not run back");
    }
  });

  on("of two legs the one that is bridged is heard", async ({ call, caller, offer, party }) => {
    const a = await caller();
    const first = await party();
    const second = await party();
    await offer("B1", first, { codecs: [0] }, "A");
    await offer("B2", second, { codecs: [8] }, "A");
    call.bridge("A", "B2");
    call.release("B1");
    await Promise.all([
      a.speak(500, 800),
      first.speak(700, 800),
      second.speak(900, 800, 8),
      a.hearTone([900]),
      second.hearTone([500]),
    ]);
    assert.equal(first.sound.length, 0);
    assert.ok(a.share(700) < 0.1);
  });
}
