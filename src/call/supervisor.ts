import { flowText } from "../board/flow-text.ts";
import { isFirstStep, nearestPhone } from "../board/login-words.ts";
import type { OutsideCalls } from "../board/outside-calls.ts";
import { Peers } from "../board/peers.ts";
import { ReachGuard, type ReachParts } from "../board/reach-guard.ts";
import { loginRefused, Refusals } from "../board/refusals.ts";
import type { RefusedDestinations } from "../board/refused-destinations.ts";
import type { RoutingPorts } from "../board/routes.ts";
import { TEST_CALLER } from "../board/test-callers.ts";
import type { TrunkUse } from "../board/trunk-use.ts";
import { OWN_PLAN, type Plan } from "../dialplan/plan.ts";
import type { Counters } from "../lib/counters.ts";
import { Registry } from "../lib/registry.ts";
import type { Said } from "../lib/said.ts";
import type { MediaEngine } from "../media/engine.ts";
import { endReason } from "../model/end-words.ts";
import type { RecordTape } from "../model/record-tape.ts";
import type { Snapshot, Trunk } from "../model/snapshot.ts";
import { note } from "../model/story-words.ts";
import { Tried } from "../model/tried.ts";
import type { Way } from "../model/way.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Ids } from "../runtime/ids.ts";
import {
  type AnswerChallenge,
  type EndpointUser,
  type Flow,
  formatUri,
  type HeaderList,
  type InboundInvite,
  type OutboundInvite,
  type OutboundInviteParts,
  type OutboundInviteUser,
  type RegisterOutcome,
  type ServerTransaction,
  type SipRequest,
  userOf,
} from "../sip/index.ts";
import type { WebhookPort } from "../webhook/port.ts";
import { Call, type CallParts } from "./call.ts";
import { CallContext, type CallOwn } from "./call-context.ts";
import { type Ending, refused, verdictOf } from "./call-end.ts";
import { endAt } from "./call-sound.ts";
import { wayOf } from "./called.ts";
import { type Asked, askedBy, dialled } from "./called-places.ts";
import { NOT_DIVERTED, readDiversions } from "./diversion.ts";
import { factsOf, type Origin, readCaller } from "./facts.ts";
import { Recorder, type RecordHead, type StoryListener } from "./recorder.ts";
import type { MessageTaps } from "./tap.ts";

/** Proves who a phone is; the answer to give where it does not. */
export type AuthenticatePhone = (
  request: SipRequest,
  flow: Flow,
) =>
  | { readonly kind: "ok"; readonly username: string }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly headers: HeaderList;
      /** No credentials were given at all, or only old ones: the normal first step of every phone. */
      readonly firstStep: boolean;
      /** As the guard of credentials names it. */
      readonly cause: string;
      readonly why: Said;
    };

export interface SupervisorParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly counters: Counters;
  readonly snapshot: () => Snapshot;
  readonly media: MediaEngine;
  readonly webhooks: WebhookPort;
  readonly tape: RecordTape;
  readonly taps: MessageTaps;
  readonly routing: RoutingPorts;
  readonly outsideCalls: OutsideCalls;
  readonly refusedDestinations: RefusedDestinations;
  readonly trunkUse: TrunkUse;
  readonly authenticate: AuthenticatePhone;
  readonly register: (transaction: ServerTransaction) => void;
  /** Whether this flow is the one on which this phone has registered. */
  readonly isPhonesFlow: (extension: string, flow: Flow) => boolean;
  /** The user name of credentials for our realm. */
  readonly claimed: (request: SipRequest) => string | undefined;
  /** What the guard of addresses asks, but for the trunks of the present configuration. */
  readonly reach: Omit<ReachParts, "peers">;
  /** The trunk at which we registered with this Contact user. */
  readonly trunkOfContact: (user: string) => Trunk | undefined;
  /** The trunk whose registration holds this flow. */
  readonly trunkOfFlow: (flow: Flow) => Trunk | undefined;
  /** Whether the built-in caller of test calls sends on this flow. */
  readonly isTestCaller?: ((flow: Flow) => boolean) | undefined;
  readonly invite: (parts: OutboundInviteParts, user: OutboundInviteUser) => OutboundInvite;
  readonly listener?: StoryListener | undefined;
  /** One line of the log when logins from somewhere begin to be refused. */
  readonly onRefusedLogin?: ((text: string) => void) | undefined;
  /** More calls than this at once are refused with 503, those for help apart. */
  readonly maxCalls: number;
  /** A connected call is ended after this time. */
  readonly maxCallMs: number;
}

/** What is made of the trunks of a configuration once. */
interface Present {
  readonly trunks: Snapshot["trunks"];
  readonly peers: Peers;
  readonly reach: ReachGuard;
}

/** Forwarded this often already, a call goes in circles (RFC 5806 §5.1 leaves the limit to us; docs/adr/0013). */
const MAX_DIVERSIONS = 5;

/** Decides which requests become calls, and keeps all calls until they are over. */
export class Supervisor implements EndpointUser {
  readonly #parts: SupervisorParts;
  readonly #calls = new Registry<string, Call>();
  readonly #refusals: Refusals;
  readonly #idle: (() => void)[] = [];
  #known: Present | undefined;
  #draining = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts);
  }

  /** Calls whose record is not closed yet. */
  get calls(): number {
    return this.#calls.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The trunks of the present configuration. */
  get peers(): Peers {
    return this.#present.peers;
  }

  /** Where a peer may lead us, in the present configuration. */
  get reach(): ReachGuard {
    return this.#present.reach;
  }

  get #present(): Present {
    const { trunks } = this.#parts.snapshot();
    if (this.#known?.trunks === trunks) return this.#known;
    const peers = new Peers(trunks);
    this.#known = { trunks, peers, reach: new ReachGuard({ ...this.#parts.reach, peers }) };
    return this.#known;
  }

  /** No new calls; resolves when the last one is over, or after `deadlineMs`, when the rest are ended. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true;
    this.#refusals.flush();
    if (this.#calls.size === 0) return;
    const { clock } = this.#parts;
    await new Promise<void>((resolve) => {
      const deadline = clock.after(deadlineMs, () => {
        for (const call of this.#calls.values()) call.stop();
      });
      this.#idle.push(() => {
        deadline.cancel();
        resolve();
      });
    });
  }

  knows(_request: SipRequest, flow: Flow): boolean {
    return this.peers.trunkAt(flow.remote.host) !== undefined;
  }

  onRegister(transaction: ServerTransaction): void {
    this.#parts.register(transaction);
  }

  /** How a REGISTER went; one that failed is a row of its own kind. */
  registered(outcome: RegisterOutcome): void {
    this.#parts.counters.add(outcome.kind === "registered" ? "registrations" : "registrations_refused");
    if (outcome.kind === "registered" || isFirstStep(outcome.cause)) return;
    this.#refusals.stranger({
      kind: "registration",
      source: outcome.address,
      address: outcome.address,
      from: outcome.extension ?? "",
      to: "",
      status: outcome.status,
      why: () => {
        const meant = nearestPhone(outcome, this.#parts.snapshot().phones);
        return loginRefused(outcome.cause ?? "unreadable", outcome.why, meant);
      },
    });
  }

  onInvite(invite: InboundInvite): void {
    const { counters } = this.#parts;
    const asked = askedBy(invite.request);
    const origin = this.#originOf(invite, asked);
    if (origin === undefined) return;
    invite.reach =
      origin.kind === "trunk" ? this.reach.trunk(origin.trunk) : this.reach.phone(origin.phone.extension);
    if (origin.kind === "trunk") invite.answerChallenge = this.#credentials(origin.trunk, invite.flow);
    if (this.#draining || (this.#isFull && !this.#isForHelp(asked, origin))) {
      counters.add("calls_refused_overload");
      // RFC 3261 §21.5.4; spread out, so that those who were refused do not come back together.
      return invite.reject(503, undefined, [["Retry-After", String(5 + this.#parts.ids.integer(26))]]);
    }
    counters.add("calls");
    if (origin.kind === "trunk" && origin.trunk !== TEST_CALLER)
      this.#parts.trunkUse.cameIn(origin.trunk.name, invite.flow);
    this.#admit(invite, asked, origin);
  }

  get #isFull(): boolean {
    return this.#calls.size >= this.#parts.maxCalls;
  }

  /** Such a call is never shed for want of room (reliability G2); a server that drains says so to it too, for another may take it. */
  #isForHelp(asked: Asked, origin: Origin): boolean {
    return origin.kind === "phone" && wayOf(asked, origin, this.#parts.snapshot()).emergency;
  }

  /** Trunk by the Contact that we registered, by address or by the flow of its registration, phone by password (docs/adr/0011); anything else has been answered and is undefined. */
  #originOf(invite: InboundInvite, asked: Asked): Origin | undefined {
    const { request, flow } = invite;
    const snapshot = this.#parts.snapshot();
    const byContact = this.#parts.trunkOfContact(dialled(asked));
    if (byContact !== undefined) return { kind: "trunk", trunk: byContact, toContact: true };
    const trunk = this.peers.trunkAt(flow.remote.host) ?? this.#parts.trunkOfFlow(flow);
    const extension = userOf(request.from.uri);
    if (trunk !== undefined && !this.#isPhoneBesides(request, flow, extension))
      return { kind: "trunk", trunk, toContact: false };
    if (this.#parts.isTestCaller?.(flow) === true)
      return { kind: "trunk", trunk: TEST_CALLER, toContact: false };
    const claimsPhone = request.headers.has("authorization") || snapshot.phones.has(extension);
    const verdict = this.#parts.authenticate(request, flow);
    if (verdict.kind === "ok") {
      const phone = snapshot.phones.get(verdict.username);
      if (phone !== undefined) {
        this.#refusals.proved(flow.remote.host);
        return { kind: "phone", phone };
      }
    }
    this.#refuseStranger(invite, asked, verdict.kind === "refused" ? verdict : undefined, claimsPhone);
    return undefined;
  }

  /** Only at its own address is a trunk told a proof of our password (B7): whoever has seen our Contact calls from anywhere. */
  #credentials(trunk: Trunk, flow: Flow): AnswerChallenge | undefined {
    if (trunk.credentials === undefined) return undefined;
    const { routing, trunkOfFlow } = this.#parts;
    const isThere = this.reach.isAt(trunk, flow.remote.host) || trunkOfFlow(flow)?.name === trunk.name;
    return isThere ? routing.credentials(trunk) : undefined;
  }

  /**
   * A trunk's address is a trunk, whatever its INVITE says (X14). A phone that sits there too (one machine, one NAT) is
   * told apart by the flow on which it registered, or by credentials for our realm that name a phone of ours.
   */
  #isPhoneBesides(request: SipRequest, flow: Flow, extension: string): boolean {
    const { phones } = this.#parts.snapshot();
    if (phones.has(extension) && this.#parts.isPhonesFlow(extension, flow)) return true;
    const name = request.headers.has("authorization") ? this.#parts.claimed(request) : undefined;
    return name !== undefined && phones.has(name);
  }

  #refuseStranger(
    invite: InboundInvite,
    asked: Asked,
    verdict: Extract<ReturnType<AuthenticatePhone>, { readonly kind: "refused" }> | undefined,
    claimsPhone: boolean,
  ): void {
    const { request, flow } = invite;
    const status = verdict?.status ?? 403;
    invite.dismiss(status, verdict?.headers ?? []);
    if (verdict?.firstStep === true && claimsPhone) return;
    const address = flow.remote.host;
    this.#refusals.stranger({
      kind: "stranger",
      mayProve: verdict?.firstStep === true,
      source: flowText(flow),
      address,
      from: userOf(request.from.uri).slice(0, 64),
      to: dialled(asked).slice(0, 64),
      status,
      why: () =>
        verdict?.firstStep === false
          ? loginRefused(verdict.cause, verdict.why)
          : endReason("refused.stranger", { address }),
    });
  }

  #admit(invite: InboundInvite, asked: Asked, origin: Origin): void {
    const { request } = asked;
    const snapshot = this.#parts.snapshot();
    const who = readCaller(request, origin, snapshot);
    const way = wayOf(asked, origin, snapshot);
    const { head, told, hidden } = factsOf(this.#parts.ids.hex(128), origin, who, way);
    const recorder = this.#record(invite, head, way);
    const diversions =
      origin.kind === "trunk" ? readDiversions(request, origin.trunk, snapshot.home.country) : NOT_DIVERTED;
    const circles = diversions.count >= MAX_DIVERSIONS;
    const turned =
      way.refusal ??
      (circles ? { status: 482, why: endReason("refused.circles", { times: diversions.count }) } : undefined);
    const { plan } = way;
    if (turned !== undefined || plan === undefined) {
      const noPlan = { status: 404, why: endReason("refused.noPlan", { number: way.called }) };
      const { status, why } = turned ?? noPlan;
      return this.#refuse(invite, recorder, refused(status, why));
    }
    recorder.add({ type: "plan", plan: plan.name, planId: plan.id, version: plan.version });
    // Those who help have to know whom.
    if (who.hidden)
      recorder.add(note(undefined, hidden ? "note.callerHides" : "note.callerNamedForHelp", {}));
    this.#run(invite, plan, recorder, {
      callerSide: {
        phone: origin.kind === "phone" ? origin.phone.extension : undefined,
        name: head.origin,
        policy: origin.kind === "trunk" ? origin.trunk.media : origin.phone.media,
        end: endAt(invite.flow),
      },
      facts: told,
      snapshot,
      diversions,
    });
  }

  #record(invite: InboundInvite, head: RecordHead, way: Way): Recorder {
    const { clock, listener, tape, taps } = this.#parts;
    const { request, flow } = invite;
    const recorder = new Recorder(clock, head, tape, listener);
    taps.add(request.callId, recorder, 0);
    recorder.add({
      type: "received",
      source: flowText(flow),
      origin: head.origin,
      from: formatUri(request.from.uri),
      to: request.uri,
    });
    recorder.add({ type: "number", received: way.received, understood: way.called, matched: way.matched });
    return recorder;
  }

  #refuse(invite: InboundInvite, recorder: Recorder, refusal: Ending): void {
    const { counters, taps } = this.#parts;
    const { by, status, reason, code, args } = refusal;
    counters.add("calls_refused");
    invite.reject(refusal.refusal.status);
    recorder.add({ type: "ended", by, status, reason, code, args });
    recorder.finish(verdictOf(refusal, undefined, new Tried()));
    taps.release(recorder);
  }

  #run(
    invite: InboundInvite,
    plan: Plan,
    recorder: Recorder,
    own: Pick<CallOwn, "facts" | "snapshot" | "diversions" | "callerSide">,
  ): void {
    const { webhooks, maxCallMs } = this.#parts;
    const hops = invite.request.headers.get("max-forwards");
    const parts: CallParts = {
      plan,
      direct: plan.version === OWN_PLAN,
      webhooks,
      maxCallMs,
      onOver: this.#over,
      context: new CallContext(this.#parts, {
        ...own,
        recorder,
        maxForwards: hops === undefined ? 69 : Math.max(0, Math.min(255, Number(hops)) - 1),
      }),
    };
    const made = new Call(parts, invite);
    this.#calls.set(recorder.callId, made);
    made.start();
  }

  readonly #over = (callId: string): void => {
    this.#calls.delete(callId);
    if (this.#calls.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  };
}
