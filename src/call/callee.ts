import type { Said, Why } from "../lib/said.ts";
import type { MediaFault } from "../media/engine.ts";
import { note, storySaid } from "../model/story-words.ts";
import type { HeaderList, InviteSession } from "../sip/index.ts";
import { type BridgeEnd, type BridgeUser, bridge, type MediaChange } from "./bridge.ts";
import type { CallContext } from "./call-context.ts";
import { because, type Ending, lostSide, noAnswerInAck } from "./call-end.ts";
import type { CallSound } from "./call-sound.ts";
import type { CallerLeg } from "./caller-leg.ts";
import type { Leg } from "./leg.ts";
import { CALLER } from "./sound.ts";

/** A leg that answered. */
export interface Answer {
  readonly leg: Leg;
  readonly session: InviteSession;
  /** What the caller is told: the callee's description, or ours where the sound passes through us. */
  readonly body: Buffer;
  readonly acknowledge: (answer: Buffer) => void;
}

/** Speaks upward to the call. */
export interface CalleeUser {
  isOver(): boolean;
  /** The caller may be connected to whoever has answered. */
  onReady(): void;
  /** The caller has its 200 OK. */
  onCallerAnswered(): void;
  /** The two are connected. */
  onUp(leg: Leg): void;
  onHungUp(by: "caller" | "callee"): void;
  onBroken(ending: Ending): void;
}

/** Whoever has answered, from its 200 OK to the end of the call. */
export class Callee implements BridgeUser {
  readonly #context: CallContext;
  readonly #caller: CallerLeg;
  readonly #sound: CallSound;
  readonly #user: CalleeUser;
  #session: InviteSession | undefined;
  #answer: Answer | undefined;
  /** Delayed offer: the ACK that the callee waits for until the caller has sent its own. */
  #acknowledge: (() => void) | undefined;

  constructor(context: CallContext, caller: CallerLeg, sound: CallSound, user: CalleeUser) {
    this.#context = context;
    this.#caller = caller;
    this.#sound = sound;
    this.#user = user;
  }

  /** A leg has answered. `onFailed`: the two cannot have sound together, and the leg has been hung up. */
  answered(answer: Answer, onFailed: (fault: MediaFault, reason: Said) => void): void {
    this.#session = answer.session;
    if (this.#sound.isForCaller(answer.leg, answer.body)) this.#ready(answer);
    else void this.#throughUs(answer, onFailed);
  }

  /** It has answered: now the caller is. */
  connect(): void {
    const answer = this.#take();
    if (answer === undefined) return;
    const { leg, session, body } = answer;
    const carried = this.#sound.carries(leg);
    // Delayed offer: the caller's answer travels in its ACK, and on in ours (RFC 3261 §13.2.1).
    const delayed = this.#caller.offer.length === 0;
    if (delayed && !carried) this.#acknowledge = () => answer.acknowledge(Buffer.alloc(0));
    const onAck = delayed ? (reply: Buffer) => this.#delayedAnswer(answer, reply) : () => {};
    if (!this.#caller.answer(leg.number, session.dialog.remoteTag, body, onAck)) {
      this.#acknowledge?.();
      return session.bye();
    }
    this.#user.onCallerAnswered();
    this.#up(leg, session);
  }

  /** The caller was answered by us before: it and the callee are joined. */
  join(): void {
    const answer = this.#take();
    if (answer !== undefined) this.#up(answer.leg, answer.session);
  }

  /** Also one that has answered just now and is not connected yet. */
  hangUp(headers: HeaderList): void {
    this.#acknowledge?.();
    this.#session?.bye(headers);
  }

  #ready(answer: Answer): void {
    this.#answer = answer;
    this.#user.onReady();
  }

  /** The engine has its say between the callee's answer and the caller's; either may hang up meanwhile. */
  async #throughUs(answer: Answer, onFailed: (fault: MediaFault, reason: Said) => void): Promise<void> {
    const { leg, session } = answer;
    const made = await this.#sound.join(leg, session, answer.body);
    if (this.#user.isOver()) return;
    if (made.ok) return this.#ready({ ...answer, body: made.value });
    const { status, reason } = made.error;
    session.bye(because(status, "No sound"));
    leg.over();
    this.#session = undefined;
    this.#sound.release(leg);
    this.#context.recorder.add(note(leg.name, "note.noSound", { why: reason }));
    onFailed(made.error, storySaid("tried.noSound", { target: leg.route.label, why: reason }));
  }

  #take(): Answer | undefined {
    const answer = this.#answer;
    this.#answer = undefined;
    return answer;
  }

  #delayedAnswer({ leg, body, acknowledge }: Answer, reply: Buffer): void {
    if (this.#sound.carries(leg)) return this.#sound.takeAnswer(reply);
    this.#acknowledge = undefined;
    acknowledge(leg.origin.rewrite(reply));
    if (reply.length === 0 && body.length > 0) this.#user.onBroken(noAnswerInAck());
  }

  #up(leg: Leg, session: InviteSession): void {
    const { session: caller, origin } = this.#caller;
    if (caller === undefined || origin === undefined) return;
    this.#user.onUp(leg);
    this.#sound.connected(leg);
    const offers = this.#sound.carries(leg) ? this.#sound : undefined;
    // Only what a call needs that is up: not the leg, which keeps the INVITE that led here.
    bridge(
      { leg: CALLER, session: caller, origin },
      { leg: leg.name, session, origin: leg.origin },
      this,
      offers,
    );
  }

  onGone({ leg }: BridgeEnd): void {
    this.#user.onHungUp(leg === CALLER ? "caller" : "callee");
  }

  onLost({ leg }: BridgeEnd, reason: Why): void {
    this.#user.onBroken(lostSide(leg === CALLER, reason, true));
  }

  onMedia({ leg }: BridgeEnd, change: MediaChange): void {
    this.#context.recorder.add(note(leg, change, { who: leg === CALLER ? "caller" : "callee" }));
  }
}
