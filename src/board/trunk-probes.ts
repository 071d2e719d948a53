import type { Trunk } from "../model/snapshot.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import { type Flow, type PlaceWatch, sendOptions, type Target, type Transactions } from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import type { TargetHealth } from "./target-health.ts";
import { hopsOf, isProbed, type ListedTarget, type TrunkTargets } from "./trunk-targets.ts";
import { boardSaid } from "./words.ts";

export interface TrunkProbesPorts {
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly targets: Pick<TrunkTargets, "listed" | "resolve">;
  readonly health: TargetHealth;
  readonly flowTo: (target: Target) => Flow | undefined;
  /** As whom we ask. */
  readonly asker: (trunk: Trunk) => ProbeAsker;
}

export interface ProbeAsker {
  /** Our own address there, as a URI. */
  readonly from: string;
  /** Route header values. */
  readonly routes: readonly string[];
  readonly contactUser: string | undefined;
}

/** A peer about whom nothing was heard for so long is asked, so that its silence is known within a minute (H5). */
export const DEFAULT_PROBE_SECONDS = 50;
const PATIENCE_MS = 4_000;
/** Asked at once for one trunk; the others have their turn a second later. */
const AT_ONCE = 8;
const NEXT_TURN_MS = 1_000;

interface Loop {
  readonly trunk: Trunk;
  /** When it began: what was never heard of is asked a pause after that. */
  readonly since: number;
  timer: Timer | undefined;
}

/**
 * Asks by OPTIONS whether places of trunks are there (RFC 3261 §11): those that are down, until they answer; of peers also
 * those of which nothing was heard for a while. A registered trunk is heard of with each REGISTER.
 */
export class TrunkProbes {
  readonly #ports: TrunkProbesPorts;
  readonly #loops = new Map<string, Loop>();
  /** Requests under way, by place. */
  readonly #asking = new Map<string, () => void>();
  /**
   * Flows on which OPTIONS were answered: silence says nothing about the others. The value is when the first one went out that was
   * not answered since; undefined: the last one was.
   */
  readonly #answering = new WeakMap<Flow, number | undefined>();

  readonly #watch: PlaceWatch;

  constructor(ports: TrunkProbesPorts) {
    this.#ports = ports;
    const { health } = ports;
    this.#watch = {
      answered: (flow, response) => {
        this.#answering.set(flow, undefined);
        health.answered(flow, response);
      },
      failed: (place, reason) => {
        if ("remote" in place && this.#answering.has(place)) this.#unanswered(place);
        health.failed(place, reason);
      },
    };
  }

  follow(trunks: readonly Trunk[]): void {
    for (const loop of this.#loops.values()) loop.timer?.cancel();
    const before = new Map(this.#loops);
    this.#loops.clear();
    for (const trunk of trunks) {
      if (!isProbed(trunk)) continue;
      // Whoever edits trunks all the time puts no question off.
      const since = before.get(trunk.name)?.since ?? this.#ports.clock.now();
      const loop: Loop = { trunk, since, timer: undefined };
      this.#loops.set(trunk.name, loop);
      this.#arm(loop);
    }
  }

  /** A place went down or came up, or was asked: whose it is has another moment to ask. */
  turned(place: string): void {
    for (const loop of this.#loops.values()) {
      const isIts = this.#ports.targets.listed(loop.trunk).some(({ target }) => placeText(target) === place);
      if (isIts) this.#arm(loop);
    }
  }

  /** On the monotonic clock: when this place is asked next; undefined: not at all. */
  nextAt(trunk: Trunk, target: Target): number | undefined {
    const loop = this.#loops.get(trunk.name);
    const due = loop === undefined ? Number.POSITIVE_INFINITY : this.#dueAt(loop, target);
    return Number.isFinite(due) ? due : undefined;
  }

  close(): void {
    for (const loop of this.#loops.values()) loop.timer?.cancel();
    this.#loops.clear();
    for (const cancel of this.#asking.values()) cancel();
    this.#asking.clear();
  }

  /**
   * Who is slow once is no reason to take the stream from the calls on it. The second question in a row without an answer is: the
   * next one goes out on another stream, and shows who is really gone.
   */
  #unanswered(flow: Flow): void {
    const since = this.#answering.get(flow);
    if (since !== undefined && flow.endIfSilent?.(since) === true) return;
    this.#answering.set(flow, this.#ports.clock.now() - PATIENCE_MS);
  }

  #arm(loop: Loop): void {
    const { clock, ids, targets } = this.#ports;
    loop.timer?.cancel();
    const waiting = targets.listed(loop.trunk).filter(({ target }) => !this.#asking.has(placeText(target)));
    const calm = clock.now() + this.#pauseMs(loop.trunk);
    // Names whose addresses are not known, or have changed, are looked up again.
    const dueAt = Math.min(calm, ...waiting.map(({ target }) => this.#dueAt(loop, target)));
    if (!Number.isFinite(dueAt)) return;
    // Not all trunks in the same moment.
    this.#wait(loop, Math.max(0, dueAt - clock.now()) + ids.integer(500));
  }

  #dueAt({ trunk, since }: Loop, target: Target): number {
    const { health } = this.#ports;
    return health.askAgainAt(target) ?? (health.heardAt(target) ?? since) + this.#pauseMs(trunk);
  }

  #pauseMs({ kind, probeSeconds = DEFAULT_PROBE_SECONDS }: Trunk): number {
    return kind === "peer" ? probeSeconds * 1_000 : Number.POSITIVE_INFINITY;
  }

  async #turn(loop: Loop): Promise<void> {
    const { clock, targets } = this.#ports;
    const { trunk } = loop;
    await targets.resolve(trunk, hopsOf(trunk));
    if (this.#loops.get(trunk.name) !== loop) return;
    const now = clock.now();
    const due = targets
      .listed(trunk)
      .filter(({ target }) => !this.#asking.has(placeText(target)) && this.#dueAt(loop, target) <= now);
    for (const one of due.slice(0, AT_ONCE)) this.#ask(loop, one);
    if (due.length <= AT_ONCE) return this.#arm(loop);
    this.#wait(loop, NEXT_TURN_MS);
  }

  #wait(loop: Loop, forMs: number): void {
    loop.timer?.cancel();
    loop.timer = this.#ports.clock.after(forMs, () => {
      loop.timer = undefined;
      void this.#turn(loop);
    });
  }

  #ask(loop: Loop, { host, target }: ListedTarget): void {
    const { health, flowTo, asker } = this.#ports;
    const flow = flowTo(target);
    if (flow === undefined) return health.failed(target, boardSaid("place.noWay", {}));
    const place = placeText(target);
    const { trunk } = loop;
    const cancel = sendOptions(this.#ports, {
      flow,
      uri: trunk.outboundProxy === undefined ? host : (trunk.hosts[0] ?? host),
      ...asker(trunk),
      patienceMs: PATIENCE_MS,
      watch: this.#watch,
      onDone: () => {
        this.#asking.delete(place);
        // Also of trunks that left it out because it was being asked, and of this one where it was edited meanwhile.
        this.turned(place);
      },
    });
    this.#asking.set(place, cancel);
  }
}
