import type { SipRequest } from "../message/message.ts";
import { parseNameAddr } from "../message/name-addr.ts";
import { endOfValue } from "../message/value-list.ts";
import type { Flow } from "../transport/transport.ts";
import type { Reach } from "./reach.ts";

// What a sips URI demands (RFC 3261 §8.1.1.8, §12.1.1; RFC 5630 §5.1.1 of who calls, §5.1.2 of who is called): every hop over TLS, and a Contact that says the same.

const SOMEWHERE = /sips:/i;

/** Whether this is a sips URI: alone, or that of a name-addr, as in Route. */
export function isSips(text: string): boolean {
  if (!SOMEWHERE.test(text)) return false;
  if (!text.includes("<")) return /^\s*sips:/i.test(text);
  const read = parseNameAddr(text);
  return read.ok && read.value.uri.scheme === "sips";
}

/** RFC 3261 §8.1.1.8: our request has a sips Contact where its Request-URI or its first Route is sips. */
export function mustBeSecure(uri: string, [first]: readonly string[]): boolean {
  return isSips(uri) || (first !== undefined && isSips(first));
}

/**
 * RFC 3261 §12.1.1: our answer has a sips Contact where the Request-URI is sips, or the first Record-Route, or the peer's own
 * Contact where nothing was recorded.
 */
export function asksForSips({ uri, headers }: SipRequest): boolean {
  if (isSips(uri)) return true;
  // Of a list that holds no sips URI none need be taken apart.
  const field = headers.get("record-route") ?? headers.get("contact") ?? "";
  return SOMEWHERE.test(field) && isSips(field.slice(0, endOfValue(field, 0)));
}

/** The same peer, to be reached over TLS only: what was set up by sips stays so, wherever its peer leads or is now. */
export function overTls(reach: Reach): Reach {
  const { names, movedTo, hosts } = reach;
  return {
    mayLead: (target, flow) => target.transport === "tls" && reach.mayLead(target, flow),
    mayMove: (to, from) => to.transport === "tls" && reach.mayMove(to, from),
    ...(names === undefined ? {} : { names }),
    ...(movedTo === undefined ? {} : { movedTo: (remoteTarget) => tlsOnly(movedTo(remoteTarget)) }),
    ...(hosts === undefined ? {} : { hosts: () => tlsOnly(hosts()) }),
  };
}

function* tlsOnly(flows: Iterable<Flow>): Generator<Flow> {
  for (const flow of flows) if (flow.transport === "tls") yield flow;
}
