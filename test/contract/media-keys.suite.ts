import assert from "node:assert/strict";
import { until } from "../support/process.ts";
import { toneMessage } from "../support/tone-message.ts";
import { at, type MediaEngineCase, type On, succeeded } from "./media-scene.ts";

export function keys(on: On, kind: MediaEngineCase, folder: string): void {
  for (const event of [101, 96]) {
    on(`keys by telephone-event ${event} are told once each`, async ({ call, caller, digits }) => {
      const one = await caller({ event });
      await one.key("1", { payloadType: event });
      await one.key("1", { payloadType: event });
      await one.key("#", { payloadType: event, lost: 3 });
      await one.key("0", { payloadType: event, ends: 1 });
      await one.key("D", { payloadType: event, ms: 1500 });
      await until("five keys", () => digits.length >= 5);
      call.play("A", toneMessage(folder, 440, 3000));
      await one.hearTone([440]);
      await one.key("*", { payloadType: event });
      await until("the key during playback", () => digits.length >= 6);
      await one.hearTone([440]);
      assert.deepEqual(
        digits,
        ["1", "1", "#", "0", "D", "*"].map((digit) => `A ${digit} event`),
      );
    });
  }

  const whereItCan = (can: boolean, ...args: Parameters<On>): void => {
    if (can) on(...args);
  };

  whereItCan(
    kind.can.keyWithoutEnd,
    "a key of which all end packets are lost is told",
    async ({ caller, digits }) => {
      const one = await caller();
      await one.key("7", { ends: 0 });
      await until("the key", () => digits.length > 0);
      await one.key("8");
      await until("the next key", () => digits.length > 1);
      assert.deepEqual(digits, ["A 7 event", "A 8 event"]);
    },
  );

  on(
    "keys as tones are told only while they are listened for",
    async ({ caller, call, digits, offer, party }) => {
      const one = await caller({ codecs: [8], event: 0 });
      const other = await party();
      await offer("B1", other, { codecs: [0] });
      await one.tone("4", 100, 8);
      call.listen("A", true);
      // Asked for in order: once this is answered, the tones are listened for.
      succeeded(await call.localOffer("B1", at(other)));
      await one.tone("5", 100, 8);
      await one.tone("5", 100, 8);
      await one.tone("A", 80, 8);
      await until("three keys", () => digits.length >= 3);
      call.listen("A", false);
      succeeded(await call.localOffer("B1", at(other)));
      await one.tone("6", 100, 8);
      await other.key("9");
      await until("the key of the other end", () => digits.length >= 4);
      assert.deepEqual(digits, ["A 5 tone", "A 5 tone", "A A tone", "B1 9 event"]);
    },
  );

  // Who tells of a key when it is let go has none that is told and still held.
  whereItCan(
    kind.can.keyWithoutEnd,
    "a tone that is held while one prompt follows the other is told once",
    async ({ caller, call, digits }) => {
      const one = await caller({ codecs: [8], event: 0 });
      call.listen("A", true);
      const pressing = one.tone("5", 1000, 8);
      await until("the key", () => digits.length > 0);
      call.listen("A", false);
      call.listen("A", true);
      await pressing;
      await one.tone("5", 100, 8);
      await until("the next press", () => digits.length > 1);
      await one.tone("6", 100, 8);
      await until("the last key", () => digits.includes("A 6 tone"));
      assert.deepEqual(digits, ["A 5 tone", "A 5 tone", "A 6 tone"]);
    },
  );

  whereItCan(
    kind.can.tonesBesideEvents,
    "tones of a party that has telephone-event are told as tones",
    async ({ call, caller, digits }) => {
      const one = await caller();
      call.listen("A", true);
      await one.tone("5", 100);
      await one.key("6");
      await until("two keys", () => digits.length >= 2);
      assert.deepEqual(digits, ["A 5 tone", "A 6 event"]);
    },
  );

  on("speech is no key", async ({ call, caller, digits }) => {
    const one = await caller({ codecs: [0], event: 0 });
    call.listen("A", true);
    await one.speak(700, 300);
    await one.speak(1340, 300);
    await one.tone("3", 100);
    await until("the key", () => digits.length > 0);
    assert.deepEqual(digits, ["A 3 tone"]);
  });
}
