import assert from "node:assert/strict";
import { test } from "node:test";
import { frequenciesOf } from "../../../test/support/rtp-party.ts";
import type { AudioCodec } from "../codec/codec.ts";
import { loudness } from "../dtmf/spectrum.ts";
import { decoder } from "./convert.ts";
import { type Recording, RecordingReader, ToneRecordings } from "./recording.ts";

function sound({ octets, codec }: Recording): Int16Array {
  const samples = new Int16Array(octets.length);
  decoder(codec)(octets, samples);
  return samples;
}

/** ms of sound and of silence, in turn, and the frequencies. */
function cadence(recording: Recording): { readonly hz: readonly number[]; readonly ms: readonly number[] } {
  const samples = sound(recording);
  const ms: number[] = [];
  let was: boolean | undefined;
  for (let at = 0; at < samples.length; at += 40) {
    const is = loudness(samples.subarray(at, at + 40)) > 30;
    if (is !== was) ms.push(0);
    was = is;
    ms.push((ms.pop() as number) + 5);
  }
  return { hz: frequenciesOf(samples.subarray(0, 2400)), ms };
}

const tones = new ToneRecordings();

// ITU-T E.180 Supplement 2.
for (const [country, kind, hz, ms] of [
  ["NL", "ringback", [425], [1000, 4000]],
  ["nl", "busy", [425], [500, 500]],
  ["BE", "ringback", [425], [1000, 3000]],
  ["DE", "busy", [425], [480, 480]],
  ["FR", "ringback", [440], [1500, 3500]],
  ["GB", "ringback", [400, 450], [400, 200, 400, 2000]],
  ["US", "ringback", [440, 480], [2000, 4000]],
  ["US", "busy", [480, 620], [500, 500]],
  ["ZZ", "ringback", [425], [1000, 4000]],
  ["__proto__", "busy", [425], [500, 500]],
] as const)
  test(`${kind} of ${country}`, () => {
    const recording = tones.tone(country, kind, "PCMA");
    const heard = cadence(recording);
    assert.equal(heard.ms.length, ms.length);
    for (const [n, wanted] of ms.entries())
      assert.ok(Math.abs((heard.ms[n] as number) - wanted) <= 10, heard.ms.join());
    // Two tones 40 Hz apart are one peak to this eye.
    assert.ok(
      heard.hz.every((found) => hz.some((one) => Math.abs(found - one) <= 25)),
      `${heard.hz.join()} Hz`,
    );
    assert.ok(recording.repeat);
  });

test("hold tones are much quieter than ringback", () => {
  const [hold, ringback] = (["hold", "ringback"] as const).map((kind) =>
    loudness(sound(tones.tone("NL", kind, "PCMU")).subarray(0, 800)),
  );
  assert.ok((hold as number) > 100 && (hold as number) < (ringback as number) / 5);
});

test("a tone is made once for each codec", () => {
  assert.equal(tones.tone("NL", "busy", "G722"), tones.tone("NL", "busy", "G722"));
  assert.notEqual(tones.tone("NL", "busy", "G722"), tones.tone("NL", "busy", "PCMA"));
  assert.equal(tones.digit("x", "PCMA"), undefined);
});

for (const codec of ["PCMA", "PCMU", "G722"] as const)
  for (const ear of ["PCMA", "PCMU", "G722"] as const)
    test(`a tone in ${codec} is heard in ${ear}`, () => {
      const reader = new RecordingReader(tones.tone("NL", "busy", codec), ear);
      const [hz, ...others] = frequenciesOf(read(reader, ear, 20));
      assert.ok(hz !== undefined && Math.abs(hz - 425) <= 10 && others.length === 0);
    });

function read(reader: RecordingReader, codec: AudioCodec, frames: number): Int16Array {
  const decode = decoder(codec);
  const samples = new Int16Array(frames * 160);
  const frame = new Uint8Array(160);
  for (let n = 0; n < frames && reader.next(frame); n++)
    decode(frame, samples.subarray(n * 160, n * 160 + 160));
  return samples;
}

test("a recording is read once, its last frame filled up; a repeated one goes round without a gap", () => {
  const octets = Uint8Array.from({ length: 250 }, (_, n) => n);
  const frame = new Uint8Array(160);
  const once = new RecordingReader({ codec: "PCMA", octets, repeat: false }, "PCMA");
  assert.equal(once.next(frame), true);
  assert.equal(once.next(frame), true);
  assert.deepEqual([frame[0], frame[89], frame[90], frame[159]], [160, 249, 0xd5, 0xd5]);
  assert.equal(once.next(frame), false);
  const round = new RecordingReader({ codec: "PCMA", octets, repeat: true }, "PCMA");
  round.next(frame);
  round.next(frame);
  assert.deepEqual([frame[0], frame[89], frame[90], frame[159]], [160, 249, 0, 69]);
  const empty = new RecordingReader({ codec: "PCMA", octets: new Uint8Array(0), repeat: true }, "PCMA");
  assert.equal(empty.next(frame), false);
});

test("who changes the codec while it plays goes on hearing it", () => {
  const reader = new RecordingReader(tones.tone("NL", "busy", "PCMA"), "PCMA");
  read(reader, "PCMA", 5);
  reader.retune("PCMU");
  const [hz] = frequenciesOf(read(reader, "PCMU", 10));
  assert.ok(hz !== undefined && Math.abs(hz - 425) <= 10);
});
