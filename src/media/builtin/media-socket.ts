import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Source } from "./latch.ts";

/** Octets that the kernel may keep for us: 0.5 s of a call and a flood beside it. It may give less. */
const RECEIVE_BUFFER = 512 * 1024;
/** So many strangers' packets within a second, and the kernel is asked to keep all but the party's away. */
const FLOOD_PER_SECOND = 200;

/** Where to bind. */
export interface Bind {
  /** An IP literal. */
  readonly address: string;
  readonly family: 4 | 6;
}

/** Takes every datagram; the buffer is the taker's own. */
export type TakeDatagram = (octets: Buffer, from: RemoteInfo) => void;

/**
 * One UDP socket. Sending never fails aloud: a packet of sound that cannot go is lost. Under a flood of strangers it is
 * connected to the party, so that the kernel drops theirs unseen; that ends when the party goes silent, since the
 * party may then be somewhere else.
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
    if (this.#strangers < FLOOD_PER_SECOND || party === undefined) return;
    if (this.#connectedTo !== undefined || this.#connecting || this.#closed) return;
    this.#connecting = true;
    this.#socket.connect(party.port, party.address, () => {
      this.#connecting = false;
      if (!this.#closed) this.#connectedTo = party;
    });
  }

  /** Once a second: what a flood is, is counted anew. */
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
