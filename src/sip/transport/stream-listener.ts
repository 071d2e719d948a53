import { createServer, type Server, type Socket } from "node:net";
import type { Ids } from "../../runtime/ids.ts";
import { sipSaid } from "../words.ts";
import { familyOf, hostPort, isWildcard, plainAddress } from "./address.ts";
import type { ConnectionGate } from "./connection-gate.ts";
import { socketErrorReason } from "./flows.ts";
import { announced, type LocalAddresses } from "./local-address.ts";
import type { TransportLog } from "./log.ts";
import { StreamFlow, type StreamRoom } from "./stream.ts";
import type { FarCertificate, HostPort, Target } from "./transport.ts";

export interface StreamListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly advertise?: string | undefined;
  readonly room: StreamRoom;
  readonly gate: ConnectionGate;
  readonly log: TransportLog;
  readonly localAddresses: LocalAddresses;
  readonly ids: Ids;
}

/** Where a stream of ours is connected from; what is not said, the kernel chooses. */
export interface LocalEnd {
  readonly localAddress?: string;
  readonly localPort?: number;
}

/** What makes TCP and TLS different. */
export interface StreamKind {
  readonly transport: "tcp" | "tls";
  /** Makes a stream of a connection that has come in; calls back when it may carry messages. */
  accept(raw: Socket, ready: (socket: Socket) => void): void;
  /** Opens a stream; `ready` is called when it is connected, with TLS when the peer is verified too. */
  connect(target: Target, from: LocalEnd, ready: () => void): Socket;
  /** Ends a stream of ours so that nothing is delivered any more of what the peer has not acknowledged: by RST. */
  reset(socket: Socket): void;
  /** What the peer at the other end showed; undefined: nothing, or it is gone. */
  certificateOf?(socket: Socket): FarCertificate | undefined;
  close(): void;
}

const LISTENER_CLOSED = sipSaid("flow.listenerClosed", {});
const PLACE_NEEDED = sipSaid("flow.placeNeeded", {});

/**
 * Of the ports that are left to programs which ask for any (RFC 6335 §6) those that Linux gives nobody by itself: it hands out 32768 to
 * 60999, and one that any connection of this machine has cannot be asked for (docs/adr/0114).
 */
const DYNAMIC_PORTS = { first: 61_000, count: 4_536 };

/** A listening TCP socket with the streams that came in by it or went out beside it; or the latter alone. */
export class StreamListener {
  readonly transport: "tcp" | "tls";
  readonly family: 4 | 6;
  readonly local: HostPort;
  readonly #options: StreamListenerOptions;
  readonly #kind: StreamKind;
  /** Undefined: only streams of our own. */
  readonly #server: Server | undefined;
  /** What it announces to everybody; undefined where that depends on the peer. */
  readonly announced: string | undefined;
  readonly #flows = new Set<StreamFlow>();
  /** Connections that have come in and are no streams yet: their TLS handshake is under way. */
  readonly #raw = new Set<Socket>();
  /** Streams that can be used again, by the peer that they lead to. */
  readonly #byPeer = new Map<string, StreamFlow>();
  #open = true;

  private constructor(options: StreamListenerOptions, kind: StreamKind, server: Server | undefined) {
    this.#options = options;
    this.#kind = kind;
    this.#server = server;
    this.transport = kind.transport;
    this.family = familyOf(options.host) === 6 ? 6 : 4;
    const address = server?.address();
    const port = typeof address === "object" && address !== null ? address.port : options.port;
    this.local = { host: options.host, port };
    this.announced = announced(options.advertise, options.host, port);
    server?.on("connection", (raw) => this.#accept(raw));
  }

  /** Binds and listens; rejects when the address is taken or not ours. */
  static async open(options: StreamListenerOptions, kind: StreamKind): Promise<StreamListener> {
    // Half open: who has sent a message and then shut down his side still gets our answer.
    const server = createServer({ allowHalfOpen: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once("error", reject);
    server.listen(
      { host: options.host, port: options.port, ipv6Only: familyOf(options.host) === 6, backlog: 511 },
      resolve,
    );
    await promise;
    server.off("error", reject);
    server.on("error", (error) => {
      options.room.counters.add("sip_socket_errors");
      options.log.warn({ reason: socketErrorReason(error).text }, `${kind.transport} listener error`);
    });
    return new StreamListener(options, kind, server);
  }

  /**
   * Streams of our own where nobody listens: calling out needs no listener (RFC 3261 §18.1.1). Each is announced with the very
   * address and port that it is connected from, so that a peer which looks for a connection to our Contact finds this one.
   */
  static outbound(
    options: Omit<StreamListenerOptions, "host" | "port">,
    kind: StreamKind,
    family: 4 | 6,
  ): StreamListener {
    return new StreamListener(
      { ...options, host: family === 6 ? "::" : "0.0.0.0", port: 0 },
      kind,
      undefined,
    );
  }

  /**
   * An open stream to the target, or a new one. A stream that came in is used again where its far end is exactly the
   * target; the port of a Via is not trusted to say so (RFC 5923, security considerations). Undefined: too many streams.
   */
  flowTo(target: Target): StreamFlow | undefined {
    if (!this.#open) return undefined;
    const found = this.#byPeer.get(peerKey(target)) ?? this.#inbound(target);
    if (found?.open === true) return found;
    return this.#connect(target);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#server === undefined) resolve();
    else this.#server.close(() => resolve());
    for (const flow of this.#flows) flow.shutDown(LISTENER_CLOSED);
    for (const raw of this.#raw) raw.destroy();
    await promise;
    this.#kind.close();
  }

  /** Node verifies who an inbound peer is only by its address, so it is used only where no name is to be verified. */
  #inbound(target: Target): StreamFlow | undefined {
    const named =
      this.transport === "tls" && target.serverName !== undefined && familyOf(target.serverName) === 0;
    return named ? undefined : this.#byPeer.get(peerKey({ host: target.host, port: target.port }));
  }

  #accept(raw: Socket): void {
    const { room, gate } = this.#options;
    const remote = { host: plainAddress(raw.remoteAddress ?? ""), port: raw.remotePort ?? 0 };
    // A connection that is gone already has no address any more.
    if (remote.host === "") {
      raw.destroy();
      return;
    }
    if (room.guard.isBanned(remote.host)) {
      room.counters.add('sip_connections_refused{reason="banned"}');
      raw.destroy();
      return;
    }
    let flow: StreamFlow | undefined;
    const close = (): void => {
      if (flow === undefined) raw.destroy();
      else flow.close(PLACE_NEEDED);
      leave?.();
    };
    const leave = gate.enter({ transport: this.transport, remote, close });
    if (leave === undefined) {
      raw.destroy();
      return;
    }
    room.counters.add("sip_connections_accepted");
    this.#raw.add(raw);
    const tooLate = room.clock.after(room.limits.messageCompleteMs, () => {
      room.counters.add('sip_connections_timed_out{phase="handshake"}');
      raw.destroy();
    });
    raw.on("error", () => room.counters.add("sip_stream_errors"));
    raw.once("close", () => {
      tooLate.cancel();
      this.#raw.delete(raw);
      leave();
    });
    this.#kind.accept(raw, (socket) => {
      tooLate.cancel();
      this.#raw.delete(raw);
      if (this.#open) flow = this.#adopt(socket, remote);
      else raw.destroy();
    });
  }

  #connect(target: Target): StreamFlow | undefined {
    const { room, gate } = this.#options;
    const leave = gate.enterOutbound(target.host);
    if (leave === undefined) return undefined;
    room.counters.add("sip_connections_opened");
    const bound = isWildcard(this.local.host) ? {} : { localAddress: this.local.host };
    const { first, count } = DYNAMIC_PORTS;
    const localPort = this.#server === undefined ? first + this.#options.ids.integer(count) : undefined;
    const from = localPort === undefined ? bound : { localPort };
    const socket = this.#kind.connect(target, from, () => flow.opened());
    socket.once("close", leave);
    const remote = { host: target.host, port: target.port };
    const flow = this.#adopt(socket, remote, target, localPort);
    return flow;
  }

  #adopt(socket: Socket, remote: HostPort, target?: Target, localPort = this.local.port): StreamFlow {
    const towards = this.#options.localAddresses;
    const key = peerKey(target ?? remote);
    const flow: StreamFlow = new StreamFlow(this.#options.room, {
      transport: this.transport,
      socket,
      remote,
      target,
      certificateOf: (end) => this.#kind.certificateOf?.(end),
      reset: (end) => this.#kind.reset(end),
      local: this.local,
      sentBy: this.announced ?? hostPort(towards.towards(remote.host), localPort),
      onEnd: () => {
        this.#flows.delete(flow);
        if (this.#byPeer.get(key) === flow) this.#byPeer.delete(key);
      },
    });
    this.#flows.add(flow);
    this.#byPeer.set(key, flow);
    return flow;
  }
}

function peerKey({ host, port, serverName }: { host: string; port: number; serverName?: string }): string {
  return serverName === undefined ? `${port} ${host}` : `${port} ${host} ${serverName}`;
}
