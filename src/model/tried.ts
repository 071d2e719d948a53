import type { RingResult } from "../dialplan/outcome.ts";
import type { TraceEntry } from "../dialplan/trace.ts";
import type { Why } from "../lib/said.ts";
import { asWhy, type EndReason, endReason } from "./end-words.ts";
import type { LastTried, NoSound } from "./plan-end.ts";

/** Decisions that lead a call elsewhere than its plan was written for. */
const MISHAPS: ReadonlySet<string> = new Set([
  "webhook.gone",
  "webhook.failed",
  "webhook.noCode",
  "webhook.codeRefused",
  "webhook.codeUnheard",
  "audio.gone",
  "audio.failed",
  "plan.gone",
  "plan.loop",
  "plan.tooDeep",
  "ring.refused",
  "ring.phoneGone",
  "ring.groupGone",
  "ring.groupEmpty",
]);

/** Nothing wrong where a phone rings in its place; where none does, it is why. */
const NOBODY_NAMED = "ring.nothingReturned";

/** What a plan does by itself for a caller. */
const SERVICES: ReadonlySet<string> = new Set(["audio.played", "webhook.successful", "hangUp.ends"]);

/** What the plan has tried last: for what is told when it ends, or somebody has answered. */
export class Tried implements LastTried {
  /** The ringing step that is, or was last, performed: in words. */
  step = "";
  how: Why = "";
  status: number | undefined;
  fault: NoSound | undefined;
  /** The first thing that went otherwise than the plan was written for; of one step the last. */
  #mishap: TraceEntry | undefined;
  #unnamed: TraceEntry | undefined;
  #hasServed = false;

  /** What the walk decided. */
  saw(trace: readonly TraceEntry[]): void {
    for (const entry of trace) {
      const { code = "" } = entry;
      if (SERVICES.has(code)) this.#hasServed = true;
      if (code === NOBODY_NAMED) this.#unnamed = entry;
      // The right code after a wrong one.
      if (code === "webhook.successful" && isSameStep(this.#mishap, entry)) this.#mishap = undefined;
      if (!MISHAPS.has(code)) continue;
      if (this.#mishap === undefined || isSameStep(this.#mishap, entry)) this.#mishap = entry;
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
