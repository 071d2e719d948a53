import { useNow } from "../../lib/use-now.ts";
import type { ShownCall } from "./shown-call.ts";

type Lasting = Pick<ShownCall, "startedAt" | "endedAt" | "result" | "story">;

/** How long a call took, in ms; of one that is up, which goes on, as far as is known at `now`: to its last entry at least. */
export function lastedMs({ startedAt, endedAt, result, story }: Lasting, now: number): number {
  if (result !== "ongoing") return Math.max(endedAt - startedAt, 0);
  return Math.max(story.at(-1)?.atMs ?? 0, now - startedAt);
}

/** The same for a component, now. */
export function useLastedMs(call: Lasting): number {
  return lastedMs(call, useNow(call.result === "ongoing"));
}
