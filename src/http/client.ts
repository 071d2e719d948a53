import type { Result } from "../lib/result.ts";
import type { Clock } from "../runtime/clock.ts";
import { type AddressPolicy, addressPolicy } from "./address-policy.ts";
import { Connections } from "./connections.ts";
import { dnsResolver } from "./dns-resolver.ts";
import { exchange } from "./exchange.ts";
import { guardedConnector } from "./interceptors/address-guard.ts";
import { deadline } from "./interceptors/deadline.ts";
import { redirect } from "./interceptors/redirect.ts";
import type { NameResolver } from "./names.ts";
import { onlyPractice } from "./practice.ts";
import type { HttpFailure } from "./reasons.ts";
import { compose, type HttpReply, type HttpRequest, Progress } from "./request.ts";
import { Stopwatch } from "./stopwatch.ts";

export interface HttpClientOptions {
  readonly clock: Clock;
  /** CIDRs in loopback and private ranges that requests may reach, as they are now. */
  readonly allowedNetworks: () => readonly string[];
  /** The origin of our own practice receivers (practice.ts), which may be asked whatever is allowed. Default: there are none. */
  readonly practice?: (() => string | undefined) | undefined;
  /** Default: the machine's own DNS (dns-resolver.ts). */
  readonly dns?: NameResolver | undefined;
  /** Default 3,000 ms; over name look-up, TCP and TLS of one connection. */
  readonly connectTimeoutMs?: number | undefined;
  /** PEM; in place of the authorities that Node trusts. */
  readonly trustedCertificates?: readonly string[] | undefined;
  /** For a client that makes one request at a time: how long its parts take. */
  readonly stopwatch?: Stopwatch | undefined;
  /** A request was sent a second time because its kept connection had been closed under it. */
  readonly onResent?: () => void;
}

/** Makes HTTP requests, none to an address that the installation has not allowed. */
export interface HttpClient {
  /** Never rejects, and is over when the request's `timeoutMs` has passed. */
  send(request: HttpRequest): Promise<Result<HttpReply, HttpFailure>>;
  /** Breaks off what is in flight and ends all connections; what is sent later fails with `stopping`. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Builds the client: undici's connections with the address check inside, interceptors around them. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { clock, connectTimeoutMs = CONNECT_TIMEOUT_MS, onResent = () => {}, stopwatch } = options;
  const { practice = () => undefined } = options;
  const policy = currentPolicy(options.allowedNetworks);
  const connect = guardedConnector({
    clock,
    names: options.dns ?? dnsResolver({ clock }),
    policy: policy.get,
    practice,
    connectTimeoutMs,
    trustedCertificates: options.trustedCertificates,
    stopwatch,
  });
  const connections = new Connections(connect);
  // Outermost first. Later ones find their place here: circuit breaker and fallback before the deadline,
  // retry after it, signing after redirect, so that each attempt and hop is signed afresh.
  const send = compose(exchange(connections, { connectTimeoutMs, onResent }), [
    deadline(clock),
    redirect,
    onlyPractice(practice, policy.get),
  ]);
  return {
    async send(request) {
      if (policy.changed()) connections.renew();
      try {
        return await send(request, new Progress(stopwatch ?? new Stopwatch(() => clock.now())));
      } catch (error) {
        // `Send` never rejects; a bug in one must cost its caller a request, not more.
        const detail = error instanceof Error ? error.message : "unknown";
        return { ok: false, error: { code: "internal", detail } };
      }
    },
    close: () => connections.close(new StoppingError()),
  };
}

/** undici hands this to whatever was in flight when the client was closed. */
class StoppingError extends Error {
  readonly code = "UND_ERR_DESTROYED";
}

interface CurrentPolicy {
  readonly get: () => AddressPolicy;
  /** Whether the list differs from the one at the last time of asking. */
  readonly changed: () => boolean;
}

/** Compiles the list of allowed networks when it changes, by content: a new snapshot with the same list is no change. */
function currentPolicy(allowedNetworks: () => readonly string[]): CurrentPolicy {
  let networks = allowedNetworks();
  let written = networks.join();
  let policy = addressPolicy(networks);
  let pending = false;
  const refresh = (): void => {
    const now = allowedNetworks();
    if (now === networks) return;
    networks = now;
    if (now.join() === written) return;
    written = now.join();
    policy = addressPolicy(now);
    pending = true;
  };
  return {
    get() {
      refresh();
      return policy;
    },
    changed() {
      refresh();
      const changed = pending;
      pending = false;
      return changed;
    },
  };
}
