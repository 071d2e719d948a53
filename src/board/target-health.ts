import { GenerationCache } from "../lib/generation-cache.ts";
import type { Said, Why } from "../lib/said.ts";
import { type LastAnswer, lastAnswer } from "../model/trunk-status.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { FarCertificate, Flow, PlaceWatch, SipResponse, Target } from "../sip/index.ts";
import { retryAfterSeconds } from "../sip/index.ts";
import { placeText } from "./flow-text.ts";
import { boardSaid } from "./words.ts";

/** More than all addresses of all trunks that a company has. */
const REMEMBERED = 8192;
/** RFC 3261 §21.5.4 sets no limit; nobody may send all calls elsewhere for longer by one answer. */
const MAX_RETRY_AFTER_SECONDS = 60;
/** When a place that is down is looked at again: soon, and then less often. */
const LOOK_AGAIN_MS = { first: 2_000, longest: 30_000 } as const;
/** Without probes nobody finds out that a place is back: after so long it takes its turn again. */
const FORGET_MS = 300_000;
/** Streams last for weeks, and a certificate nears its end meanwhile. */
const TELL_AGAIN_MS = 86_400_000;

/** How one place (address, port and transport) fares. Times of the wall clock, in milliseconds. */
export interface PlaceHealth {
  readonly state: "untried" | "up" | "down";
  readonly since: number | undefined;
  readonly lastAnswer: LastAnswer | undefined;
  readonly certificate: FarCertificate | undefined;
}

interface Entry {
  state: "up" | "down";
  since: number;
  /** Of the monotonic clock: when it was heard of last, and when it is to be asked again. */
  heardAt: number;
  askAgainAt: number;
  /** It has asked for no more requests until then. */
  busyUntil: number;
  failures: number;
  lastAnswer: LastAnswer;
  /** Whose certificate was read. */
  flow: Flow | undefined;
  certificate: FarCertificate | undefined;
  /** Of the monotonic clock: when that was told. */
  toldAt: number;
}

export interface TargetHealthPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** A place went down or came up, or is down for another reason than before. */
  readonly onTurn: (place: string) => void;
  /** A place answers by this certificate: told with each new connection, and once a day of one that lasts. */
  readonly onCertificate: (place: string, certificate: FarCertificate) => void;
}

/**
 * Which places of trunks answer: one table that calls, registrations and probes share. Down by silence, by what keeps
 * a request from being sent, and by 503 with Retry-After; up again by the first answer. It orders places and drops none.
 */
export class TargetHealth implements PlaceWatch {
  readonly #ports: TargetHealthPorts;
  readonly #places = new GenerationCache<string, Entry>(REMEMBERED);

  constructor(ports: TargetHealthPorts) {
    this.#ports = ports;
  }

  answered(flow: Flow, response: SipResponse): void {
    const { clock } = this.#ports;
    const now = clock.now();
    const entry = this.#entry(flow);
    entry.heardAt = now;
    this.#look(entry, flow);
    const wait = response.status === 503 ? retryAfterSeconds(response) : undefined;
    if (wait !== undefined) {
      const seconds = Math.min(wait, MAX_RETRY_AFTER_SECONDS);
      entry.busyUntil = now + seconds * 1_000;
      return this.#turn(
        flow,
        entry,
        "down",
        boardSaid("place.busy", { answer: answerOf(response), seconds }),
      );
    }
    // A server that has too much to do says 100 to each INVITE before it says so.
    if (response.status === 100 && entry.busyUntil > now) return;
    entry.failures = 0;
    entry.busyUntil = 0;
    this.#turn(flow, entry, "up", answerOf(response));
  }

  failed(place: Flow | Target, reason: Said): void {
    const entry = this.#entry(place);
    entry.failures += 1;
    if (entry.busyUntil <= this.#ports.clock.now()) entry.busyUntil = 0;
    this.#turn(place, entry, "down", reason);
  }

  isDown(place: Target | Flow, probed: boolean): boolean {
    const entry = this.#places.get(placeText(place));
    if (entry?.state !== "down") return false;
    const until = entry.busyUntil > 0 ? entry.busyUntil : entry.heardAt + FORGET_MS;
    return probed || until > this.#ports.clock.now();
  }

  /** Those that are down last; the order is kept otherwise. `probed`: somebody finds out when one is back. */
  order<P extends Target | Flow>(places: readonly P[], probed: boolean): readonly P[] {
    // As a rule none is, and each call asks.
    if (!places.some((place) => this.isDown(place, probed))) return places;
    const down = new Set(places.filter((place) => this.isDown(place, probed)));
    return [...places.filter((place) => !down.has(place)), ...places.filter((place) => down.has(place))];
  }

  /** On the monotonic clock: when a place that is down is to be asked again; undefined: it is not down. */
  askAgainAt(place: Target): number | undefined {
    const entry = this.#places.get(placeText(place));
    return entry?.state === "down" ? Math.max(entry.askAgainAt, entry.busyUntil) : undefined;
  }

  /** On the monotonic clock: when anything of it was heard last, or of its silence. */
  heardAt(place: Target): number | undefined {
    return this.#places.get(placeText(place))?.heardAt;
  }

  of(place: Target | Flow): PlaceHealth {
    const entry = this.#places.get(placeText(place));
    if (entry === undefined)
      return { state: "untried", since: undefined, lastAnswer: undefined, certificate: undefined };
    const { state, since, lastAnswer, certificate } = entry;
    return { state, since, lastAnswer, certificate };
  }

  #turn(place: Flow | Target, entry: Entry, state: "up" | "down", answer: Why): void {
    const { clock, ids, onTurn } = this.#ports;
    const at = clock.wall();
    const turned = entry.since === 0 || entry.state !== state;
    const before = entry.lastAnswer.answer;
    entry.heardAt = clock.now();
    entry.lastAnswer = lastAnswer(at, answer);
    if (state === "down") {
      const doubled = LOOK_AGAIN_MS.first * 2 ** Math.min(Math.max(entry.failures - 1, 0), 16);
      const pause = Math.min(doubled, LOOK_AGAIN_MS.longest);
      entry.askAgainAt = clock.now() + Math.round(pause * (0.75 + ids.integer(500) / 1_000));
    }
    // Of what is up each answer is another one, and nobody has to be told.
    if (!turned && (state === "up" || entry.lastAnswer.answer === before)) return;
    if (turned) {
      entry.state = state;
      entry.since = at;
    }
    onTurn(placeText(place));
  }

  #look(entry: Entry, flow: Flow): void {
    if (flow.transport !== "tls") return;
    const now = this.#ports.clock.now();
    if (flow === entry.flow && now - entry.toldAt < TELL_AGAIN_MS) return;
    if (flow !== entry.flow) entry.certificate = flow.certificate ?? entry.certificate;
    entry.flow = flow;
    entry.toldAt = now;
    if (entry.certificate !== undefined) this.#ports.onCertificate(placeText(flow), entry.certificate);
  }

  #entry(at: Flow | Target): Entry {
    const place = placeText(at);
    const known = this.#places.get(place);
    if (known !== undefined) return known;
    const entry: Entry = {
      state: "up",
      since: 0,
      heardAt: 0,
      askAgainAt: 0,
      busyUntil: 0,
      failures: 0,
      lastAnswer: { at: 0, answer: "" },
      flow: undefined,
      certificate: undefined,
      toldAt: 0,
    };
    this.#places.set(place, entry);
    return entry;
  }
}

function answerOf({ status, reason }: SipResponse): string {
  return `${status} ${reason}`.trim();
}
