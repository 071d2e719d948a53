import { createSocket, type Socket } from "node:dgram";
import { Luck } from "./luck.ts";

/** What happens to datagrams of one direction; the shares are 0 to 1 and independent of each other. */
export interface Weather {
  readonly drop?: number;
  readonly duplicate?: number;
  /** Held back for `OVERTAKEN_MS`, so that later ones overtake. */
  readonly reorder?: number;
}

const OVERTAKEN_MS = 30;

interface Place {
  readonly host: string;
  readonly port: number;
}

export interface ShimOptions {
  /** Address of the shim; it listens on port 5060 there, and datagrams from clients leave from it too. */
  readonly at: string;
  readonly server: Place;
  readonly client: Place;
  readonly toServer: Weather;
  readonly toClient: Weather;
  /** The same seed makes the same weather for the same traffic. */
  readonly seed: number;
}

/**
 * A UDP relay between one client and the server: what the client sends to the shim reaches the server from the shim's
 * address, and back. SIP inside is not touched, so `rport` brings the answers back the same way.
 */
export class UdpShim {
  readonly counts = { relayed: 0, dropped: 0, duplicated: 0, reordered: 0 };
  readonly #socket: Socket = createSocket("udp4");
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #luck: Luck;

  private constructor(options: ShimOptions) {
    this.#luck = new Luck(options.seed);
    this.#socket.on("message", (datagram, from) => {
      const { server, client, toServer, toClient } = options;
      const fromServer = from.address === server.host && from.port === server.port;
      this.#relay(datagram, fromServer ? client : server, fromServer ? toClient : toServer);
    });
  }

  static async start(options: ShimOptions): Promise<UdpShim> {
    const shim = new UdpShim(options);
    await new Promise<void>((resolve, reject) => {
      shim.#socket.once("error", reject).bind(5060, options.at, resolve);
    });
    return shim;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }

  #relay(datagram: Buffer, to: Place, { drop = 0, duplicate = 0, reorder = 0 }: Weather): void {
    if (this.#luck.has(drop)) {
      this.counts.dropped += 1;
      return;
    }
    if (this.#luck.has(duplicate)) {
      this.counts.duplicated += 1;
      this.#send(datagram, to);
    }
    if (!this.#luck.has(reorder)) return this.#send(datagram, to);
    this.counts.reordered += 1;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#send(datagram, to);
    }, OVERTAKEN_MS);
    this.#timers.add(timer);
  }

  #send(datagram: Buffer, to: Place): void {
    this.counts.relayed += 1;
    this.#socket.send(datagram, to.port, to.host);
  }
}
