import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";
import { familyOf } from "./address.ts";

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

/** Records with the time they may be kept. */
export interface DnsAnswer<R> {
  readonly records: readonly R[];
  readonly ttlMs: number;
}

/** `notFound`: the servers say that there is none. `failed`: nobody answered in time, or not usefully. */
export type DnsFailure = "notFound" | "failed";

/** What the SIP resolver needs of DNS; tests pass their own. */
export interface DnsPort {
  addresses(name: string, type: "A" | "AAAA"): Promise<Result<DnsAnswer<string>, DnsFailure>>;
  srv(name: string): Promise<Result<DnsAnswer<SrvRecord>, DnsFailure>>;
  naptr(name: string): Promise<Result<DnsAnswer<NaptrRecord>, DnsFailure>>;
}

export interface SystemDnsOptions {
  readonly clock: Clock;
  /** All tries at all servers together. */
  readonly timeoutMs: number;
  /** Name servers as `host[:port]`; without it those of the system. */
  readonly servers?: readonly string[];
  /** Read for names that DNS does not carry; undefined: none. */
  readonly hostsFile?: string;
}

/** Node gives no TTL for SRV and NAPTR. */
const UNKNOWN_TTL_MS = 60_000;
const HOSTS_FRESH_MS = 30_000;
const NOT_FOUND = new Set(["ENOTFOUND", "ENODATA", "ENONAME"]);

/**
 * The system's name servers through c-ares, each question with a deadline of its own. Not `dns.lookup`: that runs
 * on the four threads that files and crypto share, so a hundred hanging names would stop those (reliability H4).
 */
export function systemDns(options: SystemDnsOptions): DnsPort {
  const resolver = new Resolver({ timeout: options.timeoutMs, tries: 1 });
  if (options.servers !== undefined) resolver.setServers([...options.servers]);
  const hosts = hostsReader(options);

  const ask = async <R>(question: Promise<DnsAnswer<R>>): Promise<Result<DnsAnswer<R>, DnsFailure>> => {
    const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<Result<DnsAnswer<R>, DnsFailure>>();
    const timer = options.clock.after(options.timeoutMs, () => giveUp(err("failed")));
    const answer = question.then(
      (value): Result<DnsAnswer<R>, DnsFailure> => (value.records.length > 0 ? ok(value) : err("notFound")),
      (error: { code?: string }): Result<DnsAnswer<R>, DnsFailure> =>
        err(NOT_FOUND.has(error.code ?? "") ? "notFound" : "failed"),
    );
    const result = await Promise.race([answer, tooLate]);
    timer.cancel();
    return result;
  };

  const records = async (name: string, type: "A" | "AAAA"): Promise<DnsAnswer<string>> => {
    const found =
      type === "A"
        ? await resolver.resolve4(name, { ttl: true })
        : await resolver.resolve6(name, { ttl: true });
    const ttl = Math.min(...found.map((record) => record.ttl));
    return { records: found.map((record) => record.address), ttlMs: ttl * 1_000 };
  };
  const keep = <R>(found: readonly R[]): DnsAnswer<R> => ({ records: found, ttlMs: UNKNOWN_TTL_MS });

  return {
    async addresses(name, type) {
      const listed = (await hosts(name)).filter((address) => familyOf(address) === (type === "A" ? 4 : 6));
      if (listed.length > 0) return ok({ records: listed, ttlMs: HOSTS_FRESH_MS });
      return ask(records(name, type));
    },
    srv: (name) => ask(resolver.resolveSrv(name).then(keep)),
    naptr: (name) => ask(resolver.resolveNaptr(name).then(keep)),
  };
}

/** Reads `address name name…` lines, as in hosts(5); names in lower case. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const line of text.split("\n", 10_000)) {
    const [address, ...names] = (line.split("#", 1)[0] ?? "").split(/\s+/).filter((word) => word !== "");
    if (address === undefined || familyOf(address) === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      const known = byName.get(key);
      if (known === undefined) byName.set(key, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return byName;
}

function hostsReader({ clock, hostsFile }: SystemDnsOptions): (name: string) => Promise<readonly string[]> {
  let readAt = Number.NEGATIVE_INFINITY;
  let hosts: Promise<ReadonlyMap<string, readonly string[]>> = Promise.resolve(new Map());
  return async (name) => {
    if (hostsFile !== undefined && clock.now() - readAt >= HOSTS_FRESH_MS) {
      readAt = clock.now();
      hosts = readFile(hostsFile, "utf8").then(parseHosts, () => new Map<string, readonly string[]>());
    }
    return (await hosts).get(name.toLowerCase()) ?? [];
  };
}
