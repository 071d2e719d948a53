import type { Flow } from "../sip/index.ts";

/** `udp:192.0.2.7:5060`: where a flow leads, for people. */
export function flowText({ transport, remote }: Pick<Flow, "transport" | "remote">): string {
  return `${transport}:${remote.host.includes(":") ? `[${remote.host}]` : remote.host}:${remote.port}`;
}
