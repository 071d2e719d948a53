import assert from "node:assert/strict";
import type { RtpParty } from "../support/rtp-party.ts";
import { toneMessage } from "../support/tone-message.ts";
import type { On } from "./media-scene.ts";

/** Packets that are looked at: two and a half seconds, five reads of a WAV file at rtpengine. */
const PACKETS = 125;
/** A machine that is busy with other things delays packets too: one of so many such times has to be good. */
const WINDOWS = 4;
/** What a receiver with a small buffer, or an SBC that counts packets, still takes, ms. */
const OFF_ITS_PLACE_MS = 40;

/** How evenly what plays leaves, measured where it arrives (RFC 3551 §4.2: a packet each 20 ms). */
export function spacings(on: On, folder: string): void {
  for (const [codec, payloadType] of [
    ["PCMU", 0],
    ["PCMA", 8],
    ["G.722", 9],
  ] as const) {
    on(`M5: a message in ${codec} leaves evenly`, async ({ call, caller }) => {
      const one = await caller({ codecs: [payloadType] });
      call.play("A", toneMessage(folder, 440, 20 * PACKETS * (WINDOWS + 1)));
      await evenly(one);
    });
  }

  for (const kind of ["ringback", "busy"] as const) {
    on(`M5: the ${kind} tone leaves evenly, from one round to the next`, async ({ call, caller }) => {
      const one = await caller({ codecs: [8] });
      call.play("A", { kind });
      await evenly(one);
    });
  }

  on("M5: a message that takes the place of a tone leaves evenly", async ({ call, caller }) => {
    const one = await caller({ codecs: [8] });
    call.play("A", { kind: "busy" });
    await one.hearTone([425]);
    call.play("A", toneMessage(folder, 620, 20 * PACKETS * (WINDOWS + 1)));
    await one.hearTone([620]);
    one.endpoint.forget();
    await evenly(one);
  });
}

/**
 * Of 125 packets one in a hundred may be further off its place than 40 ms. Its place is told by its timestamp, and by when the
 * stream is on the whole: a receiver cannot know whether it was the first packet that was late.
 */
async function evenly(party: RtpParty): Promise<void> {
  const worst: number[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    const from = party.sound.length;
    await party.until(`${PACKETS} packets`, ({ sound }) => sound.length >= from + PACKETS);
    worst.push(offItsPlace(party.sound.slice(from)));
    if ((worst.at(-1) ?? 0) <= OFF_ITS_PLACE_MS) return;
  }
  assert.fail(`${worst.map((ms) => ms.toFixed(1)).join(", ")} ms off its place at p99`);
}

/** At p99, ms. */
function offItsPlace(packets: RtpParty["sound"]): number {
  const start = packets[0]?.timestamp ?? 0;
  const late = sorted(packets.map(({ at, timestamp }) => at - ((timestamp - start) | 0) / 8));
  const usual = late[late.length >> 1] ?? 0;
  const off = sorted(late.map((ms) => Math.abs(ms - usual)));
  return off[Math.ceil(off.length * 0.99) - 1] ?? 0;
}

const sorted = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other);
