import type { SourceLimits } from "../../lib/source-limiter.ts";

/** The limits of the sockets (reliability A7). */
export interface TransportLimits {
  /** Streams at once, inbound and outbound together. */
  readonly maxConnections: number;
  /** The part of them that strangers may have: the rest is for trunks, registered phones and streams of our own. */
  readonly strangersShare: number;
  /** Inbound streams at once from one source, those not counted on which a phone has registered. */
  readonly maxConnectionsPerSource: number;
  /** The same from one IPv6 /48. */
  readonly maxConnectionsPerNetwork: number;
  /** New inbound streams of strangers. */
  readonly newConnections: SourceLimits;
  /** Those of them that cost a TLS handshake: about a millisecond of the thread that carries the calls. */
  readonly handshakes: SourceLimits;
  /** TLS handshakes from an address where phones are registered: an office that comes back after a power cut. */
  readonly residentHandshakes: SourceLimits;
  /** From the first octet of a message, or from the start of an inbound stream, until a message is there whole. */
  readonly messageCompleteMs: number;
  /** A stream on which nothing came or went for so long is closed; CRLF keeps it open (RFC 5626 §4.4.1). */
  readonly idleMs: number;
  /** The same for trunks and registered phones, many of which send no keep-alive between two registrations. */
  readonly idleKnownMs: number;
  /** On streams that we opened: after so long without octets of ours or the peer's a CRLF keep-alive goes out (RFC 5626 §4.4.1). */
  readonly keepAliveMs: number;
  /** A peer that has answered keep-alives has so long for the next answer, or its stream counts as broken. */
  readonly pongMs: number;
  readonly connectMs: number;
  /** Octets that wait for a stream to open or a peer to read; beyond it the message fails. */
  readonly maxUnsentBytes: number;
  /** UDP peers whose flow is remembered. */
  readonly maxUdpFlows: number;
  /** Asked of the kernel for each UDP socket: the default of about 200 kB overflows in one pause of the collector. */
  readonly receiveBufferBytes: number;
  /** Requests above this size may go by TCP instead of UDP (RFC 3261 §18.1.1). */
  readonly largeRequestBytes: number;
}

export const defaultTransportLimits: TransportLimits = {
  maxConnections: 2_048,
  strangersShare: 0.75,
  maxConnectionsPerSource: 64,
  maxConnectionsPerNetwork: 256,
  newConnections: { source: { units: 96, windowMs: 2_000 }, maxSources: 20_000 },
  handshakes: {
    source: { units: 64, windowMs: 2_000 },
    network: { units: 128, windowMs: 2_000 },
    all: { units: 200, windowMs: 2_000 },
    maxSources: 20_000,
  },
  residentHandshakes: { source: { units: 400, windowMs: 2_000 }, maxSources: 20_000 },
  messageCompleteMs: 10_000,
  idleMs: 120_000,
  idleKnownMs: 7_200_000,
  // Providers and NATs that close idle streams do so after 30 s at the earliest.
  keepAliveMs: 20_000,
  pongMs: 10_000,
  connectMs: 4_000,
  maxUnsentBytes: 1_048_576,
  maxUdpFlows: 20_000,
  receiveBufferBytes: 4_194_304,
  largeRequestBytes: 1_300,
};
