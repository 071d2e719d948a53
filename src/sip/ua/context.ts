import type { GenerationCache } from "../../lib/generation-cache.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { SessionTimerPolicy } from "../dialog/session-timer.ts";
import type { SipRequest } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { parseUri, type Uri } from "../message/uri.ts";
import type { ServerTransaction, Transactions } from "../transaction/user.ts";
import type { Flow, Target, Transport, TransportKind } from "../transport/transport.ts";

/** Who handles what arrives inside a dialog; one per local tag, so that forks share one entry. */
export interface DialogOwner {
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest): void;
  /** A stream to the peer broke; the dialog itself lives on (RFC 3261 §12.2.1: the next request reconnects). */
}

/** What every invite and session shares; built once by the endpoint. */
export interface UaContext {
  readonly transport: Transport;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly sessionTimer: SessionTimerPolicy;
  readonly dialogs: Map<string, DialogOwner>;
  /** Call-IDs of our latest INVITEs, live or not: a late 2xx for one of them is answered, a forged one is not. */
  readonly invited: GenerationCache<string, true>;
  /**
   * May packets be sent to this address although only a peer's Contact or Record-Route names it? Loopback,
   * private, link-local and multicast addresses are not, unless configured.
   */
  readonly mayReach: (host: string) => boolean;
}

/** RFC 3261 §17.1.1.1: round-trip estimate, and the cap of its doubling; milliseconds. */
export const T1 = 500;
export const T2 = 4000;

/** The name under which a dialog is looked up: what a request's Call-ID and To tag say. */
export function dialogKey(callId: string, localTag: string): string {
  return `${callId}\n${localTag}`;
}

/** Our Contact on a flow. */
export function contactFor(flow: Flow): string {
  const transport = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
  return `<sip:${flow.sentBy}${transport}>`;
}

/**
 * The flow for a request inside a dialog. The next hop is the first Route or the remote target (RFC 3261 §12.2.1.1),
 * where that is an address that may be reached; otherwise the flow on which the peer spoke to us.
 * DEVIATION(RFC 3263 §4): a host *name* in Contact or Record-Route is not resolved; the peer that wrote it is
 * the one behind the flow, and the flow also passes its NAT.
 */
export function flowInDialog(context: UaContext, nextHop: string, flow: Flow): Flow {
  const uri = hopUri(nextHop);
  if (uri === undefined) return flow;
  const target = targetOf(uri);
  if (target === undefined) return flow;
  const same = target.host === flow.remote.host;
  if (same && target.port === flow.remote.port && target.transport === flow.transport) return flow;
  // A stream's source port is ephemeral: while it is open it is the way back (RFC 5626 §5.3).
  if (same && flow.reliable && flow.open) return flow;
  if (!same && !context.mayReach(target.host)) return flow;
  return context.transport.flowTo(target) ?? flow;
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
