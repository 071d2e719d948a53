import type { Job } from "../model/job.ts";
import type { Ids } from "../runtime/ids.ts";

/** Jobs that can be looked at, those that have ended included; the oldest of these go first. */
const MOST_KEPT = 200;
/** A job is told of at most so often, besides its beginning and its end. */
const TOLD_EVERY_MS = 250;
const ID_BITS = 48;

export interface JobsParts {
  readonly ids: Ids;
  /** Milliseconds since the epoch. */
  readonly wall: () => number;
  /** Hears of a job that is another now. */
  tell(job: Job): void;
}

/** How far a job has come: `done` of `of` parts. */
export interface JobPlace {
  readonly done: number;
  readonly of: number;
}

/** A job for whoever does it. */
export interface RunningJob {
  progress(sentence: string, place?: JobPlace): void;
  /** As `progress`, of a job that has few: each is told at once. */
  step(sentence: string, place: JobPlace): void;
  end(state: "done" | "failed", sentence: string): void;
}

/** What takes long, for those who want to see how far it is: kept in memory, for a restart ends it. */
export class Jobs {
  readonly #parts: JobsParts;
  readonly #jobs = new Map<string, Job>();

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  /** The newest first. */
  list(): readonly Job[] {
    return [...this.#jobs.values()].toReversed();
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  begin(what: Pick<Job, "kind" | "about" | "by">): RunningJob {
    const { ids, wall } = this.#parts;
    let toldAt = wall();
    let job: Job = {
      ...what,
      id: ids.hex(ID_BITS),
      state: "running",
      done: 0,
      of: 0,
      sentence: "",
      startedAt: toldAt,
      endedAt: null,
    };
    this.#keep(job, true);
    const goOn = (sentence: string, place: JobPlace | undefined, isStep: boolean): void => {
      if (job.endedAt !== null) return;
      job = { ...job, sentence, ...place };
      const isDue = isStep || Math.abs(wall() - toldAt) >= TOLD_EVERY_MS;
      if (isDue) toldAt = wall();
      this.#keep(job, isDue);
    };
    return {
      progress: (sentence, place) => goOn(sentence, place, false),
      step: (sentence, place) => goOn(sentence, place, true),
      end: (state, sentence) => {
        if (job.endedAt !== null) return;
        job = { ...job, state, sentence, done: state === "done" ? job.of : job.done, endedAt: wall() };
        this.#keep(job, true);
      },
    };
  }

  #keep(job: Job, isTold: boolean): void {
    this.#jobs.set(job.id, job);
    for (const [id, { endedAt }] of this.#jobs) {
      if (this.#jobs.size <= MOST_KEPT) break;
      if (endedAt !== null) this.#jobs.delete(id);
    }
    if (isTold) this.#parts.tell(job);
  }
}
