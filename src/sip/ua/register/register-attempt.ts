import type { Said } from "../../../lib/said.ts";
import type { Clock, Timer } from "../../../runtime/clock.ts";
import { buildRequest } from "../../message/build.ts";
import { parseMinExpires } from "../../message/header.ts";
import type { SipResponse } from "../../message/message.ts";
import { parseNameAddr } from "../../message/name-addr.ts";
import { isSipUri } from "../../message/uri.ts";
import type { ClientTransaction, Transactions } from "../../transaction/user.ts";
import type { Flow, Target } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import type { ChallengeRun, DigestClient } from "../auth/digest-client.ts";
import { contactFor } from "../context.ts";
import { NO_ANSWER, type PlaceWatch, retryAfterSeconds } from "../place-watch.ts";
import { mustBeSecure } from "../sips.ts";
import { grantedSeconds } from "./granted-time.ts";

/** What every REGISTER of one registration has in common (RFC 3261 §10.2). */
export interface RegistrationIdentity {
  /** Request-URI: the provider's host, without a user. */
  readonly registrar: string;
  /** Our address of record, as a URI. */
  readonly aor: string;
  readonly fromTag: string;
  readonly callId: string;
  /** User part of our Contact. */
  readonly contactUser: string;
  /** URN of what we are there (RFC 5626 §4.1). */
  readonly instance: string;
  /** Route header values: an outbound proxy (§8.1.2). */
  readonly routes: readonly string[];
  /** One above the last, for every REGISTER sent (§10.2.4). */
  readonly nextCSeq: () => number;
}

export interface RegisterAttemptParts {
  readonly identity: RegistrationIdentity;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly watch?: PlaceWatch | undefined;
  readonly flowTo: (target: Target) => Flow | undefined;
  readonly digest: DigestClient;
  /** As it is configured: a name, or an address. */
  readonly host: string;
  /** Where `host` leads, tried in this order. */
  readonly targets: readonly Target[];
  /** Seconds to ask for; 0 unregisters. */
  readonly expiresSeconds: number;
  /** Ask for outbound (RFC 5626 §4.2.1), where the flow is a stream. */
  readonly outbound: boolean;
  /** An edge proxy on the way does not know outbound (439). */
  readonly onNoOutbound: () => void;
  /** A registrar wants at least so many seconds (423, §10.2.8). */
  readonly onMinimum: (seconds: number) => void;
  /** This host wants to be left alone for so many seconds; the others have said nothing of the kind. */
  readonly onBusy: (target: Target, seconds: number) => void;
  readonly onDone: (outcome: RegisterAttemptOutcome) => void;
}

/** The provider took it. */
export interface Accepted {
  readonly kind: "accepted";
  /** The provider saw us at another place than we say (RFC 3581). */
  readonly behindNat: boolean;
  readonly expiresSeconds: number;
  readonly flow: Flow;
  /** The registrar does outbound: our calls come by this flow (RFC 5626 §4.2.1). */
  readonly outbound: boolean;
  /** After so long without a keep-alive the other end takes the flow for dead (RFC 5626 §4.4). */
  readonly flowTimerSeconds: number | undefined;
  /** `200 OK`. */
  readonly answer: string;
  /** Route header values for our calls (RFC 3608). */
  readonly serviceRoute: readonly string[];
}

export type RegisterAttemptOutcome =
  | Accepted
  | {
      readonly kind: "failed";
      readonly why: Said;
      /** The provider said no; trying again soon would not help. */
      readonly refused: boolean;
      /** After a refusal: the provider wants to be left alone for so long, all its hosts. */
      readonly retryAfterSeconds: number | undefined;
    };

/** A provider that wants longer than this is misconfigured or up to no good. */
const MAX_EXPIRES_SECONDS = 86_400;
/** Without any response for so long the next address is asked; the last one has its whole time (Timer F, 32 s). */
const NEXT_ADDRESS_MS = 4_000;
/** A longer service route is a loop or an attack. */
const MAX_SERVICE_ROUTES = 8;
/** Flow-Timer: below it a keep-alive would go out every other second, above it says nothing. */
const FLOW_TIMER_SECONDS = { least: 5, most: 7_200 };
/** We have one flow to a registrar; it takes a new one for the old one by this number (RFC 5626 §4.2.1). */
const REG_ID = 1;

/**
 * One REGISTER to its end: challenges answered, 423 obeyed once, the next address taken when one is silent,
 * broken or overloaded (RFC 3263 §4.3). `onDone` is called once, never inside the constructor; not after `abandon`.
 */
export class RegisterAttempt {
  readonly #parts: RegisterAttemptParts;
  #expiresSeconds: number;
  #outbound: boolean;
  #nextTarget = 0;
  #run: ChallengeRun | undefined;
  #transaction: ClientTransaction | undefined;
  #silence: Timer | undefined;
  #raised = false;
  #reopened = false;
  #ended = false;
  #lastReason: Said;

  constructor(parts: RegisterAttemptParts) {
    this.#parts = parts;
    this.#expiresSeconds = parts.expiresSeconds;
    this.#outbound = parts.outbound;
    this.#lastReason =
      parts.targets.length === 0
        ? sipSaid("register.noAddress", { host: parts.host })
        : sipSaid("register.noListener", {});
  }

  start(): void {
    this.#tryNextTarget();
  }

  /** Nobody waits for the outcome any more. */
  abandon(): void {
    this.#ended = true;
    this.#silence?.cancel();
    this.#transaction?.release();
    this.#transaction = undefined;
  }

  #tryNextTarget(reopened = false): void {
    this.#reopened = reopened;
    const { targets, flowTo, digest, identity } = this.#parts;
    for (let target = targets[this.#nextTarget]; target !== undefined; target = targets[this.#nextTarget]) {
      this.#nextTarget += 1;
      const flow = flowTo(target);
      if (flow === undefined) continue;
      this.#run = digest.begin();
      return this.#send(flow, digest.prepare("REGISTER", identity.registrar));
    }
    this.#fail(this.#lastReason);
  }

  #send(flow: Flow, credentials: readonly (readonly [name: string, value: string])[]): void {
    const { identity, transactions, watch } = this.#parts;
    const secure = mustBeSecure(identity.registrar, identity.routes);
    // Over UDP outbound asks for STUN (RFC 5626 §4.4.2), which is not spoken here.
    const asks = this.#outbound && flow.reliable;
    const instance = `;+sip.instance="<${identity.instance}>"${asks ? `;reg-id=${REG_ID}` : ""}`;
    const request = buildRequest({
      method: "REGISTER",
      uri: identity.registrar,
      headers: [
        ...identity.routes.map((route) => ["Route", route] as const),
        ["Max-Forwards", "70"],
        ["From", `<${identity.aor}>;tag=${identity.fromTag}`],
        ["To", `<${identity.aor}>`],
        ["Call-ID", identity.callId],
        ["CSeq", `${identity.nextCSeq()} REGISTER`],
        ["Contact", `${contactFor(flow, { contactUser: identity.contactUser, secure })}${instance}`],
        ["Expires", String(this.#expiresSeconds)],
        ...(asks ? ([["Supported", "path, outbound"]] as const) : []),
        ...credentials,
      ],
    });
    const sentAt = this.#parts.clock.now();
    const transaction = transactions.request(request, flow, {
      onResponse: (response, cameFrom) => {
        watch?.answered(flow, response);
        if (this.#ended || transaction !== this.#transaction) return;
        this.#silence?.cancel();
        if (response.status >= 200) this.#onFinal(response, flow, cameFrom);
      },
      onTimeout: () => {
        if (transaction === this.#transaction) this.#onSilent(flow, sentAt);
      },
      onTransportError: (reason) => {
        if (transaction === this.#transaction) this.#onBroken(flow, reason);
      },
    });
    this.#transaction = transaction;
    this.#silence?.cancel();
    if (this.#nextTarget >= this.#parts.targets.length) return;
    this.#silence = this.#parts.clock.after(NEXT_ADDRESS_MS, () => this.#onSilent(flow, sentAt));
  }

  /** A stream on which nothing at all has come since has died without a word: it counts as closed. */
  #onSilent(flow: Flow, sentAt: number): void {
    const isLost = !this.#ended && flow.endIfSilent?.(sentAt) === true;
    if (isLost) this.#onBroken(flow, NO_ANSWER);
    else this.#onNothing(flow, NO_ANSWER);
  }

  /** A stream that was there before may be closed at the other end: it is opened anew, once for each address. */
  #onBroken(flow: Flow, reason: Said): void {
    if (this.#ended) return;
    const again = flow.connected === true && !this.#reopened && flow.target !== undefined;
    if (!again) return this.#onNothing(flow, reason);
    this.#nextTarget -= 1;
    this.#tryNextTarget(true);
  }

  #onNothing(flow: Flow, reason: Said): void {
    if (this.#ended) return;
    this.#parts.watch?.failed(flow, reason);
    const isSilent = reason.code === NO_ANSWER.code;
    this.#onSilence(
      isSilent ? sipSaid("register.noAnswer", {}) : sipSaid("register.notReached", { why: reason }),
    );
  }

  #onSilence(reason: Said): void {
    if (this.#ended) return;
    this.#lastReason = reason;
    this.#tryNextTarget();
  }

  #onFinal(response: SipResponse, flow: Flow, cameFrom: Flow): void {
    const { status } = response;
    if (status < 300) return this.#accept(response, flow);
    if (status === 401 || status === 407) return this.#answer(response, flow, cameFrom);
    if (status === 423 && this.#raise(response)) {
      return this.#send(flow, this.#parts.digest.prepare("REGISTER", this.#parts.identity.registrar));
    }
    if (status === 439 && this.#outbound) return this.#withoutOutbound(flow);
    const why = sipSaid("register.answered", { status, said: response.reason });
    const wait = retryAfterSeconds(response);
    // RFC 3261 §21.5: the server's fault, not ours. A redirection is not followed: the provider is where we were told.
    if (status !== 408 && (status < 500 || status >= 600)) return this.#refused(why, wait);
    const asked = this.#parts.targets[this.#nextTarget - 1];
    if (wait !== undefined && asked !== undefined) this.#parts.onBusy(asked, wait);
    // RFC 3263 §4.3: 5xx is about that server, as for calls; 408 comes from an element on the way that got no answer either.
    this.#onSilence(why);
  }

  #answer(response: SipResponse, flow: Flow, cameFrom: Flow): void {
    const uri = this.#parts.identity.registrar;
    const way = { sentTo: flow, cameFrom };
    const credentials = this.#run?.answer({ method: "REGISTER", uri, response, way });
    if (credentials === undefined) return;
    if (credentials.ok) this.#send(flow, credentials.value);
    else this.#refused(credentials.error);
  }

  /** RFC 5626 §4.2.1: a proxy on the way does not know outbound, so that it is left out. */
  #withoutOutbound(flow: Flow): void {
    this.#outbound = false;
    this.#parts.onNoOutbound();
    this.#send(flow, this.#parts.digest.prepare("REGISTER", this.#parts.identity.registrar));
  }

  /** §10.2.8: once more with the provider's minimum. */
  #raise(response: SipResponse): boolean {
    const minimum = parseMinExpires(response.headers.get("min-expires") ?? "");
    if (this.#raised || !minimum.ok) return false;
    if (minimum.value <= this.#expiresSeconds || minimum.value > MAX_EXPIRES_SECONDS) return false;
    this.#raised = true;
    this.#expiresSeconds = minimum.value;
    this.#parts.onMinimum(minimum.value);
    return true;
  }

  #accept(response: SipResponse, flow: Flow): void {
    const ours = { user: this.#parts.identity.contactUser, sentBy: flow.sentBy };
    const asked = this.#expiresSeconds;
    const granted = asked === 0 ? 0 : (grantedSeconds(response, ours) ?? asked);
    if (asked > 0 && granted === 0) return this.#refused(sipSaid("register.dropped", {}));
    this.#end({
      kind: "accepted",
      behindNat: isBehindNat(response, flow),
      expiresSeconds: Math.min(granted, MAX_EXPIRES_SECONDS),
      flow,
      outbound: flow.reliable && this.#outbound && hasOption(response, "outbound"),
      flowTimerSeconds: flowTimerOf(response),
      answer: `${response.status} ${response.reason}`.trim(),
      serviceRoute: serviceRouteOf(response),
    });
  }

  #fail(why: Said): void {
    this.#end({ kind: "failed", why, refused: false, retryAfterSeconds: undefined });
  }

  #refused(why: Said, wait?: number): void {
    this.#end({ kind: "failed", why, refused: true, retryAfterSeconds: wait });
  }

  #end(outcome: RegisterAttemptOutcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#silence?.cancel();
    this.#transaction = undefined;
    this.#parts.onDone(outcome);
  }
}

/** RFC 3608 §5: the values as they stand. A list that cannot be followed as a whole is not followed in part. */
function serviceRouteOf(response: SipResponse): readonly string[] {
  const values = response.headers.list("service-route");
  if (values.length > MAX_SERVICE_ROUTES) return [];
  const readable = values.every((value) => {
    const read = parseNameAddr(value);
    return read.ok && isSipUri(read.value.uri) && value.includes("<");
  });
  return readable ? values : [];
}

function hasOption(response: SipResponse, tag: string): boolean {
  return response.headers.list("require").some((option) => option.toLowerCase() === tag);
}

/** RFC 5626 §4.4: seconds; undefined: it does not say, or says what cannot be meant. */
function flowTimerOf(response: SipResponse): number | undefined {
  const text = response.headers.get("flow-timer")?.trim() ?? "";
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return seconds >= FLOW_TIMER_SECONDS.least && seconds <= FLOW_TIMER_SECONDS.most ? seconds : undefined;
}

/** Whether our Via came back with another address or port than we announce (RFC 3581 §4). */
function isBehindNat({ via }: SipResponse, flow: Flow): boolean {
  const { received, rport, host, port = flow.transport === "tls" ? 5061 : 5060 } = via;
  return (received !== undefined && received !== host) || (typeof rport === "number" && rport !== port);
}
