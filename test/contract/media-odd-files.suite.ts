import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { importAudio } from "../../src/media/audio/import.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { until } from "../support/process.ts";
import { soundFile, tone, wav } from "../support/sound.ts";
import { type Done, inStep, type On } from "./media-scene.ts";

const HZ = 1000;

/** MP3 behind an ID3 tag with a picture of this many octets. */
function withCover(octets: number): Buffer {
  const picture = Buffer.concat([
    Buffer.from("\0image/jpeg\0\u0003\0", "latin1"),
    Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
    Buffer.alloc(octets, 0xfb),
  ]);
  const frame = Buffer.alloc(10);
  frame.write("APIC");
  frame.writeUInt32BE(synchsafe(picture.length), 4);
  const head = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(synchsafe(frame.length + picture.length), 6);
  return Buffer.concat([head, frame, picture, soundFile("tone.mp3")]);
}

/** Four times seven bits (ID3v2.4 §6.2). */
function synchsafe(value: number): number {
  return [21, 14, 7, 0].reduce((all, shift) => all * 256 + ((value >> shift) & 0x7f), 0);
}

/** What each is, and how many milliseconds of it are heard. */
const ODD: readonly (readonly [what: string, name: string, bytes: () => Uint8Array, ms: number])[] = [
  [
    "8 bits at 11,025 Hz",
    "a.wav",
    () => wav({ bits: 8, rate: 11_025, channels: [tone(HZ, 11_025, 0.5)] }),
    500,
  ],
  [
    "44,100 Hz, two channels",
    "a.wav",
    () => wav({ rate: 44_100, channels: [tone(HZ, 44_100, 0.5), tone(HZ, 44_100, 0.5)] }),
    500,
  ],
  [
    "24 bits, 96,000 Hz",
    "a.WAV",
    () => wav({ bits: 24, rate: 96_000, extensible: true, channels: [tone(HZ, 96_000, 0.5)] }),
    500,
  ],
  ["a length field that lies", "a.wav", () => wav({ channels: [tone(HZ, 8000, 0.5)], declared: 77 }), 500],
  ["no length at all", "a.wav", () => wav({ channels: [tone(HZ, 8000, 0.5)], declared: 0xffff_ffff }), 500],
  ["MP3 with a picture", "a.mp3", () => withCover(400_000), 1_050],
  ["a hundredth of a second", "a.wav", () => wav({ channels: [tone(HZ, 8000, 0.01)] }), 10],
];

const titleOf = (what: string): string =>
  `A1: a file of ${what} is heard as what it is, in step, and ends once`;

/** Its cases. */
export const ODD_FILES: readonly string[] = ODD.map(([what]) => titleOf(what));

/** Files as people have them, from the import to the ear. */
export function oddFiles(on: On, folder: string): void {
  for (const [what, name, bytes, ms] of ODD) {
    on(titleOf(what), async ({ call, caller }) => {
      const made = await importAudio(bytes(), name, systemClock);
      assert.ok(made.ok, made.ok ? "" : made.error);
      assert.ok(Math.abs(made.value.durationMs - ms) <= 60, `${made.value.durationMs} ms`);
      const file = path.join(folder, `odd-${what.replaceAll(/\W/g, "-")}`);
      for (const [ending, octets] of Object.entries(made.value.files))
        writeFileSync(`${file}.${ending}`, octets);
      const one = await caller();
      const done: Done[] = [];
      const { durationMs } = made.value;
      call.play("A", { kind: "message", name: what, path: file, durationMs }, (result) => done.push(result));
      if (ms > 100) await one.hearTone([HZ]);
      await until("its end", () => done.length > 0);
      assert.deepEqual(done, [{ ok: true, value: undefined }]);
      if (ms > 100) inStep(one.sound);
      const packets = one.audible.length;
      assert.ok(packets >= ms / 20 - 4 && packets <= ms / 20 + 4, `${packets} packets for ${ms} ms`);
    });
  }
}
