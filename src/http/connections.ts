import type { buildConnector, Dispatcher } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import Pool from "undici/lib/dispatcher/pool.js";
import { connectionTimings } from "./interceptors/address-guard.ts";
import type { HttpFailure } from "./reasons.ts";
import type { Timings } from "./stopwatch.ts";

/** Most requests in flight to one origin, and so most connections: a hanging receiver holds no more (D2). */
export const MAX_IN_FLIGHT = 100;
/** Most origins with a connection or a request. */
export const MAX_ORIGINS = 256;
/** Shorter than the 5 s after which many servers close an idle connection. */
const IDLE_MS = 4_000;
/** Even where the server's Keep-Alive header offers more. */
const MAX_IDLE_MS = 60_000;
/** A connection that is never idle is renewed all the same, so that a change in DNS is noticed. */
const MAX_AGE_MS = 300_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** A handler that is told which connection carries its request. */
export interface ConnectionHandler extends Dispatcher.DispatchHandler {
  /** How many requests this connection has carried before; set just before the request is written. */
  carried: () => number;
  /** How long making it took; undefined: not known. */
  made: () => Timings | undefined;
}

const OPTIONS = {
  pipelining: 1,
  allowH2: false,
  // The deadline interceptor has the only clock over a request.
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeout: IDLE_MS,
  keepAliveMaxTimeout: MAX_IDLE_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
} as const;

/** A connection that counts what it has carried, which is how a stale keep-alive connection is recognised. */
class CountingClient extends Client {
  #carried = 0;
  #made: Timings | undefined;

  constructor(
    origin: string | URL,
    options: Client.Options & { readonly connect: buildConnector.connector },
  ) {
    const { connect } = options;
    super(origin, {
      ...options,
      connect: (target, callback) =>
        connect(target, (...outcome) => {
          const [, socket] = outcome;
          this.#made = outcome[0] === null && socket !== null ? connectionTimings(socket) : undefined;
          callback(...outcome);
        }),
    });
    // A client connects again in place when it has lost its socket.
    this.on("connect", () => {
      this.#carried = 0;
    });
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: ConnectionHandler): boolean {
    handler.carried = () => this.#carried++;
    handler.made = () => this.#made;
    return super.dispatch(options, handler);
  }
}

/** The connections to one origin. */
export class Origin {
  readonly #name: string;
  readonly #connect: buildConnector.connector;
  readonly #pool: Pool;
  readonly #fresh = new Set<Client>();
  #inFlight = 0;
  #retired = false;

  constructor(name: string, connect: buildConnector.connector) {
    this.#name = name;
    this.#connect = connect;
    this.#pool = new Pool(name, {
      ...OPTIONS,
      connect,
      connections: MAX_IN_FLIGHT,
      clientTtl: MAX_AGE_MS,
      factory: (origin, options) => new CountingClient(origin, { ...options, connect }),
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get connected(): number {
    return this.#pool.stats.connected;
  }

  onDisconnect(handle: () => void): void {
    this.#pool.on("disconnect", handle);
  }

  /** Writes a request on an idle connection, or a new one. `begin` before, `end` once it is over. */
  dispatch(options: Dispatcher.DispatchOptions, handler: ConnectionHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Writes a request on a connection made for it alone. */
  dispatchFresh(options: Dispatcher.DispatchOptions, handler: ConnectionHandler): void {
    const client = new CountingClient(this.#name, { ...OPTIONS, connect: this.#connect });
    this.#fresh.add(client);
    client.dispatch({ ...options, reset: true }, handler);
    void client.close().then(() => this.#fresh.delete(client));
  }

  begin(): void {
    this.#inFlight += 1;
  }

  end(): void {
    this.#inFlight -= 1;
  }

  /** Takes no more requests; those in flight finish, idle connections are closed. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    void this.#pool.close();
  }

  /** Breaks off everything. */
  async destroy(error: Error): Promise<void> {
    this.#retired = true;
    const all = [this.#pool, ...this.#fresh];
    await Promise.all(all.map((dispatcher) => dispatcher.destroy(error)));
  }
}

/** Keep-alive connections by origin, bounded in number, none older than the address policy they were made under. */
export class Connections {
  readonly #connect: buildConnector.connector;
  readonly #origins = new Map<string, Origin>();
  readonly #retiring = new Set<Origin>();
  #closed = false;

  constructor(connect: buildConnector.connector) {
    this.#connect = connect;
  }

  /** The origin to send a request through, or why there is none. */
  take(name: string): Origin | HttpFailure {
    if (this.#closed) return { code: "stopping" };
    const known = this.#origins.get(name);
    if (known !== undefined) {
      if (known.inFlight < MAX_IN_FLIGHT) return known;
      return { code: "tooManyInFlight", host: hostOf(name), limit: MAX_IN_FLIGHT };
    }
    if (this.#origins.size >= MAX_ORIGINS && !this.#dropIdle()) {
      return { code: "tooManyReceivers", limit: MAX_ORIGINS };
    }
    const origin = new Origin(name, this.#connect);
    origin.onDisconnect(() => this.dropIfUnused(name, origin));
    this.#origins.set(name, origin);
    return origin;
  }

  /** Forgets an origin that has neither a connection nor a request. */
  dropIfUnused(name: string, origin: Origin): void {
    if (origin.inFlight > 0 || origin.connected > 0) return;
    this.#retiring.delete(origin);
    if (this.#origins.get(name) === origin) this.#origins.delete(name);
    origin.retire();
  }

  /** The address policy has changed: new requests make new connections, which are checked anew. */
  renew(): void {
    for (const [name, origin] of this.#origins) {
      this.#origins.delete(name);
      if (origin.inFlight > 0) this.#retiring.add(origin);
      origin.retire();
    }
  }

  async close(error: Error): Promise<void> {
    this.#closed = true;
    const all = [...this.#origins.values(), ...this.#retiring];
    this.#origins.clear();
    this.#retiring.clear();
    await Promise.all(all.map((origin) => origin.destroy(error)));
  }

  #dropIdle(): boolean {
    for (const [name, origin] of this.#origins) {
      if (origin.inFlight > 0) continue;
      this.#origins.delete(name);
      origin.retire();
      return true;
    }
    return false;
  }
}

/** `crm.example:8080` of `http://crm.example:8080`. */
export function hostOf(origin: string): string {
  return origin.slice(origin.indexOf("://") + 3);
}
