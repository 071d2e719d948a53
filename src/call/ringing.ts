import { type Route, routesToPhone, routeToTrunk } from "../board/routes.ts";
import { boardSaid } from "../board/words.ts";
import { type Command, type RingTarget, targetName } from "../dialplan/command.ts";
import { isEmergencyNumber } from "../dialplan/emergency-numbers.ts";
import type { Forward, RingResult } from "../dialplan/outcome.ts";
import { type Said, type Why, wordsOf } from "../lib/said.ts";
import type { MediaFault } from "../media/engine.ts";
import { resultOf, stronger } from "../model/ring-result.ts";
import { legEnded, legNews, note, storySaid } from "../model/story-words.ts";
import type { Timer } from "../runtime/clock.ts";
import {
  ANSWERED_ELSEWHERE,
  byPreference,
  type HeaderList,
  type InviteSession,
  parseNameAddr,
  type SipResponse,
} from "../sip/index.ts";
import type { CallContext } from "./call-context.ts";
import { Leg, type LegCause, type RingCommand } from "./leg.ts";
import type { Described } from "./sound.ts";
import { dialledIn } from "./telephone.ts";

/** Speaks upward to the call. After onAnswered or onEnded nothing more comes but the end of legs. */
export interface RingUser {
  /**
   * A leg rings or sends early media (then with SDP, only while it is the only one). `tag`: the To tag of whoever does;
   * behind one leg there may be several.
   */
  onProgress(leg: Leg, status: number, body: Buffer, tag: string | undefined): void;
  onAnswered(leg: Leg, session: InviteSession, body: Buffer, acknowledge: (answer: Buffer) => void): void;
  /** The party can use no codec of this offer: whether it is worth trying again with the sound through us. */
  mayConvert(leg: Leg): boolean;
  /** There is no description for a leg: what is in the way. */
  onUndescribed(fault: MediaFault): void;
  /** A leg ended without an answer; told of each, also after onEnded. */
  onLegOver(leg: Leg): void;
  /** A phone sends the call elsewhere: the plan says who rings in its place; undefined: the call is over. */
  onForwarded(forward: Forward): FollowCommand | undefined;
  onEnded(result: RingResult, status: number, detail: Why): void;
}

/** The offer for a leg: at hand, or made by the media engine. */
export type DescribeLeg = (leg: Leg) => Buffer | Promise<Described>;

/** RFC 3261 §21.4.26: the party can be reached, but not with this description. */
const NOT_ACCEPTABLE_HERE = 488;

/**
 * RFC 3261 §21.4.4: understood, refused, not to be tried again. Not 503, after which a phone may ask us nothing for a
 * while (§21.5.4), not even a call for help.
 */
const OVER_LIMIT = 403;

/** More Contacts of a redirection are not read. */
const MAX_CONTACTS = 5;

/** What the plan answers to a forward. */
export type FollowCommand = Extract<Command, { type: "follow" }>;

/** Who sends a call somewhere, and after how many redirections. */
type Sender = Pick<LegCause, "phone" | "redirections">;

/** Performs one ring command: all its targets at once, until one answers, all fail, or the ring time is over. */
export class Ringing {
  readonly #context: CallContext;
  readonly #command: RingCommand;
  readonly #describe: DescribeLeg;
  readonly #user: RingUser;
  readonly #legs = new Set<Leg>();
  /** Legs under way plus addresses being looked up. */
  #pending = 0;
  /** Outside numbers whose way is being looked up. */
  #sought: readonly string[] = [];
  #timer: Timer | undefined;
  #result: RingResult | undefined;
  #status = 480;
  #detail: Why = storySaid("tried.nobody", {});
  #done = false;

  constructor(context: CallContext, command: RingCommand, describe: DescribeLeg, user: RingUser) {
    this.#context = context;
    this.#command = command;
    this.#describe = describe;
    this.#user = user;
  }

  start(): void {
    const { clock } = this.#context;
    this.#timer = clock.after(this.#command.ringMs, () => {
      this.#finish();
      this.#cancelAll([]);
      const seconds = this.#command.ringMs / 1000;
      this.#count("timeout", 408, storySaid("tried.noAnswer", { seconds }));
      this.#tellEnd();
    });
    // Held open until all targets have been looked at, so that a first failure does not end the step.
    this.#pending += 1;
    const { targets, redirections } = this.#command;
    const sender = { phone: this.#context.callerSide.phone, redirections };
    for (const target of targets) this.#aim(target, sender);
    this.#settle();
  }

  /** The caller has gone, or the call is being ended: every ringing leg is cancelled. `headers`: the reason, if any. */
  stop(headers: HeaderList): void {
    if (this.#done) return;
    this.#finish();
    this.#cancelAll(headers);
  }

  #aim(target: RingTarget, sender: Sender): void {
    const cause = { ...sender, target, converted: false, outside: undefined };
    if (target.kind === "phone") return this.#ringPhone(target.extension, cause);
    this.#ringOutside(target.number, cause);
  }

  #ringPhone(extension: string, cause: LegCause): void {
    const { snapshot, routing } = this.#context;
    const routes = routesToPhone(extension, snapshot, routing);
    if (routes.length === 0) {
      this.#miss("unavailable", 480, storySaid("tried.notRegistered", { phone: extension }));
    }
    for (const route of routes) this.#ring(route, cause);
  }

  #ringOutside(number: string, cause: LegCause): void {
    const { snapshot, routing } = this.#context;
    const trunk = snapshot.trunks.find((one) => one.name === snapshot.outboundTrunk);
    if (trunk === undefined) {
      return this.#miss("failed", 404, storySaid("tried.noTrunk", { number }));
    }
    this.#pending += 1;
    this.#sought = [...this.#sought, number];
    void routeToTrunk(number, trunk, snapshot, routing).then((route) => {
      this.#sought = this.#sought.filter((one) => one !== number);
      if (!this.#done) {
        if (route.ok) this.#ringThroughTrunk(route.value, number, cause);
        else this.#miss("failed", 503, route.error);
      }
      this.#settle();
    });
  }

  /** Only within the limits on outside calls (reliability B13). A call for help is neither counted nor refused. */
  #ringThroughTrunk(route: Route, number: string, cause: LegCause): void {
    const { outsideCalls, snapshot } = this.#context;
    if (isEmergencyNumber(number, snapshot.home.country)) return this.#ring(route, cause);
    const begun = outsideCalls.begin(cause.phone);
    if (begun.ok) return this.#ring(route, { ...cause, outside: begun.value });
    this.#miss("failed", OVER_LIMIT, storySaid("tried.limited", { number, why: begun.error }));
  }

  #ring(route: Route, cause: LegCause): void {
    const number = this.#context.budget.take();
    if (number === undefined) {
      cause.outside?.end(cause.converted);
      return this.#miss("failed", 480, storySaid("tried.tooManyLegs", {}));
    }
    const leg = new Leg(this.#context, number, route, cause);
    this.#legs.add(leg);
    this.#pending += 1;
    const offer = this.#describe(leg);
    if (offer instanceof Promise) void offer.then((made) => this.#described(leg, made));
    else this.#start(leg, offer);
  }

  #described(leg: Leg, made: Described): void {
    if (made.ok && !this.#done) return this.#start(leg, made.value);
    this.#drop(leg);
    leg.over();
    this.#user.onLegOver(leg);
    if (!made.ok && !this.#done) {
      this.#user.onUndescribed(made.error);
      const { status, reason } = made.error;
      this.#miss("failed", status, storySaid("tried.noSound", { target: leg.route.label, why: reason }));
    }
    this.#settle();
  }

  #start(leg: Leg, offer: Buffer): void {
    leg.start(this.#command, offer, {
      onProgress: (response, description) => this.#onProgress(leg, response, description),
      onAnswered: (session, description, acknowledge) =>
        this.#onAnswered(leg, session, description, acknowledge),
      onFailed: (status, reason, response) => this.#onFailed(leg, status, reason, response),
    });
  }

  #onProgress(leg: Leg, response: SipResponse, description: Buffer): void {
    if (this.#done) return;
    const early = description.length > 0;
    const what = early ? "earlyMedia" : "ringing";
    this.#context.recorder.add({
      type: "legEvent",
      leg: leg.name,
      what,
      status: response.status,
      detail: response.reason,
    });
    // Several forks' media cannot all reach one caller: with more than one leg it hears plain ringing (RFC 3960 §3.1).
    const body = early && this.#legs.size === 1 ? description : Buffer.alloc(0);
    this.#user.onProgress(leg, response.status, body, response.to.tag);
  }

  #onAnswered(
    leg: Leg,
    session: InviteSession,
    description: Buffer,
    acknowledge: (answer: Buffer) => void,
  ): void {
    this.#drop(leg);
    leg.heard("answered");
    if (this.#done) {
      session.bye();
      leg.over();
      return;
    }
    // RFC 3261 §13.2.1: an offer is answered at the latest in the 2xx. Without an answer nobody could hear anything.
    if (description.length === 0 && leg.offered) return this.#mute(leg, session);
    this.#finish();
    this.#cancelAll(ANSWERED_ELSEWHERE);
    this.#user.onAnswered(leg, session, description, acknowledge);
  }

  #mute(leg: Leg, session: InviteSession): void {
    session.bye([["Reason", 'SIP;cause=488;text="No SDP answer"']]);
    leg.over();
    this.#user.onLegOver(leg);
    const failed = { leg: leg.name, what: "failed", status: NOT_ACCEPTABLE_HERE } as const;
    this.#context.recorder.add(legNews(failed, "leg.mute", {}));
    this.#count("failed", NOT_ACCEPTABLE_HERE, storySaid("tried.mute", { target: leg.route.label }));
    this.#settle();
  }

  #onFailed(leg: Leg, status: number, reason: Why, response: SipResponse | undefined): void {
    const again = status === NOT_ACCEPTABLE_HERE && !this.#done && this.#user.mayConvert(leg);
    this.#drop(leg);
    if (!again) leg.over();
    this.#user.onLegOver(leg);
    const { recorder } = this.#context;
    if (this.#done) {
      recorder.add({ type: "legEvent", leg: leg.name, what: "cancelled", status: undefined, detail: "" });
      return;
    }
    leg.heard(
      response === undefined ? boardSaid("trunk.noAnswer", { why: reason }) : `${status} ${wordsOf(reason)}`,
    );
    const { phone } = leg.route;
    if (response !== undefined && status >= 300 && status < 400 && phone !== undefined) {
      this.#redirect(leg, phone, response);
    } else if (again) {
      recorder.add(legEnded({ leg: leg.name, what: "refused", status }, reason));
      this.#ring(leg.route, { ...leg.cause, converted: true });
    } else {
      const what = response === undefined ? "failed" : "refused";
      recorder.add(legEnded({ leg: leg.name, what, status }, reason));
      const detail = storySaid("tried.refused", { target: leg.route.label, status, said: reason });
      this.#count(resultOf(status), status, detail);
    }
    this.#settle();
  }

  /**
   * 3xx of a phone (RFC 3261 §8.1.3.4). A Contact is read as somebody dialling, and its host never contacted; what comes of
   * it the plan decides.
   */
  #redirect(leg: Leg, phone: string, response: SipResponse): void {
    const { recorder, snapshot } = this.#context;
    // One that cannot be read spoils nothing else.
    const contacts = response.headers.list("contact").flatMap((value) => {
      const read = parseNameAddr(value);
      return read.ok ? [read.value] : [];
    });
    const listed = byPreference(contacts).slice(0, MAX_CONTACTS);
    const to = listed.map(({ uri }) => dialledIn(uri, snapshot));
    const sent = { leg: leg.name, what: "redirected", status: response.status } as const;
    recorder.add(
      to.length === 0
        ? legNews(sent, "leg.sentNowhere", {})
        : legNews(sent, "leg.sentTo", { to: to.join(", ") }),
    );
    const { redirections } = leg.cause;
    const ringing = [...[...this.#legs].map(({ cause }) => targetName(cause.target)), ...this.#sought];
    const follow = this.#user.onForwarded({ by: phone, redirections, to, ringing });
    if (follow === undefined) return;
    if (follow.targets.length === 0) return this.#count("failed", response.status, follow.why);
    // Whoever forwards a call is who causes what comes of it.
    for (const target of follow.targets) this.#aim(target, { phone, redirections: redirections + 1 });
  }

  /** A target that could not even be tried. */
  #miss(result: RingResult, status: number, detail: Said): void {
    this.#context.recorder.add(note(undefined, "note.notRung", { why: detail }));
    this.#count(result, status, detail);
  }

  #count(result: RingResult, status: number, detail: Why): void {
    const best = stronger(this.#result, result);
    if (best === this.#result) return;
    this.#result = best;
    this.#status = status;
    this.#detail = detail;
  }

  #drop(leg: Leg): void {
    this.#legs.delete(leg);
    leg.release();
  }

  #settle(): void {
    this.#pending -= 1;
    if (this.#done || this.#pending > 0) return;
    this.#finish();
    this.#tellEnd();
  }

  #tellEnd(): void {
    this.#user.onEnded(this.#result ?? "unavailable", this.#status, this.#detail);
  }

  #finish(): void {
    this.#done = true;
    this.#timer?.cancel();
  }

  #cancelAll(headers: HeaderList): void {
    for (const leg of this.#legs) leg.cancel(headers);
  }
}
