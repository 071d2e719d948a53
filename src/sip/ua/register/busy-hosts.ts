import type { Clock } from "../../../runtime/clock.ts";
import type { Target } from "../../transport/transport.ts";

/** Which hosts of a provider want to be left alone until when (Retry-After, RFC 3261 §20.33); the others are asked meanwhile. */
export class BusyHosts {
  readonly #clock: Pick<Clock, "now">;
  #until = new Map<string, number>();

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  note(target: Target, forMs: number): void {
    this.#until.set(placeOf(target), this.#clock.now() + forMs);
  }

  /** Those that may be asked now; where none may, all: whoever asks now has a reason. What is known of others is dropped. */
  free(targets: readonly Target[]): readonly Target[] {
    const places = new Set(targets.map(placeOf));
    this.#until = new Map([...this.#until].filter(([place]) => places.has(place)));
    const free = targets.filter((target) => this.#waitMs(target) === 0);
    return free.length > 0 ? free : targets;
  }

  /** How long until the first of these may be asked. */
  waitMs(targets: readonly Target[]): number {
    return targets.length === 0 ? 0 : Math.min(...targets.map((target) => this.#waitMs(target)));
  }

  #waitMs(target: Target): number {
    return Math.max(0, (this.#until.get(placeOf(target)) ?? 0) - this.#clock.now());
  }
}

function placeOf({ transport, host, port }: Target): string {
  return `${transport} ${host} ${port}`;
}
