import { formatHostPort } from "../../../lib/host-port.ts";
import type { Said } from "../../../lib/said.ts";
import type { Clock, Timer } from "../../../runtime/clock.ts";
import type { Ids } from "../../../runtime/ids.ts";
import { buildResponse } from "../../message/build.ts";
import { formatNameAddr } from "../../message/name-addr.ts";
import { formatUri } from "../../message/uri.ts";
import type { ServerTransaction } from "../../transaction/user.ts";
import { sipSaid } from "../../words.ts";
import type { Authenticator } from "../auth/authenticator.ts";
import type { DigestRefusal } from "../auth/digest-server.ts";
import {
  defaultRegisterLimits,
  type RegisterLimits,
  type RegisterRefusal,
  type RegisterRequest,
  readRegister,
} from "../register/register-request.ts";
import type { Binding } from "./binding.ts";
import type { ContactUpdate, Location, LocationFault } from "./location.ts";

/**
 * What came of a REGISTER, for logs, counters and the list of phones. `cause` says which refusals are about the
 * proof of the password; `missing` and `staleNonce` are the ordinary first half of every registration.
 */
export type RegisterOutcome =
  | {
      readonly kind: "registered";
      readonly extension: string;
      readonly address: string;
      readonly bindings: number;
    }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly cause: DigestRefusal | undefined;
      readonly extension: string | undefined;
      readonly address: string;
      /** For a person of this side. */
      readonly why: Said;
    };

export interface RegistrarPorts {
  readonly authenticator: Authenticator;
  readonly location: Location;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether phones may register at this host: our realm, names and addresses. */
  readonly isOurDomain: (host: string) => boolean;
  readonly onOutcome?: (outcome: RegisterOutcome) => void;
  /** Shortest registration, seconds: below it 423 (RFC 3261 §10.2.8). */
  readonly minExpiresSeconds?: number;
  readonly limits?: RegisterLimits;
}

/** A registrar for our phones (RFC 3261 §10.3). */
export interface Registrar {
  /** Answers a REGISTER whose method, Request-URI scheme and Require have been checked (§8.2). */
  handleRegister(transaction: ServerTransaction): void;
  /** Requests that wait for their turn are forgotten. */
  close(): void;
}

const MIN_EXPIRES_SECONDS = 60;

/** How often a phone says on its stream that it is there: NATs that forget one after a minute are not rare. */
const FLOW_TIMER_SECONDS = 60;

const FAULTS: Readonly<Record<LocationFault, RegisterRefusal>> = {
  outOfOrder: { status: 500, reason: "CSeq Not Above The Last One" },
  tooManyContacts: { status: 403, reason: "Too Many Contacts" },
};

/** So many requests wait for their turn at once, one of a flow: each at most a second, without an answer. */
const MAX_WAITING = 256;

/** Answers REGISTER (RFC 3261 §10.3); one whose password may be looked at shortly waits for its turn, at most a second. */
export function createRegistrar(ports: RegistrarPorts): Registrar {
  const waiting = new Map<string, Timer>();
  return {
    handleRegister: (transaction) => new Registering(ports, transaction, waiting).run(false),
    close() {
      for (const timer of waiting.values()) timer.cancel();
      waiting.clear();
    },
  };
}

/** One REGISTER on its way through the steps of §10.3. */
class Registering {
  readonly #ports: RegistrarPorts;
  readonly #transaction: ServerTransaction;
  readonly #waiting: Map<string, Timer>;

  constructor(ports: RegistrarPorts, transaction: ServerTransaction, waiting: Map<string, Timer>) {
    this.#ports = ports;
    this.#transaction = transaction;
    this.#waiting = waiting;
  }

  /** `again`: after a wait. */
  run(again: boolean): void {
    const { request, flow } = this.#transaction;
    const read = readRegister(request, this.#ports.limits ?? defaultRegisterLimits);
    if (!read.ok)
      return this.#refuse(read.error, undefined, sipSaid("phone.unreadable", { why: read.error.reason }));
    const who = this.#ports.authenticator.authenticate(request, flow, 401, again);
    if (who.kind === "refused") {
      if (who.waitMs !== undefined && this.#wait(who.waitMs)) return;
      return this.#refuse(
        { status: who.status, reason: "", headers: who.headers },
        who.username,
        who.why,
        who.cause,
      );
    }
    const { username } = who;
    // What follows is told only to a phone that has proved who it is, so a stranger learns nothing from it (B2).
    // §10.3 item 4: an account registers itself only, whether or not the other one exists.
    if (read.value.user !== username) {
      return this.#refuse(
        { status: 403, reason: "" },
        username,
        sipSaid("phone.otherExtension", { phone: username }),
      );
    }
    // §10.3 items 1 and 5.
    const foreign = read.value.hosts.find((host) => !this.#ports.isOurDomain(host));
    if (foreign !== undefined) {
      return this.#refuse(
        { status: 404, reason: "" },
        username,
        sipSaid("phone.otherDomain", { phone: username, domain: foreign.slice(0, 128) }),
      );
    }
    this.#register(username, read.value);
  }

  /**
   * Keeps the request until guesses have had their second: by then who guesses has shown it, and a phone that is new
   * here has not. False when it cannot be kept.
   */
  #wait(waitMs: number): boolean {
    const { transport, remote } = this.#transaction.flow;
    const flow = `${transport}:${formatHostPort(remote.host, remote.port)}`;
    if (this.#waiting.size >= MAX_WAITING || this.#waiting.has(flow)) return false;
    const timer = this.#ports.clock.after(waitMs, () => {
      this.#waiting.delete(flow);
      this.run(true);
    });
    this.#waiting.set(flow, timer);
    return true;
  }

  #register(extension: string, { contacts, path, outbound }: RegisterRequest): void {
    const { request, flow } = this.#transaction;
    const { location } = this.#ports;
    if (contacts === undefined) return this.#accept(extension, location.lookup(extension), path);
    if (outbound === "lacking") {
      return this.#refuse(
        { status: 439, reason: "" },
        extension,
        sipSaid("phone.proxyWithoutOutbound", { phone: extension }),
      );
    }
    // RFC 5630 §5.2: sips is kept by TLS alone, and each call to this contact would have to break it or fail.
    const isKept = ({ uri, expiresSeconds }: ContactUpdate): boolean =>
      uri.scheme !== "sips" || flow.transport === "tls" || expiresSeconds === 0;
    if (contacts !== "*" && !contacts.every(isKept)) {
      return this.#refuse(
        { status: 400, reason: "Sips Contact Without TLS" },
        extension,
        sipSaid("phone.sipsWithoutTls", { phone: extension, transport: flow.transport.toUpperCase() }),
      );
    }
    const shortest = this.#ports.minExpiresSeconds ?? MIN_EXPIRES_SECONDS;
    const tooBrief = ({ expiresSeconds }: { readonly expiresSeconds: number }): boolean =>
      expiresSeconds > 0 && expiresSeconds < shortest;
    if (contacts !== "*" && contacts.some(tooBrief)) {
      return this.#refuse(
        { status: 423, reason: "", headers: [["Min-Expires", String(shortest)]] },
        extension,
        sipSaid("phone.tooBrief", { phone: extension, seconds: shortest }),
      );
    }
    const updated = location.update(extension, {
      contacts,
      path,
      flow,
      callId: request.callId,
      cseq: request.cseq.number,
      userAgent: request.headers.get("user-agent")?.slice(0, 256),
    });
    if (updated.ok) return this.#accept(extension, updated.value, path, outbound === "wanted");
    const refusal = FAULTS[updated.error];
    this.#refuse(refusal, extension, sipSaid("phone.refused", { phone: extension, why: refusal.reason }));
  }

  #accept(extension: string, bindings: readonly Binding[], path: readonly string[], outbound = false): void {
    const { clock, ids, onOutcome } = this.#ports;
    const { request, flow } = this.#transaction;
    const now = clock.now();
    const headers: (readonly [string, string])[] = bindings.map((binding) => [
      "Contact",
      contactValue(binding, now),
    ]);
    // RFC 3327 §5.3: what was stored is shown to the phone.
    for (const value of path) headers.push(["Path", value]);
    // RFC 5626 §6, §4.4. Over UDP it would promise answers to STUN: such a phone keeps its way open as it likes.
    if (outbound && flow.reliable)
      headers.push(["Require", "outbound"], ["Flow-Timer", String(FLOW_TIMER_SECONDS)]);
    // §10.3 item 8; phones set their clock by it.
    headers.push(["Date", new Date(clock.wall()).toUTCString()]);
    this.#transaction.respond(buildResponse(request, 200, undefined, { toTag: ids.hex(64), headers }));
    onOutcome?.({ kind: "registered", extension, address: flow.remote.host, bindings: bindings.length });
  }

  #refuse(
    { status, reason, headers }: RegisterRefusal,
    extension: string | undefined,
    why: Said,
    cause?: DigestRefusal,
  ): void {
    const { ids, onOutcome } = this.#ports;
    const { request, flow } = this.#transaction;
    const phrase = reason === "" ? undefined : reason;
    this.#transaction.respond(
      buildResponse(request, status, phrase, { toTag: ids.hex(64), headers: headers ?? [] }),
    );
    onOutcome?.({ kind: "refused", status, cause, extension, address: flow.remote.host, why });
  }
}

function contactValue(binding: Binding, now: number): string {
  const seconds = Math.max(1, Math.ceil((binding.expiresAt - now) / 1_000));
  return `${formatNameAddr(undefined, formatUri(binding.uri), binding.params)};expires=${seconds}`;
}
