import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { emptyRtpPacket, RTP_HEADER_OCTETS, type RtpPacket, readRtp, writeRtpHeader } from "../rtp/packet.ts";
import { StreamSender } from "./stream-sender.ts";

const SSRC = 0xabcdef01;
/** Numbers that wrap within the test. */
const FIRST = { sequence: 0xfffe, timestamp: 0xffff_ff00 };

/** What left, as `+1 +160 M 8`: steps of sequence number and timestamp from the packet before, marker, payload type. */
function listen(): { readonly sender: StreamSender; readonly steps: string[] } {
  const steps: string[] = [];
  let before = { ...FIRST };
  const sender = new StreamSender(
    (octets) => {
      const packet = emptyRtpPacket();
      assert.ok(readRtp(octets, packet));
      assert.equal(packet.ssrc, SSRC);
      const step = ((packet.sequence - before.sequence) << 16) >> 16;
      const time = (packet.timestamp - before.timestamp) | 0;
      steps.push(`${step} ${time}${packet.marker ? " M" : ""} ${packet.payloadType}`);
      before = { sequence: packet.sequence, timestamp: packet.timestamp };
    },
    SSRC,
    FIRST.sequence,
    FIRST.timestamp,
  );
  return { sender, steps };
}

/** Another's packet: its datagram, and what was read of it. */
function packetOf(parts: {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc?: number;
  readonly marker?: boolean;
}): readonly [octets: Uint8Array, packet: RtpPacket] {
  const octets = new Uint8Array(RTP_HEADER_OCTETS + 160);
  writeRtpHeader({ payloadType: 0, marker: false, ssrc: 7, ...parts }, octets);
  const packet = emptyRtpPacket();
  assert.ok(readRtp(octets, packet));
  return [octets, packet];
}

test("prompt, ringback, bridge: one SSRC, numbers that run on, a marker at each talk spurt", () => {
  const { sender, steps } = listen();
  // A prompt of three frames.
  for (let n = 0; n < 3; n++) sender.frame(8, 1000 + n * 20);
  sender.pause();
  // Half a second later ringback.
  for (let n = 0; n < 2; n++) sender.frame(8, 1540 + n * 20);
  sender.pause();
  // Then the other party, in the middle of its own stream.
  for (let n = 0; n < 3; n++) {
    const [octets, packet] = packetOf({ sequence: 65_534 + n, timestamp: 5000 + n * 160 });
    sender.relay(octets, packet, 8, 1660 + n * 20);
  }
  assert.deepEqual(steps, [
    "1 160 M 8",
    "1 160 8",
    "1 160 8",
    "1 4000 M 8",
    "1 160 8",
    "1 800 M 8",
    "1 160 8",
    "1 160 8",
  ]);
  assert.deepEqual([sender.packets, sender.octets], [8, 8 * 160]);
});

for (const [title, others, wanted] of [
  ["a loss stays a gap", [0, 1, 4], ["1 160 M 8", "1 160 8", "3 480 8"]],
  [
    "order and doubles stay as they were",
    [0, 2, 1, 1, 3],
    ["1 160 M 8", "2 320 8", "-1 -160 8", "0 0 8", "2 320 8"],
  ],
  [
    "a jump of thousands is a new stream",
    [0, 1, 9000, 9001],
    ["1 160 M 8", "1 160 8", "1 160 M 8", "1 160 8"],
  ],
] as const) {
  test(`of another's stream ${title}`, () => {
    const { sender, steps } = listen();
    for (const n of others) {
      const [octets, packet] = packetOf({ sequence: 100 + n, timestamp: 7000 + n * 160 });
      sender.relay(octets, packet, 8, 1000);
    }
    assert.deepEqual(steps, wanted);
  });
}

test("another SSRC of the other party goes on in ours", () => {
  const { sender, steps } = listen();
  for (const [sequence, ssrc] of [
    [10, 1],
    [11, 1],
    [60_000, 2],
    [60_001, 2],
  ] as const) {
    const [octets, packet] = packetOf({ sequence, ssrc, timestamp: sequence * 160 });
    sender.relay(octets, packet, 8, 1000);
  }
  assert.deepEqual(steps, ["1 160 M 8", "1 160 8", "1 160 M 8", "1 160 8"]);
});

test("the marker of the other party is kept", () => {
  const { sender, steps } = listen();
  for (const n of [0, 1]) {
    const [octets, packet] = packetOf({ sequence: n, timestamp: n * 1600, marker: n === 1 });
    sender.relay(octets, packet, 8, 1000);
  }
  assert.deepEqual(steps, ["1 160 M 8", "1 1600 M 8"]);
});

test("packets that are kept back leave no gap, whether they come twice or late", () => {
  const { sender, steps } = listen();
  const relay = (n: number): void => {
    const [octets, packet] = packetOf({ sequence: n, timestamp: n * 160 });
    sender.relay(octets, packet, 8, 1000);
  };
  const skip = (n: number): void => sender.skip(packetOf({ sequence: n, timestamp: n * 160 })[1]);
  relay(1);
  skip(2);
  skip(2);
  skip(3);
  relay(4);
  skip(2);
  relay(5);
  assert.deepEqual(steps, ["1 160 M 8", "1 480 8", "1 160 8"]);
});

test("CSRC list, extension and padding of the other party are taken off", () => {
  const sent: Uint8Array[] = [];
  const sender = new StreamSender((octets) => sent.push(octets.slice()), SSRC, 1, 1);
  // One CSRC, an extension of four octets, two octets of padding.
  const octets = Buffer.from("b1000005000000050000000500000009bede000109090909010203040002", "hex");
  const packet = emptyRtpPacket();
  assert.ok(readRtp(octets, packet));
  sender.relay(octets, packet, 0, 0);
  assert.equal(sent[0]?.[0], 0x80);
  assert.deepEqual(sent[0]?.subarray(RTP_HEADER_OCTETS), Buffer.of(1, 2, 3, 4));
});

test("sender reports know the timestamp of this moment", () => {
  const { sender } = listen();
  sender.frame(8, 1000);
  assert.equal(sender.timestampAt(1250), (FIRST.timestamp + 160 + 2000) >>> 0);
});

test("whatever comes after whatever, time never runs back and one SSRC is heard", () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom("own", "one", "two", "pause"), fc.integer({ min: 1, max: 2000 })),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(steps, (plan) => {
      const { sender, steps } = listen();
      let now = 0;
      const at = { one: 5, two: 60_000 };
      for (const [what, wait] of plan) {
        now += wait;
        if (what === "own") sender.frame(8, now);
        else if (what === "pause") sender.pause();
        else {
          const numbers = { sequence: at[what as "one"]++ & 0xffff, timestamp: (now * 8) >>> 0 };
          const [octets, packet] = packetOf({ ...numbers, ssrc: what === "one" ? 1 : 2 });
          sender.relay(octets, packet, 8, now);
        }
      }
      for (const step of steps) assert.match(step, /^1 [1-9]/);
    }),
  );
});

for (const [title, back] of [
  ["a little", 800],
  ["by a minute", 480_000],
  ["by half of all that there is", 0x7fff_0000],
] as const) {
  test(`M4: the other party's time jumps back ${title}: ours runs on, then and at the next prompt`, () => {
    const { sender, steps } = listen();
    for (let n = 0; n < 4; n++) {
      const timestamp = (5_000_000 + n * 160 - (n < 2 ? 0 : back)) >>> 0;
      const [octets, packet] = packetOf({ sequence: n, timestamp });
      sender.relay(octets, packet, 8, 1000 + n * 20);
    }
    sender.pause();
    sender.frame(8, 1080);
    assert.deepEqual(steps, ["1 160 M 8", "1 160 8", "1 160 M 8", "1 160 8", "1 160 M 8"]);
  });
}

test("M4: an event that began before sound that was sent is passed on with its time, and the next prompt follows the clock", () => {
  const { sender, steps } = listen();
  const send = (sequence: number, timestamp: number, event: boolean): void => {
    const [octets, packet] = packetOf({ sequence, timestamp });
    if (event) sender.relayEvent(octets, packet, 101, 1000 + sequence * 20);
    else sender.relay(octets, packet, 8, 1000 + sequence * 20);
  };
  send(0, 1000, false);
  send(1, 1160, false);
  // It began at the sound of before, and lasts.
  for (let n = 2; n < 52; n++) send(n, 1000, true);
  sender.pause();
  sender.frame(8, 2040);
  assert.deepEqual(
    [...steps.slice(0, 4), ...steps.slice(-2)],
    [
      "1 160 M 8",
      "1 160 8",
      "1 -160 101",
      "1 0 101",
      "1 0 101",
      // From the event's time: 160 to the newest, and the 1,020 ms since.
      "1 8320 M 8",
    ],
  );
});
