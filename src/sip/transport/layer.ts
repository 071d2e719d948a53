import type { Counters } from "../../lib/counters.ts";
import { whyNoPort } from "../../lib/failure.ts";
import type { Said } from "../../lib/said.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Ids } from "../../runtime/ids.ts";
import type { SipMessage } from "../message/message.ts";
import { defaultLimits, type MessageLimits } from "../message/parser.ts";
import { serialize } from "../message/serializer.ts";
import { sipSaid } from "../words.ts";
import { familyOf, isLoopback, isOneHost, isWildcard } from "./address.ts";
import { ConnectionGate } from "./connection-gate.ts";
import { failLater, ignoreError, socketErrorReason } from "./flows.ts";
import type { Guard } from "./guard.ts";
import { LargeRequests } from "./large-requests.ts";
import { defaultTransportLimits, type TransportLimits } from "./limits.ts";
import { LocalAddresses } from "./local-address.ts";
import type { TransportLog } from "./log.ts";
import { RareLog } from "./rare-log.ts";
import { Receiver } from "./receiver.ts";
import { StreamFlow, type StreamRoom } from "./stream.ts";
import { StreamListener, type StreamListenerOptions } from "./stream-listener.ts";
import { tcpKind } from "./tcp.ts";
import { type TlsKind, tlsKind } from "./tls.ts";
import type { TlsFiles, TlsOptions } from "./tls-context.ts";
import type { Flow, Target, Transport, TransportHandler, TransportObserver } from "./transport.ts";
import { UdpFlow, UdpListener } from "./udp.ts";

export interface ListenOptions {
  readonly transport: "udp" | "tcp" | "tls";
  /** An IP literal. `0.0.0.0` listens on all IPv4 addresses, `::` on all IPv6 ones and only on those. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** `host[:port]` that Via and Contact show instead, for a server behind a NAT. */
  readonly advertise?: string | undefined;
}

export interface TransportOptions {
  readonly listen: readonly ListenOptions[];
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: TransportLog;
  readonly guard: Guard;
  readonly counters: Counters;
  /** A certificate is needed for a TLS listener. Without this, peers over TLS are checked against the usual authorities. */
  readonly tls?: TlsOptions | undefined;
  readonly limits?: Partial<TransportLimits> | undefined;
  readonly messageLimits?: Partial<MessageLimits> | undefined;
  /**
   * What becomes of requests of more than 1,300 octets to a UDP peer (RFC 3261 §18.1.1). `udp`, the default: they go
   * by UDP, because many trunks take nothing else. `tcp`: by TCP, and by UDP where no TCP connection comes about.
   */
  readonly largeRequests?: "udp" | "tcp" | undefined;
}

/** The transports of one process. */
export interface OpenTransports extends Transport {
  /** Gives new TLS connections another certificate and other authorities; open ones stay. Throws when they do not fit. */
  reloadTls(files: TlsFiles): void;
  /** Streams open now, both directions. */
  readonly connections: number;
}

/** What a peer over UDP takes for no message, and answers with nothing. */
const KEEP_ALIVE = Buffer.from("\r\n\r\n");

const REQUESTS_CLOSED = sipSaid("flow.requestsClosed", {});

type Listener = UdpListener | StreamListener;

/** Opens all listeners; when one cannot be opened, closes the others and rejects with an error that names it. */
export async function openTransports(options: TransportOptions): Promise<OpenTransports> {
  const layer = new TransportLayer(options);
  try {
    for (const listen of options.listen) await layer.open(listen);
  } catch (error) {
    await layer.close();
    throw error;
  }
  layer.checkReceiveBuffers();
  return layer;
}

/** Throws with a sentence. */
function makeTls(options: TlsOptions, { counters, clock, log }: TransportOptions): TlsKind {
  const refusals = new RareLog(clock, log);
  try {
    return tlsKind({
      options,
      counters,
      onRefused: (address, reason) =>
        refusals.warn({ address, reason }, `a caller over TLS was turned away: ${reason}`),
    });
  } catch (error) {
    throw new Error(`TLS cannot be used: ${socketErrorReason(error as Error).text}.`, { cause: error });
  }
}

class TransportLayer implements OpenTransports {
  readonly #options: TransportOptions;
  readonly #limits: TransportLimits;
  readonly #receiver: Receiver;
  #observer: TransportObserver | undefined;
  readonly #room: StreamRoom;
  readonly #gate: ConnectionGate;
  readonly #localAddresses: LocalAddresses;
  /** Without options it is made when it is needed: it holds the usual authorities. */
  #tls: TlsKind | undefined;
  readonly #largeRequests: LargeRequests | undefined;
  readonly #listeners: Listener[] = [];
  /** Streams of our own of a kind and family that nobody listens for; each made when it is needed. */
  readonly #outbound = new Map<string, StreamListener>();

  constructor(options: TransportOptions) {
    const { clock, counters, guard, ids, log } = options;
    const messageLimits = { ...defaultLimits, ...options.messageLimits };
    this.#options = options;
    this.#limits = { ...defaultTransportLimits, ...options.limits };
    this.#receiver = new Receiver({ guard, counters, ids, log, messageLimits });
    this.#room = {
      clock,
      counters,
      guard,
      limits: this.#limits,
      messageLimits,
      receiver: this.#receiver,
      unread: new RareLog(clock, log),
    };
    this.#gate = new ConnectionGate({ limits: this.#limits, guard, clock, counters, log });
    this.#localAddresses = new LocalAddresses(clock);
    this.#tls = options.tls === undefined ? undefined : makeTls(options.tls, options);
    if (options.largeRequests === "tcp") {
      const flowTo = (target: Target) => this.flowTo(target);
      this.#largeRequests = new LargeRequests({
        clock,
        counters,
        flowTo,
        thresholdBytes: this.#limits.largeRequestBytes,
      });
    }
  }

  get listeners(): readonly Listener[] {
    return this.#listeners;
  }

  get connections(): number {
    return this.#gate.open;
  }

  async open({ transport, host, port, advertise }: ListenOptions): Promise<void> {
    const { counters, guard, log } = this.#options;
    const localAddresses = this.#localAddresses;
    const where = `${transport} ${host} port ${port}`;
    if (familyOf(host) === 0)
      throw new Error(`SIP cannot listen on ${where}: the host must be an IP address.`);
    try {
      if (transport === "udp") {
        const shared = { host, port, advertise, counters, guard, log, localAddresses };
        this.#listeners.push(
          await UdpListener.open({ ...shared, limits: this.#limits, receiver: this.#receiver }),
        );
        return;
      }
      const kind = transport === "tcp" ? tcpKind() : this.#tls;
      if (kind === undefined || (transport === "tls" && this.#tls?.canListen !== true))
        throw new Error("TLS needs a certificate and a key");
      const options = { ...this.#streamOptions(), host, port, advertise };
      this.#listeners.push(await StreamListener.open(options, kind));
    } catch (error) {
      const why = whyNoPort(error) ?? socketErrorReason(error as Error).text;
      throw new Error(`SIP cannot listen on ${where}: ${why}.`, { cause: error });
    }
  }

  /** Says once when the kernel gives less than was asked for: bursts then overflow unseen (reliability G3). */
  checkReceiveBuffers(): void {
    const sizes = this.#listeners
      .filter((one) => one instanceof UdpListener)
      .map((one) => one.enlargeBuffer());
    const wanted = this.#limits.receiveBufferBytes;
    const least = Math.min(wanted, ...sizes);
    if (least >= wanted) return;
    this.#options.log.warn(
      { wanted, got: least },
      "the UDP receive buffer is smaller than asked for, so bursts of calls may lose packets: raise net.core.rmem_max",
    );
  }

  handle(handler: TransportHandler): void {
    this.#receiver.handle(handler);
  }

  observe(observer: TransportObserver): void {
    this.#observer = observer;
    this.#receiver.observe(observer);
  }

  flowTo(target: Target): Flow | undefined {
    // A Contact or Route may name anything; what is no host is nobody to talk to (reliability B10).
    if (!isOneHost(target.host) || !(target.port > 0 && target.port < 65_536)) {
      this.#options.counters.add("sip_targets_refused");
      return undefined;
    }
    const listener = this.#listenerFor(target) ?? this.#outboundFor(target);
    if (listener === undefined) return undefined;
    this.#options.guard.contacted(target);
    return listener.flowTo(target);
  }

  keepAlive(flow: Flow, mustAnswer = false): void {
    if (flow instanceof UdpFlow) flow.write(KEEP_ALIVE, ignoreError);
    else if (flow instanceof StreamFlow) flow.keepAlive(mustAnswer);
  }

  send(message: SipMessage, flow: Flow, onError: (reason: Said) => void): void {
    if (!(flow instanceof UdpFlow) && !(flow instanceof StreamFlow))
      throw new Error("a flow of another transport");
    const bytes = serialize(message);
    this.#observer?.("out", message, flow, bytes);
    this.#options.counters.add("sip_messages_sent");
    if (
      flow instanceof UdpFlow &&
      message.kind === "request" &&
      this.#largeRequests?.takes(message, bytes, flow) === true
    ) {
      this.#largeRequests.send(message, bytes, flow, onError);
      return;
    }
    // A response whose stream is gone goes nowhere from here: the host that the Via names may be anyone (reliability B10).
    // Whoever answers knows where the peer is besides, and has that way opened (`answerBy` in transaction/user.ts).
    if (!flow.open && message.kind === "response") {
      this.#options.counters.add("sip_responses_without_connection");
      failLater(onError, REQUESTS_CLOSED);
      return;
    }
    flow.write(bytes, onError);
  }

  reloadTls(files: TlsFiles): void {
    this.#tls?.reload(files);
  }

  async close(): Promise<void> {
    this.#receiver.handle(undefined);
    await Promise.all([...this.#listeners, ...this.#outbound.values()].map((listener) => listener.close()));
  }

  /** Undefined for UDP: its socket would have to be heard too. */
  #outboundFor({ transport, host }: Target): Listener | undefined {
    if (transport !== "tcp" && transport !== "tls") return undefined;
    const family = familyOf(host) === 6 ? 6 : 4;
    const key = `${transport} ${family}`;
    let found = this.#outbound.get(key);
    if (found === undefined) {
      if (transport === "tls") this.#tls ??= makeTls({}, this.#options);
      const kind = transport === "tls" ? this.#tls : tcpKind();
      if (kind === undefined) return undefined;
      found = StreamListener.outbound(this.#streamOptions(), kind, family);
      this.#outbound.set(key, found);
    }
    return found;
  }

  #streamOptions(): Omit<StreamListenerOptions, "host" | "port"> {
    const { log, ids } = this.#options;
    return { room: this.#room, gate: this.#gate, log, ids, localAddresses: this.#localAddresses };
  }

  /** The listener of the right kind and family whose own address the kernel would send from, or the next best. */
  #listenerFor({ transport, host }: Target): Listener | undefined {
    const family = familyOf(host);
    let only: Listener | undefined;
    let several = false;
    for (const listener of this.#listeners) {
      if (listener.transport !== transport || listener.family !== family) continue;
      if (only !== undefined) several = true;
      only ??= listener;
    }
    if (!several) return only;
    const fitting = this.#listeners.filter((one) => one.transport === transport && one.family === family);
    const source = this.#localAddresses.towards(host);
    return (
      fitting.find((one) => one.local.host === source) ??
      fitting.find((one) => isWildcard(one.local.host)) ??
      fitting.find((one) => isLoopback(one.local.host) === isLoopback(host)) ??
      only
    );
  }
}
