import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../../test/fakes/virtual-clock.ts";
import { needs } from "../../../test/interop/needs.ts";
import { amplitudeAt, heard, soundFile, tone, wav } from "../../../test/support/sound.ts";
import { systemClock } from "../../runtime/clock.ts";
import { LIMITS } from "./converted.ts";
import { readWithFfmpeg } from "./foreign.ts";
import { importAudio } from "./import.ts";
import { runProgram } from "./program.ts";
import { mpegStart, sniff } from "./sniff.ts";

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
    [
      Buffer.alloc(LIMITS.bytes + 1),
      "a.wav is larger than 20 MiB, the most that is taken. Save it as MP3 or FLAC, or as WAV of one channel and 16,000 samples a second: a minute is then 2 MiB at the most.",
    ],
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
  const result = await readWithFfmpeg("m4a", soundFile("tone.m4a"), "audio/a.m4a", {
    clock: systemClock,
    command: "no-such-ffmpeg",
  });
  assert.ok(!result.ok);
  assert.match(
    result.error,
    /^audio\/a\.m4a is M4A, which needs the program ffmpeg, and that is not installed here/,
  );
  assert.match(result.error, /: ffmpeg -i audio\/a\.m4a audio\/a\.wav$/);
});

/** A second of tone in a foreign form, made by ffmpeg itself; undefined: this one cannot make it. */
async function made(args: string): Promise<Buffer | undefined> {
  const all = `-nostdin -v error -f lavfi -i sine=frequency=1000:sample_rate=8000:duration=1 ${args} pipe:1`;
  const run = { command: "ffmpeg", args: all.split(" "), timeoutMs: 30_000, maxOutputBytes: 1 << 24 };
  const sound = await runProgram(run, systemClock);
  return sound.ok && sound.value.length > 0 ? sound.value : undefined;
}

const FOREIGN = [
  ["wav", "-c:a adpcm_ima_wav -f wav"],
  ["wav", "-c:a adpcm_ms -f wav"],
  ["webm", "-c:a libopus -f webm"],
  ["aac", "-c:a aac -f adts"],
  ["wma", "-c:a wmav2 -f asf"],
  ["caf", "-c:a pcm_s16be -f caf"],
] as const;

test("A2: what browsers, switchboards and other systems write is read through ffmpeg where it is there", async (t) => {
  if ((await made("-f wav")) === undefined) return t.skip("there is no ffmpeg");
  let tried = 0;
  for (const [ending, args] of FOREIGN) {
    const bytes = await made(args);
    if (bytes === undefined) continue;
    tried += 1;
    const result = await importAudio(bytes, `a.${ending}`, systemClock);
    assert.ok(result.ok, result.ok ? "" : `${args}: ${result.error}`);
    assert.ok(Math.abs(result.value.durationMs - 1000) < 250, `${args}: ${result.value.durationMs} ms`);
  }
  assert.ok(tried >= 5, `${tried} forms`);
});

test("A2: without ffmpeg each is named, with what to do", async () => {
  for (const [kind, name] of [
    ["packedWav", "WAV with packed samples (GSM, ADPCM or MP3)"],
    ["webm", "WebM"],
    ["amr", "AMR"],
  ] as const) {
    const how = { clock: systemClock, command: "no-such-ffmpeg" };
    const result = await readWithFfmpeg(kind, new Uint8Array(100), "b.x", how);
    assert.ok(!result.ok);
    assert.ok(result.error.startsWith(`b.x is ${name}, which needs the program ffmpeg`), result.error);
    assert.match(result.error, /convert the file yourself: ffmpeg -i b\.x b\.wav$/);
  }
});

test("A2: MP3 behind two ID3 tags, an APE tag or rubbish is MP3, and rubbish alone is not", () => {
  const mp3 = soundFile("tone.mp3");
  const id3 = Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 0]), Buffer.alloc(128, 0xff)]);
  const ape = Buffer.alloc(32 + 70);
  ape.write("APETAGEX");
  ape.writeUInt32LE(70, 12);
  const rubbish = Buffer.from(Array.from({ length: 999 }, (_, at) => (at * 89) % 256));
  const sound = mp3.subarray(mpegStart(mp3));
  for (const [name, front] of [
    ["two ID3 tags", Buffer.concat([id3, id3])],
    ["an APE tag", ape],
    ["an ID3 tag and an APE tag", Buffer.concat([id3, ape])],
    ["rubbish", rubbish],
  ] as const) {
    assert.equal(mpegStart(Buffer.concat([front, sound])), front.length, name);
    const kind = sniff(Buffer.concat([front, sound]), "a.mp3");
    assert.deepEqual(kind, { ok: true, value: "mp3" }, name);
  }
  assert.equal(mpegStart(rubbish), undefined);
  assert.equal(mpegStart(Buffer.from("words in a file ".repeat(9000))), undefined);
});
