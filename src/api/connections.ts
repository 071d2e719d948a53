import { networkKey, sourceKey } from "../lib/source-key.ts";

/** How many connections there may be at once (SECURITY.md); IPv6 counts by /64, and wider by /48. */
export const CONNECTIONS = { all: 256, ofStrangers: 192, ofSource: 64, ofNetwork: 128 } as const;

/** What is needed of a socket. */
export interface Connected {
  readonly remoteAddress?: string | undefined;
  /** Octets that are written and not sent. */
  readonly writableLength: number;
  /** Whether the peer has ended its side. */
  readonly readableEnded: boolean;
  destroy(): unknown;
  destroySoon(): unknown;
  once(event: "close", listener: () => void): unknown;
}

interface Entry {
  readonly source: string;
  readonly network: string | undefined;
  readonly isLocal: boolean;
  /** The head of a request is here and its answer is not given. */
  isBusy: boolean;
  /** Another came meanwhile. */
  isLast: boolean;
}

/**
 * The connections of the API. Who opens one too many takes the place of the oldest that waits: one that has sent nothing,
 * half a request, or is idle between two; and where none waits, of one that does not take its answer. So whoever hoards connections loses them to those who ask something; and a
 * quarter is kept for this machine itself, whose commands and health checks come over loopback.
 */
export class Connections {
  /** In the order in which they began to wait. */
  readonly #entries = new Map<Connected, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Takes a new connection, or ends it when nothing waits that could go instead. */
  opened(socket: Connected): void {
    const address = plain(socket.remoteAddress ?? "");
    const entry: Entry = {
      source: sourceKey(address),
      network: networkKey(address),
      isLocal: address === "::1" || address.startsWith("127."),
      isBusy: false,
      isLast: false,
    };
    if (!this.#makeRoom(entry)) {
      socket.destroy();
      return;
    }
    this.#entries.set(socket, entry);
    socket.once("close", () => this.#entries.delete(socket));
  }

  /** The head of a request is here: its connection stays until it is answered, if the peer takes the answer. */
  asked(socket: Connected): void {
    const entry = this.#entries.get(socket);
    if (entry !== undefined) entry.isBusy = true;
  }

  /** Another one is here before that is answered. It is not served: the connection ends with the first answer. */
  askedAhead(socket: Connected): void {
    const entry = this.#entries.get(socket);
    if (entry !== undefined) entry.isLast = true;
  }

  answered(socket: Connected): void {
    const entry = this.#entries.get(socket);
    if (entry === undefined) return;
    entry.isBusy = false;
    if (entry.isLast) socket.destroySoon();
    // It waits from now on.
    this.#entries.delete(socket);
    this.#entries.set(socket, entry);
  }

  #makeRoom({ source, network, isLocal }: Entry): boolean {
    const ofSource = (entry: Entry): boolean => entry.source === source;
    const ofNetwork = (entry: Entry): boolean => network !== undefined && entry.network === network;
    const ofStrangers = (entry: Entry): boolean => !isLocal && !entry.isLocal;
    return (
      this.#below(CONNECTIONS.ofSource, ofSource) &&
      this.#below(CONNECTIONS.ofNetwork, ofNetwork) &&
      this.#below(CONNECTIONS.ofStrangers, ofStrangers) &&
      this.#below(CONNECTIONS.all, () => true)
    );
  }

  /** Whether one more of these may be, if need be after the one that waits longest has gone. */
  #below(limit: number, counts: (entry: Entry) => boolean): boolean {
    let count = 0;
    let oldest: Connected | undefined;
    let stuck: Connected | undefined;
    for (const [socket, entry] of this.#entries) {
      if (!counts(entry)) continue;
      count += 1;
      if (!entry.isBusy) oldest ??= socket;
      else if (socket.writableLength > 0 || socket.readableEnded) stuck ??= socket;
    }
    if (count < limit) return true;
    const out = oldest ?? stuck;
    if (out === undefined) return false;
    this.#entries.delete(out);
    out.destroy();
    return true;
  }
}

/** Without the prefix that IPv4 has on a socket that takes both (RFC 4291 §2.5.5.2). */
export function plain(address: string): string {
  return /^::ffff:[\d.]+$/i.test(address) ? address.slice(7) : address;
}
