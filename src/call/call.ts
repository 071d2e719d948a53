import type { Command } from "../dialplan/command.ts";
import type { Forward, Outcome, RingResult } from "../dialplan/outcome.ts";
import type { Plan } from "../dialplan/plan.ts";
import { begin, resume, type Surroundings } from "../dialplan/walk.ts";
import type { Turn, Walk } from "../dialplan/walk-state.ts";
import { next } from "../fsm/table.ts";
import { Mailbox } from "../lib/mailbox.ts";
import type { RecordSink } from "../model/call-record.ts";
import { Scope } from "../runtime/scope.ts";
import { ANSWERED_ELSEWHERE, type HeaderList, type InboundInvite, type Session } from "../sip/index.ts";
import type { WebhookPort } from "../webhook/port.ts";
import { type BridgeEnd, bridge } from "./bridge.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./call.fsm.ts";
import { because, type CallEnd, lostSide, refusedBy, resultFor, silentSide } from "./call-end.ts";
import { CallSound, type CallSoundUser } from "./call-sound.ts";
import { CallerLeg } from "./caller-leg.ts";
import type { CallContext, Leg, RingCommand } from "./leg.ts";
import { Hearing } from "./perform/hearing.ts";
import { Requesting } from "./perform/request.ts";
import { type FollowCommand, Ringing } from "./perform/ring.ts";

export interface CallParts {
  readonly context: CallContext;
  readonly plan: Plan;
  /** The caller dialled the destination itself: it is told how that refused. */
  readonly direct: boolean;
  readonly webhooks: WebhookPort;
  readonly sink: RecordSink;
  /** A call that was answered is ended after this time. */
  readonly maxCallMs: number;
  /** The call is over and its record handed on. */
  readonly onOver: () => void;
}

/** A call that is up for this long hands over its record so far (see Recorder.spill). */
const SPILL_AFTER_MS = 5000;
const RETRY: HeaderList = [["Retry-After", "5"]];
/** The last messages of the legs still belong to the record: it is closed this much after the call. */
const LINGER_MS = 250;

interface Answer {
  readonly leg: Leg;
  readonly session: Session;
  /** What the caller is told: the callee's description, or ours where the sound passes through us. */
  readonly body: Buffer;
  readonly acknowledge: (answer: Buffer) => void;
}

/**
 * The shell of one call: asks the plan what to do, does it, and tells the plan how it went. It owns a scope; whatever
 * the call starts ends with it.
 */
export class Call implements CallSoundUser {
  readonly #parts: CallParts;
  readonly #scope = new Scope();
  readonly #events: Mailbox<CallEvent>;
  readonly #caller: CallerLeg;
  readonly #sound: CallSound;
  #state: CallState = "routing";
  #walk: Walk | undefined;
  #ringing: Ringing | undefined;
  /** What is played to the caller, and the keys it presses. */
  #hearing: Hearing | undefined;
  #callee: Session | undefined;
  #answer: Answer | undefined;
  /** Delayed offer: the ACK that the callee waits for until the caller has sent its own. */
  #acknowledgeCallee: (() => void) | undefined;
  /** The webhook that is being asked; a caller who hangs up does not end it. */
  #requesting: Requesting | undefined;
  /** Waits for that webhook's result to close the record. */
  #closeRecord: (() => void) | undefined;
  /** The ringing step that is, or was last, performed: in words. */
  #rung = "";
  /** How that ended, in words; empty where nobody was rung. */
  #lastRing = "";
  #lastStatus: number | undefined;
  /** Why nothing could be heard at what was tried last: the status of the fault. */
  #fault: number | undefined;
  /** What a BYE says beside the end itself. */
  #goodbye: HeaderList = [];
  #answeredBy: string | undefined;
  #elsewhere = false;
  #refusal: { readonly status: number; readonly headers: HeaderList } = { status: 480, headers: [] };
  #end: CallEnd = { by: "switchhook", status: 500, result: "failed", reason: "the call was ended" };

  constructor(parts: CallParts, invite: InboundInvite) {
    this.#parts = parts;
    this.#events = new Mailbox((event) => this.#onEvent(event));
    this.#caller = new CallerLeg(invite, parts.context.ids);
    this.#sound = new CallSound(parts.context, this.#caller, this);
  }

  get state(): CallState {
    return this.#state;
  }

  /** Sends 100 and enters the plan. */
  start(): void {
    const { plan, context } = this.#parts;
    this.#caller.begin({
      onCancelled: (reason) => this.#callerGone(reason, "the caller hung up before anybody answered"),
      onFailed: (reason) => this.#callerGone("", reason),
      onOffer: (offer, fork) => this.#sound.earlyOffer(offer, fork),
    });
    this.#take(begin(plan, context.facts, this.#surroundings));
  }

  /** Ends the call from outside (shutdown); the reason is a sentence. */
  stop(reason: string): void {
    // It may only be waiting for a webhook's result to put into its record.
    if (this.#state === "ended") return this.#closeRecord?.();
    this.#refusal = { status: 503, headers: RETRY };
    this.#break({ by: "switchhook", status: 503, result: "failed", reason });
  }

  onSilent(callerSide: boolean, seconds: number): void {
    // Nobody need speak before it has been answered, or has answered.
    if (this.#state !== "connected" && !(callerSide && this.#state === "answered")) return;
    this.#break(silentSide(callerSide, seconds, this.#state === "connected"));
  }

  onSoundLost(reason: string): void {
    this.#refusal = { status: 503, headers: RETRY };
    this.#goodbye = because(503, "The sound of the call was lost");
    const result = this.#state === "connected" ? "completed" : "failed";
    this.#break({ by: "switchhook", status: undefined, result, reason });
  }

  onKey(key: string): void {
    this.#hearing?.key(key);
  }

  #take(turn: Turn): void {
    this.#walk = turn.walk;
    const { recorder } = this.#parts.context;
    recorder.trace(turn.trace);
    const { command } = turn;
    switch (command.type) {
      case "ring":
        this.#rung = ringingStep(turn);
        return this.#ring(command);
      case "request":
        return this.#request(command);
      case "play":
      case "collect":
        return this.#hear(command);
      case "hangUp":
        this.#planEnded(command.status, command.reason);
        return this.#events.send("planEnded");
      // Only ever the answer to a forward (`#forwarded`).
      case "follow":
      case "connected":
        return undefined;
    }
  }

  #planEnded(planStatus: number, planReason: string): void {
    const status = refusedBy(planStatus, this.#lastStatus, this.#parts.direct, this.#fault);
    const reason = this.#lastRing === "" ? planReason : `${planReason} ${this.#lastRing}`;
    this.#refusal = { status, headers: status === 503 ? RETRY : [] };
    this.#end = { by: "switchhook", status, result: resultFor(status), reason };
  }

  #resume(outcome: Outcome): void {
    if (this.#over || this.#state === "connected" || this.#walk === undefined) return;
    this.#take(resume(this.#parts.plan, this.#walk, outcome, this.#surroundings));
  }

  get #surroundings(): Surroundings {
    const { snapshot, clock } = this.#parts.context;
    return { directory: snapshot, now: clock.wall() };
  }

  get #over(): boolean {
    return this.#state === "ended";
  }

  /** Tells the walk how it ended, for its account of why; there is nothing left to do for it. */
  #closeWalk(outcome: Outcome): void {
    if (this.#walk === undefined) return;
    const { plan, context } = this.#parts;
    context.recorder.trace(resume(plan, this.#walk, outcome, this.#surroundings).trace);
    this.#walk = undefined;
  }

  #ring(command: RingCommand): void {
    this.#ringing = new Ringing(this.#parts.context, command, (leg) => this.#sound.describeTo(leg), {
      onProgress: (leg, status, body, tag) => this.#sound.progress(leg, status, body, tag),
      onAnswered: (leg, session, body, acknowledge) => {
        this.#callee = session;
        const { outside } = leg.cause;
        // Counted until the call is over, however that comes; what is kept for it is no more than that.
        if (outside !== undefined) this.#scope.own(() => outside.end(true));
        const answer = { leg, session, body, acknowledge };
        if (this.#sound.isForCaller(leg, body)) this.#answered(answer);
        else void this.#answeredThroughUs(answer);
      },
      mayConvert: (leg) => this.#sound.mayConvert(leg),
      onUndescribed: (status) => {
        this.#fault = status;
      },
      onLegOver: (leg) => this.#sound.release(leg),
      onForwarded: (forward) => this.#forwarded(forward),
      onEnded: (result, status, detail) => this.#rang(result, status, detail),
    });
    this.#ringing.start();
  }

  #forwarded(forward: Forward): FollowCommand | undefined {
    if (this.#walk === undefined) return undefined;
    const { plan, context } = this.#parts;
    const turn = resume(plan, this.#walk, { type: "forwarded", forward }, this.#surroundings);
    this.#walk = turn.walk;
    context.recorder.trace(turn.trace);
    return turn.command.type === "follow" ? turn.command : undefined;
  }

  #rang(result: RingResult, status: number, detail: string): void {
    this.#ringing = undefined;
    this.#sound.stopRinging();
    this.#lastStatus = status;
    if (result !== "failed" || status !== this.#fault) this.#fault = undefined;
    this.#lastRing = `Last tried: ${this.#rung}; ${detail}.`;
    this.#resume({ type: "rang", result, status, detail });
  }

  #answered(answer: Answer): void {
    this.#answer = answer;
    this.#events.send("calleeAnswered");
  }

  /** The engine has its say between the callee's answer and the caller's; either may hang up meanwhile. */
  async #answeredThroughUs(answer: Answer): Promise<void> {
    const { leg, session } = answer;
    const made = await this.#sound.join(leg, session, answer.body);
    if (this.#over) return;
    if (made.ok) return this.#answered({ ...answer, body: made.value });
    const { status, reason } = made.error;
    session.bye(because(status, "No sound"));
    leg.over();
    this.#callee = undefined;
    this.#sound.release(leg);
    this.#fault = status;
    this.#parts.context.recorder.add({ type: "note", leg: leg.name, text: reason });
    this.#rang("failed", status, `${leg.route.label}: ${reason}`);
  }

  #request(command: Extract<Command, { type: "request" }>): void {
    const { webhooks, context } = this.#parts;
    const requesting = new Requesting(context, webhooks, command.webhook, command.values, {
      onSlow: () => {
        if (this.#state === "routing") this.#caller.ringing();
      },
      callerHasGone: () => this.#over && this.#end.by === "caller",
      onReplied: (result) => {
        this.#requesting = undefined;
        this.#closeRecord?.();
        this.#resume({ type: "replied", result });
      },
    });
    this.#requesting = requesting;
    this.#scope.own(() => requesting.quiet());
  }

  /** Plays to the caller, whom we answer first if nobody has, and takes the keys it presses. */
  #hear(command: Extract<Command, { type: "play" | "collect" }>): void {
    this.#sound.answerCaller({
      onAnswered: (session) => {
        session.use({
          onBye: () => this.#callerGone("", "the caller hung up before anybody answered"),
          onLost: (reason) => this.#break(lostSide(true, reason, "failed")),
          onOffer: (offer) => this.#sound.reoffer(offer),
          onInfo: (transaction) => this.#sound.onInfo(transaction),
        });
        this.#endAfterLongest();
        this.#events.send("callerAnswered");
      },
      onReady: () => {
        this.#hearing = new Hearing(this.#parts.context, this.#sound, command, (outcome) => {
          this.#hearing = undefined;
          this.#resume(outcome);
        });
        this.#hearing.start();
      },
      onFailed: ({ status, reason }) => {
        this.#fault = status;
        this.#resume({ type: "mediaFailed", reason });
      },
      isOver: () => this.#over,
    });
  }

  #callerGone(cancelReason: string, reason: string): void {
    // RFC 3326: a forking proxy in front of us tells that another branch was answered.
    this.#elsewhere = /cause=200\b/.test(cancelReason);
    this.#end = {
      by: "caller",
      status: 487,
      result: "cancelled",
      reason: this.#elsewhere ? "the call was answered elsewhere" : reason,
    };
    this.#events.send("callerGone");
  }

  #break(end: CallEnd): void {
    if (this.#over) return;
    this.#end = end;
    this.#events.send("broken");
  }

  #onEvent(event: CallEvent): void {
    const cell = next(callTable, this.#state, event);
    if (cell === "ignore") return;
    this.#state = cell.to;
    for (const action of cell.do) this.#perform(action);
  }

  #perform(action: CallAction): void {
    switch (action) {
      case "connectCaller":
        return this.#connect();
      case "joinCallee":
        return this.#join();
      case "refuseCaller":
        return this.#caller.refuse(this.#refusal.status, this.#refusal.headers);
      case "stopRinging":
        if (this.#end.by === "caller") this.#closeWalk({ type: "callerHungUp" });
        this.#hearing?.stop();
        return this.#ringing?.stop(this.#elsewhere ? ANSWERED_ELSEWHERE : this.#goodbye);
      case "hangUpCaller":
        return this.#caller.hangUp(this.#goodbye);
      case "hangUpCallee":
        this.#acknowledgeCallee?.();
        return this.#callee?.bye(this.#goodbye);
      case "record":
        return this.#finish();
    }
  }

  /** The callee has answered: now the caller is. */
  #connect(): void {
    const answer = this.#takeAnswer();
    if (answer === undefined) return;
    const { leg, session, body } = answer;
    const carried = this.#sound.carries(leg);
    // Delayed offer: the caller's answer travels in its ACK, and on in ours (RFC 3261 §13.2.1).
    const delayed = this.#caller.offer.length === 0;
    const acknowledge = delayed && !carried;
    if (acknowledge) this.#acknowledgeCallee = () => answer.acknowledge(Buffer.alloc(0));
    const onAck = delayed ? (reply: Buffer) => this.#delayedAnswer(answer, reply) : () => {};
    if (!this.#caller.answer(leg.number, session.dialog.remoteTag, body, onAck)) {
      this.#acknowledgeCallee?.();
      return session.bye();
    }
    this.#endAfterLongest();
    this.#up(answer);
  }

  /** The caller was answered by us before: it and the callee are joined. */
  #join(): void {
    const answer = this.#takeAnswer();
    if (answer !== undefined) this.#up(answer);
  }

  #takeAnswer(): Answer | undefined {
    const answer = this.#answer;
    this.#ringing = undefined;
    this.#answer = undefined;
    return answer;
  }

  /** The two are connected. */
  #up({ leg, session }: Answer): void {
    const { session: caller, origin } = this.#caller;
    if (caller === undefined || origin === undefined) return;
    this.#closeWalk({ type: "rang", result: "answered", status: 200, detail: leg.route.label });
    this.#answeredBy = leg.route.label;
    const sound = this.#sound.carries(leg) ? "throughUs" : "direct";
    this.#parts.context.recorder.add({ type: "answered", leg: leg.name, target: leg.route.label, sound });
    this.#spillLater();
    this.#sound.connected(leg);
    this.#bridge(
      { leg: "A", session: caller, origin },
      { leg: leg.name, session, origin: leg.origin },
      this.#sound.carries(leg),
    );
  }

  /** By itself, so that what it hands out keeps only the two ends alive, not the INVITE that led here. */
  #bridge(a: BridgeEnd, b: BridgeEnd, throughUs: boolean): void {
    const { recorder } = this.#parts.context;
    const who = (end: BridgeEnd): string => (end === a ? "the caller" : "the callee");
    const user = {
      onGone: (end: BridgeEnd) => this.#hungUp(end === a ? "caller" : "callee"),
      onLost: (end: BridgeEnd, reason: string) => this.#break(lostSide(end === a, reason, "completed")),
      onNote: (end: BridgeEnd, text: string) =>
        recorder.add({ type: "note", leg: end.leg, text: `${who(end)} ${text}` }),
    };
    bridge(a, b, user, throughUs ? this.#sound.offers : undefined);
  }

  #spillLater(): void {
    const { context, sink } = this.#parts;
    const spill = context.clock.after(SPILL_AFTER_MS, () => context.recorder.spill(sink, this.#answeredBy));
    this.#scope.own(() => spill.cancel());
  }

  #endAfterLongest(): void {
    const { context, maxCallMs } = this.#parts;
    const longest = context.clock.after(maxCallMs, () =>
      this.stop(`a call may last ${Math.round(maxCallMs / 60_000)} minutes at the most`),
    );
    this.#scope.own(() => longest.cancel());
  }

  #delayedAnswer(answer: Answer, reply: Buffer): void {
    const { leg, body, acknowledge } = answer;
    if (this.#sound.carries(leg)) return this.#sound.takeAnswer(reply);
    this.#acknowledgeCallee = undefined;
    acknowledge(leg.origin.rewrite(reply));
    if (reply.length > 0 || body.length === 0) return;
    const reason = "the caller answered our offer with no SDP in its ACK";
    this.#break({ by: "switchhook", status: 488, result: "failed", reason });
  }

  #hungUp(by: "caller" | "callee"): void {
    const reason = by === "caller" ? "the caller hung up" : "the called party hung up";
    this.#end = { by, status: undefined, result: "completed", reason };
    this.#events.send(by === "caller" ? "callerGone" : "calleeGone");
  }

  #finish(): void {
    const { context, sink, onOver } = this.#parts;
    this.#scope.close();
    this.#sound.close();
    const end = this.#end;
    // A caller who was answered is told by BYE, which has no status.
    const status = this.#caller.session === undefined ? end.status : undefined;
    context.recorder.add({ type: "ended", by: end.by, status, reason: end.reason });
    const reason = this.#answeredBy === undefined ? end.reason : `${this.#rung} was answered; ${end.reason}`;
    const close = (): void => {
      this.#closeRecord = undefined;
      context.clock.after(LINGER_MS, () => {
        context.recorder.finish(sink, { result: end.result, reason, answeredBy: this.#answeredBy });
        context.taps.release(context.recorder);
        onOver();
      });
    };
    // The reply to a caller who has gone belongs to the record; it comes within the webhook's deadline.
    if (this.#requesting !== undefined && end.by === "caller") this.#closeRecord = close;
    else close();
  }
}

/** The step of a ring command, with what it rings: the last thing that the walk decided. */
function ringingStep(turn: Turn): string {
  const entry = turn.trace.at(-1);
  return entry === undefined ? "" : `step ${entry.step} (${entry.label})`;
}
