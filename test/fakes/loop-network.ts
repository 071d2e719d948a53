import type { Said } from "../../src/lib/said.ts";
import { withReceived } from "../../src/sip/message/build.ts";
import { StreamFramer } from "../../src/sip/message/framer.ts";
import type { SipMessage } from "../../src/sip/message/message.ts";
import { defaultLimits, parseMessage } from "../../src/sip/message/parser.ts";
import { serialize } from "../../src/sip/message/serializer.ts";
import type {
  Flow,
  HostPort,
  Target,
  Transport,
  TransportHandler,
  TransportKind,
  TransportObserver,
} from "../../src/sip/transport/transport.ts";
import { sipSaid } from "../../src/sip/words.ts";
import { SeededRandom } from "./seeded-ids.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** How badly datagrams fare. Streams know only the delay. */
export interface Weather {
  /** Probability that a datagram is lost. */
  readonly loss: number;
  /** Probability that a datagram arrives twice. */
  readonly duplication: number;
  /** Shortest and longest time on the way, in whole milliseconds; a span lets datagrams overtake each other. */
  readonly delayMs: readonly [min: number, max: number];
}

export interface LoopNetworkOptions extends Partial<Weather> {
  readonly clock: VirtualClock;
  readonly seed?: number;
}

/** One message on the wire. */
export interface Packet {
  /** Clock time at which it was sent, in milliseconds. */
  readonly at: number;
  readonly from: HostPort;
  readonly to: HostPort;
  readonly transport: TransportKind;
  readonly message: SipMessage;
  readonly text: string;
  /** The start line, for reading a log: `INVITE sip:…` or `SIP/2.0 200 OK`. */
  readonly startLine: string;
  /** How many copies arrive: 0 lost, 1 as it should be, 2 duplicated. */
  copies: number;
}

/** What a test wants to happen to a packet; undefined leaves it to the weather. */
export type Verdict = "drop" | "deliver" | { readonly delayMs: number } | undefined;

/** A network in memory on a virtual clock: hosts, datagrams that get lost, and streams that break. */
export class LoopNetwork {
  readonly clock: VirtualClock;
  readonly log: Packet[] = [];
  /** Where streams were opened to, whether or not somebody is there. */
  readonly connects: HostPort[] = [];
  weather: Weather;
  /** Decides about each packet before the weather does. */
  intercept: (packet: Packet) => Verdict = () => undefined;
  readonly #random: SeededRandom;
  readonly #hosts = new Map<string, LoopTransport>();
  #nextPort = 40_000;

  constructor(options: LoopNetworkOptions) {
    this.clock = options.clock;
    this.#random = new SeededRandom(options.seed ?? 1);
    this.weather = {
      loss: options.loss ?? 0,
      duplication: options.duplication ?? 0,
      delayMs: options.delayMs ?? [1, 1],
    };
  }

  /** A host with a listener of each kind on one port (5060, and for TLS the next one). */
  host(address: string, options: { kinds?: readonly TransportKind[]; port?: number } = {}): LoopTransport {
    const transport = new LoopTransport(this, address, options.kinds ?? ["udp", "tcp"], options.port ?? 5060);
    for (const listener of transport.listeners) this.#hosts.set(place(listener.local), transport);
    return transport;
  }

  /** Start lines sent so far, `from > to: start line`, for assertions about what went over the wire. */
  ladder(): readonly string[] {
    return this.log.map(
      ({ from, to, startLine, copies }) =>
        `${from.host} > ${to.host}: ${startLine}${copies === 0 ? " (lost)" : ""}`,
    );
  }

  /** Puts raw octets on the wire as a datagram, as a hostile or broken peer does. */
  inject(octets: Buffer | string, from: HostPort, to: HostPort): void {
    const bytes = typeof octets === "string" ? Buffer.from(octets, "utf8") : octets;
    this.clock.after(this.delay(), () => this.#hosts.get(place(to))?.receiveDatagram(bytes, from, to));
  }

  /** For transports. */
  listening(at: HostPort): LoopTransport | undefined {
    return this.#hosts.get(place(at));
  }

  /** For transports. */
  remove(transport: LoopTransport): void {
    for (const listener of transport.listeners) this.#hosts.delete(place(listener.local));
  }

  /** For transports: a port that nobody has. */
  ephemeralPort(): number {
    return this.#nextPort++;
  }

  /** For transports: how often and how late a datagram arrives. */
  fate(packet: Packet): readonly number[] {
    const verdict = this.intercept(packet);
    if (verdict === "drop") return [];
    if (verdict === "deliver") return [this.weather.delayMs[0]];
    if (verdict !== undefined) return [verdict.delayMs];
    if (this.#random.fraction() < this.weather.loss) return [];
    const first = this.delay();
    return this.#random.fraction() < this.weather.duplication ? [first, this.delay()] : [first];
  }

  delay(): number {
    const [min, max] = this.weather.delayMs;
    return min + (this.#random.uint32() % (max - min + 1));
  }
}

/** One end of a way between two hosts. */
class LoopFlow implements Flow {
  readonly transport: TransportKind;
  readonly reliable: boolean;
  readonly local: HostPort;
  readonly remote: HostPort;
  readonly sentBy: string;
  open = true;
  wasCut = false;
  target: Target | undefined = undefined;
  /** Streams only: the other end, what has not been read yet, and when the last octet arrives (no overtaking). */
  peer: { readonly flow: LoopFlow; readonly owner: LoopTransport } | undefined = undefined;
  readonly framer = new StreamFramer(defaultLimits);

  get connected(): boolean {
    return this.peer !== undefined;
  }

  lastArrival = 0;
  heardAt = 0;
  /** Of streams; the other end hears nothing of it. */
  endIfSilent: (since: number) => boolean = () => false;

  constructor(transport: TransportKind, local: HostPort, remote: HostPort, sentBy: string) {
    this.transport = transport;
    this.reliable = transport !== "udp";
    this.local = local;
    this.remote = remote;
    this.sentBy = sentBy;
  }
}

/** A host's transport. Messages are written out and read again on the way, as on a real wire. */
export class LoopTransport implements Transport {
  readonly listeners: readonly { readonly transport: TransportKind; readonly local: HostPort }[];
  /** False: nobody answers here any more (power off), and nothing is heard. */
  up = true;
  /** Octets that were no message; a test that expects none asserts on it. */
  readonly faults: string[] = [];
  readonly #network: LoopNetwork;
  readonly #datagramFlows = new Map<string, LoopFlow>();
  readonly #streams = new Set<LoopFlow>();
  #handler: TransportHandler | undefined = undefined;
  #observer: TransportObserver | undefined = undefined;

  constructor(network: LoopNetwork, host: string, kinds: readonly TransportKind[], port: number) {
    this.#network = network;
    this.listeners = kinds.map((transport) => ({
      transport,
      local: { host, port: transport === "tls" ? port + 1 : port },
    }));
  }

  handle(handler: TransportHandler): void {
    this.#handler = handler;
  }

  observe(observer: TransportObserver): void {
    this.#observer = observer;
  }

  flowTo(target: Target): Flow | undefined {
    const listener = this.listeners.find(({ transport }) => transport === target.transport);
    if (listener === undefined) return undefined;
    const remote = { host: target.host, port: target.port };
    if (target.transport === "udp") return this.#datagramFlow(listener.local, remote);
    for (const flow of this.#streams) {
      if (flow.open && flow.transport === target.transport && place(flow.remote) === place(remote))
        return flow;
    }
    const flow = this.#connect(target.transport, listener.local, remote);
    flow.target = target;
    return flow;
  }

  /** Those that were asked for; nothing of them is seen on the wire. */
  readonly keptAlive: { readonly at: number; readonly flow: Flow; readonly mustAnswer: boolean }[] = [];

  keepAlive(flow: Flow, mustAnswer = false): void {
    this.keptAlive.push({ at: this.#network.clock.now(), flow, mustAnswer });
  }

  send(message: SipMessage, flow: Flow, onError: (reason: Said) => void): void {
    const way = flow as LoopFlow;
    const bytes = serialize(message);
    const packet: Packet = {
      at: this.#network.clock.now(),
      from: way.local,
      to: way.remote,
      transport: way.transport,
      message,
      text: bytes.toString("utf8"),
      startLine: bytes.toString("utf8", 0, bytes.indexOf("\r\n")),
      copies: 0,
    };
    if (!this.up) return;
    this.#observer?.("out", message, flow, bytes);
    this.#network.log.push(packet);
    if (way.reliable) this.#sendStream(bytes, packet, way, onError);
    else this.#sendDatagram(bytes, packet, way);
  }

  /** Ends every connection at once, as a restarted firewall does; both ends hear of it. */
  dropStreams(): void {
    const reason = sipSaid("flow.reset", {});
    for (const flow of this.#streams) this.#closeStream(flow, reason);
  }

  close(): Promise<void> {
    this.up = false;
    this.dropStreams();
    this.#network.remove(this);
    return Promise.resolve();
  }

  /** For the network. */
  receiveDatagram(bytes: Buffer, from: HostPort, to: HostPort): void {
    if (this.up) this.#read(bytes, this.#datagramFlow(to, from));
  }

  #datagramFlow(local: HostPort, remote: HostPort): LoopFlow {
    const key = `${place(local)} ${place(remote)}`;
    let flow = this.#datagramFlows.get(key);
    if (flow === undefined) {
      flow = new LoopFlow("udp", local, remote, place(local));
      this.#datagramFlows.set(key, flow);
    }
    return flow;
  }

  #sendDatagram(bytes: Buffer, packet: Packet, way: LoopFlow): void {
    const fate = this.#network.fate(packet);
    packet.copies = fate.length;
    for (const delayMs of fate) {
      this.#network.clock.after(delayMs, () =>
        this.#network.listening(way.remote)?.receiveDatagram(bytes, way.local, way.remote),
      );
    }
  }

  #connect(transport: TransportKind, listener: HostPort, remote: HostPort): LoopFlow {
    const local = { host: listener.host, port: this.#network.ephemeralPort() };
    const flow = new LoopFlow(transport, local, remote, place(listener));
    this.#streams.add(flow);
    this.#network.connects.push(remote);
    const owner = this.#network.listening(remote);
    if (owner?.up === true && owner.listeners.some((other) => other.transport === transport)) {
      const peer = new LoopFlow(transport, remote, local, place(remote));
      flow.peer = { flow: peer, owner };
      peer.peer = { flow, owner: this };
      owner.#streams.add(peer);
      this.#mayEnd(flow);
      owner.#mayEnd(peer);
    }
    return flow;
  }

  #sendStream(bytes: Buffer, packet: Packet, way: LoopFlow, onError: (reason: Said) => void): void {
    const { clock } = this.#network;
    const { peer } = way;
    if (!way.open || peer === undefined) {
      const reason = sipSaid(way.open ? "flow.refused" : "flow.closed", {});
      if (peer === undefined) this.#streams.delete(way);
      way.open = false;
      clock.after(this.#network.delay(), () => onError(reason));
      return;
    }
    if (this.#network.intercept(packet) === "drop") return;
    packet.copies = 1;
    const arrival = Math.max(clock.now() + this.#network.delay(), way.lastArrival);
    way.lastArrival = arrival;
    clock.after(arrival - clock.now(), () => peer.owner.#receiveStream(bytes, peer.flow));
  }

  #receiveStream(bytes: Buffer, flow: LoopFlow): void {
    if (!flow.open || !this.up) return;
    flow.heardAt = this.#network.clock.now();
    flow.framer.push(bytes);
    for (let frame = flow.framer.next(); frame !== undefined; frame = flow.framer.next()) {
      if (frame.kind === "message") this.#read(frame.bytes, flow);
      else if (frame.kind === "fault") return this.#closeStream(flow, sipSaid("flow.noMessage", {}));
    }
  }

  #closeStream(flow: LoopFlow, reason: Said): void {
    this.#end(flow, reason);
    if (flow.peer !== undefined) flow.peer.owner.#end(flow.peer.flow, reason);
  }

  #mayEnd(flow: LoopFlow): void {
    flow.heardAt = this.#network.clock.now();
    flow.endIfSilent = (since) => {
      if (!flow.open || flow.heardAt >= since) return false;
      flow.wasCut = flow.target !== undefined;
      this.#end(flow, sipSaid("flow.silent", {}));
      return true;
    };
  }

  #end(flow: LoopFlow, reason: Said): void {
    if (!flow.open) return;
    flow.open = false;
    this.#streams.delete(flow);
    this.#network.clock.after(this.#network.delay(), () => {
      if (this.up) this.#handler?.onFlowClosed(flow, reason);
    });
  }

  #read(bytes: Buffer, flow: LoopFlow): void {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) {
      this.faults.push(parsed.fault.reason);
      this.#handler?.onFault(parsed.fault, flow);
      return;
    }
    const { message } = parsed;
    const { remote } = flow;
    const marked = message.kind === "request" ? withReceived(message, remote.host, remote.port) : message;
    this.#observer?.("in", marked, flow, bytes);
    this.#handler?.onMessage(marked, flow);
  }
}

function place({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
