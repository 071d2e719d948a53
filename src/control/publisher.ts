import { projectDoor, snapshotEntries } from "../company/snapshot.ts";
import type { FromControl } from "../link/link.ts";
import { Requests } from "../link/requests.ts";
import { type SnapshotSlice, slicesOf } from "../link/slices.ts";
import type { PlannedChange } from "../model/entities/change.ts";
import type { Entities } from "../model/entities/entities.ts";
import { type ProjectDoor, projectChange, projectWholes } from "../model/entities/project.ts";
import type { Clock } from "../runtime/clock.ts";

/** The signalling thread takes a slice in between the messages of calls. */
const SLICE_TIMEOUT_MS = 5000;

/** Gives the signalling thread what is stored: what changed, or all of it. */
export class Publisher {
  readonly #door: ProjectDoor;
  readonly #send: (message: FromControl) => void;
  readonly #taken: Requests<boolean>;

  /** `audioFolder`: absolute path of the converted messages. */
  constructor(realm: string, audioFolder: string, clock: Clock, send: (message: FromControl) => void) {
    this.#door = projectDoor(realm, audioFolder);
    this.#send = send;
    this.#taken = new Requests(clock, SLICE_TIMEOUT_MS);
  }

  /** Sends all of it, without waiting: nobody makes calls yet. */
  first(entities: Entities): void {
    for (const slice of this.#whole(entities)) this.#send({ type: "publish", request: 0, slice });
  }

  /** Resolves when it is in force; false when the other side did not take it in time. `change` undefined: all of it. */
  async publish(entities: Entities, change: PlannedChange | undefined): Promise<boolean> {
    if (change !== undefined) {
      const slices = slicesOf(change.before.version, projectChange(change, this.#door));
      const outcome = await this.#sendAll(slices);
      if (outcome !== "refused") return outcome === "taken";
      // Another one than this change was made from is in force there.
    }
    return (await this.#sendAll(this.#whole(entities))) === "taken";
  }

  answer(request: number, taken: boolean): void {
    this.#taken.answer(request, taken);
  }

  /** One after the other, so that the other side is free for calls in between. */
  async #sendAll(slices: Iterable<SnapshotSlice>): Promise<"taken" | "refused" | "late"> {
    for (const slice of slices) {
      const taken = await this.#taken.ask((request) => this.#send({ type: "publish", request, slice }));
      if (taken !== true) return taken === undefined ? "late" : "refused";
    }
    return "taken";
  }

  #whole(entities: Entities): Iterable<SnapshotSlice> {
    const { version } = entities;
    const set = projectWholes(entities, this.#door);
    return slicesOf("nothing", { version, set, drop: [], put: snapshotEntries(entities, this.#door) });
  }
}
