import { formatHost } from "../../lib/host-port.ts";
import type { SipRequest } from "../message/message.ts";
import { branchCookie, type Via } from "../message/via.ts";
import type { Flow, TransportKind } from "../transport/transport.ts";

/**
 * The key of the server transaction that a request belongs to: branch, sent-by and method (RFC 3261 §17.2.3).
 * `method` is INVITE for an ACK, and for a CANCEL that looks for what it cancels.
 * DEVIATION(RFC 3261 §17.2.3): Call-ID, CSeq number and source (host, on streams the connection) count as well. They
 * are the same in every copy, ACK and CANCEL; peers that use a branch twice, as RFC 4475's messages do, get an answer
 * of their own rather than somebody else's, who repeats a request on a new connection gets it there, and nobody
 * cancels a call from elsewhere.
 *
 * Without a branch of RFC 3261 it is what RFC 2543 matched by. The To tag is left out, so that the ACK, which has
 * the response's, finds its INVITE; Call-ID, From tag and CSeq tell transactions apart without it.
 */
export function serverKey(request: SipRequest, method: string, flow: Flow): string {
  const { via, cseq, callId } = request;
  const { branch } = via;
  const source = sourceOf(flow);
  if (branch !== undefined && branch.startsWith(branchCookie)) {
    return flat([branch, via.host, via.port ?? "", method, cseq.number, callId, source]);
  }
  const family = familyKey(request, method);
  return flat([family, request.uri, via.host, via.port ?? "", branch ?? "", source]);
}

/** Whether the server transaction of this key is of a request with the same branch; never where that is no unique one. */
export function isOfBranch(key: string, { via: { branch } }: SipRequest): boolean {
  return branch?.startsWith(branchCookie) === true && key.startsWith(`${branch} `);
}

function sourceOf({ transport, reliable, remote }: Flow): string {
  return reliable ? `${transport} ${remote.port} ${remote.host}` : `${transport} ${remote.host}`;
}

/**
 * What all copies of one request share, whatever way they came: merged requests are found by it (RFC 3261
 * §8.2.2.2), and the INVITE of a CANCEL or ACK whose Via a NAT has changed.
 */
export function familyKey(request: SipRequest, method: string): string {
  return flat([request.callId, request.from.tag ?? "", request.cseq.number, method]);
}

/**
 * `join` copies. A template would leave a rope over slices of the datagram, and so keep the whole request alive as
 * long as its key: measured, half of what a waiting transaction costs.
 */
function flat(parts: readonly (string | number)[]): string {
  return parts.join(" ");
}

/** The key of a client transaction: our branch; a CANCEL has the branch of its INVITE (RFC 3261 §9.1, §17.1.3). */
export function clientKey(branch: string, method: string): string {
  return method === "CANCEL" ? `${branch} CANCEL` : branch;
}

/** A branch that is unique for ever, if the random digits are (RFC 3261 §8.1.1.7). */
export function newBranch(random: string): string {
  return branchCookie + random;
}

const viaTransport: Readonly<Record<TransportKind, string>> = {
  udp: "SIP/2.0/UDP ",
  tcp: "SIP/2.0/TCP ",
  tls: "SIP/2.0/TLS ",
  ws: "SIP/2.0/WS ",
  wss: "SIP/2.0/WSS ",
};

/** Our Via for a request on this flow, asking for the answer to the port that it comes from (RFC 3581 §3). */
export function viaFor(flow: Flow, branch: string): string {
  return `${viaTransport[flow.transport]}${flow.sentBy};branch=${branch};rport`;
}

/** Whether a Via names what we announce on a flow: a response with any other is dropped (RFC 3261 §18.1.2). */
export function sentByIs(via: Via, sentBy: string): boolean {
  const host = formatHost(via.host);
  const named = via.port === undefined ? host : `${host}:${via.port}`;
  // The parser lower-cases hosts; we may announce ours in another case.
  return named === sentBy || named === sentBy.toLowerCase();
}

/** A To tag that is the same for each copy of a request, as a stateless answer needs it (RFC 3261 §8.2.7). */
export function statelessTag(request: SipRequest): string {
  // FNV-1a: it only has to be stable, nobody gains by guessing it.
  const text = familyKey(request, request.via.branch ?? "");
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `s${(hash >>> 0).toString(16).padStart(8, "0")}`;
}
