import assert from "node:assert/strict";
import { test } from "node:test";
import { DIGITS } from "../dtmf/digit.ts";
import { buildEvent } from "../dtmf/event.ts";
import { digitTone } from "../dtmf/tone-generator.ts";
import { encoder } from "./convert.ts";
import { DigitReceiver } from "./digit-receiver.ts";

interface Heard {
  readonly receiver: DigitReceiver;
  readonly told: string[];
  /** At each "held": how many keys had been told. */
  readonly held: number[];
}

function listening(): Heard {
  const told: string[] = [];
  const held: number[] = [];
  return {
    held,
    receiver: new DigitReceiver(
      (digit, way) => told.push(`${digit} ${way}`),
      () => held.push(told.length),
    ),
    told,
  };
}

let sequence = 0;

/** The packets of one key, one each 20 ms; `without`: those of these numbers are lost, the ends are -1, -2, -3. */
function press(
  { receiver }: Heard,
  digit: string,
  timestamp: number,
  { packets = 5, without = [] as readonly number[], times = 1 } = {},
): void {
  const send = (number: number, end: boolean, duration: number): void => {
    if (without.includes(number)) return;
    const payload = buildEvent({ event: DIGITS.indexOf(digit), end, volume: 10, duration });
    for (let n = 0; n < times; n++)
      receiver.event(
        { ssrc: 1, timestamp, marker: number === 1, sequence: sequence++ & 0xffff },
        payload,
        timestamp / 8,
      );
  };
  for (let n = 1; n <= packets; n++) send(n, false, n * 160);
  for (const end of [-1, -2, -3]) send(end, true, packets * 160);
}

for (const [title, parts] of [
  ["all packets", {}],
  ["the first ones lost", { without: [1, 2, 3] }],
  ["every end packet lost", { without: [-1, -2, -3] }],
  ["only its last packet came", { without: [1, 2, 3, 4, 5, -1, -2] }],
  ["each packet three times", { times: 3 }],
  ["held for eight seconds", { packets: 400 }],
] as const) {
  test(`two keys, each told once: ${title}`, () => {
    const heard = listening();
    press(heard, "7", 8000, parts);
    press(heard, "7", 108_000, parts);
    assert.deepEqual(heard.told, ["7 event", "7 event"]);
  });
}

test("a key is told with its first packet", () => {
  const { receiver, told } = listening();
  const payload = buildEvent({ event: 4, end: false, volume: 10, duration: 160 });
  assert.equal(receiver.event({ ssrc: 1, timestamp: 0, marker: true, sequence: 1 }, payload, 0), "4");
  assert.deepEqual(told, ["4 event"]);
});

test("what is no key, or too short, is not told", () => {
  const { receiver, told } = listening();
  for (const payload of [new Uint8Array(), Uint8Array.of(1, 2, 3), Uint8Array.of(16, 10, 0, 160)])
    assert.equal(receiver.event({ ssrc: 1, timestamp: 0, marker: true, sequence: 1 }, payload, 0), undefined);
  assert.deepEqual(told, []);
});

test("a flood of keys: 32 at once, then 20 a second", () => {
  const { receiver, told } = listening();
  const flood = (from: number, now: number): void => {
    for (let n = 0; n < 1000; n++) {
      const payload = buildEvent({ event: n % 16, end: true, volume: 10, duration: 800 });
      receiver.event(
        { ssrc: 1, timestamp: (from + n) * 1600, marker: true, sequence: (from + n) & 0xffff },
        payload,
        now,
      );
    }
  };
  flood(0, 5000);
  assert.equal(told.length, 32);
  flood(1000, 6000);
  assert.equal(told.length, 52);
});

for (const codec of ["PCMA", "PCMU", "G722"] as const) {
  test(`tones in ${codec} are told only while they are listened for`, () => {
    const { receiver, told } = listening();
    const encode = encoder(codec);
    let now = 0;
    const tone = (digit: string): void => {
      const samples = new Int16Array(8 * 160);
      digitTone(digit, 80)?.write(samples);
      const octets = new Uint8Array(samples.length);
      encode(samples, octets);
      for (let at = 0; at < octets.length; at += 160, now += 20)
        receiver.sound(codec, octets.subarray(at, at + 160), now);
    };
    tone("1");
    receiver.listen(true);
    assert.ok(receiver.listening);
    tone("2");
    tone("2");
    tone("#");
    receiver.listen(false);
    tone("3");
    assert.deepEqual(told, ["2 tone", "2 tone", "# tone"]);
  });
}

/** Puts in a tone of a key, and 80 ms of silence behind it; `at` is told of each 20 ms of it. */
function sounding(receiver: DigitReceiver, digit: string, ms: number, at: (ms: number) => void): void {
  const samples = new Int16Array((ms + 80) * 8);
  digitTone(digit, ms)?.write(samples.subarray(0, ms * 8));
  const octets = new Uint8Array(samples.length);
  encoder("PCMA")(samples, octets);
  for (let n = 0; n < octets.length; n += 160) {
    at(n / 8);
    receiver.sound("PCMA", octets.subarray(n, n + 160), n / 8);
  }
}

for (const [title, again] of [
  ["at once", 100],
  ["while it still sounds", 200],
] as const)
  test(`a tone that is held from one prompt to the next is told once; the next begins ${title}`, () => {
    const { receiver, told } = listening();
    receiver.listen(true);
    sounding(receiver, "5", 300, (ms) => {
      if (ms === 100) receiver.listen(false);
      if (ms === again) receiver.listen(true);
    });
    assert.deepEqual(told, ["5 tone"]);
    sounding(receiver, "5", 80, () => undefined);
    assert.deepEqual(told, ["5 tone", "5 tone"], "pressed again");
  });

test("nothing is looked for once the key that was held is over", () => {
  const { receiver, told } = listening();
  receiver.listen(true);
  sounding(receiver, "5", 300, (ms) => {
    if (ms === 100) receiver.listen(false);
    if (ms === 200) assert.ok(receiver.listening);
  });
  assert.ok(!receiver.listening);
  sounding(receiver, "6", 80, () => undefined);
  assert.deepEqual(told, ["5 tone"]);
});

test("a payload of any length does not disturb it", () => {
  const { receiver, told } = listening();
  receiver.listen(true);
  for (const length of [0, 1, 7, 1440, 1441, 65_000]) receiver.sound("PCMA", new Uint8Array(length), 0);
  assert.deepEqual(told, []);
});

test("M1: a key that is held is told as such a few times a second, and once more when it is let go: events", () => {
  const { receiver, told, held } = listening();
  for (let n = 1; n <= 150; n++) {
    const payload = buildEvent({ event: 5, end: false, volume: 10, duration: n * 160 });
    receiver.event({ ssrc: 1, timestamp: 800, marker: n === 1, sequence: n }, payload, n * 20);
  }
  assert.deepEqual(told, ["5 event"]);
  assert.ok(held.length >= 14 && held.length <= 15, `${held.length} times in 3 s`);
  const before = held.length;
  for (let n = 151; n <= 153; n++) {
    const payload = buildEvent({ event: 5, end: true, volume: 10, duration: 24_000 });
    receiver.event({ ssrc: 1, timestamp: 800, marker: false, sequence: n }, payload, 3020);
  }
  assert.equal(held.length, before + 1, "its end, of which there are three packets, once");
});

test("M1: the same of a tone, of a key that goes on under a new timestamp, and of none that was never told", () => {
  const tone = listening();
  tone.receiver.listen(true);
  const sound = new Int16Array(16_000);
  digitTone("8", 1500)?.write(sound.subarray(0, 12_000));
  const encode = encoder("PCMA");
  for (let at = 0; at < sound.length; at += 160) {
    const octets = new Uint8Array(160);
    encode(sound.subarray(at, at + 160), octets);
    tone.receiver.sound("PCMA", octets, at / 8);
  }
  assert.deepEqual(tone.told, ["8 tone"]);
  assert.ok(tone.held.length >= 6 && tone.held.length <= 8, `${tone.held.length} times in 1.5 s`);

  const long = listening();
  for (const [sequence, timestamp, duration] of [
    [1, 0, 65_000],
    [2, 65_100, 160],
    [3, 65_100, 4000],
  ] as const) {
    const payload = buildEvent({ event: 1, end: false, volume: 10, duration });
    long.receiver.event({ ssrc: 1, timestamp, marker: sequence === 1, sequence }, payload, sequence * 300);
  }
  assert.deepEqual([long.told, long.held.length], [["1 event"], 2]);

  const flash = listening();
  for (let n = 0; n < 30; n++)
    flash.receiver.event(
      { ssrc: 1, timestamp: 0, marker: n === 0, sequence: n },
      Uint8Array.of(16, 10, n, 0),
      n * 20,
    );
  assert.deepEqual([flash.told, flash.held], [[], []]);
});
