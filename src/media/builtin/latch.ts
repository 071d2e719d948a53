import { type IpAddress } from "../../lib/ip-address.ts";
import { addressKind } from "../sdp/address.ts";

/** Packets in a row that make a new source believable. */
const IN_A_ROW = 4;
/** The old source must have been silent for this long before another may take its place, ms. */
const OLD_SILENT_MS = 500;
/** Places that a party has left and may still send from; more are forgotten, the oldest first. */
const MAX_LEFT = 4;
/**
 * A stream lingers for a round trip or two after its party has said that it is elsewhere. Of a party behind NAT whose new
 * place nobody knows yet, the old one is believed again when it alone has been heard for this long since, ms.
 */
const LINGERING_MS = 2000;

/** Somebody who may become the party's source. */
interface Candidate {
  readonly address: string;
  readonly port: number;
  readonly ssrc: number;
  nextSequence: number;
  count: number;
}

/** Where packets come from, as the socket says. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

/**
 * Decides whose packets are a party's, and where ours go (reliability C1, C2; docs/adr/0018). Packets are taken from one
 * address and port: that of the party's SDP, or, as NAT changes them, one that sends from the SDP's address or from
 * where the party's signalling comes from, four packets in a row with one SSRC. Nothing is ever sent anywhere else.
 */
export class Latch {
  #signalling: IpAddress;
  #described: Source | undefined;
  #describedMayGetFirst = false;
  #locked: Source | undefined;
  #lockedAt = 0;
  #candidate: Candidate | undefined;
  /** Where the party was before its last descriptions: nobody is there now (RFC 3264 §8.3.1). */
  #left: readonly Source[] = [];
  #movedAt = 0;

  constructor(signalling: IpAddress) {
    this.#signalling = signalling;
  }

  /** The party's signalling comes from elsewhere now. */
  signalledFrom(address: IpAddress): void {
    this.#signalling = address;
    this.#describedMayGetFirst = this.#mayGetFirst();
  }

  /**
   * What the party's description says; undefined: no address (hold). Another than before begins the search anew, and where
   * the party was is nobody from then on, however long a stream from there goes on. `now`: monotonic ms.
   */
  describe(described: Source | undefined, now: number): void {
    const before = this.#described;
    if (described === undefined || same(before, described)) return;
    this.#described = described;
    this.#describedMayGetFirst = this.#mayGetFirst();
    // It has learned where its packets come from, and says so: that is no move.
    if (same(this.#locked, described)) return;
    const left = [before, this.#locked].filter((place) => place !== undefined);
    this.#left = [...this.#left, ...left].filter((place) => !same(place, described)).slice(-MAX_LEFT);
    this.#movedAt = now;
    this.#locked = undefined;
    this.#candidate = undefined;
  }

  /** Where to send; undefined while no place is known that may be sent to. */
  get target(): Source | undefined {
    return this.#locked ?? (this.#describedMayGetFirst ? this.#described : undefined);
  }

  get locked(): Source | undefined {
    return this.#locked;
  }

  /** Whether this address has anything to do with the party. */
  knows(address: string): boolean {
    return (
      address === this.#signalling ||
      address === this.#described?.address ||
      address === this.#locked?.address
    );
  }

  /** Whether a packet is taken. `now`: monotonic ms. */
  takes(source: Source, ssrc: number, sequence: number, now: number): boolean {
    const locked = this.#locked;
    if (same(locked, source)) {
      this.#lockedAt = now;
      return true;
    }
    const described = this.#described;
    if (source.address !== this.#signalling && source.address !== described?.address) return false;
    // Nobody can be answered at port 0, though a forged datagram may come from there.
    if (source.port === 0) return false;
    if (locked !== undefined && now - this.#lockedAt < OLD_SILENT_MS) {
      this.#candidate = undefined;
      return false;
    }
    if (this.#hasLeft(source, now)) return false;
    const asDescribed = same(described, source);
    if (!(locked === undefined && asDescribed) && !this.#inARow(source, ssrc, sequence)) return false;
    this.#locked = { address: source.address, port: source.port };
    this.#lockedAt = now;
    this.#candidate = undefined;
    return true;
  }

  /** A place that the party is not at any more. */
  #hasLeft(source: Source, now: number): boolean {
    if (!this.#left.some((place) => same(place, source))) return false;
    return this.#locked !== undefined || this.#describedMayGetFirst || now - this.#movedAt < LINGERING_MS;
  }

  #inARow(source: Source, ssrc: number, sequence: number): boolean {
    const candidate = this.#candidate;
    const inARow =
      candidate !== undefined &&
      same(candidate, source) &&
      candidate.ssrc === ssrc &&
      candidate.nextSequence === sequence;
    const nextSequence = (sequence + 1) & 0xffff;
    if (!inARow) {
      this.#candidate = { address: source.address, port: source.port, ssrc, nextSequence, count: 1 };
      return false;
    }
    candidate.nextSequence = nextSequence;
    candidate.count += 1;
    return candidate.count >= IN_A_ROW;
  }

  /**
   * A description may name anybody: what it names gets our first packets only if it is where the signalling comes from, a
   * public address, or one of the networks at home where the signalling comes from there too (reliability B10).
   */
  #mayGetFirst(): boolean {
    const address = this.#described?.address;
    if (address === undefined) return false;
    if (address === this.#signalling) return true;
    const kind = addressKind(address);
    const from = addressKind(this.#signalling);
    if (kind === "private") return from === "private" || from === "loopback";
    return kind === "public" || (kind === from && (kind === "loopback" || kind === "linkLocal"));
  }
}

function same(one: Source | undefined, other: Source): boolean {
  return one !== undefined && one.port === other.port && one.address === other.address;
}
