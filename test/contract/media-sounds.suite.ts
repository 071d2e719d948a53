import assert from "node:assert/strict";
import path from "node:path";
import { until } from "../support/process.ts";
import { toneMessage } from "../support/tone-message.ts";
import { type Done, inStep, type On, refused } from "./media-scene.ts";

export function sounds(on: On, folder: string): void {
  for (const [codec, payloadType] of [
    ["PCMU", 0],
    ["PCMA", 8],
    ["G.722", 9],
  ] as const) {
    on(`a message is heard in ${codec}, in step, and ends once`, async ({ call, caller }) => {
      const one = await caller({ codecs: [payloadType] });
      const done: Done[] = [];
      call.play("A", toneMessage(folder, 440, 600), (result) => done.push(result));
      await one.hearTone([440]);
      await until("its end", () => done.length > 0);
      assert.deepEqual(done, [{ ok: true, value: undefined }]);
      const packets = one.sound;
      const audible = one.audible.length;
      assert.ok(audible >= 28 && audible <= 32, `${audible} packets for 600 ms`);
      inStep(packets);
      assert.ok(packets.every((packet) => packet.payloadType === payloadType));
      // Nothing more is told when something else plays and ends.
      call.play("A", toneMessage(folder, 620, 200), (result) => done.push(result));
      await until("the second end", () => done.length === 2);
    });
  }

  on("a sound that replaces another is what is heard, and only its end is told", async ({ call, caller }) => {
    const one = await caller();
    const told: string[] = [];
    call.play("A", toneMessage(folder, 440, 1500), () => told.push("first"));
    await one.hearTone([440]);
    call.play("A", toneMessage(folder, 620, 600), () => told.push("second"));
    await one.hearTone([620]);
    await until("an end", () => told.length > 0);
    // The time in which the first would have ended.
    call.play("A", toneMessage(folder, 800, 900), () => told.push("third"));
    await until("the last end", () => told.includes("third"));
    assert.deepEqual(told, ["second", "third"]);
  });

  on("a sound that is stopped is over at once and tells nothing", async ({ call, caller }) => {
    const one = await caller();
    const told: string[] = [];
    call.play("A", toneMessage(folder, 440, 600), () => told.push("stopped"));
    await one.hearTone([440]);
    call.stop("A");
    call.play("A", toneMessage(folder, 620, 700), () => told.push("played"));
    await one.hearTone([620]);
    await until("the end of the second", () => told.length > 0);
    assert.deepEqual(told, ["played"]);
    call.stop("A");
  });

  on("a message that is not there is told in a sentence", async ({ call, caller }) => {
    await caller();
    const done: Done[] = [];
    const missing = {
      kind: "message",
      name: "Welcome",
      path: path.join(folder, "none"),
      durationMs: 500,
    } as const;
    call.play("A", missing, (result) => done.push(result));
    await until("an end", () => done.length > 0);
    const [result] = done;
    assert.ok(result?.ok === false);
    assert.match(result.error.text, /Welcome.*\.$/);
  });

  on("tones go on until they are stopped", async ({ call, caller }) => {
    const one = await caller();
    call.play("A", { kind: "busy" });
    // Longer than one round of it.
    await until("two seconds of it", () => one.sound.length >= 100);
    inStep(one.sound);
    const share = one.share(425);
    assert.ok(share > 0.45, `425 Hz has ${share} of the power`);
    call.play("A", { kind: "ringback" });
    one.endpoint.forget();
    await one.hearTone([425]);
  });

  on("what is asked for at an end that does not exist harms nothing", async ({ call }) => {
    const done: Done[] = [];
    call.play("A", { kind: "busy" }, (result) => done.push(result));
    call.stop("A");
    call.listen("A", true);
    call.release("A");
    call.bridge("A", "B1");
    call.unbridge();
    refused(await call.localAnswer("A"));
    refused(await call.remoteAnswer("A", Buffer.from("v=0")));
    assert.ok(done.every((result) => !result.ok));
  });
}
