import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { encode, joined, tone } from "../../test/support/recording.ts";
import { Ear } from "./ear.ts";

const FRAME_MS = 20;
const FRAME_OCTETS = 160;

test("one tone after another is told by the frequencies that were sent, wherever the change falls", () => {
  for (let ms = 400; ms < 1000; ms += 7) {
    const clock = new VirtualClock();
    const told: string[] = [];
    const ear = new Ear(clock, [], (what) => told.push(what));
    const octets = encode("PCMA", joined(tone(425, ms), tone(440, 1200)));
    for (let at = 0; at + FRAME_OCTETS <= octets.length; at += FRAME_OCTETS) {
      ear.put(octets.subarray(at, at + FRAME_OCTETS));
      clock.advance(FRAME_MS);
    }
    ear.close();
    assert.deepEqual(told, ["a tone of 425 Hz", "a tone of 440 Hz"], `changed after ${ms} ms`);
  }
});
