// Over 5 s: real sound of every format is decoded.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { WavParts } from "../../../test/support/sound.ts";
import { amplitudeAt, heard, loudness, soundFile, tone, wav } from "../../../test/support/sound.ts";
import { convert } from "./convert.ts";
import type { ConvertedAudio } from "./converted.ts";
import { ENDINGS } from "./converted.ts";
import { readWavFormats } from "./wav-format.ts";

type Kind = Parameters<typeof convert>[0];

async function converted(kind: Kind, bytes: Uint8Array): Promise<ConvertedAudio> {
  const result = await convert(kind, bytes);
  assert.ok(result.ok, result.ok ? "" : result.error);
  return result.value;
}

async function refusal(kind: Kind, bytes: Uint8Array): Promise<string> {
  const result = await convert(kind, bytes);
  assert.ok(!result.ok);
  return result.error;
}

/** In each of the four files: the frequency is nearly all there is, at the loudness we want, as long as it should be. */
function judge(audio: ConvertedAudio, frequency: number, seconds: number, what: string): void {
  assert.ok(Math.abs(audio.durationMs - seconds * 1000) <= 60, `${what}: ${audio.durationMs} ms`);
  for (const ending of ENDINGS) {
    const { samples, rate } = heard(audio.files[ending], ending);
    assert.ok(Math.abs(samples.length / rate - seconds) < 0.06, `${what}.${ending}`);
    const middle = samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4));
    const level = loudness(middle);
    assert.ok(Math.abs(level + 19) < 1, `${what}.${ending}: ${level} dB`);
    const part = 20 * Math.log10(amplitudeAt(middle, rate, frequency) / Math.SQRT2) - level;
    assert.ok(Math.abs(part) < 0.3, `${what}.${ending}: ${part} dB of it is the tone`);
  }
}

test("WAV of every form, rate and number of channels is heard as the same tone", async () => {
  const forms: readonly Omit<WavParts, "channels">[] = [
    { form: "pcm", bits: 8 },
    { form: "pcm", bits: 16 },
    { form: "pcm", bits: 24 },
    { form: "pcm", bits: 32 },
    { form: "pcm", bits: 24, extensible: true },
    { form: "float", bits: 32 },
    { form: "float", bits: 64 },
    { form: "alaw" },
    { form: "ulaw" },
  ];
  for (const [index, parts] of forms.entries()) {
    const rate = [8000, 11_025, 16_000, 44_100, 48_000][index % 5] ?? 8000;
    const sound = tone(1000, rate, 0.5);
    const channels = index % 2 === 0 ? [sound] : [sound, sound];
    const what = `${parts.form} ${parts.bits ?? 8} bits, ${rate} Hz, ${channels.length} channels`;
    judge(await converted("wav", wav({ ...parts, rate, channels })), 1000, 0.5, what);
  }
});

test("the other formats are heard as the tone that they were made from", async () => {
  judge(await converted("mp3", soundFile("tone.mp3")), 1000, 1.05, "mp3");
  judge(await converted("vorbis", soundFile("tone.ogg")), 1000, 1, "ogg");
  judge(await converted("opus", soundFile("tone.opus")), 1000, 1, "opus");
  judge(await converted("flac", soundFile("tone.flac")), 1000, 1, "flac");
});

test("sound above what a phone's codec takes is gone, not folded back", async () => {
  const sound = tone(500, 48_000, 0.5, 0.3).map((value, index) => value + tone3(index));
  const audio = await converted("wav", wav({ rate: 48_000, channels: [sound] }));
  for (const [ending, folded] of [
    ["alaw", 3000],
    ["ulaw", 3000],
    ["wav", 6000],
  ] as const) {
    const { samples, rate } = heard(audio.files[ending], ending);
    const [wanted, unwanted] = [amplitudeAt(samples, rate, 500), amplitudeAt(samples, rate, folded)];
    assert.ok(unwanted < wanted / 300, `${ending}: ${unwanted} beside ${wanted}`);
  }
});

/** 5,000 Hz would fold to 3,000 at 8 kHz, 10,000 Hz to 6,000 at 16 kHz. */
function tone3(index: number): number {
  const at = (2 * Math.PI * index) / 48_000;
  return 0.3 * (Math.sin(5000 * at) + Math.sin(10_000 * at));
}

test("lengths that a program did not know are no fault, a file that is cut off is one", async () => {
  const parts = { channels: [tone(1000, 8000, 1)] };
  for (const declared of [0xffff_ffff, 0x7fff_f000, 0]) {
    judge(await converted("wav", wav({ ...parts, declared })), 1000, 1, `declared ${declared}`);
  }
  const whole = wav(parts);
  assert.equal(
    await refusal("wav", whole.subarray(0, whole.length / 2)),
    "is cut off: it should be 1.0 s long, and 0.5 s are there.",
  );
});

test("A1: a length that is a little wrong, or made up, is no fault: what is there is taken", async () => {
  const channels = [tone(1000, 8000, 1)];
  const length = 16_000;
  for (const declared of [length + 4, length + 28, length + 44, length + 700, 2_000_000_000, 0x0fff_ffff])
    judge(await converted("wav", wav({ channels, declared })), 1000, 1, `${declared - length} octets more`);
});

test("A1: a length that is far too small does not cut the sound off; rubbish behind a file is not heard", async () => {
  const channels = [tone(1000, 8000, 1)];
  for (const declared of [2, 77, 8_000, 15_000])
    judge(await converted("wav", wav({ channels, declared })), 1000, 1, `declared ${declared}`);
  const rubbish = Buffer.from(Array.from({ length: 6_000 }, (_, at) => (at * 7919) % 31));
  judge(await converted("wav", Buffer.concat([wav({ channels }), rubbish])), 1000, 1, "rubbish behind it");
});

test("A1: a list behind an odd number of octets is no sound, whether the octet that fills them up is there or not", () => {
  const list = Buffer.concat([
    Buffer.from("LIST\u001a\0\0\0INFOISFT\u000e\0\0\0", "latin1"),
    Buffer.alloc(14, "a"),
  ]);
  const sound = wav({ bits: 8, channels: [tone(1000, 7999, 1)] });
  for (const filled of [sound, sound.subarray(0, -1)]) {
    const file = Buffer.concat([filled, list]);
    file.writeUInt32LE(file.length - 8, 4);
    const read = readWavFormats(file);
    assert.deepEqual(
      read.ok && read.value.map(({ dataLength }) => dataLength),
      [7999],
      `${filled.length} octets before it`,
    );
  }
});

test("A1: several data chunks, and two files in one, are heard one behind the other", async () => {
  const [one, two] = [wav({ channels: [tone(1000, 8000, 0.4)] }), wav({ channels: [tone(1000, 8000, 0.6)] })];
  judge(await converted("wav", Buffer.concat([one, two.subarray(36)])), 1000, 1, "a second data chunk");
  const note = Buffer.from("LIST\u0004\0\0\0INFO", "latin1");
  judge(await converted("wav", Buffer.concat([one, note, two.subarray(36)])), 1000, 1, "a list between");
  judge(await converted("wav", Buffer.concat([one, two])), 1000, 1, "two files");
  const wide = wav({ rate: 16_000, channels: [tone(1000, 16_000, 0.6)] });
  judge(await converted("wav", Buffer.concat([one, wide])), 1000, 1, "two files of two rates");
  judge(
    await converted("wav", Buffer.concat([two, Buffer.from("data\u00ff")])),
    1000,
    0.6,
    "half a chunk behind it",
  );
});

test("A1: a wrong size of a frame does not make noise of the sound", async () => {
  const file = wav({ channels: [tone(1000, 8000, 0.5)] });
  for (const frame of [1, 4]) {
    const copy = Buffer.from(file);
    copy.writeUInt16LE(frame, 32);
    judge(await converted("wav", copy), 1000, 0.5, `a frame of ${frame} octets`);
  }
});

test("broken WAV files are told apart", async () => {
  const good = wav({ channels: [tone(1000, 8000, 0.1)] });
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(good);
    copy.writeUInt16LE(value, at);
    return copy;
  };
  assert.match(await refusal("wav", good.subarray(0, 12)), /there is no sound in it/);
  assert.match(await refusal("wav", wav({ channels: [new Float32Array(0)] })), /holds no sound/);
  assert.match(await refusal("wav", changed(20, 2)), /in a form that cannot be read here \(format 2\)/);
  assert.match(await refusal("wav", changed(22, 0)), /has 0 channels/);
  assert.match(await refusal("wav", changed(22, 99)), /has 99 channels/);
  assert.match(await refusal("wav", changed(24, 3999)), /has 3999 samples a second/);
  const odd = changed(32, 5);
  odd.writeUInt16LE(40, 34);
  assert.match(await refusal("wav", odd), /has samples of 40 bits/);
  assert.match(await refusal("wav", wav({ channels: [new Float32Array(8000)] })), /holds only silence/);
});

test("other files that are broken, or hold nothing, get a sentence", async () => {
  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 251));
  for (const [kind, name] of [
    ["mp3", "tone.mp3"],
    ["vorbis", "tone.ogg"],
    ["opus", "tone.opus"],
    ["flac", "tone.flac"],
  ] as const) {
    const head = soundFile(name).subarray(0, 60);
    assert.match(await refusal(kind, Buffer.concat([head, noise])), /^is (?:broken|cut off): /, kind);
    assert.match(await refusal(kind, head), /^is (?:broken|cut off): /, kind);
  }
});

test("more than ten minutes are refused, from any format, before they are all decoded", async () => {
  const second = soundFile("tone.mp3");
  const mp3 = Buffer.concat(Array.from({ length: 640 }, () => second));
  assert.equal(await refusal("mp3", mp3), "is longer than 10 minutes, the most that is taken.");
  const eightBits = wav({ bits: 8, channels: [new Float32Array(8000 * 601)] });
  assert.equal(await refusal("wav", eightBits), "is longer than 10 minutes, the most that is taken.");
});

test("octets of any kind end in sound or a sentence", async () => {
  const kinds: readonly Kind[] = ["wav", "mp3", "vorbis", "opus", "flac"];
  const files = [
    wav({ channels: [tone(1000, 8000, 0.05)] }),
    ...["mp3", "ogg", "opus", "flac"].map((ending) => soundFile(`tone.${ending}`)),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(4),
      fc.array(fc.tuple(fc.nat(8000), fc.nat(255)), { minLength: 1, maxLength: 20 }),
      fc.nat(8000),
      async (which, changes, length) => {
        const bytes = Buffer.from(files[which] ?? "");
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const result = await convert(kinds[which] ?? "wav", bytes.subarray(0, Math.max(12, length)));
        if (!result.ok) assert.match(result.error, /^(is|has|holds) .*\.$/);
      },
    ),
    { numRuns: 60 },
  );
});

test("A1: nothing, an hour, and files of Ogg that are cut off are a sentence each", async () => {
  assert.match(
    await refusal("wav", wav({ channels: [new Float32Array(0)] })),
    /^holds no sound: it is 0 s long\.$/,
  );
  const hour = Buffer.concat(Array.from({ length: 3_600 }, () => soundFile("tone.mp3").subarray(0, 4_000)));
  assert.match(await refusal("mp3", hour), /^is longer than 10 minutes/);
  for (const [kind, name] of [
    ["vorbis", "tone.ogg"],
    ["opus", "tone.opus"],
  ] as const) {
    const whole = soundFile(name);
    for (const part of [0.5, 0.8, 0.99])
      assert.equal(
        await refusal(kind, whole.subarray(0, whole.length * part)),
        "is cut off: its end is missing.",
        `${part} of ${name}`,
      );
  }
});
