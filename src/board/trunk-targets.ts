import type { Trunk } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Flow, isSips, parseUri, type Target, targetOf } from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import type { TargetHealth } from "./target-health.ts";
import type { Place } from "./trunk-search.ts";

export interface TrunkTargetsPorts {
  /** RFC 3263; an unknown host is an empty list. */
  readonly resolve: (uri: string) => Promise<readonly Target[]>;
  readonly flowTo: (target: Target) => Flow | undefined;
  /** The way that the trunk's registration has taken, while it is open. */
  readonly registrationFlow: (trunk: Trunk) => Flow | undefined;
  /** Each address that one of its hosts leads to. */
  readonly onTarget: (trunk: Trunk, target: Target, host: string) => void;
  /** A listener of this very server. */
  readonly isOurs: (target: Target) => boolean;
  readonly health: TargetHealth;
  readonly clock: Clock;
}

/** A place that a trunk is at, and the host of the configuration that led there. */
export interface ListedTarget {
  readonly host: string;
  readonly target: Target;
}

/** Names that are looked up anew wait no longer for DNS than this where their former addresses are known. */
const DNS_PATIENCE_MS = 500;

/** Only TLS leads there, and Request-URIs say so: each of its hosts is a sips address. One that is not allows both. */
export function isSecure({ hosts }: Pick<Trunk, "hosts">): boolean {
  return hosts.length > 0 && hosts.every(isSips);
}

/** Where requests to a trunk go, and may come from. */
export function placesOf({ hosts, outboundProxy }: Trunk): readonly string[] {
  return outboundProxy === undefined ? hosts : [outboundProxy, ...hosts];
}

/** Where requests to a trunk go first. */
export function hopsOf({ hosts, outboundProxy }: Trunk): readonly string[] {
  return outboundProxy === undefined ? hosts : [outboundProxy];
}

/** Whether we ask places of this trunk that are down if they are back. */
export function isProbed({ probeSeconds }: Pick<Trunk, "probeSeconds">): boolean {
  return probeSeconds !== 0;
}

/** Without places that are this very server, where there are others: it would refuse its own call as a stranger's. */
function othersThan<P>(isOurs: (place: P) => boolean, places: readonly P[]): readonly P[] {
  if (!places.some(isOurs)) return places;
  const others = places.filter((place) => !isOurs(place));
  return others.length > 0 ? others : places;
}

/** Where each trunk is: the flow of its registration, then the addresses of its hosts, as they were last resolved. */
export class TrunkTargets {
  readonly #ports: TrunkTargetsPorts;
  /** By trunk and place; of the trunks of the present configuration only. */
  #latest = new Map<string, Map<string, readonly Target[]>>();
  /** Of trunks whose hosts are all addresses, once they have been looked up: they stay where they are. */
  readonly #fixed = new WeakMap<Trunk, readonly Target[]>();

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
    for (const trunk of trunks) void this.resolve(trunk, placesOf(trunk));
  }

  /** The addresses of these places of the trunk, those that are down last; never rejects. */
  async resolve(trunk: Trunk, uris: readonly string[]): Promise<readonly Target[]> {
    const latest = this.#latest.get(trunk.name);
    const found = await Promise.all(
      uris.map((uri) => this.#soon(this.#lookUp(trunk, uri), latest?.get(uri) ?? NONE)),
    );
    return this.#ports.health.order(othersThan(this.#ports.isOurs, found.flat()), isProbed(trunk));
  }

  /**
   * Where a trunk of addresses is, those that are down last; undefined: there are names to look up. Nearly every call asks, and
   * one that waits for nothing need not take a turn of promises.
   */
  fixed(trunk: Trunk): readonly Target[] | undefined {
    const targets = this.#fixed.get(trunk);
    return targets === undefined ? undefined : this.#ports.health.order(targets, isProbed(trunk));
  }

  /** Ways to the trunk, best first, each once; a stream is opened when it is asked for. */
  *flows(trunk: Trunk): Generator<Flow> {
    const registered = this.#ports.registrationFlow(trunk);
    const targets = this.listed(trunk).map(({ target }) => target);
    const places: readonly Place[] = registered === undefined ? targets : [registered, ...targets];
    for (const place of this.#ports.health.order(places, isProbed(trunk))) {
      const flow = "remote" in place ? place : this.#ports.flowTo(place);
      if (flow !== undefined && (place === registered || flow !== registered)) yield flow;
    }
  }

  /** Each place once, in the order of the configuration. */
  listed(trunk: Trunk): readonly ListedTarget[] {
    const known = this.#latest.get(trunk.name);
    const listed = new Map<string, ListedTarget>();
    for (const host of hopsOf(trunk)) {
      for (const target of known?.get(host) ?? NONE) {
        const place = placeText(target);
        if (!listed.has(place)) listed.set(place, { host, target });
      }
    }
    return othersThan(({ target }) => this.#ports.isOurs(target), [...listed.values()]);
  }

  async #lookUp(trunk: Trunk, uri: string): Promise<readonly Target[]> {
    const found = await this.#ports.resolve(uri);
    const targets = isSecure(trunk) ? found.filter(({ transport }) => transport === "tls") : found;
    for (const target of targets) this.#ports.onTarget(trunk, target, uri);
    const known = targets.length > 0 ? this.#latest.get(trunk.name) : undefined;
    if (known === undefined || known.get(uri) === targets) return targets;
    known.set(uri, targets);
    const hops = hopsOf(trunk);
    if (hops.every((hop) => isAddress(hop) && known.has(hop)))
      this.#fixed.set(
        trunk,
        othersThan(
          this.#ports.isOurs,
          hops.flatMap((hop) => known.get(hop) ?? NONE),
        ),
      );
    return targets;
  }

  /** A call does not wait for a name server that has become slow (reliability H4). */
  async #soon(found: Promise<readonly Target[]>, known: readonly Target[]): Promise<readonly Target[]> {
    if (known.length === 0) return found;
    const { promise: late, resolve } = Promise.withResolvers<readonly Target[]>();
    const timer = this.#ports.clock.after(DNS_PATIENCE_MS, () => resolve(known));
    const targets = await Promise.race([found, late]);
    timer.cancel();
    return targets;
  }
}

const NONE: readonly Target[] = [];

/** Whether a SIP URI names an address, which no look-up changes. */
function isAddress(text: string): boolean {
  const uri = parseUri(text);
  return uri.ok && targetOf(uri.value) !== undefined;
}
