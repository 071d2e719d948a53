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
}

function listening(): Heard {
  const told: string[] = [];
  return { receiver: new DigitReceiver((digit, way) => told.push(`${digit} ${way}`)), told };
}

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
      receiver.event({ ssrc: 1, timestamp, marker: number === 1 }, payload, timestamp / 8);
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
  assert.equal(receiver.event({ ssrc: 1, timestamp: 0, marker: true }, payload, 0), "4");
  assert.deepEqual(told, ["4 event"]);
});

test("what is no key, or too short, is not told", () => {
  const { receiver, told } = listening();
  for (const payload of [new Uint8Array(), Uint8Array.of(1, 2, 3), Uint8Array.of(16, 10, 0, 160)])
    assert.equal(receiver.event({ ssrc: 1, timestamp: 0, marker: true }, payload, 0), undefined);
  assert.deepEqual(told, []);
});

test("a flood of keys: 32 at once, then 20 a second", () => {
  const { receiver, told } = listening();
  const flood = (from: number, now: number): void => {
    for (let n = 0; n < 1000; n++) {
      const payload = buildEvent({ event: n % 16, end: true, volume: 10, duration: 800 });
      receiver.event({ ssrc: 1, timestamp: (from + n) * 1600, marker: true }, payload, now);
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

test("a payload of any length does not disturb it", () => {
  const { receiver, told } = listening();
  receiver.listen(true);
  for (const length of [0, 1, 7, 1440, 1441, 65_000]) receiver.sound("PCMA", new Uint8Array(length), 0);
  assert.deepEqual(told, []);
});
