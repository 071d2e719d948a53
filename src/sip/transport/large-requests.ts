import type { Counters } from "../../lib/counters.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock } from "../../runtime/clock.ts";
import { withHeaders } from "../message/build.ts";
import type { SipRequest } from "../message/message.ts";
import { serialize } from "../message/serializer.ts";
import { formatVia } from "../message/via.ts";
import { StreamFlow } from "./stream.ts";
import type { Flow, HostPort, Target } from "./transport.ts";
import type { UdpFlow } from "./udp.ts";

export interface LargeRequestsOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly flowTo: (target: Target) => Flow | undefined;
  readonly thresholdBytes: number;
}

/** How long a peer that took no TCP connection gets its large requests by UDP at once. */
const AVOID_MS = 600_000;

/** Takes requests that are too large for a datagram to TCP, and back to UDP where the peer has none (RFC 3261 §18.1.1). */
export class LargeRequests {
  readonly #options: LargeRequestsOptions;
  readonly #avoidUntil = new GenerationCache<string, number>(1_000);
  /** Branches of the INVITEs that TCP took. */
  readonly #invites = new GenerationCache<string, true>(4_096);

  constructor(options: LargeRequestsOptions) {
    this.#options = options;
  }

  /** Whether this request should be tried over TCP. */
  takes({ method, via }: SipRequest, bytes: Buffer, { remote }: UdpFlow): boolean {
    // RFC 3261 §9.1, §17.1.1.3: CANCEL, and the ACK of a refusal, follow their INVITE, whose branch they have.
    if (method === "CANCEL" || method === "ACK") {
      if (this.#invites.get(via.branch ?? "") === true) return true;
    }
    if (bytes.length <= this.#options.thresholdBytes) return false;
    return (this.#avoidUntil.get(keyOf(remote)) ?? 0) <= this.#options.clock.now();
  }

  /** Sends by TCP; if that fails, the same request by UDP. */
  send(request: SipRequest, bytes: Buffer, udp: UdpFlow, onError: (reason: Said) => void): void {
    const stream = this.#options.flowTo({ transport: "tcp", ...udp.remote });
    if (!(stream instanceof StreamFlow)) {
      udp.write(bytes, onError);
      return;
    }
    this.#options.counters.add("sip_large_requests_by_tcp");
    const { method, via } = request;
    const branch = via.branch ?? "";
    if (method === "INVITE") this.#invites.set(branch, true);
    stream.write(serialize(overTcp(request)), () => {
      this.#invites.delete(branch);
      this.#options.counters.add("sip_large_requests_back_to_udp");
      this.#avoidUntil.set(keyOf(udp.remote), this.#options.clock.now() + AVOID_MS);
      udp.write(bytes, onError);
    });
  }
}

/** RFC 3261 §18.1.1: the top Via names the transport really used; its sent-by and branch stay, for the matching. */
function overTcp(request: SipRequest): SipRequest {
  const headers = request.headers.clone();
  const [, ...rest] = headers.all("via");
  headers.set("Via", formatVia({ ...request.via, transport: "TCP" }));
  for (const via of rest) headers.append("Via", via);
  return withHeaders(request, headers);
}

function keyOf({ host, port }: HostPort): string {
  return `${port} ${host}`;
}
