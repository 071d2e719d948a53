import { planEnded } from "../call-end.ts";
import type { Performer } from "./performer.ts";

/** The plan ends: the caller is refused, or hung up on where it was answered. */
export const hangUp: Performer<"hangUp"> = {
  type: "hangUp",
  perform: ({ status, why }, { tried, direct, end }) => ({
    start: () => end(planEnded(status, why, tried, direct)),
    stop() {},
  }),
};
