import type { LookupAddress } from "node:dns";
import net from "node:net";
import type { buildConnector } from "undici";
import makeConnector from "undici/lib/core/connect.js";
import type { Clock } from "../../runtime/clock.ts";
import type { AddressPolicy, AddressRefusal } from "../address-policy.ts";
import type { NameFailure, NameResolver } from "../names.ts";
import { leadsTo } from "../practice.ts";
import { Stopwatch, type Timings } from "../stopwatch.ts";

/** What went wrong while connecting, carried through undici as an Error. */
export class ConnectError extends Error {
  // undici hands an error to every request waiting for the connection unless its code is one of its own.
  readonly code = "SWITCHHOOK_CONNECT";
  readonly failure: ConnectFailure;

  constructor(failure: ConnectFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

export type ConnectFailure =
  | (AddressRefusal & { readonly address: string })
  | NameFailure
  | { readonly code: "connectTimeout" | "tlsTimeout" };

export interface GuardOptions {
  readonly clock: Clock;
  readonly names: NameResolver;
  /** Asked at each connect, so that it is always the policy in force. */
  readonly policy: () => AddressPolicy;
  /** Our own practice receivers: their address passes where it is written as such, and practice.ts sees to the path. */
  readonly practice?: (() => string | undefined) | undefined;
  /** Over name look-up, TCP and TLS. */
  readonly connectTimeoutMs: number;
  /** PEM; in place of the certificates that Node trusts. */
  readonly trustedCertificates?: readonly string[] | undefined;
  /** Of the one request that there is; else each connection is measured by itself (`connectionTimings`). */
  readonly stopwatch?: Stopwatch | undefined;
}

const timings = new WeakMap<net.Socket, Timings>();

/** How long making this connection took. */
export function connectionTimings(socket: net.Socket): Timings | undefined {
  return timings.get(socket);
}

/**
 * undici's connector with the address check built in, at the only place where it cannot be got round: the
 * address that is judged is the one handed to `connect(2)`. A literal is judged here (Node calls no `lookup`
 * for it), a name in `lookup`, whose filtered answer is all that the socket gets to try. Every attempt,
 * redirect hop and re-send connects through here.
 */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const { clock, policy, connectTimeoutMs, trustedCertificates } = options;
  const connect = makeConnector({
    allowH2: false,
    // Ours is exact and says in which phase it happened.
    timeout: 0,
    lookup: guardedLookup(options.names, policy),
    // Several addresses are tried one after the other, 250 ms each (RFC 8305's idea).
    autoSelectFamily: true,
    ...(trustedCertificates === undefined ? undefined : { ca: [...trustedCertificates] }),
  }) as (...args: Parameters<buildConnector.connector>) => net.Socket;
  return (target, callback) => {
    const literal = net.isIP(target.hostname) !== 0;
    const isOwn = literal && leadsTo(options.practice?.(), target);
    const verdict = literal && !isOwn ? policy()(target.hostname) : undefined;
    if (verdict?.ok === false) {
      return callback(new ConnectError({ ...verdict.error, address: target.hostname }), null);
    }
    let timeout: ConnectFailure["code"] & `${string}Timeout` = literal ? "connectTimeout" : "nameTimeout";
    const stopwatch = options.stopwatch ?? new Stopwatch(() => clock.now());
    stopwatch.begin(literal ? "connect" : "dns");
    const timer = clock.after(connectTimeoutMs, () => socket.destroy(new ConnectError({ code: timeout })));
    const socket = connect(target, (...outcome) => {
      timer.cancel();
      const [, made] = outcome;
      stopwatch.begin(undefined);
      if (options.stopwatch === undefined && made instanceof net.Socket) timings.set(made, stopwatch.read());
      callback(...outcome);
    });
    socket.once("lookup", () => {
      timeout = "connectTimeout";
      stopwatch.begin("connect");
    });
    socket.once("connect", () => {
      timeout = "tlsTimeout";
      if (target.protocol === "https:") stopwatch.begin("tls");
    });
  };
}

/** Resolves a name and keeps only addresses that the policy allows; none left: the refusal of the first. */
function guardedLookup(names: NameResolver, policy: () => AddressPolicy): net.LookupFunction {
  return (name, lookupOptions, callback) => {
    void names.resolve(name).then((answer) => {
      if (!answer.ok) return callback(new ConnectError(answer.error), []);
      const judge = policy();
      const usable: LookupAddress[] = [];
      let refused: ConnectFailure = { code: "nameNotFound" };
      for (const address of answer.value.addresses) {
        const verdict = judge(address);
        if (verdict.ok) usable.push({ address, family: net.isIP(address) });
        else if (refused.code === "nameNotFound") refused = { ...verdict.error, address };
      }
      const first = usable[0];
      if (first === undefined) return callback(new ConnectError(refused), []);
      if (lookupOptions.all) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };
}
