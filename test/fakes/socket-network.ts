import { createCounters } from "../../src/lib/counters.ts";
import type { Said } from "../../src/lib/said.ts";
import type { SipMessage } from "../../src/sip/message/message.ts";
import { serialize } from "../../src/sip/message/serializer.ts";
import { createGuard } from "../../src/sip/transport/guard.ts";
import { type OpenTransports, openTransports } from "../../src/sip/transport/layer.ts";
import type { TransportLimits } from "../../src/sip/transport/limits.ts";
import type { StreamFlow } from "../../src/sip/transport/stream.ts";
import type {
  Flow,
  HostPort,
  Target,
  TransportHandler,
  TransportKind,
  TransportObserver,
} from "../../src/sip/transport/transport.ts";
import { sipSaid } from "../../src/sip/words.ts";
import { type Certificate, selfSigned } from "../contract/certificate.ts";
import { ownAddress } from "../support/loopback.ts";
import { LoopNetwork, LoopTransport, type Packet } from "./loop-network.ts";
import { seededIds } from "./seeded-ids.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Turns of the event loop in which nothing may happen any more before the clock goes on. */
const QUIET_TURNS = 6;
/** What is on its way for longer in real time does not arrive: its stream was closed. */
const LOST_MS = 30;

/** The name that its certificates are for. */
export const SOCKET_NAME = "carrier.example";

/** What every host shows; `caPem`: what it is checked by, where it has not signed itself. */
export interface SocketCertificate extends Certificate {
  readonly caPem?: string;
}

/**
 * The hosts of a LoopNetwork on real UDP, TCP and TLS sockets of this machine, each at a loopback address of its own; time is
 * virtual, and goes on when nothing is on its way. Streams keep themselves alive here, connect, and shake hands.
 */
export class SocketNetwork extends LoopNetwork {
  readonly certificate: SocketCertificate;
  readonly #transports = new Map<string, SocketTransport>();
  readonly #addresses: Map<string, string>;
  /** Sent, and neither arrived nor failed. */
  #onTheWay = 0;
  /** Grows with all that happens. */
  #events = 0;

  /** `before`: one that has been closed, whose addresses and certificate are taken over. */
  constructor(before?: SocketNetwork, certificate?: SocketCertificate) {
    super({ clock: new VirtualClock(() => this.#settled()) });
    this.certificate = certificate ?? before?.certificate ?? selfSigned([`DNS:${SOCKET_NAME}`]);
    this.#addresses = new Map(before === undefined ? [] : before.#addresses);
  }

  /** The loopback address that stands for one of a scenario. */
  address(name: string): string {
    const known = this.#addresses.get(name) ?? ownAddress();
    this.#addresses.set(name, known);
    return known;
  }

  /**
   * Opens the sockets of hosts, by the addresses of the scenario; to be done before anybody asks for them. The first one
   * checks certificates. `limits`: of all but that one.
   */
  async open(names: readonly string[], limits: Partial<TransportLimits> = {}): Promise<void> {
    for (const [index, name] of names.entries()) {
      const host = this.address(name);
      this.#transports.set(host, await SocketTransport.open(this, host, index === 0 ? undefined : limits));
    }
  }

  override host(address: string): LoopTransport {
    const found = this.#transports.get(address);
    if (found === undefined) throw new Error(`${address} has not been opened`);
    return found;
  }

  async close(): Promise<void> {
    for (const transport of this.#transports.values()) await transport.close();
  }

  /** For transports. */
  note(onTheWay: -1 | 0 | 1): void {
    this.#events += 1;
    this.#onTheWay = Math.max(0, this.#onTheWay + onTheWay);
  }

  async #settled(): Promise<void> {
    let [seen, since] = [this.#events, performance.now()];
    for (let quiet = 0; quiet < QUIET_TURNS || this.#onTheWay > 0; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (seen !== this.#events) [seen, since, quiet] = [this.#events, performance.now(), 0];
      else if (performance.now() - since > LOST_MS) this.#onTheWay = 0;
    }
  }
}

/** A host's transport, as the product has it. */
export class SocketTransport extends LoopTransport {
  readonly #network: SocketNetwork;
  readonly #real: OpenTransports;
  readonly #streams = new Set<Flow>();

  private constructor(network: SocketNetwork, host: string, real: OpenTransports) {
    super(network, host, ["udp", "tcp", "tls"], 5060);
    this.#network = network;
    this.#real = real;
  }

  static async open(
    network: SocketNetwork,
    host: string,
    limits?: Partial<TransportLimits>,
  ): Promise<SocketTransport> {
    const { clock, certificate } = network;
    const counters = createCounters();
    const known = { trunkAt: () => "carrier", phonesAt: () => 0, isPhone: () => true };
    const kinds: readonly (readonly ["udp" | "tcp" | "tls", number])[] = [
      ["udp", 5060],
      ["tcp", 5060],
      ["tls", 5061],
    ];
    const real = await openTransports({
      listen: kinds.map(([transport, port]) => ({ transport, host, port })),
      clock,
      counters,
      ids: seededIds(1),
      log: { warn() {}, error() {} },
      guard: createGuard({ clock, counters, known }),
      tls: {
        ...certificate,
        caPem: certificate.caPem ?? certificate.certPem,
        verifyPeer: limits === undefined,
      },
      limits,
    });
    return new SocketTransport(network, host, real);
  }

  override handle(handler: TransportHandler): void {
    this.#real.handle({
      onMessage: (message, flow) => {
        this.#network.note(-1);
        this.#hold(flow);
        handler.onMessage(message, flow);
      },
      onFault: (fault, flow) => {
        this.faults.push(fault.reason);
        handler.onFault(fault, flow);
      },
      onFlowClosed: (flow, reason) => {
        this.#network.note(0);
        this.#streams.delete(flow);
        handler.onFlowClosed(flow, reason);
      },
    });
  }

  override observe(observer: TransportObserver): void {
    this.#real.observe(observer);
  }

  override flowTo(target: Target): Flow | undefined {
    const flow = this.#real.flowTo(target);
    if (flow !== undefined) this.#hold(flow);
    return flow;
  }

  override keepAlive(flow: Flow, mustAnswer?: boolean): void {
    this.#real.keepAlive(flow, mustAnswer);
  }

  override send(message: SipMessage, flow: Flow, onError: (reason: Said) => void): void {
    const packet = packetOf(message, flow, this.#network.clock.now());
    this.#network.log.push(packet);
    if (this.#network.intercept(packet) === "drop") return;
    packet.copies = 1;
    this.#network.note(1);
    this.#real.send(message, flow, (reason) => {
      this.#network.note(-1);
      onError(reason);
    });
  }

  /** Ends every connection at once, at this end; the other end hears of it from its socket. */
  override dropStreams(): void {
    const reason = sipSaid("flow.reset", {});
    for (const flow of this.#streams) (flow as StreamFlow).close(reason);
  }

  override async close(): Promise<void> {
    await this.#real.close();
  }

  /** Shows another certificate to whoever connects from now on. */
  show(certificate: Certificate): void {
    this.#real.reloadTls({ ...certificate, caPem: certificate.certPem });
  }

  #hold(flow: Flow): void {
    if (flow.reliable && flow.open) this.#streams.add(flow);
  }
}

function packetOf(message: SipMessage, flow: Flow, at: number): Packet {
  const octets = serialize(message);
  const place = ({ host, port }: HostPort): HostPort => ({ host, port });
  const kind: TransportKind = flow.transport;
  return {
    at,
    from: place(flow.local),
    to: place(flow.remote),
    transport: kind,
    message,
    text: octets.toString("utf8"),
    startLine: octets.toString("utf8", 0, octets.indexOf("\r\n")),
    copies: 0,
  };
}
