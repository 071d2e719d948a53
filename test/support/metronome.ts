import { createSocket, type Socket } from "node:dgram";
import { Program } from "./process.ts";

const EVERY_MS = 20;
/** Number in line, and when it was due by the sender's own clock, which nobody compares with ours. */
const PROGRAM = `
const socket = require("node:dgram").createSocket("udp4");
const [port, every] = process.argv.slice(1).map(Number);
const start = performance.now();
let sent = 0;
const tick = () => {
  for (; sent * every <= performance.now() - start; sent++) {
    const octets = Buffer.alloc(172);
    octets.writeUInt32BE(sent);
    socket.send(octets, port, "127.0.0.1");
  }
  setTimeout(tick, Math.max(0, sent * every - (performance.now() - start)));
};
socket.once("error", () => process.exit());
process.once("disconnect", () => process.exit());
tick();
`;

/**
 * The simplest sender of a packet each 20 ms, in a process of its own: how far its packets arrive off their places is what the
 * machine does to anybody who sends evenly just now, its sender's sleep and our late reading included.
 */
export class Metronome {
  readonly #socket: Socket;
  readonly #sender: Program;
  readonly #off: { readonly at: number; readonly late: number }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (octets) => {
      const at = performance.now();
      this.#off.push({ at, late: at - octets.readUInt32BE(0) * EVERY_MS });
    });
    this.#sender = new Program(process.execPath, [
      "-e",
      PROGRAM,
      String(socket.address().port),
      String(EVERY_MS),
    ]);
  }

  static async start(): Promise<Metronome> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject).bind(0, "127.0.0.1", resolve);
    });
    const metronome = new Metronome(socket);
    await new Promise<void>((resolve) => socket.once("message", () => resolve()));
    return metronome;
  }

  /** How late its packets arrived from then (monotonic ms) till now, each by the same unknown amount more, ms. */
  since(from: number): readonly number[] {
    return this.#off.filter(({ at }) => at >= from).map(({ late }) => late);
  }

  async stop(): Promise<void> {
    await this.#sender.stop("SIGKILL");
    await new Promise<void>((resolve) => {
      this.#socket.close(() => resolve());
    });
  }
}
