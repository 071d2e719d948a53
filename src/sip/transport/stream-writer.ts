import type { Socket } from "node:net";
import type { Counters } from "../../lib/counters.ts";
import type { Said } from "../../lib/said.ts";
import { sipSaid } from "../words.ts";
import { failLater, socketErrorReason } from "./flows.ts";

interface Unsent {
  readonly bytes: Buffer;
  readonly onError: (reason: Said) => void;
}

export interface StreamWriterOptions {
  readonly socket: Socket;
  readonly counters: Counters;
  readonly maxUnsentBytes: number;
  /** The peer does not read: so many octets wait for it. */
  readonly onUnread: (octets: number) => void;
}

const NOT_READ = sipSaid("flow.notRead", {});
const TOO_MUCH_WAITS = sipSaid("flow.tooMuchWaits", {});

/** What goes out on a stream: kept until it is connected, and up to a limit for a peer that does not read. */
export class StreamWriter {
  readonly #options: StreamWriterOptions;
  #unsent: Unsent[] = [];
  #unsentBytes = 0;

  constructor(options: StreamWriterOptions) {
    this.#options = options;
  }

  /** What is with us and not with the kernel, octets. */
  get waiting(): number {
    return this.#options.socket.writableLength;
  }

  /** Keeps it until `flush`. */
  keep(bytes: Buffer, onError: (reason: Said) => void): void {
    this.#unsentBytes += bytes.length;
    if (this.#unsentBytes > this.#options.maxUnsentBytes) failLater(onError, TOO_MUCH_WAITS);
    else this.#unsent.push({ bytes, onError });
  }

  /** Sends what was kept. */
  flush(): void {
    for (const { bytes, onError } of this.#taken()) this.put(bytes, onError);
  }

  /** Tells all whose octets were kept that they are not sent. */
  drop(reason: Said): void {
    for (const { onError } of this.#taken()) failLater(onError, reason);
  }

  /** Hands it to the socket; what a peer does not read is kept for it up to a limit: then others would pay for it. */
  put(bytes: Buffer, onError: (reason: Said) => void): void {
    const { socket, counters, maxUnsentBytes, onUnread } = this.#options;
    if (socket.writableLength + bytes.length > maxUnsentBytes) {
      failLater(onError, NOT_READ);
      queueMicrotask(() => onUnread(socket.writableLength));
      return;
    }
    socket.write(bytes, (error) => {
      if (error === null || error === undefined) return;
      counters.add("sip_send_errors");
      onError(socketErrorReason(error));
    });
  }

  #taken(): readonly Unsent[] {
    const taken = this.#unsent;
    this.#unsent = [];
    this.#unsentBytes = 0;
    return taken;
  }
}
