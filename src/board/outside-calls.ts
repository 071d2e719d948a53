import type { Counters } from "../lib/counters.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Said } from "../lib/said.ts";
import type { OutsideCallsNearLimit } from "../model/alert.ts";
import type { OutsideCallLimits } from "../model/outside-call-limits.ts";
import { storySaid } from "../model/story-words.ts";
import type { Clock } from "../runtime/clock.ts";
import { RecentTimes } from "./recent-times.ts";
import { RecentlyTold } from "./recently-told.ts";

export interface OutsideCallsParts {
  readonly clock: Clock;
  readonly counters: Counters;
  /** Those of the present configuration, so that a raised limit counts at once, for calls in progress too. */
  readonly limits: () => OutsideCallLimits;
  readonly onAlert: (alert: OutsideCallsNearLimit) => void;
  /** A sentence when calls begin to be refused, for each limit at most once a minute. */
  readonly onRefused?: (sentence: string) => void;
}

/** A call that is counted until it says that it is over. */
export interface OutsideCall {
  /** It is over; saying so twice changes nothing. `left`: whether its INVITE was ever sent; else it was none. */
  end(left: boolean): void;
}

type LimitName = keyof OutsideCallLimits;

/** Of a limit, in percent: from here on somebody is told. */
export const ALERT_PERCENT = 80;
const MINUTE_MS = 60_000;

/** How much of one limit is used, and whether that has been told. */
class Use {
  count = 0;
  told = false;
}

/**
 * Counts the calls that leave through trunks for outside numbers (docs/adr/0037), for all calls together: at once for each phone and for
 * the company, and begun in the last 60 s. It holds one entry for each phone that has one up, and one time for each that
 * may begin in a minute.
 */
export class OutsideCalls {
  readonly #parts: OutsideCallsParts;
  readonly #company = new Use();
  readonly #phones = new Map<string, Use>();
  readonly #begun = new RecentTimes(MINUTE_MS);
  readonly #refusedTold = new Map<LimitName, number>();
  #minuteTold = false;
  /** By limit and phone: a phone's own entry goes with its last call. */
  readonly #told: RecentlyTold;

  constructor(parts: OutsideCallsParts) {
    this.#parts = parts;
    this.#told = new RecentlyTold(parts.clock);
  }

  /** Calls that are up, ringing ones included. */
  get up(): number {
    return this.#company.count;
  }

  /** Phones that have one up; for leak checks. */
  get phones(): number {
    return this.#phones.size;
  }

  /** Calls begun in the last 60 s. */
  get lastMinute(): number {
    return this.#begun.count(this.#parts.clock.now());
  }

  /**
   * Counts one more. `phone`: the extension that dials or forwards it; undefined where the company's plan sends a call
   * from outside on. The error is a sentence without its stop: which limit, how many, and what raises it.
   */
  begin(phone: string | undefined): Result<OutsideCall, Said> {
    const now = this.#parts.clock.now();
    const reached = this.#reached(phone, now);
    if (reached !== undefined) {
      this.#parts.counters.add(`outside_calls_refused{limit="${reached}"}`);
      const why = this.#refusal(reached, phone);
      this.#tellRefused(reached, why.text, now);
      return err(why);
    }
    this.#parts.counters.add("outside_calls");
    this.#company.count += 1;
    this.#begun.add(now);
    const own = phone === undefined ? undefined : this.#useOf(phone);
    if (own !== undefined) own.count += 1;
    this.#tellAll(phone, own, now);
    let open = true;
    return ok({
      end: (left) => {
        if (!open) return;
        open = false;
        this.#end(phone, left ? undefined : now);
      },
    });
  }

  #end(phone: string | undefined, notBegunAt: number | undefined): void {
    const limits = this.#parts.limits();
    this.#company.count -= 1;
    if (!near(this.#company.count, limits.perCompany)) this.#company.told = false;
    if (notBegunAt !== undefined) this.#begun.remove(notBegunAt);
    const own = phone === undefined ? undefined : this.#phones.get(phone);
    if (phone === undefined || own === undefined) return;
    own.count -= 1;
    if (!near(own.count, limits.perPhone)) own.told = false;
    if (own.count === 0) this.#phones.delete(phone);
  }

  #reached(phone: string | undefined, now: number): LimitName | undefined {
    const { perPhone, perCompany, newPerMinute } = this.#parts.limits();
    if (phone !== undefined && (this.#phones.get(phone)?.count ?? 0) >= perPhone) return "perPhone";
    if (this.#company.count >= perCompany) return "perCompany";
    const begun = this.#begun.count(now);
    if (!near(begun, newPerMinute)) this.#minuteTold = false;
    return begun >= newPerMinute ? "newPerMinute" : undefined;
  }

  #useOf(phone: string): Use {
    let use = this.#phones.get(phone);
    if (use === undefined) {
      use = new Use();
      this.#phones.set(phone, use);
    }
    return use;
  }

  #tellAll(phone: string | undefined, own: Use | undefined, now: number): void {
    const { perPhone, perCompany, newPerMinute } = this.#parts.limits();
    if (own !== undefined && !own.told && near(own.count, perPhone)) {
      own.told = this.#tell("perPhone", phone, own.count);
    }
    if (!this.#company.told && near(this.#company.count, perCompany)) {
      this.#company.told = this.#tell("perCompany", undefined, this.#company.count);
    }
    const begun = this.#begun.count(now);
    if (!this.#minuteTold && near(begun, newPerMinute)) {
      this.#minuteTold = this.#tell("newPerMinute", undefined, begun);
    }
  }

  /** Whether somebody has been told: not again within the quiet time. */
  #tell(limit: LimitName, phone: string | undefined, used: number): boolean {
    if (!this.#told.isDue(`${limit} ${phone ?? ""}`)) return false;
    const allowed = this.#parts.limits()[limit];
    const sentence = `${used} of ${allowed} ${ALERTS[limit](phone)} (security.outsideCalls.${limit}); when they are used up, further ones are refused.`;
    this.#parts.onAlert({
      code: "outsideCallsNearLimit",
      args: { limit, phone, used, allowed },
      sentence,
    });
    return true;
  }

  #tellRefused(limit: LimitName, why: string, now: number): void {
    if (now - (this.#refusedTold.get(limit) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return;
    this.#refusedTold.set(limit, now);
    this.#parts.onRefused?.(`A call to the outside was refused: ${why}.`);
  }

  #refusal(limit: LimitName, phone = ""): Said {
    const { perPhone, perCompany } = this.#parts.limits();
    switch (limit) {
      case "perPhone": {
        const calls = this.#phones.get(phone)?.count ?? 0;
        return storySaid("limit.perPhone", { phone, calls, most: perPhone });
      }
      case "perCompany":
        return storySaid("limit.perCompany", { calls: this.up, most: perCompany });
      case "newPerMinute":
        return storySaid("limit.newPerMinute", { calls: this.lastMinute });
    }
  }
}

const ALERTS: Readonly<Record<LimitName, (phone: string | undefined) => string>> = {
  perPhone: (phone) => `outside calls that phone ${phone} may have at once are up`,
  perCompany: () => "outside calls that the company may have at once are up",
  newPerMinute: () => "outside calls that may begin in a minute have begun in the last 60 s",
};

function near(used: number, allowed: number): boolean {
  return used * 100 >= allowed * ALERT_PERCENT;
}
