import type { Said } from "../../lib/said.ts";
import type { Clock, Timer } from "../../runtime/clock.ts";
import type { MediaUser } from "../engine.ts";
import { mediaSaid } from "../words.ts";
import type { End } from "./end.ts";
import { isHeld, keepHold } from "./hold.ts";
import type { Playback } from "./playback.ts";
import type { TagState } from "./reply.ts";
import type { RtpengineSession } from "./session.ts";
import { observe, type SilenceLimits } from "./watch.ts";

/** What looking after a call needs of it. */
export interface LookOutPorts {
  readonly clock: Clock;
  readonly limits: SilenceLimits;
  readonly user: MediaUser;
  readonly playback: Playback;
  /** The call's name at rtpengine. */
  readonly label: string;
  readonly warn: (text: string) => void;
  /** Undefined before the first end is described. */
  readonly session: () => RtpengineSession | undefined;
  readonly ends: () => Iterable<End>;
  readonly isOver: () => boolean;
  /** Runs it in the order of the call. */
  readonly later: (work: () => Promise<void>) => void;
  /** Tells rtpengine what is agreed at an end. */
  readonly connect: (end: End) => Promise<unknown>;
  /** Its rtpengine has forgotten the call. */
  readonly lose: (reason: Said) => void;
}

/** How often rtpengine is asked how a call stands; for the first time soon, in case a stranger was the first to send. */
const FIRST_QUERY_MS = 1000;
const QUERY_EVERY_MS = 5000;
/** The same while somebody is held, who hears tones where nothing comes. */
const QUERY_HELD_EVERY_MS = 1000;

/** Asks rtpengine from time to time how one call stands, and does what follows from it. */
export class LookOut {
  readonly #ports: LookOutPorts;
  #next: Timer | undefined;

  constructor(ports: LookOutPorts) {
    this.#ports = ports;
  }

  /** There is something to be looked after. */
  begin(): void {
    this.#again(FIRST_QUERY_MS);
  }

  /** The call is over. */
  end(): void {
    this.#next?.cancel();
  }

  /** Begins and ends hold tones, after anything that may have changed who holds. */
  async keepHold(): Promise<void> {
    const ends = [...this.#ports.ends()];
    await keepHold(ends, this.#ports.playback, this.#ports.clock.now());
    if (ends.some(isHeld)) this.#again(QUERY_HELD_EVERY_MS);
  }

  #again(ms: number): void {
    const { clock, isOver, later } = this.#ports;
    if (isOver()) return;
    this.#next?.cancel();
    this.#next = clock.after(ms, () => later(() => this.#ask()));
  }

  async #ask(): Promise<void> {
    const session = this.#ports.session();
    const stood = await session?.query();
    if (this.#ports.isOver() || session === undefined || stood === undefined) return;
    if (!stood.ok && stood.error.kind === "refused") {
      const { name } = session.server;
      this.#ports.lose(mediaSaid("rtpengine.forgot", { server: name, why: stood.error.reason }));
      return;
    }
    const again = stood.ok ? await this.#look(session, stood.value) : QUERY_EVERY_MS;
    if (this.#ports.isOver()) return;
    this.#again(again);
    await this.keepHold();
  }

  /** Looks at all ends; in how many ms again. */
  async #look(session: RtpengineSession, tags: readonly TagState[]): Promise<number> {
    const { clock, limits, user, ends, isOver } = this.#ports;
    let again = QUERY_EVERY_MS;
    for (const end of ends()) {
      const droppedBefore = end.dropped;
      const { silent, stranger, elsewhere } = observe(end, tags, clock.now(), limits);
      if (silent !== undefined) user.onSilent(end.name, silent);
      if (isOver()) return again;
      if (stranger !== undefined) await this.#shutOut(session, end, stranger);
      else if (elsewhere) await this.#forget(session, end);
      if (end.dropped > droppedBefore) again = FIRST_QUERY_MS;
    }
    return again;
  }

  /** A stranger was the first to send: from now on only the very place in the party's description counts. */
  async #shutOut(session: RtpengineSession, end: End, stranger: string): Promise<void> {
    end.learning = "off";
    this.#ports.warn(
      `Sound for end ${end.name} of ${this.#ports.label} came from ${stranger}, which is not the party's address; it is shut out.`,
    );
    await this.#forget(session, end);
  }

  /** Where its sound came from is forgotten, and learned anew. */
  async #forget(session: RtpengineSession, end: End): Promise<void> {
    const { agreed } = end.negotiation;
    if (agreed !== undefined) await session.forget({ end, agreement: agreed });
    await this.#ports.connect(end);
  }
}
