import type { IncomingMessage } from "node:http";
import { canonicalIp } from "../lib/ip-address.ts";
import { plain } from "./connections.ts";

/** What of a request says where it came from. */
export type Sent = Pick<IncomingMessage, "headers"> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/** A longer way is nobody's. */
const MOST_HOPS = 8;

/**
 * The address of who asks. What X-Forwarded-For says is believed only of a proxy that the operator has named: each proxy adds at the
 * end who asked it, so it is read from the end up to the first one that is no proxy of ours. All before that is that one's own word.
 */
export function clientAddress({ headers, socket }: Sent, proxies: readonly string[]): string {
  let address = plain(socket.remoteAddress ?? "");
  if (!proxies.includes(address)) return address;
  const said = headers["x-forwarded-for"];
  const hops = (Array.isArray(said) ? said.join(",") : (said ?? "")).split(",");
  for (const hop of hops.slice(-MOST_HOPS).toReversed()) {
    const from = canonicalIp(hop.trim());
    if (from === undefined) return address;
    address = from;
    if (!proxies.includes(address)) return address;
  }
  return address;
}
