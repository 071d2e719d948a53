import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { agreementWith, EarScene } from "../../../test/support/ear-scene.ts";
import { until } from "../../../test/support/process.ts";
import { assertTone } from "../../../test/support/rtp-party.ts";
import { toneMessage } from "../../../test/support/tone-message.ts";
import { type AudioCodec, STATIC_PAYLOAD_TYPES } from "../codec/codec.ts";
import { ToneDetector } from "../dtmf/tone-detector.ts";
import { emptyRtpPacket, RTP_HEADER_OCTETS, readRtp } from "../rtp/packet.ts";
import { mediaSaid } from "../words.ts";
import { Ear } from "./ear.ts";
import type { MediaEnvironment } from "./environment.ts";
import { StreamSender } from "./stream-sender.ts";

describe("what is said is heard, converted where codecs differ", () => {
  const codecs: readonly AudioCodec[] = ["PCMA", "PCMU", "G722"];
  for (const from of codecs) {
    for (const to of codecs) {
      test(`${from} to ${to}`, () => {
        const scene = new EarScene({ codec: to });
        scene.speak(from, 700, 400);
        assert.equal(scene.sent.length, 20);
        assert.ok(scene.payloadTypes.every((type) => type === STATIC_PAYLOAD_TYPES.get(to)));
        scene.assertWhole();
        assertTone(scene.sound(to).subarray(-800), [700]);
      });
    }
  }
});

test("a codec that changes in the middle is converted from then on", () => {
  const scene = new EarScene({ codec: "PCMU" });
  scene.speak("PCMU", 500, 200);
  scene.speak("G722", 900, 200);
  assertTone(scene.sound("PCMU").subarray(-800), [900]);
  scene.ear.agree(agreementWith({ codec: "PCMA" }));
  scene.speak("G722", 600, 200);
  assertTone(scene.sound("PCMA", 20).subarray(-800), [600]);
  scene.assertWhole();
});

test("a payload too long to be converted is left out; unconverted it passes", () => {
  const scene = new EarScene({ codec: "PCMU" });
  const octets = new Uint8Array(RTP_HEADER_OCTETS + 1441);
  octets[0] = 0x80;
  const packet = emptyRtpPacket();
  assert.ok(readRtp(octets, packet));
  scene.ear.hearSound("PCMA", octets, packet, 0);
  assert.equal(scene.sent.length, 0);
  scene.ear.hearSound("PCMU", octets, packet, 0);
  assert.equal(scene.sent.length, 1);
});

test("keys go through under the number that the hearer knows", () => {
  const scene = new EarScene({ event: 110 });
  scene.speak("PCMA", 500, 60);
  scene.press();
  scene.speak("PCMA", 500, 60);
  assert.deepEqual(scene.payloadTypes, [8, 8, 8, 110, 110, 110, 8, 8, 8]);
  scene.assertWhole();
});

test("for a hearer without events a key becomes a tone, in place of what is said meanwhile", () => {
  const scene = new EarScene({ codec: "PCMU" });
  scene.speak("PCMU", 500, 60);
  scene.press();
  scene.speak("PCMU", 500, 400);
  scene.assertWhole();
  assert.ok(scene.payloadTypes.every((type) => type === 0));
  assert.equal(new ToneDetector().put(scene.sound("PCMU")), "5");
  assertTone(scene.sound("PCMU").subarray(-800), [500]);
});

for (const codec of ["PCMA", "PCMU", "G722"] as const)
  test(`keys that follow each other quickly become a tone each, in ${codec}`, () => {
    const scene = new EarScene({ codec });
    for (const key of "11*07") {
      scene.press(key);
      scene.speak(codec, 500, 40);
    }
    scene.clock.advance(1000);
    assert.equal(new ToneDetector().put(scene.sound(codec)), "11*07");
    scene.speak(codec, 500, 200);
    assertTone(scene.sound(codec).subarray(-800), [500]);
    scene.assertWhole();
  });

test("of keys that wait nothing is heard after something else has begun, or after the bridge", () => {
  const scene = new EarScene({});
  for (const key of "123") scene.press(key);
  scene.ear.play({ kind: "busy" }, "NL", () => undefined);
  scene.ear.stop();
  for (const key of "456") scene.press(key);
  scene.ear.join(true);
  const before = scene.sent.length;
  scene.clock.advance(1000);
  assert.equal(scene.sent.length, before);
  scene.press("9");
  scene.clock.advance(1000);
  assert.equal(new ToneDetector().put(scene.sound("PCMA", before)), "9");
});

test("more keys than anybody types are not kept", () => {
  const scene = new EarScene({});
  for (let n = 0; n < 200; n++) scene.press();
  const begun = scene.clock.now();
  scene.clock.advance(60_000);
  const last = scene.sent.at(-1)?.at ?? 0;
  assert.ok(last - begun < 33 * 200, `${last - begun} ms`);
});

for (const noise of [true, false]) {
  test(`comfort noise (payload type 13) ${noise ? "passes where both have it" : "is kept back elsewhere"}`, () => {
    const scene = new EarScene({ noise });
    scene.speak("PCMA", 500, 40);
    scene.noise();
    scene.speak("PCMA", 500, 40);
    assert.deepEqual(scene.payloadTypes, noise ? [8, 8, 13, 8, 8] : [8, 8, 8, 8]);
    scene.assertWhole();
  });
}

test("what plays is heard in place of the other, then the other again, in one stream", () => {
  const scene = new EarScene({});
  scene.speak("PCMA", 500, 100);
  scene.ear.play({ kind: "ringback" }, "NL", () => assert.fail("ringback has no end"));
  scene.speak("PCMA", 500, 400);
  assertTone(scene.sound("PCMA").subarray(-800), [425]);
  scene.ear.stop();
  const before = scene.sent.length;
  scene.speak("PCMA", 500, 200);
  assertTone(scene.sound("PCMA", before).subarray(-800), [500]);
  scene.assertWhole();
  assert.deepEqual(
    scene.sent.flatMap(({ marker }, n) => (marker ? [n] : [])),
    [0, 5, before],
  );
});

test("tones of a country", () => {
  for (const [country, kind, frequencies] of [
    ["NL", "ringback", [425]],
    ["AT", "ringback", [420]],
    ["gb", "busy", [400]],
    ["no country", "busy", [425]],
  ] as const) {
    const scene = new EarScene({});
    scene.ear.play({ kind }, country, () => undefined);
    scene.clock.advance(200);
    assertTone(scene.sound("PCMA").subarray(-800), frequencies);
  }
});

test("hold tones give way to whatever the other party sends", () => {
  const scene = new EarScene({});
  scene.ear.playHold("NL");
  scene.clock.advance(140);
  assertTone(scene.sound("PCMA").subarray(-800), [425]);
  assert.equal(scene.ear.playing, false, "not what somebody asked for");
  scene.speak("PCMA", 800, 200);
  assertTone(scene.sound("PCMA").subarray(-800), [800]);
  const quiet = scene.sent.length;
  scene.clock.advance(1000);
  assert.equal(scene.sent.length, quiet);
});

test("hold tones do not replace what plays, and end by themselves with the hold", () => {
  const scene = new EarScene({});
  scene.ear.play({ kind: "busy" }, "NL", () => undefined);
  scene.ear.playHold("NL");
  assert.ok(scene.ear.playing);
  scene.ear.stopHold();
  assert.ok(scene.ear.playing);
  scene.ear.stop();
  scene.ear.playHold("NL");
  scene.ear.stopHold();
  const before = scene.sent.length;
  scene.clock.advance(200);
  assert.equal(scene.sent.length, before);
});

test("a party that does not want to hear gets nothing, whatever there is", () => {
  for (const direction of ["sendonly", "inactive"]) {
    const scene = new EarScene({ direction, event: 101 });
    scene.speak("PCMA", 500, 100);
    scene.press();
    scene.noise();
    scene.ear.play({ kind: "busy" }, "NL", () => undefined);
    scene.clock.advance(500);
    assert.deepEqual(scene.sent, []);
    scene.ear.agree(agreementWith({}));
    scene.clock.advance(100);
    assert.ok(scene.sent.length > 0, "what plays is heard when it comes back");
  }
});

test("before anything is agreed nothing is sent, and a sound says why it is not played", () => {
  const scene = new EarScene({});
  const silent = new Ear({} as MediaEnvironment, new StreamSender(() => assert.fail("sent"), 1, 1, 1));
  const told: unknown[] = [];
  silent.play({ kind: "busy" }, "NL", (result) => told.push(result));
  assert.deepEqual(told, [
    {
      ok: false,
      error: {
        code: "media.notAgreed",
        args: {},
        text: "There is no agreement with this party yet on how it hears.",
      },
    },
  ]);
  assert.deepEqual(scene.sent, []);
});

test("a message begins the moment its file has been read", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "switchhook-ear-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const scene = new EarScene({});
  scene.clock.advance(1000);
  scene.ear.play(toneMessage(folder, 700, 100), "NL", () => undefined);
  assert.equal(scene.clock.pending, 0, "nothing is due while the file is read");
  await until("the message to be due", () => scene.clock.pending > 0);
  scene.clock.advance(100);
  assert.deepEqual(
    scene.sent.map(({ at }) => at),
    [1000, 1020, 1040, 1060, 1080],
  );
  assert.equal(scene.script, "Xxxxx");
});

test("a message that arrives after it was stopped is not played, and nothing is told", async () => {
  const scene = new EarScene({});
  const told: unknown[] = [];
  const missing = { kind: "message", name: "late", path: "/nowhere/late", durationMs: 100 } as const;
  scene.ear.play(missing, "NL", (result) => told.push(result));
  scene.ear.stop();
  const done = Promise.withResolvers<unknown>();
  scene.ear.play({ ...missing, name: "next" }, "NL", done.resolve);
  assert.deepEqual(await done.promise, {
    ok: false,
    error: {
      code: "media.unplayable",
      args: { message: "next", why: mediaSaid("media.fileMissing", { file: "/nowhere/late.alaw" }) },
      text: 'The message "next" cannot be played: the file /nowhere/late.alaw is missing.',
    },
  });
  assert.deepEqual(told, []);
});
