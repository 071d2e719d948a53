import { Spending } from "../../lib/spending.ts";
import type { Means } from "./guard-limits.ts";
import type { HostPort, TransportKind } from "./transport.ts";

/** What a known flow, a trunk or a stream of our own has spent. */
export class Account {
  readonly begins = new Spending();
  readonly follows = new Spending();
}

/** Whom we know, and what they have spent. */
export interface Known {
  readonly account: Account;
  readonly means: Means;
}

interface TrunkFlow extends Known {
  readonly transport: TransportKind;
  readonly host: string;
  readonly port: number;
  usedAt: number;
}

/** A trunk sends from few places, a forger of its addresses from as many ports as there are. */
const MAX_FLOWS = 8;
const FORGET_AFTER_MS = 600_000;

/**
 * What a trunk has spent: all its addresses and ports together, and before that each of its first flows by itself, so
 * that who forges other ports of its addresses takes nothing from the trunk's own.
 */
export class TrunkAccount implements Known {
  readonly account = new Account();
  /** What came from beyond the first places: a part of the whole. */
  readonly others = new Spending();
  readonly means: Means;
  readonly #ofFlow: Means;
  readonly #flows: TrunkFlow[] = [];

  constructor(means: Means, ofFlow: Means) {
    this.means = means;
    this.#ofFlow = ofFlow;
  }

  /** The flow's own account; undefined for one that came when all places were taken. `now` in ms. */
  flow(transport: TransportKind, { host, port }: HostPort, now: number): Known | undefined {
    const flows = this.#flows;
    let flow = flows.find((one) => one.port === port && one.host === host && one.transport === transport);
    if (flow === undefined) {
      const at =
        flows.length < MAX_FLOWS
          ? flows.length
          : flows.findIndex((one) => now - one.usedAt >= FORGET_AFTER_MS);
      if (at < 0) return undefined;
      flow = { transport, host, port, account: new Account(), means: this.#ofFlow, usedAt: now };
      flows[at] = flow;
    }
    flow.usedAt = now;
    return flow;
  }
}
