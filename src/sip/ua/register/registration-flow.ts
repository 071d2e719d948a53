import type { Clock, Timer } from "../../../runtime/clock.ts";
import type { Ids } from "../../../runtime/ids.ts";
import type { Transactions } from "../../transaction/user.ts";
import type { Flow } from "../../transport/transport.ts";
import type { Accepted } from "./register-attempt.ts";

export interface RegistrationFlowPorts {
  readonly transactions: Pick<Transactions, "onceClosed">;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Sends a keep-alive; `mustAnswer`: a peer that does not answer it is gone (RFC 5626 §4.4.1). */
  readonly keepAlive?: ((flow: Flow, mustAnswer: boolean) => void) | undefined;
}

/** A flow that lived so long and broke is registered anew at once; one that keeps breaking waits, up to the second. */
const LASTING_MS = 10_000;
/** RFC 5626 §4.5 leaves the times to us: its own, 30 s to half an hour, are for a million phones behind one proxy. */
const RECONNECT_MS = { first: 100, again: 2_000, longest: 60_000 } as const;
/** Milliseconds from one keep-alive to the next, and how many more by chance. */
interface Interval {
  readonly least: number;
  readonly span: number;
}

/** RFC 5626 §4.4.2: 24 to 29 s over UDP, the least that NATs keep. */
const NAT_KEEP_ALIVE_MS: Interval = { least: 24_000, span: 5_000 };

/** The flow that a registration holds: kept open, watched, and given up when it breaks (RFC 5626 §4.4, §4.5; docs/adr/0048, 0055). */
export class RegistrationFlow {
  readonly #ports: RegistrationFlowPorts;
  readonly #onLost: () => void;
  #flow: Flow | undefined;
  #since = 0;
  #unwatch: (() => void) | undefined;
  #keepAlive: Timer | undefined;
  /** Of the keep-alives that the timer is for; undefined: there are none. */
  #every: Interval | undefined;
  /** The provider does outbound on it. */
  #outbound = false;
  /** Flows that broke soon after they were registered, one after another. */
  #losses = 0;

  constructor(ports: RegistrationFlowPorts, onLost: () => void) {
    this.#ports = ports;
    this.#onLost = onLost;
  }

  /** Open or not. */
  get last(): Flow | undefined {
    return this.#flow;
  }

  get open(): Flow | undefined {
    return this.#flow?.open === true ? this.#flow : undefined;
  }

  /** The open flow, where the provider does outbound. */
  get outbound(): Flow | undefined {
    return this.#outbound ? this.open : undefined;
  }

  /** The provider took a REGISTER on it. */
  hold({ flow, behindNat, outbound, flowTimerSeconds }: Accepted): void {
    const isNew = flow !== this.#flow || this.#unwatch === undefined;
    if (isNew) {
      this.leave();
      this.#flow = flow;
      this.#since = this.#ports.clock.now();
      this.#unwatch = this.#ports.transactions.onceClosed(flow, () => this.#lost());
    }
    this.#outbound = outbound;
    // Who does outbound has to answer: the first one tells the stream so.
    if (isNew && outbound) this.#ports.keepAlive?.(flow, true);
    const every = intervalOf(flow, flowTimerSeconds, behindNat);
    // A refresh in between makes no pause longer.
    if (every !== undefined && every.least === this.#every?.least) return;
    this.#keepAlive?.cancel();
    this.#every = every;
    if (every !== undefined) this.#keepOpen(flow, every);
  }

  leave(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#stopKeepAlives();
    this.#flow = undefined;
    this.#outbound = false;
  }

  /** RFC 5626 §4.5: at once, and where that does not last in growing pauses; not all trunks in the same moment. */
  reconnectDelayMs(): number {
    const fraction = this.#ports.ids.integer(1_000) / 1_000;
    if (this.#losses === 0) return Math.round(RECONNECT_MS.first * fraction);
    const pause = Math.min(RECONNECT_MS.again * 2 ** Math.min(this.#losses - 1, 16), RECONNECT_MS.longest);
    return Math.round(pause * (0.5 + 0.5 * fraction));
  }

  #lost(): void {
    this.#unwatch = undefined;
    this.#stopKeepAlives();
    const lasted = this.#ports.clock.now() - this.#since >= LASTING_MS;
    this.#losses = lasted ? 0 : this.#losses + 1;
    this.#onLost();
  }

  #stopKeepAlives(): void {
    this.#keepAlive?.cancel();
    this.#every = undefined;
  }

  #keepOpen(flow: Flow, every: Interval): void {
    const delayMs = every.least + this.#ports.ids.integer(every.span);
    this.#keepAlive = this.#ports.clock.after(delayMs, () => {
      this.#ports.keepAlive?.(flow, this.#outbound);
      this.#keepOpen(flow, every);
    });
  }
}

/** Of keep-alives besides those that a stream sends by itself. */
function intervalOf(
  flow: Flow,
  flowTimerSeconds: number | undefined,
  behindNat: boolean,
): Interval | undefined {
  // RFC 5626 §4.4: after 80 to 100 % of the time that the other end names.
  if (flowTimerSeconds !== undefined) return { least: flowTimerSeconds * 800, span: flowTimerSeconds * 200 };
  return behindNat && !flow.reliable ? NAT_KEEP_ALIVE_MS : undefined;
}
