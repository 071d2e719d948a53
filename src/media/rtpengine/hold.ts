import type { End, Playing } from "./end.ts";
import { mayHear } from "./negotiation.ts";
import type { Playback } from "./playback.ts";

/**
 * Who holds and was seen to send nothing for this long leaves the other in silence, who then hears hold tones
 * (docs/adr/0020), ms. A look that comes a little early counts too.
 */
const HOLD_TONES_AFTER_MS = 900;

/** Whether an end's party is held: its partner wants to hear nothing. */
export function isHeld({ partner }: End): boolean {
  return partner?.negotiation.agreed !== undefined && !mayHear(partner.negotiation.agreed);
}

/**
 * Begins hold tones where somebody is held in silence, and ends them where something comes or nobody holds any more.
 * `now`: ms of the monotonic clock; what came by then was noted in the ends.
 */
export async function keepHold(ends: Iterable<End>, playback: Playback, now: number): Promise<void> {
  for (const end of ends) {
    const quiet = isHeld(end) && now - (end.partner?.heardAt ?? now) >= HOLD_TONES_AFTER_MS;
    const { playing } = end;
    if (playing?.yields === true && !quiet) await playback.stopped(end, end.silence());
    if (playing !== undefined || !quiet) continue;
    const tone: Playing = {
      sound: { kind: "hold" },
      onDone: undefined,
      yields: true,
      started: false,
      timer: undefined,
    };
    end.playing = tone;
    await playback.start(end, tone);
  }
}
