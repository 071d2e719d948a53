import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DIGITS } from "./digit.ts";
import {
  buildEvent,
  type EventReceiverState,
  parseEvent,
  receiveEvent,
  type TelephoneEvent,
} from "./event.ts";

test("a payload is read as it was built, a short one not at all", () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          event: fc.integer({ min: 0, max: 255 }),
          end: fc.boolean(),
          volume: fc.integer({ min: 0, max: 63 }),
          duration: fc.integer({ min: 0, max: 0xffff }),
        },
        { noNullPrototype: true },
      ),
      (event) => assert.deepEqual(parseEvent(buildEvent(event)), event),
    ),
  );
  for (let length = 0; length < 4; length++) assert.equal(parseEvent(new Uint8Array(length)), undefined);
});

/** What the receiver makes of packets: [timestamp, key, duration, flags], E: end, M: marker, S: another SSRC. */
function digitsOf(packets: readonly (readonly [number, string, number, string?, number?])[]): string {
  let state: EventReceiverState | undefined;
  let digits = "";
  for (const [timestamp, key, duration, flags = "", given] of packets) {
    const event: TelephoneEvent = {
      event: DIGITS.indexOf(key),
      end: flags.includes("E"),
      volume: 10,
      duration,
    };
    // As it was sent, whatever the order in which it comes.
    const sequence =
      given ?? Math.floor((timestamp + duration) / 160 + (flags.includes("E") ? 1 : 0)) & 0xffff;
    const header = { ssrc: flags.includes("S") ? 2 : 1, timestamp, marker: flags.includes("M"), sequence };
    const [next, digit] = receiveEvent(state, header, event);
    state = next;
    digits += digit ?? "";
  }
  return digits;
}

test("S12: keys that share one timestamp are counted each, also over the end of the sequence numbers, and none twice", () => {
  /** One key from this sequence number on: two packets and three ends. */
  const key = (name: string, from: number, marker = "M") =>
    [
      [0, name, 160, marker, from & 0xffff],
      [0, name, 320, "", (from + 1) & 0xffff],
      [0, name, 480, "E", (from + 2) & 0xffff],
      [0, name, 480, "E", (from + 3) & 0xffff],
      [0, name, 480, "E", (from + 4) & 0xffff],
    ] as const;
  assert.equal(digitsOf([...key("1", 7), ...key("1", 12)]), "11");
  assert.equal(digitsOf([...key("4", 65_530, ""), ...key("4", 65_535, ""), ...key("4", 65_540, "")]), "444");
  const [first, second, ...ends] = key("9", 20);
  assert.equal(digitsOf([...ends, second, first]), "9", "packets that come late begin nothing");
});

type Script = readonly (readonly [number, string, number, string?, number?])[];
const scripts: readonly (readonly [name: string, digits: string, script: Script])[] = [
  [
    "one event with three ends",
    "5",
    [
      [0, "5", 160, "M"],
      [0, "5", 320],
      [0, "5", 480],
      [0, "5", 640, "E"],
      [0, "5", 640, "E"],
      [0, "5", 640, "E"],
    ],
  ],
  [
    "the first packets lost",
    "5",
    [
      [0, "5", 480],
      [0, "5", 640, "E"],
    ],
  ],
  ["only one end packet came", "5", [[0, "5", 640, "E"]]],
  [
    "all end packets lost, the next key follows",
    "57",
    [
      [0, "5", 160, "M"],
      [0, "5", 320],
      [4000, "7", 160, "M"],
    ],
  ],
  [
    "all end packets lost, the same key again",
    "55",
    [
      [0, "5", 160, "M"],
      [0, "5", 320],
      [4000, "5", 160, "M"],
    ],
  ],
  [
    "the same, and its first packet lost too",
    "55",
    [
      [0, "5", 160, "M"],
      [4000, "5", 320],
    ],
  ],
  [
    "twice the same key",
    "11",
    [
      [0, "1", 160, "M"],
      [0, "1", 800, "E"],
      [1600, "1", 160, "M"],
      [1600, "1", 800, "E"],
    ],
  ],
  [
    "twice the same key, marker lost",
    "11",
    [
      [0, "1", 160, "M"],
      [0, "1", 800, "E"],
      [1000, "1", 320],
    ],
  ],
  [
    "a stray packet of the event before",
    "12",
    [
      [0, "1", 160, "M"],
      [0, "1", 800, "E"],
      [1600, "2", 160, "M"],
      [0, "1", 800, "E"],
      [1600, "2", 320],
    ],
  ],
  [
    "an end overtakes a middle",
    "1",
    [
      [0, "1", 160, "M"],
      [0, "1", 480, "E"],
      [0, "1", 320],
    ],
  ],
  [
    "a key held so long that it goes on under a new timestamp",
    "9",
    [
      [0, "9", 160, "M"],
      [0, "9", 0xffff],
      [0xffff, "9", 160],
      [0xffff, "9", 0xffff],
      [0x1fffe, "9", 160, "E"],
    ],
  ],
  [
    "the timestamp runs along, wrongly",
    "3",
    [
      [0, "3", 160, "M"],
      [160, "3", 320],
      [320, "3", 480],
      [480, "3", 640, "E"],
    ],
  ],
  [
    "the timestamp runs along, wrongly, through the ends too",
    "3",
    [
      [0, "3", 160, "M"],
      [160, "3", 320],
      [320, "3", 480, "E"],
      [480, "3", 480, "E"],
      [640, "3", 480, "E"],
    ],
  ],
  [
    "twice the same key, whose timestamp runs along and whose packets say 20 ms each",
    "33",
    [
      [0, "3", 160, "M"],
      [160, "3", 160, "E"],
      [320, "3", 160, "E"],
      [1600, "3", 160],
      [1760, "3", 160, "E"],
    ],
  ],
  [
    "twice the same key, of the second only an end came",
    "11",
    [
      [0, "1", 160, "M"],
      [0, "1", 800, "E"],
      [1600, "1", 800, "E"],
    ],
  ],
  [
    "around the end of the timestamps",
    "8",
    [
      [0xffffffff, "8", 160, "M"],
      [0xffffffff, "8", 320],
    ],
  ],
  [
    "another stream begins anew",
    "88",
    [
      [500, "8", 160, "ME"],
      [500, "8", 160, "MES"],
    ],
  ],
  [
    "the clock of the sender begins anew",
    "12",
    [
      [900_000, "1", 160, "ME"],
      [10, "2", 160, "ME"],
    ],
  ],
  [
    "two events under one timestamp, against the rule",
    "12",
    [
      [0, "1", 160, "M", 1],
      [0, "2", 160, "", 2],
    ],
  ],
  [
    "two events under one timestamp, and a straggler of the first",
    "12",
    [
      [0, "1", 160, "ME", 10],
      [0, "2", 160, "", 11],
      [0, "1", 80, "M", 9],
      [0, "2", 320, "E", 12],
    ],
  ],
];

for (const [name, digits, script] of scripts)
  test(`events: ${name}`, () => {
    assert.equal(digitsOf(script), digits);
  });

test("events that are no keys are not told", () => {
  const flash: TelephoneEvent = { event: 16, end: true, volume: 0, duration: 10 };
  assert.equal(
    receiveEvent(undefined, { ssrc: 1, timestamp: 0, marker: true, sequence: 0 }, flash)[1],
    undefined,
  );
});

test("whatever is lost, doubled or put out of order within an event, each that is seen at all counts once", () => {
  const keys = fc.array(fc.constantFrom(...DIGITS), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(keys, fc.infiniteStream(fc.integer({ min: 0, max: 5 })), (digits, chance) => {
      const draw = chance[Symbol.iterator]();
      let seen = "";
      const script = digits.flatMap((key, n) => {
        const start = n * 2400;
        const packets: (readonly [number, string, number, string?])[] = [];
        for (let p = 1; p <= 8; p++) {
          const packet = [
            start,
            key,
            Math.min(p, 6) * 160,
            (p === 1 ? "M" : "") + (p > 5 ? "E" : ""),
          ] as const;
          const copies = (draw.next().value ?? 0) % 3;
          for (let c = 0; c < copies; c++)
            packets.splice((draw.next().value ?? 0) % (packets.length + 1), 0, packet);
        }
        if (packets.length > 0) seen += key;
        return packets;
      });
      assert.equal(digitsOf(script), seen);
    }),
  );
});
