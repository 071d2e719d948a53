import assert from "node:assert/strict";
import { test } from "node:test";
import { soundFile, tone, wav } from "../../../test/support/sound.ts";
import { sniff } from "./sniff.ts";

const WAV = wav({ channels: [tone(1000, 8000, 0.1)] });

test("files are known by their content, whatever they are called", () => {
  const files = [
    ["wav", WAV],
    ["mp3", soundFile("tone.mp3")],
    ["vorbis", soundFile("tone.ogg")],
    ["opus", soundFile("tone.opus")],
    ["flac", soundFile("tone.flac")],
    ["m4a", soundFile("tone.m4a")],
  ] as const;
  for (const [kind, bytes] of files) {
    for (const name of ["sound", "sound.bin", "a.b/c"]) {
      assert.deepEqual(sniff(bytes, name), { ok: true, value: kind });
    }
  }
  const endings = ["x.WAV", "x.mp3", "x.ogg", "x.opus", "x.flac", "x.m4a"];
  for (const [index, [kind, bytes]] of files.entries())
    assert.deepEqual(sniff(bytes, endings[index] ?? ""), { ok: true, value: kind });
  assert.deepEqual(sniff(soundFile("tone.opus"), "x.ogg"), { ok: true, value: "opus" });
});

test("an MP3 with a tag before it, or with padding, is one all the same", () => {
  const tag = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 2, 0x10]);
  const tagged = Buffer.concat([tag, Buffer.alloc(0x110), soundFile("tone.mp3")]);
  assert.deepEqual(sniff(tagged, "x.mp3"), { ok: true, value: "mp3" });
  assert.deepEqual(sniff(Buffer.concat([Buffer.alloc(100), soundFile("tone.mp3")]), "x"), {
    ok: true,
    value: "mp3",
  });
});

test("a name that says something else is told", () => {
  assert.deepEqual(sniff(WAV, "audio/x.mp3"), {
    ok: false,
    error:
      "audio/x.mp3 is WAV by its content, not what the name says. Give it the right ending, or the right file.",
  });
});

test("what is no sound is refused, with what it looks like", () => {
  const cases: readonly (readonly [bytes: Buffer, says: RegExp])[] = [
    [Buffer.from("%PDF-1.7\n"), /a PDF document/],
    [Buffer.from("PK\u0003\u0004xxxx"), /a ZIP archive or an office document/],
    [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /a picture/],
    [Buffer.from("<!DOCTYPE html><title>404</title>"), /a web page/],
    [Buffer.from("MThd\0\0\0\u0006"), /a MIDI file, which holds notes and no sound/],
    [Buffer.from("\u007fELF\u0002\u0001", "latin1"), /a program/],
    [Buffer.from("Please enter your code.\r\n"), /It looks like text/],
    [Buffer.from([0, 1, 2, 3, 4, 5]), /^x\.wav is not sound that can be read here\. Give a WAV/],
    [Buffer.from([0xff, 0xfe, 0x41, 0]), /is not sound/],
    [Buffer.from([0xff, 0xf1, 0x50, 0x80]), /is not sound/],
    [Buffer.from("OggS".padEnd(40, "x")), /is not sound/],
    [Buffer.alloc(5000), /is not sound/],
  ];
  for (const [bytes, says] of cases) {
    const result = sniff(bytes, "x.wav");
    assert.ok(!result.ok);
    assert.match(result.error, says);
  }
  assert.deepEqual(sniff(new Uint8Array(0), "x.wav"), { ok: false, error: "x.wav is empty." });
});
