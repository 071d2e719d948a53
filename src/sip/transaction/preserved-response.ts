import type { SipResponse } from "../message/message.ts";
import { parseMessage } from "../message/parser.ts";
import { serialize } from "../message/serializer.ts";

/**
 * A response as one string of octets. A parsed one holds several KiB (its views, and the text of the request that
 * its lines were cut from); thousands wait here for a retransmission that hardly ever comes. A string and not a
 * Buffer, since a small Buffer keeps the whole slab that it lies in.
 */
export function preserved(response: SipResponse): string {
  return serialize(response).toString("latin1");
}

/** The response again; undefined only if it was none. */
export function revived(octets: string): SipResponse | undefined {
  const parsed = parseMessage(Buffer.from(octets, "latin1"));
  return parsed.ok && parsed.message.kind === "response" ? parsed.message : undefined;
}
