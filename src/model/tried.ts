import type { RingResult } from "../dialplan/outcome.ts";
import { weightOf } from "../dialplan/sentences.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import type { Why } from "../lib/said.ts";
import { asWhy, type EndReason, endReason } from "./end-words.ts";
import type { LastTried, NoSound } from "./plan-end.ts";

/** What the plan has tried last: for what is told when it ends, or somebody has answered. */
export class Tried implements LastTried {
  /** The ringing step that is, or was last, performed: in words. */
  step = "";
  how: Why = "";
  status: number | undefined;
  fault: NoSound | undefined;
  /** The first thing that went otherwise than the plan was written for; of one step the last. */
  #mishap: TraceEntry | undefined;
  /** Nothing wrong where a phone rings in its place; where none does, it is why. */
  #unnamed: TraceEntry | undefined;
  #hasServed = false;

  /** What the walk decided. */
  saw(trace: readonly TraceEntry[]): void {
    for (const entry of trace) {
      switch (weightOf(entry.code ?? "")) {
        case "service":
          this.#hasServed = true;
          // It went well in the end: the right code after a wrong one.
          if (isSameStep(this.#mishap, entry)) this.#mishap = undefined;
          break;
        case "nobodyNamed":
          this.#unnamed = entry;
          break;
        case "mishap":
          if (this.#mishap === undefined || isSameStep(this.#mishap, entry)) this.#mishap = entry;
          break;
        case undefined:
          break;
      }
    }
  }

  /** Nobody was rung, and nothing has gone wrong. */
  get isSmooth(): boolean {
    const isUntold = this.#mishap === undefined && this.#unnamed === undefined;
    return this.step === "" && isUntold && this.fault === undefined;
  }

  get isServed(): boolean {
    return this.#hasServed && this.isSmooth;
  }

  /** Why a call ended, after what went wrong on the way: a sentence, or several. */
  because(reason: EndReason, isAnswered: boolean): EndReason {
    const entry = this.#mishap ?? (isAnswered ? undefined : this.#unnamed);
    if (entry === undefined) return reason;
    const { step, label, code, args = {}, text } = entry;
    const cause = code === undefined ? text : { code, args, text };
    return endReason("end.afterMishap", { step, label, cause, why: asWhy(reason) });
  }

  /** Ringing ended without an answer; `detail` says how. */
  rang(result: RingResult, status: number, detail: Why): void {
    this.status = status;
    if (result !== "failed" || status !== this.fault?.status) this.fault = undefined;
    this.how = detail;
  }
}

function isSameStep(one: TraceEntry | undefined, other: TraceEntry): boolean {
  return one?.step === other.step && one.plan === other.plan;
}
