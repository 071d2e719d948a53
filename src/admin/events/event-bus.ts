import { EVENT_END, eventHead } from "../../api/contract/event-stream.ts";
import type { Topic } from "../../api/contract/events.ts";
import { OctetWriter } from "../../lib/octet-writer.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Clock } from "../../runtime/clock.ts";

/** Something that happened; `id` as Last-Event-ID has it. */
export interface HappenedEvent {
  readonly id: string;
  readonly topic: Topic;
  /** All of it as its readers get it, in octets that do not change: made once for all of them, and nothing for V8 to move. */
  readonly octets: Uint8Array;
}

/** What a follower gets: an event, a sign of life, or that something is missing and all has to be read anew. */
export type Followed = HappenedEvent | "heartbeat" | "reset";

/** Events that are remembered for whoever comes back, and the octets of all of them. */
export const KEPT_EVENTS = { most: 1_000, octets: 16 * 1024 * 1024 } as const;
/** Followers at once; events, and their octets, that wait for a slow one before it is let go. */
export const FOLLOWERS = { most: 100, waiting: 1_000, octets: 16 * 1024 * 1024 } as const;
const HEARTBEAT_MS = 15_000;
/** A source of many events is let go when nobody has wanted it for so long. */
export const SOURCE_IDLE_MS = 60_000;

/** Writes JSON, without a line's end in it, at once. */
type WriteJson = (out: OctetWriter) => void;

/** Topics that cost something, and are begun only for those who follow them. */
export interface EventSource {
  readonly topics: readonly Topic[];
  /** Gives how to end. `write`: what is to be known of it, as JSON. */
  begin(publish: (topic: Topic, write: WriteJson) => void): () => void;
}

/**
 * What happens, to whoever follows it. Publishing never waits: who does not take events as they come is let go, and comes
 * back by its Last-Event-ID.
 */
export class EventBus {
  readonly #clock: Clock;
  /** Of this life of the process: ids of another one are not known. */
  readonly #epoch: string;
  readonly #source: EventSource | undefined;
  readonly #followers = new Set<Follower>();
  readonly #kept: HappenedEvent[] = [];
  #keptOctets = 0;
  readonly #out = new OctetWriter();
  #last = 0;
  /** The source was not followed before this event. */
  #sourceSince = Number.POSITIVE_INFINITY;
  #endSource: (() => void) | undefined;
  #idle: { cancel(): void } | undefined;

  constructor(clock: Clock, epoch: string, source?: EventSource) {
    this.#clock = clock;
    this.#epoch = epoch;
    this.#source = source;
  }

  publish(topic: Topic, data: unknown): void {
    this.#publish(topic, (out) => out.text(JSON.stringify(data)));
  }

  #publish(topic: Topic, write: WriteJson): void {
    const id = `${this.#epoch}-${this.#last + 1}`;
    // Of one that could not be written there is a part.
    write(this.#out.drop().text(eventHead(id, topic)));
    this.#last += 1;
    const event = { id, topic, octets: this.#out.text(EVENT_END).take() };
    this.#kept.push(event);
    this.#keptOctets += event.octets.length;
    while (this.#kept.length > KEPT_EVENTS.most || this.#keptOctets > KEPT_EVENTS.octets)
      this.#keptOctets -= this.#kept.shift()?.octets.length ?? 0;
    for (const follower of this.#followers) follower.offer(event);
  }

  /**
   * Follows these topics from now on, or from behind an event; gives together what has come by the time that it is taken. Ends by
   * itself where its reader is too slow.
   */
  follow(
    topics: ReadonlySet<Topic>,
    lastEventId: string | undefined,
  ): Result<AsyncIterable<readonly Followed[]>, "full"> {
    if (this.#followers.size >= FOLLOWERS.most) return err("full");
    const missed = lastEventId === undefined ? [] : this.#since(lastEventId, topics);
    const follower = new Follower(this.#clock, topics, missed, () => this.#left(follower));
    this.#followers.add(follower);
    if (this.#wantsSource(topics)) this.#beginSource();
    return ok(follower);
  }

  /** Ends all that follow. */
  close(): void {
    this.#endSource?.();
    // Before followers leave: nobody waits for the next one any more.
    this.#endSource = undefined;
    for (const follower of this.#followers) follower.end();
    this.#idle?.cancel();
  }

  #since(id: string, topics: ReadonlySet<Topic>): readonly Followed[] {
    const number = id.startsWith(`${this.#epoch}-`) ? Number(id.slice(this.#epoch.length + 1)) : Number.NaN;
    const isKnown =
      Number.isInteger(number) && number <= this.#last && number >= this.#last - this.#kept.length;
    const isGap = this.#wantsSource(topics) && number < this.#sourceSince;
    if (!isKnown || isGap) return ["reset"];
    return this.#kept
      .slice(this.#kept.length - (this.#last - number))
      .filter(({ topic }) => topics.has(topic));
  }

  #wantsSource(topics: ReadonlySet<Topic>): boolean {
    return this.#source?.topics.some((topic) => topics.has(topic)) === true;
  }

  #beginSource(): void {
    this.#idle?.cancel();
    this.#idle = undefined;
    if (this.#source === undefined || this.#endSource !== undefined) return;
    this.#sourceSince = this.#last;
    this.#endSource = this.#source.begin((topic, write) => this.#publish(topic, write));
  }

  #left(follower: Follower): void {
    this.#followers.delete(follower);
    const isWanted = [...this.#followers].some(({ topics }) => this.#wantsSource(topics));
    if (isWanted || this.#endSource === undefined || this.#idle !== undefined) return;
    this.#idle = this.#clock.after(SOURCE_IDLE_MS, () => {
      this.#idle = undefined;
      this.#endSource?.();
      this.#endSource = undefined;
      this.#sourceSince = Number.POSITIVE_INFINITY;
    });
  }
}

/** One who follows: a bounded queue that is taken as fast as its reader takes it. */
class Follower implements AsyncIterable<readonly Followed[]> {
  readonly topics: ReadonlySet<Topic>;
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  #waiting: Followed[];
  #octets = 0;
  #wake: (() => void) | undefined;
  #hasEnded = false;

  constructor(clock: Clock, topics: ReadonlySet<Topic>, missed: readonly Followed[], onEnd: () => void) {
    this.#clock = clock;
    this.topics = topics;
    this.#waiting = [...missed];
    for (const one of missed) if (typeof one !== "string") this.#octets += one.octets.length;
    this.#onEnd = onEnd;
  }

  offer(event: HappenedEvent): void {
    if (!this.topics.has(event.topic)) return;
    const isTooMuch = this.#octets + event.octets.length > FOLLOWERS.octets;
    if (this.#waiting.length >= FOLLOWERS.waiting || (isTooMuch && this.#waiting.length > 0))
      return this.end();
    this.#waiting.push(event);
    this.#octets += event.octets.length;
    this.#wake?.();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Followed[]> {
    try {
      // So that whoever waits for the beginning of the answer has it.
      yield ["heartbeat"];
      while (!this.#hasEnded) {
        if (this.#waiting.length === 0) {
          if (!(await this.#somethingCame())) yield ["heartbeat"];
          continue;
        }
        const all = this.#waiting;
        this.#waiting = [];
        this.#octets = 0;
        yield all;
      }
    } finally {
      this.end();
    }
  }

  /** False: nothing did for the time of a heartbeat. */
  #somethingCame(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(HEARTBEAT_MS, () => {
        this.#wake = undefined;
        resolve(false);
      });
      this.#wake = () => {
        this.#wake = undefined;
        timer.cancel();
        resolve(true);
      };
    });
  }
}
