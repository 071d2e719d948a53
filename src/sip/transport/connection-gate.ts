import type { Counters } from "../../lib/counters.ts";
import { networkKey, sourceKey } from "../../lib/source-key.ts";
import { SourceLimiter } from "../../lib/source-limiter.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Guard } from "./guard.ts";
import type { TransportLimits } from "./limits.ts";
import type { TransportLog } from "./log.ts";
import { RareLog } from "./rare-log.ts";
import type { HostPort } from "./transport.ts";

export interface GateOptions {
  readonly limits: TransportLimits;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: TransportLog;
}

/** Who asks to come in. */
export interface Visitor {
  readonly transport: "tcp" | "tls";
  readonly remote: HostPort;
  /** Ends the connection, to make room. */
  readonly close: () => void;
}

type ConnectionRefusal = "rate" | "source" | "network" | "total";

/** A connection of nobody that we know yet. */
interface Seat extends Visitor {
  readonly source: string;
  readonly network: string | undefined;
}

/**
 * Counts streams, so that nobody uses up all file descriptors with connections that stay silent (AST-2016-005). Three
 * quarters of the places are open to strangers; where these are taken, the stranger that has been here longest goes. The
 * rest is for trunks, registered phones and the streams that we open ourselves, and they push a stranger out when all
 * places are taken. A connection on which a phone has registered is a stranger's no more: that is looked at when it
 * begins to matter.
 */
export class ConnectionGate {
  readonly #options: GateOptions;
  readonly #maxStrangers: number;
  /** In the order in which they came. */
  readonly #strangers = new Set<Seat>();
  /** Connections of nobody that we know yet, those from a phone's address among them. */
  readonly #bySource = new Map<string, Set<Seat>>();
  readonly #byNetwork = new Map<string, Set<Seat>>();
  readonly #connections: SourceLimiter;
  readonly #handshakes: SourceLimiter;
  readonly #residentHandshakes: SourceLimiter;
  readonly #refusals: RareLog;
  #open = 0;

  constructor(options: GateOptions) {
    const { maxConnections, strangersShare, newConnections, handshakes, residentHandshakes } = options.limits;
    this.#options = options;
    this.#refusals = new RareLog(options.clock, options.log);
    this.#maxStrangers = Math.max(1, Math.floor(maxConnections * strangersShare));
    this.#connections = new SourceLimiter(newConnections);
    this.#handshakes = new SourceLimiter(handshakes);
    this.#residentHandshakes = new SourceLimiter(residentHandshakes);
  }

  /** Streams open now. */
  get open(): number {
    return this.#open;
  }

  /** Lets one more inbound stream in; the function returned is to be called once when it ends. Undefined: refused. */
  enter(visitor: Visitor): (() => void) | undefined {
    const { guard, limits } = this.#options;
    const { host } = visitor.remote;
    if (guard.isKnown(visitor.transport, visitor.remote)) return this.#enterKnown(host);
    const residents = guard.residentsAt(host);
    if (!this.#isSlowEnough(visitor, residents > 0)) return this.#refuse("rate", host);
    const seat: Seat = { ...visitor, source: sourceKey(host), network: networkKey(host) };
    const { maxConnectionsPerSource, maxConnectionsPerNetwork } = limits;
    if (!this.#hasRoom(this.#bySource.get(seat.source), maxConnectionsPerSource, host))
      return this.#refuse("source", host);
    if (seat.network !== undefined) {
      const ofNetwork = this.#byNetwork.get(seat.network);
      if (!this.#hasRoom(ofNetwork, maxConnectionsPerNetwork, host)) return this.#refuse("network", host);
    }
    // Who comes from an address of phones is likely one of them: no stranger pushes it out.
    const stranger = residents === 0;
    if (stranger && this.#strangers.size >= this.#maxStrangers) this.#displaceStranger();
    if (this.#open >= limits.maxConnections && !this.#displaceStranger()) return this.#refuse("total", host);
    this.#open += 1;
    if (stranger) this.#strangers.add(seat);
    join(this.#bySource, seat.source, seat);
    if (seat.network !== undefined) join(this.#byNetwork, seat.network, seat);
    return this.#leaver(() => this.#unseat(seat));
  }

  /** The same for an outbound stream: only the total counts. */
  enterOutbound(host: string): (() => void) | undefined {
    return this.#enterKnown(host);
  }

  #enterKnown(host: string): (() => void) | undefined {
    if (this.#open >= this.#options.limits.maxConnections && !this.#displaceStranger())
      return this.#refuse("total", host);
    this.#open += 1;
    return this.#leaver(() => {});
  }

  #leaver(alsoDo: () => void): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#open -= 1;
      alsoDo();
    };
  }

  /** A TLS handshake costs more than all that may be sent afterwards. */
  #isSlowEnough({ transport, remote }: Visitor, hasResidents: boolean): boolean {
    const now = this.#options.clock.now();
    if (transport === "tls") {
      const handshakes = hasResidents ? this.#residentHandshakes : this.#handshakes;
      if (handshakes.take(remote.host, now) !== undefined) return false;
    }
    return hasResidents || this.#connections.take(remote.host, now) === undefined;
  }

  #hasRoom(seats: Set<Seat> | undefined, limit: number, host: string): boolean {
    if (seats === undefined || seats.size < limit) return true;
    // Only where phones are registered can one of these be theirs.
    if (this.#options.guard.residentsNowAt(host) > 0)
      for (const seat of seats) if (this.#isKnown(seat)) this.#unseat(seat);
    return seats.size < limit;
  }

  /** Ends the stranger that has been here longest; false: there is none. */
  #displaceStranger(): boolean {
    for (const seat of this.#strangers) {
      if (this.#isKnown(seat)) {
        this.#unseat(seat);
        continue;
      }
      this.#options.counters.add("sip_connections_displaced");
      const before = this.#open;
      seat.close();
      // Whoever closes also leaves, at once.
      return this.#open < before;
    }
    return false;
  }

  #isKnown({ transport, remote }: Seat): boolean {
    const { guard } = this.#options;
    return guard.residentsNowAt(remote.host) > 0 && guard.isKnown(transport, remote);
  }

  /** The connection is over, or one of a phone's now: it counts in the total only. */
  #unseat(seat: Seat): void {
    this.#strangers.delete(seat);
    part(this.#bySource, seat.source, seat);
    if (seat.network !== undefined) part(this.#byNetwork, seat.network, seat);
  }

  #refuse(reason: ConnectionRefusal, address: string): undefined {
    this.#options.counters.add(`sip_connections_refused{reason="${reason}"}`);
    this.#refusals.warn({ address, reason }, `a connection was refused: ${REASONS[reason]}`);
    return undefined;
  }
}

const REASONS: Readonly<Record<ConnectionRefusal, string>> = {
  rate: "too many new ones came from there within two seconds",
  source: "too many on which no phone has registered are open from this address",
  network: "too many on which no phone has registered are open from this IPv6 network",
  total: "phones, trunks and we ourselves have all places",
};

function join(map: Map<string, Set<Seat>>, key: string, seat: Seat): void {
  const seats = map.get(key);
  if (seats === undefined) map.set(key, new Set([seat]));
  else seats.add(seat);
}

function part(map: Map<string, Set<Seat>>, key: string, seat: Seat): void {
  const seats = map.get(key);
  if (seats === undefined) return;
  seats.delete(seat);
  if (seats.size === 0) map.delete(key);
}
