import type { Counters } from "../../lib/counters.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { SipUri } from "../message/uri.ts";
import { familyOf, isOneHost } from "./address.ts";
import { DnsCache } from "./dns-cache.ts";
import type { DnsPort, NaptrRecord, SrvRecord } from "./dns-port.ts";
import type { Target } from "./transport.ts";

type Kind = "udp" | "tcp" | "tls";

export interface ResolverOptions {
  readonly dns: DnsPort;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters: Counters;
  /** What we can send by, the one we like best first: `["udp", "tcp", "tls"]`. */
  readonly transports: readonly Kind[];
  /** Address families with a listener, the one we like best first; without it `[4, 6]`. */
  readonly families?: readonly (4 | 6)[];
  /** For the log: something that is not as whoever made the zone may think. */
  readonly warn?: (text: string) => void;
}

/** From a SIP URI to the addresses to try, in order (RFC 3263 §4). */
export interface Resolver {
  /** At most 20 targets; none when the name has no address, or our transports and the URI's do not meet. Never rejects. */
  resolve(uri: SipUri): Promise<readonly Target[]>;
  /** The answer if no name needs to be looked up; undefined where `resolve` has to. */
  resolveNow(uri: SipUri): readonly Target[] | undefined;
}

interface Hop {
  readonly transport: Kind;
  readonly name: string;
  readonly port: number;
}

const MAX_TARGETS = 20;
/** Names of which it was said that they lead to more. */
const MOST_TOLD = 100;
const STALE_MS = 24 * 3_600_000;
const DEFAULT_PORT: Readonly<Record<Kind, number>> = { udp: 5060, tcp: 5060, tls: 5061 };
const SRV_PREFIX: Readonly<Record<Kind, string>> = { udp: "_sip._udp", tcp: "_sip._tcp", tls: "_sips._tcp" };
const NAPTR_SERVICE: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["SIP+D2U", "udp"],
  ["SIP+D2T", "tcp"],
  ["SIPS+D2T", "tls"],
]);

/** Builds the resolver, with a cache of its own. */
export function createResolver(options: ResolverOptions): Resolver {
  return new SipResolver(options);
}

class SipResolver implements Resolver {
  readonly #options: ResolverOptions;
  readonly #families: readonly (4 | 6)[];
  readonly #cache: DnsCache;
  readonly #told = new Set<string>();

  constructor(options: ResolverOptions) {
    this.#options = options;
    this.#families = options.families ?? [4, 6];
    const { clock, counters } = options;
    this.#cache = new DnsCache({ clock, counters, maxEntries: 5_000, staleMs: STALE_MS, maxInFlight: 200 });
  }

  // DEVIATION(RFC 3263 §4): the maddr parameter is not followed. It lets a stranger point us at any address
  // (reliability B10), and RFC 3261 §19.1.1 itself advises against it.
  resolveNow(uri: SipUri): readonly Target[] | undefined {
    const host = uri.host;
    if (familyOf(host) === 0) return isUsable(host) ? undefined : [];
    // RFC 3263 §4.1: a numeric host takes the transport parameter, else UDP for sip and TLS for sips.
    const kind = this.#asked(uri) ?? this.#simplest(uri);
    if (kind === undefined || kind === "unsupported" || !this.#can(kind)) return [];
    return [{ transport: kind, host, port: uri.port ?? DEFAULT_PORT[kind] }];
  }

  async resolve(uri: SipUri): Promise<readonly Target[]> {
    const now = this.resolveNow(uri);
    if (now !== undefined) return now;
    const hops = await this.#hops(uri);
    const targets: Target[] = [];
    let leftOut = 0;
    const addresses = await Promise.all(hops.map((hop) => this.#addresses(hop.name)));
    for (const [index, hop] of hops.entries()) {
      for (const host of addresses[index] ?? []) {
        const target = { transport: hop.transport, host, port: hop.port };
        if (targets.some((one) => isSamePlace(one, target))) continue;
        if (targets.length >= MAX_TARGETS) {
          leftOut += 1;
          continue;
        }
        // RFC 5922 §4: the certificate must be for the domain that was asked for, not for what SRV made of it.
        targets.push(hop.transport === "tls" ? { ...target, serverName: withoutRootDot(uri.host) } : target);
      }
    }
    if (leftOut > 0) this.#tellLeftOut(uri.host, MAX_TARGETS + leftOut);
    return targets;
  }

  /** Once for each name, so that a list that stays long is no flood of lines. */
  #tellLeftOut(host: string, found: number): void {
    const name = withoutRootDot(host);
    if (this.#told.has(name)) return;
    if (this.#told.size >= MOST_TOLD) this.#told.clear();
    this.#told.add(name);
    this.#options.warn?.(
      `The name ${name} leads to ${found} addresses; the first ${MAX_TARGETS} are used, and the others are not asked.`,
    );
  }

  async #hops(uri: SipUri): Promise<readonly Hop[]> {
    const asked = this.#asked(uri);
    if (asked === "unsupported") return [];
    const name = withoutRootDot(uri.host);
    const kinds = this.#candidates(uri, asked);
    if (kinds.length === 0) return [];
    // RFC 3263 §4.2: with a port, no SRV.
    if (uri.port !== undefined) {
      const kind = asked ?? this.#simplest(uri);
      return kind === undefined ? [] : [{ transport: kind, name, port: uri.port }];
    }
    // RFC 3263 §4.1. Few zones have NAPTR records, so nobody waits for them longer than for SRV.
    const [chosen, services] = await Promise.all([
      asked === undefined ? this.#viaNaptr(name, kinds) : [],
      Promise.all(kinds.map((kind) => this.#srv(`${SRV_PREFIX[kind]}.${name}`, kind))),
    ]);
    if (chosen.length > 0) return chosen;
    // RFC 2782: a single "." as target says that the service is decidedly not there.
    if (services.some((hops) => hops !== undefined)) return services.flatMap((hops) => hops ?? []);
    const kind = asked ?? this.#simplest(uri);
    return kind === undefined ? [] : [{ transport: kind, name, port: DEFAULT_PORT[kind] }];
  }

  /** The transport that the URI names. RFC 3261 §26.2.2: sips means TLS whatever the parameter says. */
  #asked(uri: SipUri): Kind | "unsupported" | undefined {
    const param = uri.params.get("transport")?.toLowerCase();
    if (param === undefined) return undefined;
    if (param !== "udp" && param !== "tcp" && param !== "tls") return "unsupported";
    if (uri.scheme === "sips") return param === "udp" ? "unsupported" : "tls";
    return param;
  }

  #candidates(uri: SipUri, asked: Kind | undefined): readonly Kind[] {
    if (asked !== undefined) return this.#can(asked) ? [asked] : [];
    return this.#options.transports.filter((kind) => (kind === "tls") === (uri.scheme === "sips"));
  }

  /** RFC 3263 §4.1: UDP for sip and TLS for sips where nothing says otherwise; TCP if we have no UDP. */
  #simplest(uri: SipUri): Kind | undefined {
    const kinds = this.#candidates(uri, undefined);
    return kinds.includes("udp") ? "udp" : kinds[0];
  }

  #can(kind: Kind): boolean {
    return this.#options.transports.includes(kind);
  }

  async #viaNaptr(name: string, kinds: readonly Kind[]): Promise<readonly Hop[]> {
    const answer = await this.#cache.get<NaptrRecord>(`NAPTR ${name}`, () => this.#options.dns.naptr(name));
    if (!answer.ok) return [];
    const usable = answer.value.records
      .filter((record) => record.flags.toLowerCase() === "s" && isUsable(record.replacement))
      .map((record) => ({ record, kind: NAPTR_SERVICE.get(record.service.toUpperCase()) }))
      .filter(({ kind }) => kind !== undefined && kinds.includes(kind))
      .sort((a, b) => a.record.order - b.record.order || a.record.preference - b.record.preference);
    const hops = await Promise.all(
      usable.slice(0, 5).map(({ record, kind }) => this.#srv(record.replacement, kind ?? "udp")),
    );
    return hops.flatMap((found) => found ?? []);
  }

  async #srv(name: string, transport: Kind): Promise<readonly Hop[] | undefined> {
    const answer = await this.#cache.get<SrvRecord>(`SRV ${name}`, () => this.#options.dns.srv(name));
    if (!answer.ok) return undefined;
    const records = answer.value.records.filter((record) => record.port > 0 && isUsable(record.name));
    return orderSrv(records, this.#options.ids).map((record) => ({
      transport,
      name: record.name,
      port: record.port,
    }));
  }

  async #addresses(name: string): Promise<readonly string[]> {
    if (familyOf(name) !== 0) return [name].filter(isOneHost);
    const found = await Promise.all(
      this.#families.map(async (family) => {
        // RFC 6761 §6.3: localhost is this machine without asking anyone.
        if (name === "localhost") return [family === 4 ? "127.0.0.1" : "::1"];
        const type = family === 4 ? "A" : "AAAA";
        const answer = await this.#cache.get<string>(`${type} ${name}`, () =>
          this.#options.dns.addresses(name, type),
        );
        return answer.ok ? answer.value.records : [];
      }),
    );
    // Name servers that block a name say 0.0.0.0, which the kernel takes for ourselves.
    return found.flat().filter(isOneHost);
  }
}

/** Several names may lead to one address, which is asked once. */
function isSamePlace(one: Target, other: Target): boolean {
  return one.host === other.host && one.port === other.port && one.transport === other.transport;
}

/** Priority by priority, within one by weighted lot (RFC 2782). */
export function orderSrv(records: readonly SrvRecord[], ids: Ids): readonly SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map((record) => record.priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    // RFC 2782: those of weight 0 stand first, so that they have a small chance beside the others.
    const left = records
      .filter((record) => record.priority === priority)
      .sort((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
    while (left.length > 0) {
      const total = left.reduce((sum, record) => sum + record.weight, 0);
      const lot = ids.integer(total + 1);
      let sum = 0;
      const index = left.findIndex((record) => {
        sum += record.weight;
        return sum >= lot;
      });
      ordered.push(...left.splice(index, 1));
    }
  }
  return ordered;
}

/** A name that DNS can be asked for: not empty, not the root, within the limits of RFC 1035 §2.3.4. */
function isUsable(name: string): boolean {
  if (name === "" || name === "." || name.length > 253) return false;
  return name
    .split(".")
    .every((label, index, all) => (label === "" ? index === all.length - 1 : label.length <= 63));
}

function withoutRootDot(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}
