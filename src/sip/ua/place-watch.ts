import type { Said } from "../../lib/said.ts";
import { parseRetryAfter } from "../message/header.ts";
import type { SipResponse } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import { sipSaid } from "../words.ts";

/** Silence, as a watch is told of it. */
export const NO_ANSWER = sipSaid("peer.noAnswer", {});

/** Hears what became of requests, by the place that each was sent to. */
export interface PlaceWatch {
  /** Somebody there answered, also late, and whatever the answer was. */
  answered(flow: Flow, response: SipResponse): void;
  /** Nobody answered in time, or it could not be sent. */
  failed(flow: Flow, reason: Said): void;
}

/** The seconds of a Retry-After header field (RFC 3261 §20.33); undefined: there is none, or it cannot be read. */
export function retryAfterSeconds(response: SipResponse): number | undefined {
  const read = parseRetryAfter(response.headers.get("retry-after") ?? "");
  return read.ok ? read.value : undefined;
}
