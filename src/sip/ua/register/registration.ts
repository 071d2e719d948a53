import { next } from "../../../fsm/table.ts";
import { formatHost } from "../../../lib/host-port.ts";
import { Mailbox } from "../../../lib/mailbox.ts";
import type { Said, Why } from "../../../lib/said.ts";
import type { Clock, Timer } from "../../../runtime/clock.ts";
import type { Ids } from "../../../runtime/ids.ts";
import { noParams, Params } from "../../message/params.ts";
import { encodeUser, formatUri, parseUri, type SipUri } from "../../message/uri.ts";
import type { Transactions } from "../../transaction/user.ts";
import type { Flow, Target } from "../../transport/transport.ts";
import { type ClientCredentials, createDigestClient, type DigestClient } from "../auth/digest-client.ts";
import type { PlaceWatch } from "../place-watch.ts";
import { BusyHosts } from "./busy-hosts.ts";
import {
  RegisterAttempt,
  type RegisterAttemptOutcome,
  type RegistrationIdentity,
} from "./register-attempt.ts";
import {
  type RegistrationAction,
  type RegistrationEvent,
  type RegistrationState,
  registrationTable,
} from "./registration.fsm.ts";
import { RegistrationFlow } from "./registration-flow.ts";

export interface RegistrationPorts {
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: Ids;
  /** RFC 3263; an empty list where the name has no address. */
  readonly resolve: (uri: SipUri) => Promise<readonly Target[]>;
  readonly flowTo: (target: Target) => Flow | undefined;
  /** Sends a keep-alive; `mustAnswer`: a peer that does not answer it is gone (RFC 5626 §4.4.1). */
  readonly keepAlive?: (flow: Flow, mustAnswer: boolean) => void;
  /** Hears which of the provider's addresses answer. */
  readonly watch?: PlaceWatch | undefined;
}

export interface RegistrationSettings {
  /** The provider's host, with port and transport where the trunk names them. */
  readonly registrar: SipUri;
  /** User of the registered address; the user name of the credentials when left out. */
  readonly account?: string | undefined;
  /** Where requests go instead of to the registrar, which stays their Request-URI. */
  readonly outboundProxy?: SipUri | undefined;
  readonly credentials: ClientCredentials;
  /** URN of what we are at this provider, the same over restarts (`instanceUrn`, RFC 5626 §4.1). */
  readonly instance: string;
  /** Seconds to ask for. Short enough to keep a NAT binding's address known; the provider may raise it. */
  readonly expiresSeconds?: number;
  readonly onStatus?: (status: RegistrationStatus) => void;
}

/** What a person wants to know about a registration. */
export interface RegistrationStatus {
  readonly state: RegistrationState;
  /** Why the last try failed; undefined when it did not. */
  readonly failed: Said | undefined;
  /** The last answer, `200 OK`, or why it failed; empty before the first. */
  readonly answer: Why;
  /** When that was, milliseconds since the epoch. */
  readonly answeredAt: number | undefined;
  /** When the next REGISTER is due, milliseconds since the epoch; undefined while one is under way, or stopped. */
  readonly nextAt: number | undefined;
  /** Milliseconds since the epoch until which the provider sends us calls; undefined when not registered. */
  readonly registeredUntil: number | undefined;
  /** Milliseconds until the next try, after a failure. */
  readonly retryInMs: number | undefined;
}

/** Our registration at a provider. */
export interface Registration {
  start(): void;
  /** Unregisters; resolves when the provider has answered or after 2 s. */
  stop(): Promise<void>;
  readonly status: RegistrationStatus;
  /** User part of our Contact, random: a request to it is a call from this provider, whatever address it comes from. */
  readonly contactUser: string;
  /** Our address of record at the provider, as a URI. */
  readonly aor: string;
  /** The way that the provider accepted, for calls to it while it is open. */
  readonly flow: Flow | undefined;
  /** The same where the provider does outbound: a call on it asks for the rest of its dialog there (RFC 5626 §4.3). */
  readonly outboundFlow: Flow | undefined;
  /** Route header values that the provider wants on our calls (RFC 3608), while registered. */
  readonly serviceRoute: readonly string[];
  /** Shares nonces with the calls that we send to this provider. */
  readonly digest: DigestClient;
}

const EXPIRES_SECONDS = 600;
const FAREWELL_MS = 2_000;
/** Time that a refresh needs when the first address is silent (Timer F, 32 s) and the next one answers. */
const REFRESH_MARGIN_MS = 40_000;
/** A provider that grants a second makes us ask no oftener than this. */
const LEAST_REFRESH_MS = 5_000;
/** First pause and longest pause after silence or a server's fault, and after a refusal. */
const RETRY_MS = { silent: [5_000, 300_000], refused: [60_000, 1_800_000] } as const;
const MAX_RETRY_AFTER_SECONDS = 3_600;
export function createRegistration(ports: RegistrationPorts, settings: RegistrationSettings): Registration {
  return new Registrant(ports, settings);
}

class Registrant implements Registration {
  readonly contactUser: string;
  readonly aor: string;
  readonly digest: DigestClient;
  readonly #ports: RegistrationPorts;
  readonly #settings: RegistrationSettings;
  readonly #identity: RegistrationIdentity;
  readonly #mailbox = new Mailbox<Registrant, RegistrationEvent>(this, (owner, event) =>
    owner.#handle(event),
  );
  #state: RegistrationState = "stopped";
  #attempt: RegisterAttempt | undefined;
  /** Grows with each attempt, so that an address that is found late starts nothing. */
  #round = 0;
  #timer: Timer | undefined;
  #outcome: RegisterAttemptOutcome | undefined;
  readonly #flow: RegistrationFlow;
  /** A proxy on the way does not know outbound (439); asked again when the flow is another. */
  #noOutbound = false;
  #serviceRoute: readonly string[] = [];
  #failures = 0;
  /** Where the provider's name led last, and which of these hosts want to be left alone. */
  #targets: readonly Target[] = [];
  readonly #busy: BusyHosts;
  #registeredUntil: { readonly now: number; readonly wall: number } | undefined;
  #retryInMs: number | undefined;
  #answeredAt: number | undefined;
  #nextAt: number | undefined;
  /** The least that the registrar takes, as it has said (423). */
  #minimumSeconds = 0;
  #stopped: (() => void)[] = [];

  constructor(ports: RegistrationPorts, settings: RegistrationSettings) {
    this.#ports = ports;
    this.#settings = settings;
    this.#flow = new RegistrationFlow(ports, () => {
      this.#noOutbound = false;
      this.#mailbox.send("flowLost");
    });
    const { ids } = ports;
    this.#busy = new BusyHosts(ports.clock);
    const { registrar, credentials, account, outboundProxy } = settings;
    this.contactUser = ids.hex(64);
    this.aor = addressOfRecord(account ?? credentials.username, registrar);
    this.digest = createDigestClient(credentials, ids);
    let cseq = 0;
    this.#identity = {
      registrar: registrarUri(registrar),
      aor: this.aor,
      fromTag: ids.hex(64),
      callId: ids.hex(128),
      contactUser: this.contactUser,
      instance: settings.instance,
      routes: outboundProxy === undefined ? [] : [proxyRoute(outboundProxy)],
      nextCSeq: () => (cseq += 1),
    };
  }

  get flow(): Flow | undefined {
    return this.#flow.open;
  }

  get outboundFlow(): Flow | undefined {
    return this.#flow.outbound;
  }

  get serviceRoute(): readonly string[] {
    return this.#holds ? this.#serviceRoute : [];
  }

  get #holds(): boolean {
    return this.#registeredUntil !== undefined && this.#registeredUntil.now > this.#ports.clock.now();
  }

  get status(): RegistrationStatus {
    const outcome = this.#outcome;
    const failed = outcome?.kind === "failed" ? outcome.why : undefined;
    return {
      state: this.#state,
      failed,
      answer: outcome?.kind === "accepted" ? outcome.answer : (failed ?? ""),
      answeredAt: this.#answeredAt,
      nextAt: this.#nextAt,
      registeredUntil: this.#holds ? this.#registeredUntil?.wall : undefined,
      retryInMs: this.#state === "waiting" ? this.#retryInMs : undefined,
    };
  }

  start(): void {
    this.#mailbox.send("start");
  }

  stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped.push(resolve);
    });
    this.#mailbox.send(this.#holds ? "stop" : "stopUnheld");
    if (this.#state === "stopped") this.#tellStopped();
    return stopped;
  }

  #handle(event: RegistrationEvent): void {
    const cell = next(registrationTable, this.#state, event);
    if (cell === "ignore") return;
    this.#state = cell.to;
    for (const action of cell.do) this.#perform(action);
  }

  #perform(action: RegistrationAction): void {
    switch (action) {
      case "register":
        return this.#begin(Math.max(this.#settings.expiresSeconds ?? EXPIRES_SECONDS, this.#minimumSeconds));
      case "unregister":
        return this.#begin(0);
      case "abandon":
        this.#round += 1;
        this.#attempt?.abandon();
        this.#attempt = undefined;
        return;
      case "startRefreshTimer":
        return this.#startTimer(this.#refreshDelayMs());
      case "startRetryTimer":
        this.#retryInMs = this.#retryDelayMs();
        return this.#startTimer(this.#retryInMs);
      case "startReconnectTimer":
        return this.#startTimer(this.#flow.reconnectDelayMs());
      case "startFarewellTimer":
        return this.#startTimer(FAREWELL_MS);
      case "cancelTimer":
        this.#timer?.cancel();
        this.#timer = undefined;
        this.#nextAt = undefined;
        return;
      case "tellRegistered":
      case "tellFailed":
        return this.#tell();
      case "tellStopped":
        this.#registeredUntil = undefined;
        this.#flow.leave();
        this.#tell();
        return this.#tellStopped();
    }
  }

  /** Looks the provider up anew each time: addresses change, and the resolver caches. */
  #begin(expiresSeconds: number): void {
    this.#round += 1;
    const round = this.#round;
    const go = (targets: readonly Target[]): void => {
      if (round !== this.#round) return;
      const { transactions, flowTo, clock, watch } = this.#ports;
      this.#targets = targets;
      // Whoever leaves says so to the host that holds the registration.
      const asked = expiresSeconds === 0 ? targets : this.#busy.free(targets);
      this.#attempt = new RegisterAttempt({
        identity: this.#identity,
        transactions,
        clock,
        watch,
        flowTo,
        digest: this.digest,
        host: (this.#settings.outboundProxy ?? this.#settings.registrar).host,
        targets: this.#presentFirst(asked),
        expiresSeconds,
        outbound: !this.#noOutbound,
        onNoOutbound: () => {
          this.#noOutbound = true;
        },
        onMinimum: (seconds) => {
          this.#minimumSeconds = seconds;
        },
        onBusy: (target, seconds) =>
          this.#busy.note(target, Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1_000),
        onDone: (outcome) => this.#done(outcome),
      });
      this.#attempt.start();
    };
    this.#ports.resolve(this.#settings.outboundProxy ?? this.#settings.registrar).then(go, () => go([]));
  }

  #done(outcome: RegisterAttemptOutcome): void {
    this.#attempt = undefined;
    this.#outcome = outcome;
    this.#answeredAt = this.#ports.clock.wall();
    if (outcome.kind === "failed") {
      this.#failures += 1;
    } else {
      this.#failures = 0;
      if (outcome.expiresSeconds > 0) this.#flow.hold(outcome);
      this.#serviceRoute = outcome.serviceRoute;
      const forMs = outcome.expiresSeconds * 1_000;
      const { clock } = this.#ports;
      this.#registeredUntil = { now: clock.now() + forMs, wall: clock.wall() + forMs };
    }
    this.#mailbox.send(outcome.kind);
  }

  /** The provider's host that holds the registration is asked first: its others may not know of it. */
  #presentFirst(targets: readonly Target[]): readonly Target[] {
    const flow = this.#flow.last;
    const isPresent = ({ transport, host, port }: Target): boolean =>
      transport === flow?.transport && host === flow.remote.host && port === flow.remote.port;
    return [...targets.filter(isPresent), ...targets.filter((one) => !isPresent(one))];
  }

  #startTimer(delayMs: number): void {
    this.#nextAt = this.#ports.clock.wall() + delayMs;
    this.#timer = this.#ports.clock.after(delayMs, () => {
      this.#timer = undefined;
      this.#nextAt = undefined;
      this.#mailbox.send("timer");
    });
  }

  /** Before the registration ends, with room for a second address, and not all trunks in the same second. */
  #refreshDelayMs(): number {
    const grantedMs = this.#outcome?.kind === "accepted" ? this.#outcome.expiresSeconds * 1_000 : 0;
    const latest = Math.max(grantedMs - REFRESH_MARGIN_MS, grantedMs / 2, LEAST_REFRESH_MS);
    return Math.round(latest * (0.8 + 0.2 * this.#fraction()));
  }

  #retryDelayMs(): number {
    const outcome = this.#outcome;
    const failed = outcome?.kind === "failed" ? outcome : undefined;
    const [first, longest] = failed?.refused === true ? RETRY_MS.refused : RETRY_MS.silent;
    const pause = Math.min(first * 2 ** Math.min(this.#failures - 1, 16), longest);
    const asked = Math.min(failed?.retryAfterSeconds ?? 0, MAX_RETRY_AFTER_SECONDS) * 1_000;
    const busy = this.#busy.waitMs(this.#targets);
    return Math.round(Math.max(pause * (0.75 + 0.25 * this.#fraction()), asked, busy));
  }

  #fraction(): number {
    return this.#ports.ids.integer(1_000) / 1_000;
  }

  #tell(): void {
    this.#settings.onStatus?.(this.status);
  }

  #tellStopped(): void {
    const waiting = this.#stopped;
    this.#stopped = [];
    for (const resolve of waiting) resolve();
  }
}

/** Route header value of a configured proxy: a route set of one loose router (RFC 3261 §8.1.2). */
export function proxyRoute(proxy: SipUri): string {
  const params = proxy.params.with(["lr", undefined]);
  return `<${formatUri({ ...proxy, user: undefined, password: undefined, headers: undefined, params })}>`;
}

/** RFC 3261 §10.2: the Request-URI of REGISTER has no user part. */
function registrarUri({ scheme, host, port, params }: SipUri): string {
  const transport = params.get("transport");
  return formatUri({
    scheme,
    user: undefined,
    password: undefined,
    host,
    port,
    params: transport === undefined ? noParams : Params.of([["transport", transport]]),
    headers: undefined,
  });
}

/** The user name at the provider's host; a user name that brings its own domain is the whole address. */
function addressOfRecord(username: string, { host }: SipUri): string {
  const at = username.lastIndexOf("@");
  const whole = at > 0 ? `sip:${encodeUser(username.slice(0, at))}@${username.slice(at + 1)}` : "";
  if (whole !== "" && parseUri(whole).ok) return whole;
  return `sip:${encodeUser(username)}@${formatHost(host)}`;
}
