import { createSocket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { GenerationCache } from "../../lib/generation-cache.ts";
import type { Clock } from "../../runtime/clock.ts";
import { familyOf, hostPort, isLoopback, isWildcard, withoutZone } from "./address.ts";

/** Interfaces change while we run (reliability H8). */
const FRESH_MS = 5_000;

/**
 * A look-up for sockets that are only ever given IP literals: answers at once, where Node's own takes a turn of
 * the event loop for each datagram.
 */
export function literalLookup(
  host: string,
  _options: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, host, host.includes(":") ? 6 : 4);
}

/** Which of our addresses the kernel would send from towards a peer: what a listener on 0.0.0.0 announces to it. */
export class LocalAddresses {
  readonly #clock: Clock;
  readonly #known = new GenerationCache<string, { readonly host: string; readonly until: number }>(5_000);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An IP literal of the same family as `remote`. */
  towards(remote: string): string {
    const now = this.#clock.now();
    const found = this.#known.get(remote);
    if (found !== undefined && found.until > now) return found.host;
    const host = probe(remote) ?? anyAddress(familyOf(remote) === 6 ? 6 : 4);
    this.#known.set(remote, { host, until: now + FRESH_MS });
    return host;
  }
}

/** Connecting a UDP socket sends nothing, but makes the kernel choose a route and with it the source address. */
function probe(remote: string): string | undefined {
  const socket = createSocket({ type: familyOf(remote) === 6 ? "udp6" : "udp4", lookup: literalLookup });
  try {
    let failed = false;
    socket.on("error", () => {
      failed = true;
    });
    // Both finish before they return: the look-up answers at once, and an exclusive bind asks nobody.
    socket.bind({ port: 0, exclusive: true });
    socket.connect(5060, remote);
    const { address } = socket.address();
    return failed || address === "0.0.0.0" || address === "::" ? undefined : withoutZone(address);
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

function anyAddress(family: 4 | 6): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const wanted = all.find(
    ({ family: its, address, internal }) =>
      its === `IPv${family}` && !internal && !isLoopback(address) && !address.startsWith("fe80:"),
  );
  return wanted?.address ?? (family === 4 ? "127.0.0.1" : "::1");
}

/** What a listener announces to everybody; undefined where that depends on the peer. */
export function announced(advertise: string | undefined, host: string, port: number): string | undefined {
  if (advertise === undefined) return isWildcard(host) ? undefined : hostPort(host, port);
  if (familyOf(advertise) === 6) return hostPort(advertise, port);
  return /:\d+$/.test(advertise) ? advertise : `${advertise}:${port}`;
}
