import type { TraceEntry } from "../dialplan/trace.ts";
import type { AlertSink } from "../model/alert.ts";
import type { Clock } from "../runtime/clock.ts";
import { RecentlyTold } from "./recently-told.ts";

/** Tells of destinations that webhooks returned and the guard did not let through: what toll fraud by a receiver looks like at first. */
export class RefusedDestinations {
  readonly #onAlert: AlertSink;
  /** By step and reason. */
  readonly #told: RecentlyTold;

  constructor(clock: Clock, onAlert: AlertSink) {
    this.#onAlert = onAlert;
    this.#told = new RecentlyTold(clock);
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
    if (!this.#told.isDue(`${plan}\n${step}\n${refused}`)) return;
    const sentence = `A webhook sent a call of the plan "${plan}" where none may go (step ${step}): ${why}`;
    this.#onAlert({ code: "destinationRefused", args: { plan, step, refused }, sentence });
  }
}
