import type { Outcome, RingResult, WebhookResult } from "../dialplan/outcome.ts";
import type { Plan } from "../dialplan/plan.ts";
import { begin, resume } from "../dialplan/walk.ts";
import type { Turn, Walk } from "../dialplan/walk-state.ts";
import { next } from "../fsm/table.ts";
import { Mailbox } from "../lib/mailbox.ts";
import type { CallResult, RecordSink } from "../model/call-record.ts";
import { Scope } from "../runtime/scope.ts";
import type { HeaderList, InboundInvite, Session } from "../sip/index.ts";
import type { WebhookPort } from "../webhook/port.ts";
import { type BridgeEnd, bridge } from "./bridge.ts";
import { type CallAction, type CallEvent, type CallState, callTable } from "./call.fsm.ts";
import { Forks } from "./forks.ts";
import { type CallContext, hostOnly, type Leg, type RingCommand } from "./leg.ts";
import { ANSWERED_ELSEWHERE, Ringing } from "./perform/ring.ts";
import { statusForCaller } from "./ring-result.ts";

export interface CallParts {
  readonly context: CallContext;
  readonly plan: Plan;
  /** The caller dialled the destination itself: it is told how that refused. */
  readonly direct: boolean;
  readonly webhooks: WebhookPort;
  readonly sink: RecordSink;
  /** A connected call is ended after this time. */
  readonly maxCallMs: number;
  /** The call is over and its record handed on. */
  readonly onOver: () => void;
}

/** A webhook that takes longer than this lets the caller hear ringing (webhook.md, IVR). */
const RINGING_AFTER_MS = 1000;
/** A call that is up for this long hands over its record so far (see Recorder.spill). */
const SPILL_AFTER_MS = 5000;
/** The last messages of the legs still belong to the record: it is closed this much after the call. */
const LINGER_MS = 250;

interface Answer {
  readonly leg: Leg;
  readonly body: Buffer;
  readonly acknowledge: (answer: Buffer) => void;
}

interface End {
  readonly by: "caller" | "callee" | "switchhook";
  readonly status: number | undefined;
  readonly result: CallResult;
  readonly reason: string;
}

/**
 * The shell of one call: asks the plan what to do, does it, and tells the plan how it went. It owns a scope; whatever
 * the call starts ends with it.
 */
export class Call {
  readonly #parts: CallParts;
  readonly #scope = new Scope();
  readonly #events: Mailbox<CallEvent>;
  #forks: Forks | undefined;
  /** Until the caller has its final answer; a connected call does not keep the INVITE. */
  #invite: InboundInvite | undefined;
  #state: CallState = "routing";
  #walk: Walk | undefined;
  #ringing: Ringing | undefined;
  #caller: Session | undefined;
  #callee: Session | undefined;
  #answer: Answer | undefined;
  /** Delayed offer: the ACK that the callee waits for until the caller has sent its own. */
  #acknowledgeCallee: (() => void) | undefined;
  /** The webhook that is being asked; a caller who hangs up does not end it. */
  #asking = false;
  /** Waits for that webhook's result to close the record. */
  #closeRecord: (() => void) | undefined;
  /** The ringing step that is, or was last, performed: in words. */
  #rung = "";
  /** How that ended, in words; empty where nobody was rung. */
  #lastRing = "";
  #lastStatus: number | undefined;
  #answeredBy: string | undefined;
  #elsewhere = false;
  #refusal: { readonly status: number; readonly headers: HeaderList } = { status: 480, headers: [] };
  #end: End = { by: "switchhook", status: 500, result: "failed", reason: "the call was ended" };

  constructor(parts: CallParts, invite: InboundInvite) {
    this.#parts = parts;
    this.#events = new Mailbox((event) => this.#onEvent(event));
    const { ids } = parts.context;
    this.#invite = invite;
    this.#forks = new Forks(ids, hostOnly(invite.flow.sentBy));
  }

  get state(): CallState {
    return this.#state;
  }

  /** Sends 100 and enters the plan. */
  start(): void {
    const { plan, context } = this.#parts;
    this.#invite?.use({
      onCancelled: (reason) => this.#callerGone(reason ?? "", "the caller hung up before anybody answered"),
      onFailed: (reason) => this.#callerGone("", reason),
    });
    this.#invite?.trying();
    this.#take(begin(plan, context.facts, context.snapshot));
  }

  /** Ends the call from outside (shutdown); the reason is a sentence. */
  stop(reason: string): void {
    // It may only be waiting for a webhook's result to put into its record.
    if (this.#state === "ended") return this.#closeRecord?.();
    this.#end = { by: "switchhook", status: 503, result: "failed", reason };
    this.#refusal = { status: 503, headers: [["Retry-After", "5"]] };
    this.#events.send("broken");
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
        return this.#ask(command.webhook, command.values);
      case "hangUp":
        this.#planEnded(command.status, command.reason);
        return this.#events.send("planEnded");
      case "connected":
        return;
    }
  }

  #planEnded(planStatus: number, planReason: string): void {
    const last = this.#lastStatus;
    // Whoever sent us a call that goes in circles is told so, that it may stop trying other ways (RFC 5393 §4).
    const looped = planStatus === 480 && (last === 482 || last === 483);
    const status = last !== undefined && (this.#parts.direct || looped) ? statusForCaller(last) : planStatus;
    const reason = this.#lastRing === "" ? planReason : `${planReason} ${this.#lastRing}`;
    this.#refusal = { status, headers: [] };
    this.#end = { by: "switchhook", status, result: resultFor(status), reason };
  }

  #resume(outcome: Outcome): void {
    if (this.#state !== "routing" || this.#walk === undefined) return;
    this.#take(resume(this.#parts.plan, this.#walk, outcome, this.#parts.context.snapshot));
  }

  /** Tells the walk how it ended, for its account of why; there is nothing left to do for it. */
  #closeWalk(outcome: Outcome): void {
    if (this.#walk === undefined) return;
    const { plan, context } = this.#parts;
    context.recorder.trace(resume(plan, this.#walk, outcome, context.snapshot).trace);
    this.#walk = undefined;
  }

  #ring(command: RingCommand): void {
    const offer = this.#invite?.offer ?? Buffer.alloc(0);
    this.#ringing = new Ringing(this.#parts.context, command, offer, {
      onProgress: (leg, status, body, tag) => this.#progress(leg, status, body, tag),
      onAnswered: (leg, session, body, acknowledge) => {
        this.#callee = session;
        this.#answer = { leg, body, acknowledge };
        this.#events.send("calleeAnswered");
      },
      onEnded: (result: RingResult, status, detail) => {
        this.#ringing = undefined;
        this.#lastStatus = status;
        this.#lastRing = `Last tried: ${this.#rung}; ${detail}.`;
        this.#resume({ type: "rang", result, status, detail });
      },
    });
    this.#ringing.start();
  }

  #progress(leg: Leg, status: number, body: Buffer, tag: string | undefined): void {
    const fork = this.#forks?.ringing(leg.number, tag);
    if (fork === undefined) return;
    // A caller without an offer gets the callee's in the 200, where its answer can come back in the ACK.
    const early = body.length > 0 && this.#invite?.offer.length !== 0;
    this.#invite?.progress(status === 183 && !early ? 180 : status, {
      fork: fork.number,
      body: early ? fork.origin.rewrite(body) : undefined,
    });
  }

  #ask(name: string, values: Parameters<WebhookPort["ask"]>[1]): void {
    const { webhooks, context } = this.#parts;
    const webhook = context.snapshot.webhooks.get(name);
    if (webhook === undefined) return this.#replied(name, missingWebhook(name));
    const ringing = context.clock.after(RINGING_AFTER_MS, () => {
      if (this.#state === "routing") this.#invite?.progress(180);
    });
    const forget = this.#scope.own(() => ringing.cancel());
    // Never rejects (WebhookPort.ask); it is left to finish when the caller hangs up, as a CRM still wants to know.
    this.#asking = true;
    const onAsking = (url: string): void => context.recorder.add({ type: "asked", webhook: name, url });
    void webhooks.ask(webhook, values, onAsking).then((result) => {
      ringing.cancel();
      forget();
      this.#replied(name, result);
    });
  }

  #replied(webhook: string, result: WebhookResult): void {
    const { recorder } = this.#parts.context;
    const late = this.#state !== "routing" && this.#end.by === "caller";
    this.#asking = false;
    recorder.add({
      type: "replied",
      webhook,
      url: result.url,
      verdict: result.verdict,
      status: result.status,
      elapsedMs: result.elapsedMs,
      reason: late ? `caller hung up; ${result.reason}` : result.reason,
      warnings: result.warnings,
      excerpt: result.excerpt,
    });
    this.#closeRecord?.();
    this.#resume({ type: "replied", result });
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
      case "refuseCaller":
        return this.#invite?.reject(this.#refusal.status, undefined, this.#refusal.headers);
      case "stopRinging":
        if (this.#end.by === "caller") this.#closeWalk({ type: "callerHungUp" });
        return this.#ringing?.stop(this.#elsewhere ? ANSWERED_ELSEWHERE : []);
      case "hangUpCaller":
        return this.#caller?.bye();
      case "hangUpCallee":
        this.#acknowledgeCallee?.();
        return this.#callee?.bye();
      case "record":
        return this.#finish();
    }
  }

  #connect(): void {
    const { recorder } = this.#parts.context;
    const answer = this.#answer;
    const callee = this.#callee;
    const invite = this.#invite;
    this.#ringing = undefined;
    this.#answer = undefined;
    this.#invite = undefined;
    const fork = answer && this.#forks?.answering(answer.leg.number, callee?.dialog.remoteTag);
    this.#forks = undefined;
    if (answer === undefined || callee === undefined || invite === undefined || fork === undefined) return;
    const { leg } = answer;
    // Delayed offer: the caller's answer travels in its ACK, and on in ours (RFC 3261 §13.2.1).
    const delayed = invite.offer.length === 0;
    if (delayed) this.#acknowledgeCallee = () => answer.acknowledge(Buffer.alloc(0));
    const onAck = delayed ? (reply: Buffer) => this.#delayedAnswer(answer, reply) : () => {};
    const caller = invite.accept({ body: fork.origin.rewrite(answer.body), fork: fork.number }, onAck);
    if (caller === undefined) {
      this.#acknowledgeCallee?.();
      return callee.bye();
    }
    this.#caller = caller;
    this.#closeWalk({ type: "rang", result: "answered", status: 200, detail: leg.route.label });
    this.#answeredBy = leg.route.label;
    recorder.add({ type: "answered", leg: leg.name, target: leg.route.label });
    this.#keepUp();
    this.#bridge(
      { leg: "A", session: caller, origin: fork.origin },
      { leg: leg.name, session: callee, origin: leg.origin },
    );
  }

  /** By itself, so that what it hands out keeps only the two ends alive, not the INVITE that led here. */
  #bridge(a: BridgeEnd, b: BridgeEnd): void {
    const { recorder } = this.#parts.context;
    const who = (end: BridgeEnd): string => (end === a ? "the caller" : "the callee");
    bridge(a, b, {
      onGone: (end) => this.#hungUp(end === a ? "caller" : "callee"),
      onLost: (end, reason) => this.#lost(end === a, reason),
      onNote: (end, text) => recorder.add({ type: "note", leg: end.leg, text: `${who(end)} ${text}` }),
    });
  }

  /** Timers of a connected call. */
  #keepUp(): void {
    const { context, sink, maxCallMs } = this.#parts;
    const spill = context.clock.after(SPILL_AFTER_MS, () => context.recorder.spill(sink, this.#answeredBy));
    const longest = context.clock.after(maxCallMs, () =>
      this.stop(`a call may last ${Math.round(maxCallMs / 60_000)} minutes at the most`),
    );
    this.#scope.own(() => spill.cancel());
    this.#scope.own(() => longest.cancel());
  }

  #delayedAnswer(answer: Answer, reply: Buffer): void {
    this.#acknowledgeCallee = undefined;
    answer.acknowledge(answer.leg.origin.rewrite(reply));
    if (reply.length > 0 || answer.body.length === 0) return;
    this.#end = {
      by: "switchhook",
      status: 488,
      result: "failed",
      reason: "the caller answered our offer with no SDP in its ACK",
    };
    this.#events.send("broken");
  }

  #hungUp(by: "caller" | "callee"): void {
    const reason = by === "caller" ? "the caller hung up" : "the called party hung up";
    this.#end = { by, status: undefined, result: "completed", reason };
    this.#events.send(by === "caller" ? "callerGone" : "calleeGone");
  }

  #lost(callerSide: boolean, reason: string): void {
    const who = callerSide ? "the caller's side" : "the called side";
    this.#end = {
      by: "switchhook",
      status: undefined,
      result: "completed",
      reason: `${who} was lost: ${reason}`,
    };
    this.#events.send("broken");
  }

  #finish(): void {
    const { context, sink, onOver } = this.#parts;
    this.#scope.close();
    const end = this.#end;
    context.recorder.add({ type: "ended", by: end.by, status: end.status, reason: end.reason });
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
    if (this.#asking && end.by === "caller") this.#closeRecord = close;
    else close();
  }
}

/** The step of a ring command, with what it rings: the last thing that the walk decided. */
function ringingStep(turn: Turn): string {
  const entry = turn.trace.at(-1);
  return entry === undefined ? "" : `step ${entry.step} (${entry.label})`;
}

function resultFor(status: number): CallResult {
  if (status === 486 || status === 600) return "busy";
  if (status === 603) return "rejected";
  return status === 480 || status === 487 ? "noAnswer" : "failed";
}

function missingWebhook(name: string): WebhookResult {
  return {
    verdict: "error",
    destination: undefined,
    callerName: undefined,
    reason: `there is no webhook "${name}"`,
    warnings: [],
    status: undefined,
    url: "",
    elapsedMs: 0,
    excerpt: "",
  };
}
