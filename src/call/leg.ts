import type { OutsideCall } from "../board/outside-calls.ts";
import type { Route } from "../board/routes.ts";
import type { Command, RingTarget } from "../dialplan/command.ts";
import { hostOf } from "../lib/host-port.ts";
import type { Why } from "../lib/said.ts";
import type { HeaderList, OutboundInvite, OutboundInviteUser } from "../sip/index.ts";
import type { CallContext } from "./call-context.ts";
import { type CallerId, callerIdForPhone, callerIdForTrunk } from "./caller-id.ts";
import { SdpOrigin } from "./sdp-origin.ts";

export type RingCommand = Extract<Command, { type: "ring" }>;

/** How a leg came about. */
export interface LegCause {
  /** Whom it rings. */
  readonly target: RingTarget;
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
    this.cause.outside?.end(this.#invite !== undefined || this.cause.converted);
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
