import type { Trunk } from "../model/snapshot.ts";
import { type Flow, parseUri, type Reach, type Target } from "../sip/index.ts";
import type { Peers } from "./peers.ts";
import type { TrunkAddresses } from "./trunk-addresses.ts";
import { placesOf } from "./trunk-targets.ts";

/** What the guard asks. */
export interface ReachParts {
  readonly peers: Peers;
  readonly learned: TrunkAddresses;
  /** A listener of ours, under any of its addresses. */
  readonly isOurs: (place: Flow["remote"]) => boolean;
  /** Whether this phone is registered from this address now. */
  readonly isPhoneAt: (extension: string, address: string) => boolean;
  readonly whereabouts: Whereabouts;
}

/** Where our peers are by our own knowledge, not by what they say. */
export interface Whereabouts {
  /** The contacts of a phone that can be reached now, with the flows on which it registered. */
  phone(extension: string): Iterable<{ readonly contactUri: string; readonly flow: Flow }>;
  /** The flow of the trunk's registration, then its hosts by health; opened as they are asked for. */
  trunk(trunk: Trunk): Iterable<Flow>;
}

/**
 * May we send there? The one answer for every address that a peer names; what it is worth depends on who names it.
 * Configuration (a trunk's hosts) is not asked about: it leads where it says.
 */
export class ReachGuard {
  readonly #parts: ReachParts;
  readonly #phones = new Map<string, Reach>();
  readonly #trunks = new Map<Trunk, Reach>();

  constructor(parts: ReachParts) {
    this.#parts = parts;
  }

  /** Of a dialog with a phone of ours: it stays where the phone speaks from, or is registered (RFC 5626 §5.3). */
  phone(extension: string): Reach {
    let reach = this.#phones.get(extension);
    if (reach === undefined) {
      reach = {
        mayLead: (target, flow) => this.isBesides(target, flow),
        mayMove: (to, from) => this.#mayPhoneMove(extension, to, from),
        movedTo: (remoteTarget) => this.#flowsOfPhone(extension, remoteTarget),
      };
      this.#phones.set(extension, reach);
    }
    return reach;
  }

  /** Of a dialog with a trunk: its own addresses, and public ones that are neither ours nor another trunk's. */
  trunk(trunk: Trunk): Reach {
    let reach = this.#trunks.get(trunk);
    if (reach === undefined) {
      reach = {
        mayLead: (target, flow) =>
          !this.#parts.isOurs(target) &&
          (target.host === flow.remote.host ||
            this.isAt(trunk, target.host) ||
            (!this.isTrunks(target.host) && this.#parts.peers.isPublic(target.host))),
        mayMove: (to, from) => this.#mayTrunkMove(trunk, to, from),
        names: namesOf(trunk),
        hosts: () => this.#parts.whereabouts.trunk(trunk),
      };
      this.#trunks.set(trunk, reach);
    }
    return reach;
  }

  /** Some trunk is at this address: by configuration, or because its host's name led there. */
  isTrunks(address: string): boolean {
    const { peers, learned } = this.#parts;
    return peers.trunkAt(address) !== undefined || learned.at(address).length > 0;
  }

  /** Nothing that a phone registers leads to a listener of ours, and no call to a trunk is sent there. */
  isOurs(place: Flow | Target): boolean {
    return this.#parts.isOurs("remote" in place ? place.remote : place);
  }

  /** The very contact that the dialog has first, then others from its address: which device it was is not said. */
  #flowsOfPhone(extension: string, remoteTarget: string): Iterable<Flow> {
    const bindings = [...this.#parts.whereabouts.phone(extension)];
    const uri = parseUri(remoteTarget);
    const host = uri.ok && "host" in uri.value ? uri.value.host : "";
    const rank = (one: { readonly contactUri: string; readonly flow: Flow }): number =>
      one.contactUri === remoteTarget ? 0 : one.flow.remote.host === host ? 1 : 2;
    return bindings
      .filter(({ flow }) => !this.isOurs(flow))
      .sort((a, b) => rank(a) - rank(b))
      .map(({ flow }) => flow);
  }

  /** This trunk is at the address, by configuration or because its host's name led there, whoever else is there too. */
  isAt(trunk: Trunk, address: string): boolean {
    const { peers, learned } = this.#parts;
    return peers.isAt(trunk, address) || learned.at(address).includes(trunk.name);
  }

  /**
   * Another port of the very address that the phone speaks from: what phones mean that send from a port on which they do
   * not listen. At a trunk's address, or ours, that port may belong to somebody else, so only the flow counts there.
   */
  isBesides(target: Target, flow: Flow): boolean {
    return (
      target.transport === flow.transport &&
      target.host === flow.remote.host &&
      !this.isTrunks(target.host) &&
      !this.#parts.isOurs(target)
    );
  }

  /** A stream has shown that its far end is there; a datagram may be a forged one, so its source has to be known. */
  #mayPhoneMove(extension: string, to: Flow, from: Flow): boolean {
    const { isOurs, isPhoneAt } = this.#parts;
    if (isOurs(to.remote)) return false;
    if (to.reliable) return true;
    const { host, port } = to.remote;
    if (host === from.remote.host) return port === from.remote.port || !this.isTrunks(host);
    return !this.isTrunks(host) && isPhoneAt(extension, host);
  }

  #mayTrunkMove(trunk: Trunk, to: Flow, from: Flow): boolean {
    const { host, port } = to.remote;
    const { isOurs, peers } = this.#parts;
    if (host === from.remote.host && port === from.remote.port) return true;
    if (isOurs(to.remote)) return false;
    if (host === from.remote.host || this.isAt(trunk, host)) return true;
    return !this.isTrunks(host) && peers.isPublic(host);
  }
}

/** Whom the certificates of a trunk may be for: the hosts of its configuration, names before addresses. */
export function namesOf(trunk: Trunk): readonly string[] {
  const hosts = placesOf(trunk).flatMap((text) => {
    const uri = parseUri(text);
    return uri.ok && "host" in uri.value ? [uri.value.host.replace(/\.$/, "")] : [];
  });
  const isNumeric = (host: string): boolean => /^[\d.]+$|:/.test(host);
  return [...new Set([...hosts.filter((one) => !isNumeric(one)), ...hosts.filter(isNumeric)])];
}
