import type { Counters } from "../../lib/counters.ts";
import { sourceKey } from "./address.ts";
import type { TransportLimits } from "./limits.ts";

/** Counts streams, so that nobody uses up all file descriptors with connections that stay silent (AST-2016-005). */
export class ConnectionGate {
  readonly #limits: TransportLimits;
  readonly #counters: Counters;
  readonly #perSource = new Map<string, number>();
  #open = 0;

  constructor(limits: TransportLimits, counters: Counters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** Streams open now. */
  get open(): number {
    return this.#open;
  }

  /** Lets one more inbound stream in; the function returned is to be called once when it ends. Undefined: refused. */
  enter(address: string): (() => void) | undefined {
    const key = sourceKey(address);
    const ofSource = this.#perSource.get(key) ?? 0;
    if (ofSource >= this.#limits.maxConnectionsPerSource) return this.#refuse("source");
    const leave = this.enterOutbound();
    if (leave === undefined) return undefined;
    this.#perSource.set(key, ofSource + 1);
    return () => {
      leave();
      const left = (this.#perSource.get(key) ?? 1) - 1;
      if (left > 0) this.#perSource.set(key, left);
      else this.#perSource.delete(key);
    };
  }

  /** The same for an outbound stream: only the total counts. */
  enterOutbound(): (() => void) | undefined {
    if (this.#open >= this.#limits.maxConnections) return this.#refuse("total");
    this.#open += 1;
    return () => {
      this.#open -= 1;
    };
  }

  #refuse(reason: "source" | "total"): undefined {
    this.#counters.add(`sip_connections_refused{reason="${reason}"}`);
    return undefined;
  }
}
