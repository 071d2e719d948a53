import type { Trunk } from "../model/snapshot.ts";
import {
  type Flow,
  formatUri,
  noParams,
  parseNameAddr,
  parseUri,
  proxyRoute,
  type SipUri,
  type Target,
} from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import { namesOf, type ReachGuard } from "./reach-guard.ts";
import type { Place } from "./trunk-search.ts";
import { isSecure } from "./trunk-targets.ts";

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
  /** Where a trunk is, in order, if no name has to be looked up for it. */
  fixed(trunk: Trunk): readonly Target[] | undefined;
  /** RFC 3263 for hosts of this trunk, in order; rejects never, of unknown hosts it is an empty list. */
  resolve(trunk: Trunk, uris: readonly string[]): Promise<readonly Target[]>;
  /** RFC 3263 for a host that somebody named; nothing is remembered of it. */
  lookUp(uri: string): Promise<readonly Target[]>;
  flowTo(target: Target): Flow | undefined;
  /** Those that are down last. */
  order(trunk: Trunk, places: readonly Place[]): readonly Place[];
  /** What a trunk's registrar gave us; undefined: a peer. */
  line(trunk: Trunk): TrunkLine | undefined;
  /** Where phones and trunks may lead us, in the configuration that is in force. */
  reach(): ReachGuard;
}

/** How requests get to a trunk. */
export interface TrunkWay {
  /** Route header values, the first one first. */
  readonly routes: readonly string[];
  /** Tried in this order. */
  readonly places: readonly Place[];
  /** The first of them, opened; undefined: nothing could be resolved, or `closed`. */
  readonly flow: Flow | undefined;
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
      ...opened(await placesAt(trunk, [trunk.outboundProxy], ports), ports),
    };
  }
  const [first] = service;
  if (first === undefined)
    return { routes: service, ...opened(await placesAt(trunk, trunk.hosts, ports), ports) };
  const along = opened(await placesAlong(trunk, hop(first), ports), ports);
  return {
    routes: service,
    ...(along.flow !== undefined ? along : opened(await placesAt(trunk, trunk.hosts, ports), ports)),
  };
}

/** The host that holds our registration first: the others may not know us. */
async function placesAt(
  trunk: Trunk,
  hosts: readonly string[],
  ports: TrunkWayPorts,
): Promise<readonly Place[]> {
  const found = ports.fixed(trunk) ?? (await ports.resolve(trunk, hosts));
  const registered = ports.line(trunk)?.flow;
  if (registered === undefined) return found;
  const others = found.filter((target) => placeText(target) !== placeText(registered));
  return ports.order(trunk, [registered, ...others]);
}

/**
 * To the first host of a service route. Whoever answered our REGISTER wrote it, over UDP even somebody else, so it leads
 * no further than a Contact of this trunk would.
 */
async function placesAlong(
  trunk: Trunk,
  uri: SipUri | undefined,
  ports: TrunkWayPorts,
): Promise<readonly Place[]> {
  const registered = ports.line(trunk)?.flow;
  if (uri === undefined || registered === undefined) return [];
  const transport = uri.params.get("transport");
  const params = transport === undefined ? noParams : noParams.with(["transport", transport]);
  const text = formatUri({ ...uri, user: undefined, password: undefined, headers: undefined, params });
  const reach = ports.reach().trunk(trunk);
  const found = (await ports.lookUp(text)).filter(
    (target) => reach.mayLead(target, registered) && (target.transport === "tls" || !isSecure(trunk)),
  );
  // The registrar's own place is the very flow, whatever the route calls it.
  const others = found.filter((target) => placeText(target) !== placeText(registered));
  const places = others.map((target) => named(target, trunk, registered));
  return ports.order(trunk, others.length < found.length ? [registered, ...places] : places);
}

/**
 * The certificate is for a name that the trunk was configured with (RFC 5922 §4), or for the one in the route, where the
 * registrar that wrote it had shown its own.
 */
function named(target: Target, trunk: Trunk, registered: Flow): Target {
  if (target.transport !== "tls") return target;
  const written = registered.transport === "tls" ? [target.serverName ?? target.host] : [];
  const [serverName, ...otherNames] = [...new Set([...namesOf(trunk), ...written])];
  return serverName === undefined ? target : { ...target, serverName, otherNames };
}

/** Opens the first that can be: the others wait until it has failed. */
function opened(
  places: readonly Place[],
  ports: TrunkWayPorts,
): Pick<TrunkWay, "places" | "flow" | "closed"> {
  let closed: Target | undefined;
  for (const place of places) {
    if ("remote" in place) return { places, flow: place };
    const flow = ports.flowTo(place);
    if (flow !== undefined) return { places, flow, closed };
    closed ??= place;
  }
  return { places, flow: undefined, closed };
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
