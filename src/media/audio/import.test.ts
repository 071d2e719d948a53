import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { needs } from "../../../test/interop/needs.ts";
import { amplitudeAt, heard, soundFile, tone, wav } from "../../../test/support/sound.ts";
import { systemClock } from "../../runtime/clock.ts";
import { LIMITS } from "./converted.ts";
import { importAudio } from "./import.ts";
import { readWithFfmpeg } from "./m4a.ts";

test("a file is converted in a thread of its own, and its name is only shown", async () => {
  const result = await importAudio(soundFile("tone.mp3"), "../../etc/tone.mp3", systemClock);
  assert.ok(result.ok, result.ok ? "" : result.error);
  const { samples, rate } = heard(result.value.files.alaw, "alaw");
  assert.ok(amplitudeAt(samples, rate, 1000) > 0.1);
  assert.equal(result.value.durationMs, Math.round(result.value.files.alaw.length / 8));
  assert.equal(result.value.files.g722.length, result.value.files.alaw.length);
});

test("what is wrong is a sentence that begins with the name", async () => {
  const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
  const cases = [
    [bytes(""), "a.wav is empty."],
    [bytes("hello there, this is text"), /^a\.wav is not sound that can be read here\. It looks like text\./],
    [soundFile("tone.mp3"), /^a\.wav is MP3 by its content, not what the name says\./],
    [wav({ channels: [tone(1000, 8000, 0.5)] }).subarray(0, 1000), /^a\.wav is cut off: /],
    [Buffer.alloc(LIMITS.bytes + 1), "a.wav is larger than 20 MiB, the most that is taken."],
  ] as const;
  for (const [given, says] of cases) {
    const result = await importAudio(given, "a.wav", systemClock);
    assert.ok(!result.ok);
    if (typeof says === "string") assert.equal(result.error, says);
    else assert.match(result.error, says);
  }
});

test("a conversion that takes too long is given up", async () => {
  const clock = new VirtualClock();
  const minutes = wav({ rate: 44_100, channels: [tone(1000, 44_100, 60)] });
  const result = importAudio(minutes, "long.wav", clock);
  clock.advance(90_000);
  assert.deepEqual(await result, { ok: false, error: "long.wav takes too long to convert." });
});

test("M4A is read through ffmpeg", { skip: needs("ffmpeg") }, async () => {
  const result = await importAudio(soundFile("tone.m4a"), "tone.m4a", systemClock);
  assert.ok(result.ok, result.ok ? "" : result.error);
  assert.ok(Math.abs(result.value.durationMs - 1000) < 60);
  const { samples, rate } = heard(result.value.files.wav, "wav");
  assert.ok(amplitudeAt(samples, rate, 1000) > 0.1);
  const broken = Buffer.concat([soundFile("tone.m4a").subarray(0, 200), Buffer.alloc(500)]);
  assert.deepEqual(await importAudio(broken, "x.m4a", systemClock), {
    ok: false,
    error: "x.m4a is broken: ffmpeg cannot decode it.",
  });
});

test("without ffmpeg, M4A is refused with the command that converts it", async () => {
  const result = await readWithFfmpeg(soundFile("tone.m4a"), "audio/a.m4a", systemClock, "no-such-ffmpeg");
  assert.ok(!result.ok);
  assert.match(
    result.error,
    /^audio\/a\.m4a is M4A, which needs the program ffmpeg, and that is not installed here/,
  );
  assert.match(result.error, /: ffmpeg -i audio\/a\.m4a audio\/a\.wav$/);
});
