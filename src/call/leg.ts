import type { OutsideCall, OutsideCalls } from "../board/outside-calls.ts";
import type { Route, RoutingPorts } from "../board/routes.ts";
import type { TrunkUse } from "../board/trunk-use.ts";
import type { CallFacts } from "../dialplan/call-facts.ts";
import type { Command } from "../dialplan/command.ts";
import { hostOf } from "../lib/host-port.ts";
import type { Why } from "../lib/said.ts";
import type { EndParts, MediaEngine } from "../media/engine.ts";
import type { MediaPolicy, Snapshot } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { HeaderList, OutboundInvite, OutboundInviteParts, OutboundInviteUser } from "../sip/index.ts";
import { type CallerId, callerIdForPhone, callerIdForTrunk } from "./caller-id.ts";
import type { Diversions } from "./diversion.ts";
import type { Recorder } from "./recorder.ts";
import { SdpOrigin } from "./sdp-origin.ts";
import type { MessageTaps } from "./tap.ts";

export type RingCommand = Extract<Command, { type: "ring" }>;

/** What every leg of one call shares. */
export interface CallContext {
  readonly facts: CallFacts;
  readonly snapshot: Snapshot;
  readonly recorder: Recorder;
  readonly taps: MessageTaps;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly routing: RoutingPorts;
  readonly budget: LegBudget;
  /** Of all calls together. */
  readonly outsideCalls: OutsideCalls;
  readonly trunkUse: TrunkUse;
  readonly invite: (parts: OutboundInviteParts, user: OutboundInviteUser) => OutboundInvite;
  /** For the legs' requests: the caller's minus one (RFC 7332). */
  readonly maxForwards: number;
  /** Where the call has been before it came to us. */
  readonly diversions: Diversions;
  readonly media: MediaEngine;
  readonly callerSide: CallerSide;
}

/** The caller, as far as its side of the call is concerned. */
export interface CallerSide {
  /** The extension of the phone that calls; undefined: a trunk. Also where the facts say "anonymous". */
  readonly phone: string | undefined;
  /** `phone 215`, `trunk "carrier"`. */
  readonly name: string;
  readonly policy: MediaPolicy;
  readonly end: EndParts;
}

/** How many legs one call may make, so that a plan or a chain of redirections cannot flood anybody. */
export class LegBudget {
  static readonly atOnce = 20;
  static readonly inAll = 60;
  #made = 0;
  #live = 0;

  /** Number of the next leg, or undefined where the budget is spent. */
  take(): number | undefined {
    if (this.#live >= LegBudget.atOnce || this.#made >= LegBudget.inAll) return undefined;
    this.#live += 1;
    this.#made += 1;
    return this.#made;
  }

  giveBack(): void {
    this.#live -= 1;
  }
}

/** How a leg came about. */
export interface LegCause {
  /** How many redirections led here. */
  readonly redirections: number;
  /** The phone that calls, or that sent the call here; undefined: the company's plan, for a call from outside. */
  readonly phone: string | undefined;
  /** Tried before with the caller's own description, which the party could not use: now with ours. */
  readonly converted: boolean;
  /** As what it is counted; undefined: a leg to a phone, or a call for help. */
  readonly outside: OutsideCall | undefined;
}

/** One leg towards one place: who it says is calling, its own Call-ID and its own `o=` line. */
export class Leg {
  /** `B1`, `B2` … */
  readonly name: string;
  readonly number: number;
  readonly route: Route;
  readonly origin: SdpOrigin;
  readonly callId: string;
  readonly cause: LegCause;
  readonly #context: CallContext;
  #invite: OutboundInvite | undefined;
  #counted = true;
  /** We described ourselves: whoever answers has to as well. */
  #offered = false;

  constructor(context: CallContext, number: number, route: Route, cause: LegCause) {
    this.#context = context;
    this.number = number;
    this.name = `B${number}`;
    this.route = route;
    this.cause = cause;
    this.callId = context.ids.hex(128);
    const { sentBy } = route.flow;
    this.origin = new SdpOrigin(String(context.ids.integer(0x7fff_ffff)), hostOf(sentBy));
  }

  /** Sends the INVITE that this command asks for. `offer`: the caller's SDP; empty where it sent none. */
  start(command: RingCommand, offer: Buffer, user: OutboundInviteUser): void {
    const { recorder, taps, maxForwards } = this.#context;
    const identity = this.#identity(command);
    this.#offered = offer.length > 0;
    taps.add(this.callId, recorder, this.number);
    if (this.route.trunk !== undefined)
      this.#context.trunkUse.wentOut(this.route.trunk.name, this.route.flow);
    recorder.add({
      type: "leg",
      leg: this.name,
      target: this.route.label,
      shownName: identity.shownName,
      shownNumber: identity.shownNumber,
    });
    this.#invite = this.#context.invite(
      {
        uri: this.route.uri,
        from: identity.from,
        to: this.route.to,
        callId: this.callId,
        maxForwards,
        headers: identity.headers,
        contact: this.route.contact,
        routes: this.route.path,
        body: this.origin.rewrite(offer),
        ways: this.route.ways(),
        watch: this.route.watch,
        reach: this.route.reach,
        answerChallenge: this.route.answerChallenge,
      },
      user,
    );
    this.#invite.start();
  }

  /** What whoever was called said in the end, or why nobody did. */
  heard(answer: Why): void {
    if (this.route.trunk !== undefined) this.#context.trunkUse.answered(this.route.trunk.name, answer);
  }

  get offered(): boolean {
    return this.#offered;
  }

  /** From now on it takes no place among the legs that may be there at once. */
  cancel(headers: HeaderList): void {
    this.release();
    this.#invite?.cancel(headers);
  }

  /** It takes no place among the legs of its call any more: over, cancelled, or answered. */
  release(): void {
    if (this.#counted) this.#context.budget.giveBack();
    this.#counted = false;
  }

  /** It is over, and nothing of it is up at the other end. */
  over(): void {
    this.cause.outside?.end(this.#invite !== undefined);
  }

  #identity(command: RingCommand): CallerId {
    const { facts, snapshot, diversions, callerSide } = this.#context;
    const input = {
      facts,
      fromInside: callerSide.phone !== undefined,
      forwarding: command.callerIdForwarding,
      name: command.callerName,
      domain: snapshot.realm,
      ownNumber: snapshot.ownNumber ?? "",
      country: snapshot.home.country,
      diversions,
    };
    const { trunk } = this.route;
    return trunk === undefined ? callerIdForPhone(input) : callerIdForTrunk(input, trunk);
  }
}
