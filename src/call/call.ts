import type { Command } from "../dialplan/command.ts";
import type { Outcome } from "../dialplan/outcome.ts";
import type { Plan } from "../dialplan/plan.ts";
import { begin, resume, type Surroundings } from "../dialplan/walk.ts";
import type { Turn, Walk } from "../dialplan/walk-state.ts";
import { next } from "../fsm/table.ts";
import { flat } from "../lib/flat.ts";
import { Mailbox } from "../lib/mailbox.ts";
import type { Why } from "../lib/said.ts";
import { isServedCaller } from "../model/plan-end.ts";
import { Tried } from "../model/tried.ts";
import { Scope } from "../runtime/scope.ts";
import type { InboundInvite, InviteSession } from "../sip/index.ts";
import type { WebhookPort } from "../webhook/port.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./call.fsm.ts";
import type { CallContext } from "./call-context.ts";
import type { Ending } from "./call-end.ts";
import * as endings from "./call-end.ts";
import { CallSound, type CallSoundUser } from "./call-sound.ts";
import { Callee, type CalleeUser } from "./callee.ts";
import { CallerLeg } from "./caller-leg.ts";
import type { Leg } from "./leg.ts";
import type { CallDesk, Performing } from "./perform/performer.ts";
import { performing } from "./perform/performers.ts";

export interface CallParts {
  readonly context: CallContext;
  readonly plan: Plan;
  /** The caller dialled the destination itself: it is told how that refused. */
  readonly direct: boolean;
  readonly webhooks: WebhookPort;
  /** A call that was answered is ended after this time. */
  readonly maxCallMs: number;
  /** The call with this id is over and its record handed on. */
  readonly onOver: (callId: string) => void;
}

/** Keys are kept while an ACK is awaited, 32 s at most (RFC 3261 §13.3.1.4): nobody presses more. */
const MOST_PRESSED = 200;
/** The last messages of the legs still belong to the record: it is closed this much after the call. */
const LINGER_MS = 250;

/**
 * The shell of one call: asks the plan what to do, has it done (perform/), and tells the plan how it went. It owns a
 * scope; whatever the call starts ends with it.
 */
export class Call implements CallSoundUser, CalleeUser {
  readonly #parts: CallParts;
  readonly #scope = new Scope();
  readonly #events = new Mailbox<Call, CallEvent>(this, Call.#onEvent);
  readonly #caller: CallerLeg;
  readonly #sound: CallSound;
  readonly #callee: Callee;
  readonly #tried = new Tried();
  /** Keys of a caller whom we answer, while its ACK is on its way: sound may be faster than signalling. */
  #pressed: string[] | undefined;
  /** While the plan goes on. */
  #desk: CallDesk | undefined;
  #state: CallState = "routing";
  #walk: Walk | undefined;
  #performing: Performing | undefined;
  /** Waits for a webhook's result to close the record. */
  #closeRecord: (() => void) | undefined;
  #answeredBy: string | undefined;
  /** Why the call ends; known before it does. */
  #ending: Ending | undefined;

  constructor(parts: CallParts, invite: InboundInvite) {
    const { context } = parts;
    this.#parts = parts;
    this.#caller = new CallerLeg(invite, context.ids);
    this.#sound = new CallSound(context, this.#caller, this);
    this.#callee = new Callee(context, this.#caller, this.#sound, this);
  }

  get state(): CallState {
    return this.#state;
  }

  isOver(): boolean {
    return this.#state === "ended";
  }

  /** Sends 100 and enters the plan. */
  start(): void {
    const { plan, context } = this.#parts;
    this.#caller.begin({
      onCancelled: (reason) => this.#end("callerGone", endings.callerGaveUp(reason)),
      onFailed: (reason) => this.#end("callerGone", endings.callerNotReached(reason)),
      onOffer: (offer, fork) => this.#sound.earlyOffer(offer, fork),
    });
    this.#take(begin(plan, context.facts, this.#surroundings));
  }

  /** Ends the call from outside: the installation stops. */
  stop(): void {
    // It may only be waiting for a webhook's result to put into its record.
    if (this.isOver()) this.#closeRecord?.();
    else this.onBroken(endings.stopped());
  }

  onSilent(callerSide: boolean, seconds: number): void {
    // Nobody need speak before it has been answered, or has answered.
    if (this.#state !== "connected" && !(callerSide && this.#state === "answered")) return;
    this.onBroken(endings.silentSide(callerSide, seconds, this.#state === "connected"));
  }

  onSoundLost(reason: Why): void {
    this.onBroken(endings.soundLost(reason, this.#state === "connected"));
  }

  onKey(key: string): void {
    if (this.#pressed === undefined) this.#performing?.key?.(key);
    else if (this.#pressed.length < MOST_PRESSED) this.#pressed.push(key);
  }

  onKeyHeld(): void {
    this.#performing?.keyHeld?.();
  }

  /** The callee's answer is the caller's now. */
  onReady(): void {
    this.#events.send("calleeAnswered");
  }

  onCallerAnswered(): void {
    const { context, maxCallMs } = this.#parts;
    const longest = context.clock.after(maxCallMs, () => this.onBroken(endings.tooLong(maxCallMs)));
    this.#scope.own(() => longest.cancel());
  }

  /** The two are connected. */
  onUp(leg: Leg): void {
    const { context } = this.#parts;
    const { label } = leg.route;
    this.#closeWalk({ type: "rang", result: "answered", status: 200, detail: label, by: leg.cause.target });
    this.#desk = undefined;
    this.#answeredBy = label;
    const sound = this.#sound.carries(leg) ? "throughUs" : "direct";
    context.recorder.add({ type: "answered", leg: leg.name, target: label, sound });
  }

  onHungUp(by: "caller" | "callee"): void {
    this.#end(by === "caller" ? "callerGone" : "calleeGone", endings.hungUp(by));
  }

  onBroken(ending: Ending): void {
    this.#end("broken", ending);
  }

  #end(event: CallEvent, ending: Ending): void {
    if (this.isOver()) return;
    this.#ending = ending;
    this.#events.send(event);
  }

  #take({ walk, trace, command }: Turn): void {
    this.#walk = walk;
    const { context, plan } = this.#parts;
    context.recorder.trace(trace);
    context.refusedDestinations.saw(plan.name, trace);
    this.#tried.saw(trace);
    if (command.type === "follow") throw new Error("nothing rings, and the plan follows a forward");
    // The last thing that the walk decided is what it rings.
    const entry = trace.at(-1);
    if (command.type === "ring" && entry !== undefined) {
      this.#tried.step = flat(`step ${entry.step} (${entry.label})`);
    }
    this.#desk ??= this.#makeDesk();
    const begun = performing(command, this.#desk);
    this.#performing = begun;
    begun.start();
  }

  #makeDesk(): CallDesk {
    const { context, webhooks, direct } = this.#parts;
    return {
      context,
      webhooks,
      direct,
      caller: this.#caller,
      sound: this.#sound,
      callee: this.#callee,
      tried: this.#tried,
      endedBy: () => (this.isOver() ? this.#ending?.by : undefined),
      own: (end) => this.#scope.own(end),
      answerCaller: (onReady, onFailed) => this.#answerCaller(onReady, onFailed),
      done: (outcome) => this.#done(outcome),
      ask: (outcome) => this.#ask(outcome),
      end: (ending) => this.#end("planEnded", ending),
    };
  }

  #done(outcome: Outcome): void {
    if (this.isOver() || this.#state === "connected" || this.#walk === undefined) return;
    this.#performing = undefined;
    this.#take(resume(this.#parts.plan, this.#walk, outcome, this.#surroundings));
  }

  #ask(outcome: Outcome): Command | undefined {
    if (this.#walk === undefined) return undefined;
    const turn = resume(this.#parts.plan, this.#walk, outcome, this.#surroundings);
    this.#walk = turn.walk;
    this.#parts.context.recorder.trace(turn.trace);
    return turn.command;
  }

  get #surroundings(): Surroundings {
    const { snapshot, clock } = this.#parts.context;
    return { directory: snapshot, now: clock.wall() };
  }

  /** Tells the walk how it ended, for its account of why; there is nothing left to do for it. */
  #closeWalk(outcome: Outcome): void {
    this.#ask(outcome);
    this.#walk = undefined;
  }

  #answerCaller(onReady: () => void, onFailed: (reason: Why) => void): void {
    this.#pressed = [];
    this.#sound.answerCaller({
      onAnswered: (session) => this.#callerAnswered(session),
      onReady: () => {
        const pressed = this.#pressed ?? [];
        this.#pressed = undefined;
        onReady();
        // Each to whoever performs by then: a key may end a message, and the next be one of a code.
        for (const key of pressed) this.onKey(key);
      },
      onFailed: (fault) => {
        this.#pressed = undefined;
        this.#tried.fault = fault;
        onFailed(fault.reason);
      },
      isOver: () => this.isOver(),
    });
  }

  #callerAnswered(session: InviteSession): void {
    session.use({
      onBye: () => this.#end("callerGone", this.#callerLeft()),
      onLost: (reason) => this.onBroken(endings.lostSide(true, reason, false)),
      onOffer: (offer) => this.#sound.reoffer(offer),
      onInfo: (transaction) => this.#sound.onInfo(transaction),
    });
    this.onCallerAnswered();
    this.#events.send("callerAnswered");
  }

  /** A caller whom we had answered has hung up before anybody else did. */
  #callerLeft(): Ending {
    const isServed = isServedCaller(this.#parts.plan, this.#walk?.waitingFor, this.#tried);
    return isServed ? endings.callerServed() : endings.callerGaveUp("");
  }

  static #onEvent(this: void, call: Call, event: CallEvent): void {
    const cell = next(callTable, call.#state, event);
    if (cell === "ignore") return;
    call.#state = cell.to;
    for (const action of cell.do) call.#perform(action);
  }

  #perform(action: CallAction): void {
    const goodbye = this.#ending?.goodbye ?? [];
    switch (action) {
      case "connectCaller":
        this.#performing = undefined;
        return this.#callee.connect();
      case "joinCallee":
        this.#performing = undefined;
        return this.#callee.join();
      case "refuseCaller": {
        const { status, headers } = this.#ending?.refusal ?? { status: 480, headers: [] };
        return this.#caller.refuse(status, headers);
      }
      case "stopRinging":
        if (this.#ending?.by === "caller") this.#closeWalk({ type: "callerHungUp" });
        return this.#performing?.stop(goodbye);
      case "hangUpCaller":
        return this.#caller.hangUp(goodbye);
      case "hangUpCallee":
        return this.#callee.hangUp(goodbye);
      case "record":
        return this.#finish();
    }
  }

  #finish(): void {
    const { context, onOver } = this.#parts;
    this.#scope.close();
    this.#sound.close();
    const ending = this.#ending;
    if (ending === undefined) throw new Error("a call has ended, and nobody knows why");
    const { by, code, args, reason } = ending;
    // A caller who was answered is told by BYE, which has no status.
    const status = this.#caller.session === undefined ? ending.status : undefined;
    context.recorder.add({ type: "ended", by, status, reason, code, args });
    const verdict = endings.verdictOf(ending, this.#answeredBy, this.#tried);
    const close = (): void => {
      this.#closeRecord = undefined;
      context.clock.after(LINGER_MS, () => {
        context.recorder.finish(verdict);
        context.taps.release(context.recorder);
        onOver(context.recorder.callId);
      });
    };
    const lasting = this.#performing;
    this.#performing = undefined;
    // The reply to a caller who has gone belongs to the record; it comes within the webhook's deadline.
    if (by !== "caller" || lasting?.outlive === undefined) return close();
    this.#closeRecord = close;
    lasting.outlive(close);
  }
}
