import ipaddr from "ipaddr.js";
import { GenerationCache } from "../lib/generation-cache.ts";
import type { Snapshot, Trunk } from "../model/snapshot.ts";
import { parseUri } from "../sip/index.ts";

type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** Which trunk an address belongs to, and which addresses are public; made anew when trunks change. */
export class Peers {
  readonly #trunks: readonly { readonly trunk: Trunk; readonly networks: readonly Network[] }[];
  readonly #found = new GenerationCache<string, Trunk | "none">(4096);

  constructor(trunks: Snapshot["trunks"]) {
    this.#trunks = trunks.map((trunk) => ({
      trunk,
      networks: [
        ...trunk.acceptFrom.map(network),
        ...trunk.hosts.flatMap(numericHost),
        ...numericHost(trunk.outboundProxy ?? ""),
      ],
    }));
  }

  /** The trunk whose networks hold this address. */
  trunkAt(address: string): Trunk | undefined {
    let found = this.#found.get(address);
    if (found === undefined) {
      found = this.#trunks.find(({ networks }) => holds(networks, address))?.trunk ?? "none";
      this.#found.set(address, found);
    }
    return found === "none" ? undefined : found;
  }

  /** Whether the address is in this trunk's networks, whoever else has it there too. */
  isAt(trunk: Trunk, address: string): boolean {
    const own = this.#trunks.find((one) => one.trunk.name === trunk.name);
    return own !== undefined && holds(own.networks, address);
  }

  /** No loopback, private, link-local, shared, multicast or broadcast address, in none of its spellings. */
  isPublic(address: string): boolean {
    return parsed(address)?.range() === "unicast";
  }
}

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  // An IPv4 address is IPv4 also when it is written inside an IPv6 one (RFC 5118 §4.9).
  return ipaddr.process(address);
}

function holds(networks: readonly Network[], address: string): boolean {
  const ip = parsed(address);
  return (
    ip !== undefined && networks.some(([base, bits]) => base.kind() === ip.kind() && ip.match(base, bits))
  );
}

/** An IPv4 network is IPv4 also when it is written inside an IPv6 one: `::ffff:192.0.2.0/120`. */
function network(cidr: string): Network {
  const [base, bits] = ipaddr.parseCIDR(cidr);
  if (!(base instanceof ipaddr.IPv6) || !base.isIPv4MappedAddress() || bits < 96)
    return [base, bits] as Network;
  return [base.toIPv4Address(), bits - 96] as Network;
}

function numericHost(uri: string): readonly Network[] {
  const host = parseUri(uri);
  if (!host.ok || !("host" in host.value)) return [];
  const ip = parsed(host.value.host);
  return ip === undefined ? [] : [[ip, ip.kind() === "ipv4" ? 32 : 128] as Network];
}
