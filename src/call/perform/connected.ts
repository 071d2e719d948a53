import type { Performer } from "./performer.ts";

/** The two are connected already when the plan says so: nothing is left to do. */
export const connected: Performer<"connected"> = {
  type: "connected",
  perform: () => ({ start() {}, stop() {} }),
};
