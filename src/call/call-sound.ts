import { hostOf } from "../lib/host-port.ts";
import { err, ok, type Result } from "../lib/result.ts";
import type { Said, Why } from "../lib/said.ts";
import type { EndParts, EndStatistics, MediaFault, Sound as Played } from "../media/engine.ts";
import type { Happening, HeardUntil } from "../model/call-record.ts";
import { isBehindNat } from "../model/network.ts";
import { note, storySaid } from "../model/story-words.ts";
import {
  buildResponse,
  type Flow,
  type InviteSession,
  type PeerOffer,
  type ServerTransaction,
} from "../sip/index.ts";
import type { BridgeEnd, BridgeOffers } from "./bridge.ts";
import type { CallContext } from "./call-context.ts";
import type { CallerLeg } from "./caller-leg.ts";
import { DigitMerger, type DigitWay, digitOfInfo, isDigitInfo } from "./digits.ts";
import type { Fork } from "./forks.ts";
import { Heard } from "./heard.ts";
import type { Leg } from "./leg.ts";
import { describedAddress, type MediaSide, type SoundWay, unreachable, wayOfSound } from "./media-policy.ts";
import { CALLER, type Described, Sound } from "./sound.ts";

/** Speaks upward to the call. */
export interface CallSoundUser {
  /** The caller pressed a key: each press once, in whatever ways its phone tells of it. */
  onKey(key: string): void;
  /** A key that was told of is still down, or has just been let go. */
  onKeyHeld(): void;
  onSilent(callerSide: boolean, seconds: number): void;
  onSoundLost(reason: Why): void;
}

export interface AnswerUser {
  /** 200 OK has gone out. */
  onAnswered(session: InviteSession): void;
  /** The caller has acknowledged it: now it hears what is played. */
  onReady(): void;
  /** It could not be answered. */
  onFailed(fault: MediaFault): void;
  isOver(): boolean;
}

const NOTHING = Buffer.alloc(0);

/**
 * Which way the sound of a call takes, and what that means for each description: past us, untouched, or through the media
 * engine. Decided leg by leg; once we have answered the caller ourselves, everything passes through us.
 */
export class CallSound implements BridgeOffers {
  readonly #context: CallContext;
  readonly #caller: CallerLeg;
  readonly #user: CallSoundUser;
  #sound: Sound | undefined;
  #keys: DigitMerger | undefined;
  /** Made with the first key, or sound: most calls have none. */
  #waysHeard: Set<DigitWay> | undefined;
  #heard: Heard | undefined;
  #ringback = false;
  /** Grows where nobody rings any more: what is done for a leg that rang before comes too late then. */
  #round = 0;

  constructor(context: CallContext, caller: CallerLeg, user: CallSoundUser) {
    this.#context = context;
    this.#caller = caller;
    this.#user = user;
  }

  /** Whether a leg's sound passes through us. */
  carries(leg: Leg): boolean {
    return this.#sound?.carries(leg.name) === true;
  }

  /** The offer for a leg: the caller's own, or one of ours. */
  describeTo(leg: Leg): Buffer | Promise<Described> {
    const way = this.#wayOf(leg);
    if (way.kind === "direct") return this.#caller.offer;
    if (way.kind === "impossible") return Promise.resolve(err({ status: 488, reason: way.reason }));
    const sound = this.#open();
    this.#context.recorder.add(note(leg.name, "note.throughUs", { engine: sound.engine, why: way.reason }));
    return sound.describeToLeg(leg.name, endAt(leg.route.flow));
  }

  /** A leg refused the caller's own description (488), and nobody minds if the sound passes through us. */
  mayConvert(leg: Leg): boolean {
    const { policy } = this.#context.callerSide;
    return (
      !this.carries(leg) && policy === "auto" && leg.route.media === "auto" && this.#caller.offer.length > 0
    );
  }

  /** A leg rings or sends early media: the caller is told, or hears it where it has been answered. */
  progress(leg: Leg, status: number, body: Buffer, tag: string | undefined): void {
    if (this.#caller.session !== undefined) return this.#hearRinging(leg, body);
    const early = body.length > 0 && this.#caller.offer.length > 0;
    if (!this.carries(leg)) return this.#caller.progress(leg.number, tag, status, body);
    if (!early) return this.#caller.progress(leg.number, tag, status, NOTHING);
    void this.#hearEarly(leg, status, body, tag);
  }

  /** Nobody rings any more, though legs that are cancelled may end later than what is played next begins. */
  stopRinging(): void {
    this.#round += 1;
    if (this.#ringback) this.silence("replaced");
    this.#ringback = false;
    this.#sound?.disconnect();
  }

  /** Whether this answer of a leg is the caller's as it is. */
  isForCaller(leg: Leg, body: Buffer): boolean {
    return !this.carries(leg) && this.#apart(leg, body) === undefined;
  }

  #apart(leg: Leg, body: Buffer): Said | undefined {
    return this.carries(leg) ? undefined : unreachable(this.#caller.offer, body);
  }

  /**
   * A leg answered: gives what the caller is to be told, empty where it has been answered already. Nothing that the callee
   * does meanwhile gets lost.
   */
  async join(leg: Leg, session: InviteSession, body: Buffer): Promise<Described> {
    const apart = this.#apart(leg, body);
    if (apart !== undefined) return err({ status: 488, reason: storySaid("way.apart", { why: apart }) });
    const sound = this.#open();
    let gone: Said | undefined;
    session.use({
      onBye: () => {
        gone = storySaid("way.goneBefore", {});
      },
      onLost: (reason) => {
        gone = storySaid("way.lostBefore", { why: reason });
      },
      onOffer: (offer) => offer.reject(491),
      onInfo: (transaction) => transaction.respond(buildResponse(transaction.request, 200)),
    });
    const taken = await sound.legAnswered(leg.name, body);
    if (!taken.ok) return taken;
    const made = this.#caller.session === undefined ? await sound.describeToCaller(leg.name) : ok(NOTHING);
    return gone === undefined ? made : err<MediaFault>({ status: 503, reason: gone });
  }

  /** The two are connected. */
  connected(leg: Leg): void {
    this.#round += 1;
    this.#ringback = false;
    this.#heard?.end("replaced");
    if (this.carries(leg)) this.#sound?.connect(leg.name);
    else this.close();
  }

  release(leg: Leg): void {
    this.#sound?.release(leg.name);
  }

  /** 200 OK by ourselves, once, just before the first thing that is played (webhook.md: lazily). */
  answerCaller(user: AnswerUser): void {
    if (this.#caller.session !== undefined) return user.onReady();
    const sound = this.#open();
    const ours = this.#caller.offer.length === 0;
    void sound.describeToCaller().then((made) => {
      if (user.isOver()) return;
      if (!made.ok) return user.onFailed(made.error);
      const acknowledged = (answer: Buffer): void => void this.#acknowledged(ours, answer, user);
      if (!this.#caller.answerOurselves(made.value, acknowledged)) return;
      this.#context.recorder.add(note("A", "note.callerAnswered", { engine: sound.engine }));
      if (this.#caller.session !== undefined) user.onAnswered(this.#caller.session);
    });
  }

  /** What the caller's ACK brought, where the offer was ours. */
  takeAnswer(answer: Buffer): void {
    void this.#sound?.callerAnswered(answer).then((taken) => {
      if (!taken.ok) this.#unusable(taken.error);
    });
  }

  play(sound: Played, onDone: (result: Result<undefined, Said>) => void): void {
    if (this.#sound === undefined) return;
    this.#heard ??= new Heard(this.#context.recorder);
    this.#heard.begin(sound);
    this.#sound.play(sound, (result) => {
      this.#heard?.end(result.ok ? "end" : "failed");
      onDone(result);
    });
  }

  silence(by: HeardUntil): void {
    this.#heard?.end(by);
    this.#sound?.silence();
  }

  listen(on: boolean): void {
    this.#sound?.listen(on);
  }

  /** For the bridge, where the sound passes through us: what either side offers. */
  answer({ leg, origin }: BridgeEnd, offer: PeerOffer): void {
    void this.#sound?.reoffer(leg, offer, origin);
  }

  /** The caller changes its description while we play to it. */
  reoffer(offer: PeerOffer): void {
    const { origin } = this.#caller;
    if (origin === undefined || this.#sound === undefined) return offer.reject(488);
    void this.#sound.reoffer(CALLER, offer, origin);
  }

  /** The caller changes its description before anybody has answered it, in a PRACK (RFC 3262 §5, RFC 6337 §3.1). */
  earlyOffer(offer: PeerOffer, fork: Fork): void {
    // DEVIATION(RFC 3262 §5): where the sound passes us by, only the phone could answer, which may not be asked so early.
    if (this.#sound?.carries(`B${fork.leg}`) !== true) return offer.reject(488);
    void this.#sound.reoffer(CALLER, offer, fork.origin);
  }

  /** INFO from the caller while we play to it: a key, or nothing that we know. */
  onInfo(transaction: ServerTransaction): void {
    const { request } = transaction;
    const type = request.headers.get("content-type");
    const key = digitOfInfo(type, request.body);
    if (key !== undefined) this.#pressed(key, "info");
    // RFC 6086 §4.2.2: a body that we do not understand is 415; without one there is nothing to understand.
    const status = type === undefined || key !== undefined ? 200 : isDigitInfo(type) ? 400 : 415;
    const headers =
      status === 415
        ? ([["Accept", "application/dtmf-relay, application/dtmf, audio/telephone-event"]] as const)
        : [];
    transaction.respond(buildResponse(request, status, undefined, { headers }));
  }

  /** The call is over: what went through is noted. */
  close(): void {
    const sound = this.#sound;
    this.#sound = undefined;
    this.#heard?.end("hangup");
    void sound?.close().then((ends) => {
      for (const end of ends) if (end.codec !== "") this.#context.recorder.add(soundWas(end));
    });
  }

  #wayOf(leg: Leg): SoundWay {
    if (this.#caller.session !== undefined) return throughUs(storySaid("way.callerAnswered", {}));
    if (leg.cause.converted) return throughUs(storySaid("way.noCodec", { party: leg.route.party }));
    const { callerSide } = this.#context;
    const { route } = leg;
    const source = callerSide.end.signallingAddress;
    const described = describedAddress(this.#caller.offer);
    const caller: MediaSide = {
      policy: callerSide.policy,
      name: callerSide.name,
      address: described ?? source,
      behindNat: isBehindNat(described, source),
    };
    const callee: MediaSide = {
      policy: route.media,
      name: route.party,
      address: route.flow.remote.host,
      behindNat: route.behindNat,
    };
    return wayOfSound(caller, callee);
  }

  #open(): Sound {
    const { media, facts, snapshot, callerSide } = this.#context;
    this.#sound ??= new Sound({
      engine: media,
      callId: facts.callId,
      country: snapshot.home.country,
      caller: callerSide.end,
      offer: this.#caller.offer,
      user: {
        onDigit: (end, digit, way) => {
          if (end === CALLER) this.#pressed(digit, way);
        },
        onHeld: (end) => {
          if (end === CALLER) this.#user.onKeyHeld();
        },
        onSilent: (end, seconds) => {
          // A leg that rang before may not be over yet: nobody hears it.
          if (end === CALLER || end === this.#sound?.connectedTo)
            this.#user.onSilent(end === CALLER, seconds);
        },
        onLost: (reason) => this.#user.onSoundLost(reason),
      },
    });
    return this.#sound;
  }

  #pressed(key: string, way: DigitWay): void {
    this.#keys ??= new DigitMerger(this.#context.clock);
    this.#waysHeard ??= new Set();
    if (!this.#waysHeard.has(way)) {
      this.#waysHeard.add(way);
      this.#context.recorder.add(note("A", "note.keysBy", { way }));
    }
    if (!this.#keys.isNew(key, way)) return;
    this.#context.recorder.add({ type: "key", leg: CALLER, way });
    this.#user.onKey(key);
  }

  /** The caller has been answered: it hears what a leg sends already, or the tone of its country. */
  #hearRinging(leg: Leg, body: Buffer): void {
    const sound = this.#open();
    if (body.length === 0) {
      if (this.#ringback || sound.connectedTo !== undefined) return;
      this.#ringback = true;
      return this.play({ kind: "ringback" }, () => {});
    }
    const round = this.#round;
    void sound.legAnswered(leg.name, body).then((taken) => {
      if (!taken.ok || round !== this.#round || !this.carries(leg)) return;
      this.#heard?.end("replaced");
      this.#ringback = false;
      sound.connect(leg.name);
    });
  }

  async #hearEarly(leg: Leg, status: number, body: Buffer, tag: string | undefined): Promise<void> {
    const sound = this.#open();
    const round = this.#round;
    const taken = await sound.legAnswered(leg.name, body);
    const made = taken.ok ? await sound.describeToCaller(leg.name) : taken;
    // Answered, refused or gone meanwhile: then this comes too late.
    if (round !== this.#round || !this.carries(leg) || this.#caller.session !== undefined) return;
    if (made.ok) sound.connect(leg.name);
    this.#caller.progress(leg.number, tag, status, made.ok ? made.value : NOTHING);
  }

  async #acknowledged(ours: boolean, answer: Buffer, user: AnswerUser): Promise<void> {
    const taken = ours ? await this.#open().callerAnswered(answer) : ok(undefined);
    if (user.isOver()) return;
    if (taken.ok) return user.onReady();
    this.#unusable(taken.error);
  }

  /** What the caller's ACK brought. */
  #unusable({ reason }: MediaFault): void {
    this.#user.onSoundLost(storySaid("way.ackUnusable", { why: reason }));
  }
}

function throughUs(reason: Said): SoundWay {
  return { kind: "throughUs", reason };
}

/** What the engine has to know about the way to whoever is at this flow. */
export function endAt(flow: Flow | undefined): EndParts {
  const announced = hostOf(flow?.sentBy ?? "");
  const literal = /^[\d.]+$|:/.test(announced);
  return {
    localAddress: literal ? announced : (flow?.local.host ?? ""),
    signallingAddress: flow?.remote.host ?? "",
  };
}

function soundWas({ end, jitterMs, ...counts }: EndStatistics): Happening {
  return { type: "media", leg: end, ...counts, jitterMs: Math.round(jitterMs * 10) / 10 };
}
