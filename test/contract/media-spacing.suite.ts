import assert from "node:assert/strict";
import { Metronome } from "../support/metronome.ts";
import type { RtpParty } from "../support/rtp-party.ts";
import { toneMessage } from "../support/tone-message.ts";
import type { On } from "./media-scene.ts";

/** Packets that are looked at: three seconds, six reads of a WAV file at rtpengine. */
const PACKETS = 150;
const WINDOWS = 3;
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
 * Of 150 packets one in a hundred may be further off its place than 40 ms. Its place is told by its timestamp, and by when the
 * stream is on the whole: a receiver cannot know whether it was the first packet that was late. A busy machine makes nobody's
 * packets early, so that no window may have early ones; bursts do, whatever the machine does. It makes anybody's late: how
 * late, a metronome tells meanwhile, and so much more is allowed. As a stall may hit the one sender and not the other, one of
 * three windows has to be in time.
 */
async function evenly(party: RtpParty): Promise<void> {
  const metronome = await Metronome.start();
  const seen: string[] = [];
  try {
    while (seen.length < WINDOWS) {
      const [from, since] = [party.sound.length, performance.now()];
      await party.until(`${PACKETS} packets`, ({ sound }) => sound.length >= from + PACKETS);
      const packets = party.sound.slice(from);
      const start = packets[0]?.timestamp ?? 0;
      const ours = offTheirPlace(packets.map(({ at, timestamp }) => at - ((timestamp - start) | 0) / 8));
      const anybodys = offTheirPlace(metronome.since(since)).late;
      seen.push(
        `${ours.early.toFixed(1)} early, ${ours.late.toFixed(1)} late (anybody ${anybodys.toFixed(1)})`,
      );
      assert.ok(ours.early <= OFF_ITS_PLACE_MS, `ms at p99: ${seen.join("; ")}`);
      if (ours.late <= OFF_ITS_PLACE_MS + anybodys) return;
    }
  } finally {
    await metronome.stop();
  }
  assert.fail(`ms at p99: ${seen.join("; ")}`);
}

/** At p99, ms, of times of arrival that lack the time each should have come at. */
function offTheirPlace(times: readonly number[]): { readonly early: number; readonly late: number } {
  const inOrder = times.toSorted((one, other) => one - other);
  const [usual = 0, rank] = [inOrder[inOrder.length >> 1], Math.ceil(inOrder.length * 0.99) - 1];
  return { early: usual - (inOrder.at(-1 - rank) ?? 0), late: (inOrder[rank] ?? 0) - usual };
}
