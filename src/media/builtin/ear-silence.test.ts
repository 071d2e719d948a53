// What an ear sends while nothing plays (docs/adr/0031).

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { agreementWith, type EarParty, EarScene } from "../../../test/support/ear-scene.ts";
import { until } from "../../../test/support/process.ts";
import { FRAME_MS, STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import type { Sound } from "../engine.ts";

const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-ear-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A party that we have answered. */
function alone(parts: EarParty = {}): EarScene {
  const scene = new EarScene(parts);
  scene.ear.join(false);
  scene.ear.attend();
  return scene;
}

for (const codec of ["PCMA", "PCMU", "G722"] as const)
  test(`in ${codec}, a packet each 20 ms, in one talk spurt`, () => {
    const scene = alone({ codec });
    scene.clock.advance(10 * FRAME_MS - 1);
    assert.equal(scene.script, "Ssssssssss");
    assert.ok(scene.payloadTypes.every((type) => type === STATIC_PAYLOAD_TYPES.get(codec)));
    scene.assertContinuous();
  });

test("a tone follows and is followed without a gap or a marker", () => {
  const scene = alone();
  scene.clock.advance(3 * FRAME_MS - 1);
  scene.ear.play({ kind: "busy" }, "NL", () => assert.fail("it has no end"));
  scene.clock.advance(4 * FRAME_MS);
  scene.ear.stop();
  scene.clock.advance(3 * FRAME_MS);
  assert.equal(scene.script, "Sssxxxxsss");
  scene.assertContinuous();
});

test("one sound replaces another without a gap or a marker", () => {
  const scene = alone();
  scene.ear.play({ kind: "busy" }, "NL", () => assert.fail("replaced"));
  scene.clock.advance(3 * FRAME_MS - 1);
  scene.ear.play({ kind: "ringback" }, "NL", () => assert.fail("it has no end"));
  scene.clock.advance(3 * FRAME_MS);
  assert.equal(scene.script, "Xxxxxx");
  scene.assertContinuous();
});

test("what is asked for in the turn in which a message ends follows it without a gap", async () => {
  const scene = alone();
  const message = messageOf(3 * 160);
  const done = Promise.withResolvers<unknown>();
  scene.ear.play(message, "NL", (result) => {
    scene.ear.play({ kind: "busy" }, "NL", () => undefined);
    done.resolve(result);
  });
  while (!scene.script.includes("x")) {
    await setImmediate();
    scene.clock.advance(FRAME_MS);
  }
  scene.clock.advance(5 * FRAME_MS);
  assert.deepEqual(await done.promise, { ok: true, value: undefined });
  assert.match(scene.script, /^Ss*xxxsx+$/);
  scene.assertContinuous();
});

test("until it is joined to another; alone again, a talk spurt begins", () => {
  const scene = alone();
  scene.clock.advance(2 * FRAME_MS - 1);
  scene.ear.join(true);
  scene.clock.advance(100);
  assert.equal(scene.script, "Ss");
  scene.speak("PCMA", 500, 60);
  scene.ear.join(false);
  scene.clock.advance(2 * FRAME_MS - 1);
  assert.equal(scene.script, "SsXxxSs");
  scene.assertContinuous();
  const passed = (scene.sent.at(-1)?.timestamp ?? 0) - (scene.sent[0]?.timestamp ?? 0);
  assert.ok(Math.abs(passed / 8 - 220) <= FRAME_MS, `${passed / 8} ms`);
});

test("who is parted from nobody hears on what plays, in one talk spurt", () => {
  const scene = alone();
  scene.clock.advance(2 * FRAME_MS - 1);
  scene.ear.play({ kind: "busy" }, "NL", () => assert.fail("it has no end"));
  scene.clock.advance(2 * FRAME_MS);
  scene.ear.join(false);
  scene.clock.advance(2 * FRAME_MS);
  scene.ear.stop();
  scene.clock.advance(2 * FRAME_MS);
  assert.equal(scene.script, "Ssxxxxss");
  scene.assertContinuous();
});

test("who is parted from another hears on what plays in its place, and hears a message whose file is still read", async () => {
  const scene = alone();
  scene.ear.join(true);
  scene.ear.play({ kind: "busy" }, "NL", () => assert.fail("it has no end"));
  scene.clock.advance(2 * FRAME_MS - 1);
  scene.ear.join(false);
  scene.clock.advance(2 * FRAME_MS);
  assert.equal(scene.script, "Xxxx");
  scene.ear.join(true);
  const told: unknown[] = [];
  scene.ear.play(messageOf(2 * 160), "NL", (result) => told.push(result));
  scene.ear.join(false);
  await until("the end of the message", () => {
    scene.clock.advance(FRAME_MS);
    return told.length > 0;
  });
  assert.deepEqual(told, [{ ok: true, value: undefined }]);
  scene.assertContinuous();
});

for (const direction of ["sendonly", "inactive"])
  test(`not while it holds (${direction}), and again when it is back`, () => {
    const scene = alone();
    scene.clock.advance(2 * FRAME_MS - 1);
    scene.ear.agree(agreementWith({ direction }));
    scene.clock.advance(1000);
    assert.equal(scene.script, "Ss");
    assert.equal(scene.clock.pending, 0, "nobody is paced");
    scene.ear.agree(agreementWith({ codec: "PCMU" }));
    scene.clock.advance(2 * FRAME_MS - 1);
    assert.equal(scene.script, "SsSs");
    assert.deepEqual(scene.payloadTypes, [8, 8, 0, 0]);
  });

test("what it does not hear of the other while it holds is no loss, and a talk spurt begins behind it", () => {
  const scene = new EarScene({});
  scene.speak("PCMA", 500, 60);
  scene.ear.agree(agreementWith({ direction: "inactive" }));
  scene.speak("PCMA", 500, 3000);
  scene.ear.agree(agreementWith({}));
  scene.speak("PCMA", 500, 60);
  assert.equal(scene.script, "XxxXxx");
  scene.assertContinuous();
});

test("a party that only listens (recvonly) gets it", () => {
  const scene = alone({ direction: "recvonly" });
  scene.clock.advance(2 * FRAME_MS - 1);
  assert.equal(scene.script, "Ss");
});

test("not after its end is over, and no timer is left", () => {
  const scene = alone();
  scene.clock.advance(2 * FRAME_MS - 1);
  scene.ear.close();
  scene.clock.advance(1000);
  assert.equal(scene.script, "Ss");
  assert.equal(scene.clock.pending, 0);
});

test("nobody else gets it: who was never played to has not been answered by us", () => {
  const scene = new EarScene({});
  scene.ear.join(false);
  scene.clock.advance(1000);
  assert.equal(scene.script, "");
});

test("whatever happens, a packet that begins no talk spurt is one packet after the one before", () => {
  const acts = fc.constantFrom("play", "stop", "join", "part", "speak", "hold", "resume", "listen", "wait");
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 40 }), (plan) => {
      const scene = alone();
      let joined = false;
      for (const act of plan) {
        if (act === "play") scene.ear.play({ kind: "busy" }, "NL", () => undefined);
        else if (act === "stop") scene.ear.stop();
        else if (act === "listen") scene.ear.attend();
        else if (act === "join" || act === "part") {
          joined = act === "join";
          scene.ear.join(joined);
        } else if (act === "hold" || act === "resume")
          scene.ear.agree(agreementWith({ direction: act === "hold" ? "inactive" : "sendrecv" }));
        else if (act === "speak" && joined) scene.speak("PCMA", 500, 60);
        else scene.clock.advance(50);
      }
      scene.assertContinuous();
      scene.ear.close();
      assert.equal(scene.clock.pending, 0);
    }),
  );
});

/** A message of so many octets, none of which is silence. */
function messageOf(octets: number): Extract<Sound, { kind: "message" }> {
  const file = path.join(folder, `message-${octets}`);
  writeFileSync(`${file}.alaw`, new Uint8Array(octets).fill(0x25));
  return { kind: "message", name: "short", path: file, durationMs: octets / 8 };
}
