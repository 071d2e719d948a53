import type { OutsideCalls } from "../board/outside-calls.ts";
import type { RefusedDestinations } from "../board/refused-destinations.ts";
import type { RoutingPorts } from "../board/routes.ts";
import type { TrunkUse } from "../board/trunk-use.ts";
import type { CallFacts } from "../dialplan/call-facts.ts";
import type { EndParts, MediaEngine } from "../media/engine.ts";
import type { MediaPolicy, Snapshot } from "../model/snapshot.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import type { OutboundInvite, OutboundInviteParts, OutboundInviteUser } from "../sip/index.ts";
import type { Diversions } from "./diversion.ts";
import { LegBudget } from "./leg-budget.ts";
import type { Recorder } from "./recorder.ts";
import type { MessageTaps } from "./tap.ts";

/** What all calls of a switchboard share. */
export interface CallSurroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly media: MediaEngine;
  readonly taps: MessageTaps;
  readonly routing: RoutingPorts;
  /** Of all calls together. */
  readonly outsideCalls: OutsideCalls;
  readonly refusedDestinations: RefusedDestinations;
  readonly trunkUse: TrunkUse;
  readonly invite: (parts: OutboundInviteParts, user: OutboundInviteUser) => OutboundInvite;
}

/** What is one call's own. */
export interface CallOwn {
  readonly facts: CallFacts;
  /** The configuration that it started with. */
  readonly snapshot: Snapshot;
  readonly recorder: Recorder;
  /** For the legs' requests: the caller's minus one (RFC 7332). */
  readonly maxForwards: number;
  /** Where the call has been before it came to us. */
  readonly diversions: Diversions;
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

/** What every leg of one call shares; it keeps its own things, and one reference to what all calls share (docs/adr/0136). */
export class CallContext implements CallOwn, CallSurroundings {
  readonly facts: CallFacts;
  readonly snapshot: Snapshot;
  readonly recorder: Recorder;
  readonly maxForwards: number;
  readonly diversions: Diversions;
  readonly callerSide: CallerSide;
  readonly budget = new LegBudget();
  readonly #around: CallSurroundings;

  constructor(around: CallSurroundings, own: CallOwn) {
    this.#around = around;
    this.facts = own.facts;
    this.snapshot = own.snapshot;
    this.recorder = own.recorder;
    this.maxForwards = own.maxForwards;
    this.diversions = own.diversions;
    this.callerSide = own.callerSide;
  }

  get clock(): Clock {
    return this.#around.clock;
  }

  get ids(): Ids {
    return this.#around.ids;
  }

  get media(): MediaEngine {
    return this.#around.media;
  }

  get taps(): MessageTaps {
    return this.#around.taps;
  }

  get routing(): RoutingPorts {
    return this.#around.routing;
  }

  get outsideCalls(): OutsideCalls {
    return this.#around.outsideCalls;
  }

  get refusedDestinations(): RefusedDestinations {
    return this.#around.refusedDestinations;
  }

  get trunkUse(): TrunkUse {
    return this.#around.trunkUse;
  }

  /** Prepares an INVITE. */
  get invite(): CallSurroundings["invite"] {
    return this.#around.invite;
  }
}
