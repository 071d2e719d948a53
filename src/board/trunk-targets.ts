import type { Trunk } from "../model/snapshot.ts";
import type { Flow, Target } from "../sip/index.ts";

export interface TrunkTargetsPorts {
  /** RFC 3263; an unknown host is an empty list. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
  readonly flowTo: (target: Target) => Flow | undefined;
  /** The way that the trunk's registration has taken, while it is open. */
  readonly registrationFlow: (trunk: Trunk) => Flow | undefined;
  /** Each address that a name leads to. */
  readonly onTarget: (trunk: Trunk, target: Target) => void;
}

/** Where requests to a trunk go, and may come from. */
export function placesOf({ hosts, outboundProxy }: Trunk): readonly string[] {
  return outboundProxy === undefined ? hosts : [outboundProxy, ...hosts];
}

/** Where each trunk is: the flow of its registration, then the addresses of its hosts, as they were last resolved. */
export class TrunkTargets {
  readonly #ports: TrunkTargetsPorts;
  /** By trunk and place; of the trunks of the present configuration only. */
  #latest = new Map<string, Map<string, readonly Target[]>>();

  constructor(ports: TrunkTargetsPorts) {
    this.#ports = ports;
  }

  /** Looks all hosts up, so that the way to each trunk is known before it is needed. */
  follow(trunks: readonly Trunk[]): void {
    const before = this.#latest;
    this.#latest = new Map();
    for (const trunk of trunks) {
      const places = placesOf(trunk);
      const known = [...(before.get(trunk.name) ?? [])].filter(([place]) => places.includes(place));
      this.#latest.set(trunk.name, new Map(known));
    }
    for (const trunk of trunks) for (const place of placesOf(trunk)) void this.resolve(trunk, place);
  }

  /** The addresses of one place of the trunk; never rejects. */
  async resolve(trunk: Trunk, uri: string): Promise<readonly Target[]> {
    const targets = await this.#ports.resolve(uri);
    for (const target of targets) this.#ports.onTarget(trunk, target);
    const known = targets.length > 0 ? this.#latest.get(trunk.name) : undefined;
    if (known !== undefined && known.get(uri) !== targets) known.set(uri, targets);
    return targets;
  }

  /** Ways to the trunk, best first, each once; a stream is opened when it is asked for. */
  *flows(trunk: Trunk): Generator<Flow> {
    const registered = this.#ports.registrationFlow(trunk);
    if (registered !== undefined) yield registered;
    const known = this.#latest.get(trunk.name);
    const places = trunk.outboundProxy === undefined ? trunk.hosts : [trunk.outboundProxy];
    for (const place of places) {
      for (const target of known?.get(place) ?? []) {
        const flow = this.#ports.flowTo(target);
        if (flow !== undefined && flow !== registered) yield flow;
      }
    }
  }
}
