import { type Program, until } from "../test/support/process.ts";
import type { LoadedServer } from "./measure-load.ts";
import { descendants } from "./process-figures.ts";
import { freePlace, isBound, type Place, type Rig } from "./rig.ts";
import type { Sipp } from "./sipp.ts";

/** Another server in Switchhook's place: an address of its own, between the rig's caller, receiver and destination. */
export class Peer implements LoadedServer {
  readonly name: string;
  readonly #rig: Rig;
  readonly #place: Place;
  readonly #program: Program;
  readonly #killChildren: () => void;

  private constructor(name: string, rig: Rig, place: Place, program: Program) {
    this.name = name;
    this.#rig = rig;
    this.#place = place;
    this.#program = program;
    this.#killChildren = () => {
      for (const child of descendants(this.pid)) process.kill(child, "SIGKILL");
    };
    // Kamailio's workers outlive a main process that is killed, as `program` is at our exit.
    process.prependOnceListener("exit", this.#killChildren);
  }

  /** Starts it at a free address, and waits until it listens there. */
  static async start(name: string, rig: Rig, start: (place: Place) => Program): Promise<Peer> {
    const place = await freePlace();
    const program = start(place);
    const peer = new Peer(name, rig, place, program);
    try {
      await until(`${name} to listen`, () => {
        if (program.result !== undefined) throw new Error(`${name} did not start:\n${program.stderr}`);
        return isBound(place);
      });
    } catch (error) {
      await peer.stop();
      throw error;
    }
    return peer;
  }

  get pid(): number {
    return this.#program.child.pid ?? 0;
  }

  get destinationRetransmissions(): number {
    return this.#rig.destinationRetransmissions;
  }

  call(flags: readonly string[]): Sipp {
    return this.#rig.call(flags, this.#place);
  }

  /** It keeps no records that it would still have to write. */
  settled(): Promise<void> {
    return Promise.resolve();
  }

  /** What it wrote to stderr last; it keeps no record of a call. */
  failureReasons(): Promise<string> {
    const last = this.#program.stderr.trimEnd().split("\n").at(-1) ?? "";
    return Promise.resolve(`${this.name}: ${last === "" ? "no complaint" : last}`);
  }

  async stop(): Promise<void> {
    if (this.#program.result === undefined) await this.#program.stop();
    process.removeListener("exit", this.#killChildren);
  }
}
