import type { Trunk } from "../model/snapshot.ts";
import {
  type Flow,
  formatUri,
  noParams,
  parseNameAddr,
  parseUri,
  proxyRoute,
  type Target,
  type Uri,
} from "../sip/index.ts";
import type { ReachGuard } from "./reach-guard.ts";

/** Our registration at a trunk, as far as calls through it are concerned. */
export interface TrunkLine {
  readonly contactUser: string;
  /** Route header values (RFC 3608). */
  readonly serviceRoute: readonly string[];
  readonly flow: Flow | undefined;
  /** The same, where its registrar does outbound. */
  readonly outboundFlow: Flow | undefined;
}

/** What is asked on the way. */
export interface TrunkWayPorts {
  /** RFC 3263 for a host of this trunk; rejects never, an unknown host is an empty list. */
  resolve(trunk: Trunk, uri: string): Promise<readonly Target[]>;
  /** The same for a host that somebody named; nothing is remembered of it. */
  lookUp(uri: string): Promise<readonly Target[]>;
  flowTo(target: Target): Flow | undefined;
  /** What a trunk's registrar gave us; undefined: a peer. */
  line(trunk: Trunk): TrunkLine | undefined;
  /** Where phones and trunks may lead us, in the configuration that is in force. */
  reach(): ReachGuard;
}

/** How requests get to a trunk. */
export interface TrunkWay {
  /** Route header values, the first one first. */
  readonly routes: readonly string[];
  /** Tried in this order; empty: nothing could be resolved, or `closed`. */
  readonly flows: readonly Flow[];
  /** A place that was found and that we cannot send to. */
  readonly closed?: Target | undefined;
}

/**
 * Through the trunk's outbound proxy, where it has one (RFC 3261 §8.1.2), and along the service route that its registrar
 * gave us (RFC 3608 §6.1); else straight to its hosts, each with all its addresses.
 */
export async function wayToTrunk(trunk: Trunk, ports: TrunkWayPorts): Promise<TrunkWay> {
  const service = ports.line(trunk)?.serviceRoute ?? [];
  const proxy = sipUri(trunk.outboundProxy ?? "");
  if (trunk.outboundProxy !== undefined && proxy !== undefined) {
    // Many registrars name the proxy itself first: once is enough. A user part there says more than where (`orig@`).
    const [first] = service;
    const beyond = first !== undefined && isSamePlace(hop(first), proxy) ? service.slice(1) : service;
    return {
      routes: [proxyRoute(proxy), ...beyond],
      ...(await flowsTo(trunk, [trunk.outboundProxy], ports)),
    };
  }
  const [first] = service;
  const along = first === undefined ? [] : await flowsAlong(trunk, hop(first), ports);
  return {
    routes: service,
    ...(along.length > 0 ? { flows: along } : await flowsTo(trunk, trunk.hosts, ports)),
  };
}

type SipUri = Extract<Uri, { readonly host: string }>;

/** The host that holds our registration first: the others may not know us. */
async function flowsTo(
  trunk: Trunk,
  hosts: readonly string[],
  ports: TrunkWayPorts,
): Promise<Pick<TrunkWay, "flows" | "closed">> {
  const registered = ports.line(trunk)?.flow;
  const flows: Flow[] = registered === undefined ? [] : [registered];
  let closed: Target | undefined;
  for (const host of hosts) {
    for (const target of await ports.resolve(trunk, host)) {
      const flow = ports.flowTo(target);
      if (flow === undefined) closed ??= target;
      else if (flow !== registered) flows.push(flow);
    }
  }
  return { flows, closed };
}

/**
 * To the first host of a service route. Whoever answered our REGISTER wrote it, over UDP even somebody else, so it leads
 * no further than a Contact of this trunk would.
 */
async function flowsAlong(trunk: Trunk, uri: SipUri | undefined, ports: TrunkWayPorts): Promise<Flow[]> {
  const registered = ports.line(trunk)?.flow;
  if (uri === undefined || registered === undefined) return [];
  const transport = uri.params.get("transport");
  const params = transport === undefined ? noParams : noParams.with(["transport", transport]);
  const text = formatUri({ ...uri, user: undefined, password: undefined, headers: undefined, params });
  const reach = ports.reach().trunk(trunk);
  const flows: Flow[] = [];
  for (const target of await ports.lookUp(text)) {
    const flow = reach.mayLead(target, registered) ? ports.flowTo(target) : undefined;
    if (flow !== undefined) flows.push(flow);
  }
  return flows;
}

function hop(route: string): SipUri | undefined {
  const read = parseNameAddr(route);
  return read.ok && "host" in read.value.uri ? read.value.uri : undefined;
}

function sipUri(text: string): SipUri | undefined {
  const read = parseUri(text);
  return read.ok && "host" in read.value ? read.value : undefined;
}

function isSamePlace(one: SipUri | undefined, other: SipUri): boolean {
  return one?.user === undefined && one?.host === other.host && portOf(one) === portOf(other);
}

function portOf({ scheme, port, params }: SipUri): number {
  return port ?? (scheme === "sips" || params.get("transport")?.toLowerCase() === "tls" ? 5061 : 5060);
}
