import { createSocket, type Socket } from "node:dgram";
import { Luck } from "../../support/luck.ts";
import type { SoundPlace } from "../../support/voice.ts";

const BURST_MS = 10;

/** Rubbish for one port, by a seed. */
class Rubbish {
  readonly #luck: Luck;
  #sequence = 0;

  constructor(seed: number) {
    this.#luck = new Luck(seed);
  }

  /** Random octets of any length, or RTP and RTCP of which a part is wrong. */
  next(): Buffer {
    const length = this.#upTo(1400);
    const octets = Buffer.alloc(length);
    for (let index = 0; index < length; index += 1) octets[index] = this.#upTo(256);
    if (length < 12 || this.#luck.has(0.3)) return octets;
    // Looks like RTP or RTCP at first sight: version 2; extension, padding and CSRC counts that lead beyond its end.
    octets[0] = 0x80 | this.#upTo(64);
    const types = [8, 101, 200, 201, 202, 203, 204, 205, 255];
    octets[1] = types[this.#upTo(types.length)] ?? 8;
    octets.writeUInt16BE((this.#sequence += 1) & 0xffff, 2);
    return octets;
  }

  #upTo(limit: number): number {
    return Math.floor(this.#luck.next() * limit);
  }
}

export interface FloodParts {
  readonly packets: number;
  readonly perSecond: number;
  /** The same seed makes the same rubbish. */
  readonly seed: number;
}

/** Sends rubbish at a steady rate, to RTP and RTCP in turns. */
export async function flood(socket: Socket, to: SoundPlace, parts: FloodParts): Promise<void> {
  const { packets, perSecond } = parts;
  const rubbish = new Rubbish(parts.seed);
  const start = performance.now();
  let sent = 0;
  while (sent < packets) {
    const due = Math.min(packets, ((performance.now() - start) * perSecond) / 1000);
    for (; sent < due; sent += 1) socket.send(rubbish.next(), to.port + (sent % 4 === 0 ? 1 : 0), to.address);
    await new Promise((resolve) => setTimeout(resolve, BURST_MS));
  }
}

/** A socket at an address, on any port. */
export async function openSocket(address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject).bind(0, address, resolve);
  });
  return socket;
}
