import { connect, createServer, type Server, type Socket } from "node:net";

/** What the peer behind a shim does to the streams that are up, as the switchboard sees it. */
export type Misdeed =
  /** FIN, and it still reads. */
  | "half-closes"
  /** The same, behind the first half of a message. */
  | "breaks off in mid-message"
  /** It reads nothing any more, and still sends. */
  | "reads nothing"
  /** Nothing passes any more, and nobody says so: a firewall has forgotten them. */
  | "is forgotten";

export interface ShimPorts {
  /** Where the switchboard finds the peer, and what the peer calls from. */
  readonly at: string;
  /** Where the peer finds the switchboard. */
  readonly inside: string;
  readonly board: string;
  readonly peer: string;
}

interface Pair {
  readonly board: Socket;
  readonly peer: Socket;
}

const HALF = "OPTIONS sip:us SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKhalf\r\nMax-Forw";
/** TCP, TLS. */
const PORTS = [5060, 5061] as const;

/** A relay of octets between a switchboard and a peer, for what no SIP stack does to its own streams. */
export class StreamShim {
  readonly #servers: Server[] = [];
  readonly #pairs = new Set<Pair>();

  static async open(ports: ShimPorts): Promise<StreamShim> {
    const shim = new StreamShim();
    for (const port of PORTS) {
      await shim.#listen(ports.at, port, (board) => {
        shim.#join(board, connect({ host: ports.peer, port, allowHalfOpen: true }));
      });
      await shim.#listen(ports.inside, port, (peer) => {
        shim.#join(connect({ host: ports.board, port, localAddress: ports.at, allowHalfOpen: true }), peer);
      });
    }
    return shim;
  }

  /** Streams of the switchboard that are up here. */
  get streams(): number {
    return this.#pairs.size;
  }

  /** Why streams of the switchboard ended, as its sockets here say: `ECONNRESET`, or nothing. */
  readonly ended: string[] = [];

  /** To all streams that are up; later ones are whole again. `isTls`: half a message would be no TLS record. */
  do(misdeed: Misdeed, isTls: boolean): void {
    for (const { board, peer } of this.#pairs) {
      if (misdeed === "reads nothing") {
        board.pause();
        board.unpipe(peer);
        continue;
      }
      if (misdeed === "is forgotten") {
        board.unpipe(peer).pause();
        peer.unpipe(board);
        peer.resume();
        continue;
      }
      peer.unpipe(board);
      peer.resume();
      if (misdeed === "breaks off in mid-message" && !isTls) board.write(HALF);
      board.end();
    }
  }

  /** What waits unread at streams that were forgotten comes now, and what became of them is seen. */
  remember(): void {
    for (const { board, peer } of this.#pairs) board.pipe(peer);
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const { board, peer } of this.#pairs) for (const socket of [board, peer]) socket.destroy();
  }

  #join(board: Socket, peer: Socket): void {
    const pair = { board, peer };
    this.#pairs.add(pair);
    for (const [one, other] of [
      [board, peer],
      [peer, board],
    ] as const) {
      one.setNoDelay(true);
      one.on("error", (error: NodeJS.ErrnoException) => {
        if (one === board) this.ended.push(error.code ?? "");
        other.destroy();
      });
      one.on("close", () => {
        this.#pairs.delete(pair);
        other.destroySoon();
      });
      one.pipe(other);
    }
  }

  async #listen(host: string, port: number, taken: (socket: Socket) => void): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, taken);
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen({ host, port }, resolve);
    });
  }
}
