import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Source } from "./latch.ts";

/** Octets that the kernel may keep for us: 0.5 s of a call and a flood beside it. It may give less. */
const RECEIVE_BUFFER = 512 * 1024;
/** So many strangers' packets between two times of looking, and the kernel is asked to keep all but the party's away. */
const FLOOD = 100;

/** Where to bind. */
export interface Bind {
  /** An IP literal. */
  readonly address: string;
  readonly family: 4 | 6;
  /** Taken where `address` is not one of this machine. */
  readonly fallback?: string;
}

/** Takes every datagram; the buffer is the taker's own. */
export type TakeDatagram = (octets: Buffer, from: RemoteInfo) => void;

/**
 * One UDP socket. Sending never fails aloud: a packet of sound that cannot go is lost. It can be connected to the party:
 * sending is then cheaper by a tenth, and the kernel drops the packets of strangers unseen, which under a flood of them
 * happens by itself.
 */
export class MediaSocket {
  readonly #socket: Socket;
  #strangers = 0;
  #connectedTo: Source | undefined;
  #connecting = false;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // ICMP errors of a connected socket come here, and mean nothing: RTP goes on until the call ends.
    socket.on("error", () => {});
  }

  /** An error is the code of the system (`EADDRINUSE`, `EMFILE` …). Never rejects. */
  static open(bind: Bind, port: number, take: TakeDatagram): Promise<Result<MediaSocket, string>> {
    const socket = createSocket({
      type: bind.family === 4 ? "udp4" : "udp6",
      ipv6Only: bind.family === 6,
      recvBufferSize: RECEIVE_BUFFER,
      // Every address here is a literal; without this each packet would take a turn through the resolver.
      lookup: (address, _options, done) => done(null, address, bind.family),
    });
    return new Promise((resolve) => {
      socket.once("error", (error: NodeJS.ErrnoException) => {
        socket.close();
        resolve(err(error.code ?? error.message));
      });
      socket.bind({ address: bind.address, port, exclusive: true }, () => {
        socket.removeAllListeners("error");
        socket.on("message", take);
        resolve(ok(new MediaSocket(socket)));
      });
    });
  }

  send(octets: Uint8Array, to: Source): void {
    if (this.#closed) return;
    const { port, address } = to;
    const connected = this.#connectedTo;
    if (connected === undefined) {
      if (!this.#connecting) this.#socket.send(octets, port, address);
    } else if (connected.port === port && connected.address === address) this.#socket.send(octets);
    else {
      this.openToAll();
      this.#socket.send(octets, port, address);
    }
  }

  /** A packet came that is not the party's. `party`: where the party is, if that is certain. */
  noteStranger(party: Source | undefined): void {
    this.#strangers += 1;
    if (this.#strangers >= FLOOD && party !== undefined) this.keepTo(party);
  }

  /** Only this one's packets come in from now on. */
  keepTo(party: Source): void {
    if (this.#connectedTo !== undefined || this.#connecting || this.#closed) return;
    this.#connecting = true;
    // Node calls this with an error where the connection fails, though its types do not say so.
    this.#socket.connect(party.port, party.address, (error?: unknown) => {
      this.#connecting = false;
      if (error === undefined && !this.#closed) this.#connectedTo = party;
    });
  }

  /** Some times a second: what a flood is, is counted anew. */
  forgetStrangers(): void {
    this.#strangers = 0;
  }

  /** Lets everybody's packets in again. */
  openToAll(): void {
    if (this.#connectedTo === undefined || this.#closed) return;
    this.#connectedTo = undefined;
    this.#socket.disconnect();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}
