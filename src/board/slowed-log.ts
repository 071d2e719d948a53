import { printable } from "../lib/printable.ts";
import type { Said } from "../lib/said.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Slowed } from "../sip/index.ts";
import { boardSaid } from "./words.ts";

const LINES_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/** One log line when guesses begin to be slowed down; many in a minute end in one line that says so. */
export class SlowedLog {
  readonly #clock: Clock;
  readonly #warn: (text: string) => void;
  #minute = -1;
  #lines = 0;

  constructor(clock: Clock, warn: (text: string) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  tell(slowed: Slowed): void {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#lines = 0;
    }
    this.#lines += 1;
    if (this.#lines < LINES_PER_MINUTE) return this.#warn(slowedSaid(slowed).text);
    if (this.#lines > LINES_PER_MINUTE) return;
    this.#warn('More passwords are being guessed than are logged here; "switchhook bans" lists them all.');
  }
}

/** What is slowed and why; the name is a stranger's text. */
export function slowedSaid({ scope, what, wrong, latest }: Slowed): Said {
  return scope === "account"
    ? boardSaid("slowed.account", { phone: printable(what), latest, wrong })
    : boardSaid("slowed.source", { source: what, latest: printable(latest), wrong });
}
