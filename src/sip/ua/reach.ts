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
}

/** Of a peer about whom nothing is known: what it names counts for nothing. */
export const STAYS_ON_ITS_FLOW: Reach = { mayLead: () => false, mayMove: () => false };

/**
 * The flow for a request inside a dialog. The next hop is the first Route or the remote target (RFC 3261 §12.2.1.1),
 * where the peer may lead us there; otherwise the flow on which it spoke to us.
 * DEVIATION(RFC 3263 §4): a host *name* in Contact or Record-Route is not resolved, nor is maddr followed; the peer
 * that wrote it is the one behind the flow, and the flow also passes its NAT.
 */
export function flowInDialog(transport: Transport, reach: Reach, nextHop: string, flow: Flow): Flow {
  const uri = hopUri(nextHop);
  const target = uri === undefined ? undefined : targetOf(uri);
  if (target === undefined) return flow;
  if (target.host === flow.remote.host) {
    if (target.port === flow.remote.port && target.transport === flow.transport) return flow;
    // A stream's source port is ephemeral: while it is open it is the way back (RFC 5626 §5.3).
    if (flow.reliable && flow.open) return flow;
  }
  return reach.mayLead(target, flow) ? (transport.flowTo(target) ?? flow) : flow;
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
