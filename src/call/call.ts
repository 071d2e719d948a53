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
import type { CallContext, Leg, RingCommand } from "./leg.ts";
import { Ringing } from "./perform/ring.ts";
import { SdpOrigin } from "./sdp-origin.ts";

export interface CallParts {
  readonly context: CallContext;
  readonly plan: Plan;
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
  readonly #origin: SdpOrigin;
  /** Until the caller has its final answer; a connected call does not keep the INVITE. */
  #invite: InboundInvite | undefined;
  #state: CallState = "routing";
  #walk: Walk | undefined;
  #ringing: Ringing | undefined;
  #caller: Session | undefined;
  #callee: Session | undefined;
  #answer: Answer | undefined;
  #answeredBy: string | undefined;
  #refusal: { readonly status: number; readonly headers: HeaderList } = { status: 480, headers: [] };
  #end: End = { by: "switchhook", status: 500, result: "failed", reason: "the call was ended" };

  constructor(parts: CallParts, invite: InboundInvite) {
    this.#parts = parts;
    this.#events = new Mailbox((event) => this.#onEvent(event));
    const { ids } = parts.context;
    this.#invite = invite;
    this.#origin = new SdpOrigin(String(ids.integer(0x7fff_ffff)), invite.flow.local.host);
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
        return this.#ring(command);
      case "request":
        return this.#ask(command.webhook, command.values);
      case "hangUp":
        this.#refusal = { status: command.status, headers: [] };
        this.#end = {
          by: "switchhook",
          status: command.status,
          result: resultFor(command.status),
          reason: command.reason,
        };
        return this.#events.send("planEnded");
      case "connected":
        return;
    }
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
    this.#ringing = new Ringing(this.#parts.context, command, {
      onProgress: (leg, status, body) => this.#progress(leg, status, body),
      onAnswered: (leg, session, body, acknowledge) => {
        this.#callee = session;
        this.#answer = { leg, body, acknowledge };
        this.#events.send("calleeAnswered");
      },
      onEnded: (result: RingResult, status, detail) => {
        this.#ringing = undefined;
        this.#resume({ type: "rang", result, status, detail });
      },
    });
    this.#ringing.start();
  }

  #progress(leg: Leg, status: number, body: Buffer): void {
    const early = body.length > 0;
    // RFC 3261 §13.2.1: the caller hears of this fork under its own To tag.
    this.#invite?.progress(early ? 183 : status === 183 ? 180 : status, {
      fork: leg.number,
      body: early ? this.#origin.rewrite(body) : undefined,
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
    const onAsking = (url: string): void => context.recorder.add({ type: "asked", webhook: name, url });
    void webhooks.ask(webhook, values, onAsking).then((result) => {
      ringing.cancel();
      forget();
      this.#replied(name, result);
    });
  }

  #replied(webhook: string, result: WebhookResult): void {
    const { recorder } = this.#parts.context;
    const late = this.#state !== "routing";
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
    this.#resume({ type: "replied", result });
  }

  #callerGone(cancelReason: string, reason: string): void {
    // RFC 3326: a forking proxy in front of us tells that another branch was answered.
    const elsewhere = /cause=200\b/.test(cancelReason);
    this.#end = {
      by: "caller",
      status: 487,
      result: "cancelled",
      reason: elsewhere ? "the call was answered elsewhere" : reason,
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
        this.#closeWalk({ type: "callerHungUp" });
        return this.#ringing?.stop();
      case "hangUpCaller":
        return this.#caller?.bye();
      case "hangUpCallee":
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
    if (answer === undefined || callee === undefined || invite === undefined) return;
    const { leg } = answer;
    // Delayed offer: the caller's answer travels in its ACK, and on in ours (RFC 3261 §13.2.1).
    const delayed = invite.offer.length === 0;
    const onAck = delayed ? (reply: Buffer) => this.#delayedAnswer(answer, reply) : () => {};
    const caller = invite.accept({ body: this.#origin.rewrite(answer.body), fork: leg.number }, onAck);
    if (caller === undefined) return callee.bye();
    this.#caller = caller;
    this.#closeWalk({ type: "rang", result: "answered", status: 200, detail: leg.route.label });
    this.#answeredBy = leg.route.label;
    recorder.add({ type: "answered", leg: leg.name, target: leg.route.label });
    this.#keepUp();
    const a: BridgeEnd = { leg: "A", session: caller, origin: this.#origin };
    const b: BridgeEnd = { leg: leg.name, session: callee, origin: leg.origin };
    bridge(a, b, {
      onGone: (end) => this.#hungUp(end === a ? "caller" : "callee"),
      onLost: (end, reason) => this.#lost(end === a, reason),
      onNote: (end, text) =>
        recorder.add({
          type: "note",
          leg: end.leg,
          text: `${end === a ? "the caller" : "the callee"} ${text}`,
        }),
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
    context.clock.after(LINGER_MS, () => {
      context.recorder.finish(sink, { result: end.result, reason: end.reason, answeredBy: this.#answeredBy });
      context.taps.release(context.recorder);
      onOver();
    });
  }
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
