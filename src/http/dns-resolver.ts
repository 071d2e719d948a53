import dns, { type RecordWithTtl } from "node:dns";
import { err, ok, type Result } from "../lib/result.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { hostsFile } from "./hosts-file.ts";
import type { NameAnswer, NameFailure, NameResolver } from "./names.ts";

export interface DnsOptions {
  readonly clock: Clock;
  /** `address` or `address:port`; default: those of the machine. */
  readonly servers?: readonly string[];
  readonly hostsPath?: string;
  /** What is asked about a name that DNS does not have; undefined: nothing. Default: the system's look-up. */
  readonly systemLookup?: ((name: string) => Promise<readonly string[]>) | undefined;
}

const TIMEOUT_MS = 1_000;
const TRIES = 2;
const OTHER_KIND_MS = 50;
const MAX_TTL_S = 30;
const MAX_NAMES = 1_000;
const MAX_SYSTEM_LOOKUPS = 2;

type Answer = Result<NameAnswer, NameFailure>;

/**
 * Looks names up with our own resolver instead of `dns.lookup`, which occupies a thread of Node's small pool
 * for as long as a silent DNS server likes. In this order: `localhost` (RFC 6761 §6.3), the hosts file, DNS,
 * and only for a name that DNS does not have the system's look-up (search domains, mDNS), at most two at a
 * time. Answers are remembered for their TTL, at most 30 s; concurrent questions for a name are one.
 */
export function dnsResolver(options: DnsOptions): NameResolver {
  const { clock } = options;
  const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  const hosts = hostsFile(clock, options.hostsPath ?? "/etc/hosts");
  const system = limited("systemLookup" in options ? options.systemLookup : systemLookup);
  const remembered = new Map<string, { readonly answer: Answer; readonly untilMs: number }>();
  const asking = new Map<string, Promise<Answer>>();

  const ask = async (name: string): Promise<Answer> => {
    const fixed = await hosts(name);
    if (fixed.length > 0) return ok({ addresses: fixed, ttl: 0 });
    const answer = await askDns(clock, resolver, name);
    if (answer.ok || answer.error.code !== "nameNotFound") return answer;
    const found = await system(name);
    return found.length > 0 ? ok({ addresses: found, ttl: 0 }) : answer;
  };
  const keep = (name: string, answer: Answer): Answer => {
    asking.delete(name);
    if (answer.ok && answer.value.ttl > 0) {
      const oldest = remembered.keys().next();
      if (remembered.size >= MAX_NAMES && !oldest.done) remembered.delete(oldest.value);
      remembered.set(name, { answer, untilMs: clock.now() + answer.value.ttl * 1_000 });
    }
    return answer;
  };
  return {
    async resolve(written) {
      const name = written.toLowerCase().replace(/\.$/, "");
      if (name === "localhost" || name.endsWith(".localhost")) {
        return ok({ addresses: ["127.0.0.1", "::1"], ttl: 0 });
      }
      const known = remembered.get(name);
      if (known !== undefined) {
        if (clock.now() < known.untilMs) return known.answer;
        remembered.delete(name);
      }
      let question = asking.get(name);
      if (question === undefined) {
        question = ask(name).then((answer) => keep(name, answer));
        asking.set(name, question);
      }
      return question;
    },
  };
}

/**
 * A and AAAA at once. One kind is enough: where it has addresses, the other gets 50 ms more (RFC 8305 §3), for
 * some name servers never answer AAAA. IPv4 first, being what nearly every installation can route.
 */
async function askDns(clock: Clock, resolver: dns.Resolver, name: string): Promise<Answer> {
  const asked = [query(resolver, "resolve4", name), query(resolver, "resolve6", name)] as const;
  const [a, aaaa] = await bothOrSoon(clock, asked);
  const records = [...(a.records ?? []), ...(aaaa.records ?? [])];
  if (records.length > 0) {
    const ttl = records.reduce((least, record) => Math.min(least, record.ttl), MAX_TTL_S);
    return ok({ addresses: records.map((record) => record.address), ttl });
  }
  const failed = [a.code, aaaa.code].find(
    (code) => code !== "" && code !== dns.NOTFOUND && code !== dns.NODATA,
  );
  if (failed === undefined) return err({ code: "nameNotFound" });
  return failed === dns.TIMEOUT
    ? err({ code: "nameTimeout" })
    : err({ code: "nameServerFailed", detail: failed });
}

interface Records {
  readonly records: readonly RecordWithTtl[] | undefined;
  /** Empty without a failure. */
  readonly code: string;
}

const NOTHING_YET: Records = { records: undefined, code: "" };

function bothOrSoon(
  clock: Clock,
  asked: readonly [Promise<Records>, Promise<Records>],
): Promise<readonly [Records, Records]> {
  return new Promise((resolve) => {
    const got: [Records, Records] = [NOTHING_YET, NOTHING_YET];
    let missing = 2;
    let timer: Timer | undefined;
    const arrived = (index: 0 | 1, records: Records): void => {
      got[index] = records;
      missing -= 1;
      if (missing === 0) {
        timer?.cancel();
        resolve(got);
      } else if (records.records !== undefined && records.records.length > 0) {
        timer = clock.after(OTHER_KIND_MS, () => resolve([...got]));
      }
    };
    void asked[0].then((records) => arrived(0, records));
    void asked[1].then((records) => arrived(1, records));
  });
}

function query(resolver: dns.Resolver, method: "resolve4" | "resolve6", name: string): Promise<Records> {
  return new Promise((resolve) => {
    resolver[method](name, { ttl: true }, (error, records) =>
      resolve(error === null ? { records, code: "" } : { records: undefined, code: error.code ?? "unknown" }),
    );
  });
}

function systemLookup(name: string): Promise<readonly string[]> {
  return new Promise((resolve) => {
    dns.lookup(name, { all: true }, (error, found) =>
      resolve(error === null ? found.map((one) => one.address) : []),
    );
  });
}

/** Keeps the system's look-up from filling Node's four pool threads: past two at a time it finds nothing. */
function limited(
  lookup: ((name: string) => Promise<readonly string[]>) | undefined,
): (name: string) => Promise<readonly string[]> {
  let running = 0;
  return async (name) => {
    if (lookup === undefined || running >= MAX_SYSTEM_LOOKUPS) return [];
    running += 1;
    try {
      return await lookup(name);
    } finally {
      running -= 1;
    }
  };
}
