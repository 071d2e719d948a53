import type { RingResult } from "../dialplan/outcome.ts";
import type { Why } from "../dialplan/trace.ts";
import type { LastTried } from "./plan-end.ts";

/** What the plan has tried last: for what is told when it ends, or somebody has answered. */
export class Tried implements LastTried {
  /** The ringing step that is, or was last, performed: in words. */
  step = "";
  how: Why = "";
  status: number | undefined;
  fault: number | undefined;

  /** Ringing ended without an answer; `detail` says how. */
  rang(result: RingResult, status: number, detail: Why): void {
    this.status = status;
    if (result !== "failed" || status !== this.fault) this.fault = undefined;
    this.how = detail;
  }
}
