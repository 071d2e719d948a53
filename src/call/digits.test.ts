import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/fakes/virtual-clock.ts";
import { DigitMerger, type DigitWay, digitOfInfo, isDigitInfo, withoutDigit } from "./digits.ts";

type Told = readonly [atMs: number, digit: string, way: DigitWay];

// What the phone tells, and the presses that are counted.
const tables: readonly [what: string, told: readonly Told[], counted: string][] = [
  ["one way", [[0, "5", "event"]], "5"],
  [
    "two ways at once",
    [
      [0, "5", "event"],
      [30, "5", "info"],
    ],
    "5",
  ],
  [
    "three ways, tones last",
    [
      [0, "5", "info"],
      [10, "5", "event"],
      [90, "5", "tone"],
    ],
    "5",
  ],
  [
    "a key pressed twice quickly",
    [
      [0, "5", "event"],
      [150, "5", "event"],
    ],
    "55",
  ],
  [
    "twice quickly, told of in two ways, each in a lump",
    [
      [0, "5", "event"],
      [150, "5", "event"],
      [200, "5", "info"],
      [210, "5", "info"],
    ],
    "55",
  ],
  [
    "twice quickly, told of in turn",
    [
      [0, "5", "event"],
      [20, "5", "info"],
      [150, "5", "info"],
      [170, "5", "event"],
    ],
    "55",
  ],
  [
    "different keys, told of in two ways",
    [
      [0, "1", "event"],
      [40, "2", "event"],
      [60, "1", "info"],
      [80, "2", "info"],
    ],
    "12",
  ],
  [
    "the same key after more than a second, told of in another way",
    [
      [0, "5", "event"],
      [1100, "5", "info"],
    ],
    "55",
  ],
];

for (const [what, told, counted] of tables) {
  test(`presses: ${what}`, () => {
    const clock = new VirtualClock();
    const merger = new DigitMerger(clock);
    let digits = "";
    for (const [atMs, digit, way] of told) {
      clock.after(atMs, () => {
        if (merger.isNew(digit, way)) digits += digit;
      });
    }
    clock.advance(2000);
    assert.equal(digits, counted);
  });
}

// Content-Type and body of an INFO, and the key that it tells of.
const infos: readonly [type: string, body: string, key: string | undefined][] = [
  ["application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"],
  ["application/dtmf-relay", "Signal= 5 \nDuration= 160\n", "5"],
  ["Application/DTMF-Relay; charset=utf-8", "Duration=160\r\nSignal=*", "*"],
  ["application/dtmf-relay", "Signal=#\r\n", "#"],
  ["application/dtmf-relay", "Signal=10\r\n", "*"],
  ["application/dtmf-relay", "Signal=11\r\n", "#"],
  ["application/dtmf-relay", "signal=d\r\n", "D"],
  ["application/dtmf", "7", "7"],
  ["application/dtmf", " 7\r\n", "7"],
  ["application/dtmf-relay", "Signal=99\r\n", undefined],
  ["application/dtmf-relay", "Signal=\r\n", undefined],
  ["application/dtmf-relay", "Signal=55x\r\n", undefined],
  ["application/dtmf-relay", "", undefined],
  ["application/dtmf-relay", `Signal=5\r\n${"x".repeat(300)}`, undefined],
  ["application/sdp", "5", undefined],
  ["application/dtmf-relay", 'Signal="5"\r\nDuration=160\r\n', "5"],
  ["application/dtmf-relay", "Signal='*'", "*"],
  ["application/dtmf-relay", 'Signal="5', undefined],
  ["audio/telephone-event", "Signal=7\r\n", "7"],
  ["audio/telephone-event", "\x05\x8a\x03\x20", "5"],
  ["audio/telephone-event", "\x0b\x8a\x03\x20", "#"],
  ["audio/telephone-event", "\x10\x8a\x03\x20", undefined],
  ["application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\ny=Digits\r\nd=5\r\n", "5"],
  ["application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\ny=Digits\r\nd=11\r\n", "#"],
  ["application/vnd.nortelnetworks.digits", "p=Digit-Collection\r\ny=Digits\r\n", undefined],
];

for (const [type, body, key] of infos) {
  test(`M3: INFO ${type} ${JSON.stringify(body.slice(0, 30))}: ${key ?? "no key"}`, () => {
    assert.equal(digitOfInfo(type, Buffer.from(body, "latin1")), key);
  });
}

test("a record keeps the INFO without its key, octet for octet as long", () => {
  const head = "INFO sip:x SIP/2.0\r\nCSeq: 5 INFO\r\n\r\n";
  const masked = (body: string): string => withoutDigit(Buffer.from(head + body)).toString("latin1");
  assert.equal(masked("Signal=5\r\nDuration=160\r\n"), `${head}Signal=*\r\nDuration=160\r\n`);
  assert.equal(masked("Duration=160\r\nSignal= 11"), `${head}Duration=160\r\nSignal= **`);
  assert.equal(masked("5\r\n"), `${head}*\r\n`);
  assert.equal(masked('Signal="5"\r\nDuration=160'), `${head}Signal="*"\r\nDuration=160`);
  assert.match(masked("p=Digit-Collection\r\ny=Digits\r\nd=5\r\n"), /\*=\*\r\n$/);
  const event = "INFO sip:x SIP/2.0\r\nContent-Type: audio/telephone-event\r\n\r\n";
  const packed = withoutDigit(Buffer.from(`${event}\x05\x8a\x03\x20`, "latin1"));
  assert.equal(packed.toString("latin1"), `${event}*\x8a\x03\x20`);
  assert.equal(withoutDigit(Buffer.from("INFO broken")).toString(), "INFO broken");
  assert.equal(isDigitInfo("application/dtmf-relay"), true);
  assert.equal(isDigitInfo("text/plain"), false);
});

test("S12: an INFO without a type tells of a key in either form, and of nothing else", () => {
  const keyOf = (body: string): string | undefined => digitOfInfo(undefined, Buffer.from(body));
  assert.deepEqual(["d=5", "Signal=*\r\nDuration=160", "7\r\n", "", "hello", "<media_control/>"].map(keyOf), [
    "5",
    "*",
    "7",
    undefined,
    undefined,
    undefined,
  ]);
  assert.equal(isDigitInfo(undefined), true, "so that records mask it");
});
