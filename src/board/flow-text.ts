import { formatHostPort } from "../lib/host-port.ts";
import type { Flow, Target } from "../sip/index.ts";

/** `udp:192.0.2.7:5060`: where a flow leads, for people, and the name by which a place is known. */
export function flowText({ transport, remote }: Pick<Flow, "transport" | "remote">): string {
  return `${transport}:${formatHostPort(remote.host, remote.port)}`;
}

/** The same of a flow or of a place that no flow leads to yet. */
export function placeText(place: Target | Flow): string {
  return flowText("remote" in place ? place : { transport: place.transport, remote: place });
}
