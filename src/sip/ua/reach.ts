import { parseNameAddr } from "../message/name-addr.ts";
import { parseUri, type Uri } from "../message/uri.ts";
import type { Flow, Target, Transport, TransportKind } from "../transport/transport.ts";

/**
 * Where our requests in a dialog may go. Every address that its peer names (Contact, Route, Record-Route, also of a
 * target refresh) is asked of it, so that an address never counts for more than the one who wrote it.
 */
export interface Reach {
  /** May requests go to this place, which the peer has named? `flow` is the one on which it speaks to us. */
  mayLead(target: Target, flow: Flow): boolean;
  /** May the dialog go on on `to`, on which a request in it came? Over UDP a source may be forged. */
  mayMove(to: Flow, from: Flow): boolean;
  /** Whom the peer's certificate has to name, one of them (RFC 5922 §4), whatever address it leads us to. */
  readonly names?: readonly string[];
  /** Flows on which the peer has shown itself besides, best first, for one whose stream is closed (RFC 5626 §5.3). */
  readonly movedTo?: (remoteTarget: string) => Iterable<Flow>;
  /** Where the peer is by configuration, best first; opened as they are asked for. */
  readonly hosts?: () => Iterable<Flow>;
}

/** Of a peer about whom nothing is known: what it names counts for nothing. */
export const STAYS_ON_ITS_FLOW: Reach = { mayLead: () => false, mayMove: () => false };

/** How a peer is reached in a dialog. */
export interface Peer {
  readonly transport: Transport;
  readonly reach: Reach;
  /** The flow on which it spoke to us last. */
  readonly flow: Flow;
}

/** More ways than this are not tried for one request. */
const MAX_WAYS = 6;

/**
 * The ways for a request inside a dialog, best first; each is made when it is asked for, with what is known then. The
 * next hop is the first Route or the remote target (RFC 3261 §12.2.1.1), where the peer may lead us there; otherwise the
 * flow on which it spoke to us. A stream that was closed is opened again (RFC 3261 §18.4); a phone is where its binding is
 * now (RFC 5626 §5.3), a trunk at last where it was configured (docs/adr/0041).
 * DEVIATION(RFC 3263 §4): a host *name* in Contact or Record-Route is not resolved, nor is maddr followed; the peer
 * that wrote it is the one behind the flow, and the flow also passes its NAT.
 */
export function waysInDialog(peer: Peer, nextHop: string, remoteTarget = nextHop): Ways {
  let first = openWay(peer, nextHop);
  let tried: Flow | undefined;
  let rest: Generator<Flow, undefined> | undefined;
  return {
    next() {
      if (first !== undefined) {
        tried = first;
        first = undefined;
        return tried;
      }
      rest ??= distinct(peer, nextHop, remoteTarget, tried);
      return rest.next().value;
    },
  };
}

/** Ways to a peer, one after the other. */
export interface Ways {
  /** Undefined: there is no other. */
  next(): Flow | undefined;
}

/** The way that nearly every request takes: the flow is open. */
function openWay({ transport, reach, flow }: Peer, nextHop: string): Flow | undefined {
  if (!flow.open) return undefined;
  const uri = hopUri(nextHop);
  const target = uri === undefined ? undefined : targetOf(uri);
  if (target === undefined || isThere(target, flow) || !reach.mayLead(target, flow)) return flow;
  return transport.flowTo(named(target, reach)) ?? (flow.open ? flow : undefined);
}

/** All candidates once, the one left out that was tried before. */
function* distinct(
  peer: Peer,
  nextHop: string,
  remoteTarget: string,
  before: Flow | undefined,
): Generator<Flow, undefined> {
  const tried: Flow[] = before === undefined ? [] : [before];
  for (const way of candidates(peer, nextHop, remoteTarget)) {
    if (tried.some((one) => one === way || (!one.open && isSamePlace(one, way) && one !== peer.flow)))
      continue;
    tried.push(way);
    yield way;
    if (tried.length >= MAX_WAYS) return;
  }
}

/** The first of the ways; where there is none, the flow on which the peer spoke, even though it is closed. */
export function flowInDialog(peer: Peer, nextHop: string, remoteTarget?: string): Flow {
  return firstWay(peer, nextHop, remoteTarget) ?? peer.flow;
}

/** The first of the ways; undefined: there is none at present. */
export function firstWay(peer: Peer, nextHop: string, remoteTarget?: string): Flow | undefined {
  return openWay(peer, nextHop) ?? waysInDialog(peer, nextHop, remoteTarget).next();
}

function* candidates(
  { transport, reach, flow }: Peer,
  nextHop: string,
  remoteTarget: string,
): Generator<Flow, undefined> {
  const uri = hopUri(nextHop);
  const target = uri === undefined ? undefined : targetOf(uri);
  const leads = target !== undefined && !isThere(target, flow) && reach.mayLead(target, flow);
  const led = (): Flow | undefined =>
    target !== undefined && leads ? transport.flowTo(named(target, reach)) : undefined;
  if (flow.open) {
    const way = led();
    if (way !== undefined) yield way;
    if (flow.open) yield flow;
  }
  if (reach.movedTo !== undefined) yield* reach.movedTo(remoteTarget);
  if (!flow.reliable) return;
  const again = flow.target === undefined ? undefined : transport.flowTo(flow.target);
  // The stream that we had counts for more than what the peer calls its own address.
  const first = target === undefined || target.host === flow.remote.host ? again : led();
  if (first !== undefined) yield first;
  const other = first === again ? led() : again;
  if (other !== undefined) yield other;
  if (reach.hosts !== undefined) yield* reach.hosts();
}

/**
 * Whether a peer whose stream is closed has come back, as far as we know. A trunk has places of its own; a phone is gone
 * until it registers again.
 */
export function isBack(reach: Reach, remoteTarget: string): boolean {
  if (reach.movedTo === undefined) return reach.hosts !== undefined;
  for (const flow of reach.movedTo(remoteTarget)) if (flow.open) return true;
  return false;
}

/** The target is who is at the end of the flow. A stream's source port is ephemeral: open, it is the way back (RFC 5626 §5.3). */
function isThere(target: Target, flow: Flow): boolean {
  if (target.host !== flow.remote.host) return false;
  if (flow.reliable) return flow.open;
  return target.port === flow.remote.port && target.transport === flow.transport;
}

function isSamePlace(one: Flow, other: Flow): boolean {
  const { host, port } = other.remote;
  return one.transport === other.transport && one.remote.host === host && one.remote.port === port;
}

/** The certificate is checked against the peer's names, not against what it calls itself (RFC 5922 §4). */
function named(target: Target, { names }: Reach): Target {
  const [serverName, ...otherNames] = names ?? [];
  return target.transport === "tls" && serverName !== undefined
    ? { ...target, serverName, otherNames }
    : target;
}

function hopUri(text: string): Uri | undefined {
  if (text.includes("<")) {
    const parsed = parseNameAddr(text);
    return parsed.ok ? parsed.value.uri : undefined;
  }
  const parsed = parseUri(text);
  return parsed.ok ? parsed.value : undefined;
}

const NUMERIC_HOST = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i;

/** The target that a URI with a numeric host names; undefined for names and other schemes. */
export function targetOf(uri: Uri): Target | undefined {
  if (!("host" in uri) || !NUMERIC_HOST.test(uri.host)) return undefined;
  const named = uri.params.get("transport")?.toLowerCase();
  const transport: TransportKind = uri.scheme === "sips" ? "tls" : isTransport(named) ? named : "udp";
  return { transport, host: uri.host, port: uri.port ?? (transport === "tls" ? 5061 : 5060) };
}

function isTransport(text: string | undefined): text is TransportKind {
  return text === "udp" || text === "tcp" || text === "tls" || text === "ws" || text === "wss";
}
