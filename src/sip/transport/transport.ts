import type { Said } from "../../lib/said.ts";
import type { SipMessage } from "../message/message.ts";
import type { ParseFault } from "../message/parser.ts";

export type TransportKind = "udp" | "tcp" | "tls" | "ws" | "wss";

/** An IP literal (no brackets) and a port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Where a request goes next, after RFC 3263 resolution: never a name. */
export interface Target extends HostPort {
  readonly transport: TransportKind;
  /** What TLS verifies: the peer's certificate has to be for it, or for one of `otherNames`. Without it, for the address. */
  readonly serverName?: string;
  readonly otherNames?: readonly string[];
}

/** What a peer over TLS showed us. */
export interface FarCertificate {
  /** Its common name, or its first alternative name. */
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/**
 * The way to one peer: a UDP socket plus the peer's address, or one stream connection. A binding keeps the
 * flow on which its REGISTER came, so that a phone behind NAT is reached (RFC 5626 §5.3).
 */
export interface Flow {
  readonly transport: TransportKind;
  /** True where the transport itself repeats what is lost (RFC 3261 §17). */
  readonly reliable: boolean;
  /** The address the socket is really bound to or connected from. */
  readonly local: HostPort;
  readonly remote: HostPort;
  /** `host[:port]` that we announce in Via and Contact on this flow. */
  readonly sentBy: string;
  readonly open: boolean;
  /** Of a stream that we opened: where it leads. When it was closed, another is opened there (RFC 3261 §18.4). */
  readonly target?: Target | undefined;
  /** Of a stream: the connection came about, whatever became of it. */
  readonly connected?: boolean;
  /** Of a TLS stream that is connected. */
  readonly certificate?: FarCertificate | undefined;
  /**
   * Of a stream: ends it where nothing has come on it since then (monotonic clock), and says whether it did. For who had no
   * answer: a way that a NAT has forgotten looks open for a quarter of an hour, and what is sent next would be lost too (docs/adr/0113).
   */
  endIfSilent?(since: number): boolean;
  /** Of a stream that we opened: we have reset it, as nobody spoke on it. Of what went out on it nothing comes any more. */
  readonly wasCut?: boolean;
}

export interface TransportHandler {
  /** A well-formed message; the topmost Via of a request already carries received and rport (RFC 3581). */
  onMessage(message: SipMessage, flow: Flow): void;
  /** Octets that are no acceptable message; the transport has already answered where the RFC asks for it. */
  onFault(fault: ParseFault, flow: Flow): void;
  /** A stream ended: pending transactions on it fail now instead of waiting for a timer (RFC 3261 §17.1.4). */
  onFlowClosed(flow: Flow, reason: Said): void;
}

/** Sees every well-formed message on its way, with the octets as they were on the wire: for records. */
export type TransportObserver = (
  direction: "in" | "out",
  message: SipMessage,
  flow: Flow,
  octets: Buffer,
) => void;

/** What the transaction layer needs of the network; UDP, TCP, TLS and the in-memory loop implement it. */
export interface Transport {
  /**
   * The flow to a target: an open connection where one exists (reuse), else a new one, which needs no listener. Undefined: no
   * UDP socket of that family, no host to talk to, or too many streams.
   */
  flowTo(target: Target): Flow | undefined;
  /** Sends a message that is complete, Via included. `onError` is called at most once, later, never inside send. */
  send(message: SipMessage, flow: Flow, onError: (reason: Said) => void): void;
  /**
   * Octets that say nothing but keep a way open. A stream that we opened does so by itself; `mustAnswer` tells it that the
   * peer has to answer each of them (RFC 5626 §4.4.1), and is gone if it does not.
   */
  keepAlive(flow: Flow, mustAnswer?: boolean): void;
  /** Sets the one observer; it is asked before the handler is, and retransmissions pass it too. */
  observe(observer: TransportObserver): void;
  /** Sets the one handler of what arrives. */
  handle(handler: TransportHandler): void;
  /** Bound listeners, and what each announces to everybody; that is undefined where it depends on the peer. */
  readonly listeners: readonly {
    readonly transport: TransportKind;
    readonly local: HostPort;
    readonly announced?: string | undefined;
  }[];
  close(): Promise<void>;
}
