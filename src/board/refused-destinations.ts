import type { TraceEntry } from "../dialplan/trace.ts";
import { GenerationCache } from "../lib/generation-cache.ts";
import type { AlertSink } from "../model/alert.ts";
import type { Clock } from "../runtime/clock.ts";

/** Of the same step and reason nobody is told again for so long. */
const QUIET_MS = 10 * 60_000;
/** Steps and reasons of which it is known when somebody was told. */
const MAX_TOLD = 1024;

/** Tells of destinations that webhooks returned and the guard did not let through: what toll fraud by a receiver looks like at first. */
export class RefusedDestinations {
  readonly #clock: Clock;
  readonly #onAlert: AlertSink;
  readonly #toldAt = new GenerationCache<string, number>(MAX_TOLD);

  constructor(clock: Clock, onAlert: AlertSink) {
    this.#clock = clock;
    this.#onAlert = onAlert;
  }

  /** What a plan, by its name, has decided. */
  saw(plan: string, trace: readonly TraceEntry[]): void {
    for (const { step, type, code, args = {} } of trace) {
      if (type !== "variableDestination" || code !== "ring.refused") continue;
      // What is no number at all costs nobody anything, and the story says it.
      const { refused, why } = args;
      if (typeof refused === "string" && typeof why === "string" && refused !== "notANumber")
        this.#tell(plan, step, refused, why);
    }
  }

  #tell(plan: string, step: string, refused: string, why: string): void {
    const now = this.#clock.now();
    const about = `${plan}\n${step}\n${refused}`;
    if (now - (this.#toldAt.get(about) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    this.#toldAt.set(about, now);
    const sentence = `A webhook sent a call of the plan "${plan}" where none may go (step ${step}): ${why}`;
    this.#onAlert({ code: "destinationRefused", args: { plan, step, refused }, sentence });
  }
}
