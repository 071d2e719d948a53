import { createSocket, type Socket } from "node:dgram";
import type { Counters } from "../../lib/counters.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import type { Said } from "../../lib/said.ts";
import { followsOnSomething } from "../message/follows.ts";
import { sipSaid } from "../words.ts";
import { familyOf, hostPort, isWildcard, plainAddress } from "./address.ts";
import { failLater, socketErrorReason, type WritableFlow } from "./flows.ts";
import type { Guard } from "./guard.ts";
import type { TransportLimits } from "./limits.ts";
import { announced, type LocalAddresses, literalLookup } from "./local-address.ts";
import type { TransportLog } from "./log.ts";
import type { Receiver } from "./receiver.ts";
import type { HostPort } from "./transport.ts";

export interface UdpOptions {
  readonly host: string;
  readonly port: number;
  /** `host[:port]` to announce instead of the address bound to. */
  readonly advertise?: string | undefined;
  readonly limits: TransportLimits;
  readonly counters: Counters;
  readonly guard: Guard;
  readonly log: TransportLog;
  readonly receiver: Receiver;
  readonly localAddresses: LocalAddresses;
}

/** The largest payload of a UDP datagram over IPv4. */
const MAX_DATAGRAM = 65_507;
const LISTENER_CLOSED = sipSaid("flow.listenerClosed", {});
const TOO_LARGE = sipSaid("flow.tooLarge", {});
/** Shorter than the shortest start line: keep-alives of CRLF, NUL or "jaK", which many phones send. */
const MIN_MESSAGE = 12;

/** One UDP socket. */
export class UdpListener {
  readonly transport = "udp";
  readonly family: 4 | 6;
  readonly local: HostPort;
  readonly #options: UdpOptions;
  readonly #socket: Socket;
  readonly #flows: GenerationCache<string, UdpFlow>;
  /** What it announces to everybody; undefined where that depends on the peer. */
  readonly announced: string | undefined;
  /** The flow that was asked for last: mostly the next datagram is from there too. */
  #latest: UdpFlow | undefined;
  #open = true;

  private constructor(options: UdpOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    const { port } = socket.address();
    this.family = familyOf(options.host) === 6 ? 6 : 4;
    this.local = { host: options.host, port };
    this.announced = announced(options.advertise, options.host, port);
    this.#flows = new GenerationCache(options.limits.maxUdpFlows);
    socket.on("message", (bytes, from) => this.#receive(bytes, plainAddress(from.address), from.port));
  }

  /** Binds the socket; rejects when the address is taken or not ours. */
  static async open(options: UdpOptions): Promise<UdpListener> {
    const v6 = familyOf(options.host) === 6;
    const socket = createSocket({ type: v6 ? "udp6" : "udp4", ipv6Only: v6, lookup: literalLookup });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once("error", reject);
    socket.bind({ port: options.port, address: options.host, exclusive: true }, resolve);
    try {
      await promise;
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.off("error", reject);
    socket.on("error", (error) => {
      options.counters.add("sip_socket_errors");
      options.log.warn({ reason: socketErrorReason(error).text }, "UDP socket error");
    });
    return new UdpListener(options, socket);
  }

  get open(): boolean {
    return this.#open;
  }

  /** The flow to a peer; a UDP flow is only an address, so it is made when asked for. */
  flowTo(remote: HostPort): UdpFlow {
    return this.#flow({ host: remote.host, port: remote.port });
  }

  /** The local address towards a peer, and what is announced to it. */
  localTowards(remote: string): HostPort {
    if (!isWildcard(this.local.host)) return this.local;
    return { host: this.#options.localAddresses.towards(remote), port: this.local.port };
  }

  sentByTowards(remote: string): string {
    return this.announced ?? hostPort(this.#options.localAddresses.towards(remote), this.local.port);
  }

  send(bytes: Buffer, to: HostPort, onError: (reason: Said) => void): void {
    if (!this.#open) return failLater(onError, LISTENER_CLOSED);
    if (bytes.length > MAX_DATAGRAM) return failLater(onError, TOO_LARGE);
    this.#socket.send(bytes, to.port, to.host, (error) => {
      if (error === null) return;
      this.#options.counters.add("sip_send_errors");
      onError(socketErrorReason(error));
    });
  }

  /** Asks for a larger receive buffer; returns the octets that the kernel really gives. */
  enlargeBuffer(): number {
    const wanted = this.#options.limits.receiveBufferBytes;
    try {
      this.#socket.setRecvBufferSize(wanted);
    } catch (error) {
      this.#options.log.warn(
        { reason: socketErrorReason(error as Error).text },
        "the receive buffer stays as it is",
      );
    }
    // Linux reports twice the payload, the other half is for its own bookkeeping: socket(7), SO_RCVBUF.
    const reported = this.#socket.getRecvBufferSize();
    return process.platform === "linux" ? reported / 2 : reported;
  }

  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.close(resolve);
    return promise;
  }

  #receive(bytes: Buffer, host: string, port: number): void {
    if (bytes.length < MIN_MESSAGE) {
      this.#options.counters.add('sip_datagrams_dropped{reason="keepalive"}');
      return;
    }
    // Whoever is refused leaves no flow behind.
    const latest = this.#latest?.remote;
    const remote = latest?.port === port && latest.host === host ? latest : { host, port };
    if (this.#options.guard.admit("udp", remote, followsOnSomething(bytes)) !== undefined) return;
    // A reply to port 0 cannot be sent, and a forged source is the only one that has it.
    if (port === 0) return;
    this.#options.receiver.message(bytes, this.#flow(remote));
  }

  #flow(remote: HostPort): UdpFlow {
    const { host, port } = remote;
    const latest = this.#latest?.remote;
    if (this.#latest !== undefined && latest?.port === port && latest.host === host) return this.#latest;
    const key = `${port} ${host}`;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      flow = new UdpFlow(this, remote);
      this.#flows.set(key, flow);
    }
    this.#latest = flow;
    return flow;
  }
}

/** A peer of a UDP socket. Any number of flow objects may stand for the same peer. */
export class UdpFlow implements WritableFlow {
  readonly transport = "udp";
  readonly reliable = false;
  readonly remote: HostPort;
  readonly #listener: UdpListener;

  constructor(listener: UdpListener, remote: HostPort) {
    this.#listener = listener;
    this.remote = remote;
  }

  get local(): HostPort {
    return this.#listener.localTowards(this.remote.host);
  }

  get sentBy(): string {
    return this.#listener.sentByTowards(this.remote.host);
  }

  get open(): boolean {
    return this.#listener.open;
  }

  // DEVIATION(RFC 3261 §18.2.2): a response goes to where its request came from even without rport, never to the
  // host and port that the Via names, nor to maddr: those may point at anyone (reliability B10, RFC 3581 §4).
  write(bytes: Buffer, onError: (reason: Said) => void): void {
    this.#listener.send(bytes, this.remote, onError);
  }
}
