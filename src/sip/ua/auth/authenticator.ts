import type { Counters } from "../../../lib/counters.ts";
import type { Said } from "../../../lib/said.ts";
import type { SipRequest } from "../../message/message.ts";
import { hostPort } from "../../transport/address.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import type { Binding } from "../registrar/binding.ts";
import type { CredentialsGuard, Look } from "./credentials-guard.ts";
import type {
  ChallengeStatus,
  DigestRefusal,
  DigestServer,
  DigestVerdict,
  LookupHa1,
} from "./digest-server.ts";
import type { Claim } from "./proven-devices.ts";

/** Who a request is from, or the answer to give it. */
export type Authentication =
  | { readonly kind: "ok"; readonly username: string }
  | {
      readonly kind: "refused";
      /** 401 or 407 with a challenge, 400 for credentials that cannot be read, 503 while guesses are slowed down. */
      readonly status: 400 | 401 | 407 | 503;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly cause: DigestRefusal;
      /** The name that was claimed; it need not exist. */
      readonly username: string | undefined;
      /** For a person of this side: the reason, and what would fix it. Never for the wire. */
      readonly why: Said;
      /** Ask again after this time, with `again`, before giving the answer. */
      readonly waitMs: number | undefined;
    };

export interface AuthenticatorPorts {
  readonly digest: DigestServer;
  readonly guard: CredentialsGuard;
  readonly lookupHa1: LookupHa1;
  /** `credentials{result="right|wrong|later"}`: what became of proofs of a password. */
  readonly counters?: Counters;
  /** The source of this flow has answered a nonce that only it was given. */
  readonly onProvedReturnPath?: (address: string) => void;
}

/** Digest and guard together: the one way in which a phone proves who it is. */
export interface Authenticator {
  /**
   * Never for ACK or CANCEL, which cannot be challenged (RFC 3261 §22.1). `again`: this request was told to wait and
   * has done so.
   */
  authenticate(request: SipRequest, flow: Flow, status: ChallengeStatus, again?: boolean): Authentication;
  /** Who the Authorization for our realm claims to be, unproved; undefined where there is none that we can check. */
  claimed(request: SipRequest): string | undefined;
}

/** Reasons at which the nonce was found to be ours, fresh and given to this source. */
const PROVED: ReadonlySet<DigestRefusal> = new Set(["otherUri", "blocked", "wrongCredentials"]);
const MAX_RETRY_AFTER_SECONDS = 60;
/** Of a name that is claimed. */
const MAX_NAME = 64;

/** Joins the check of a proof with the guard that says whether it is looked at (docs/adr/0035). */
export function createAuthenticator(ports: AuthenticatorPorts): Authenticator {
  const { digest, guard } = ports;
  return {
    claimed: (request) => digest.claimed(request, 401),
    authenticate(request, flow, status, again = false) {
      const address = flow.remote.host;
      let look: Look | undefined;
      const verdict = digest.check(request, {
        status,
        address,
        lookupHa1: ports.lookupHa1,
        mayEvaluate: (username) => {
          look = guard.look(claimOf(request, flow, username), again);
          return look.kind === "look";
        },
      });
      if (verdict.kind === "ok") {
        guard.right(claimOf(request, flow, verdict.username));
        ports.counters?.add('credentials{result="right"}');
        ports.onProvedReturnPath?.(address);
        return verdict;
      }
      if (PROVED.has(verdict.reason)) ports.onProvedReturnPath?.(address);
      if (verdict.reason === "wrongCredentials" && look?.kind === "look") {
        guard.wrong(claimOf(request, flow, verdict.username ?? ""), look.charged);
        ports.counters?.add('credentials{result="wrong"}');
      }
      const answer = answerStatus(verdict, status);
      const stale = verdict.kind === "challenge" && verdict.stale;
      const challenge = answer === status ? digest.challenge(status, request, { address, stale }) : [];
      const later = look?.kind === "later" ? look : undefined;
      const waitMs = later?.mayWait === true && !again ? later.inMs : undefined;
      if (later !== undefined && waitMs === undefined) ports.counters?.add('credentials{result="later"}');
      return {
        kind: "refused",
        status: answer,
        headers: later === undefined ? challenge : [["Retry-After", retryAfter(later.inMs)]],
        cause: verdict.reason,
        username: verdict.username,
        why: whyRefused(verdict, address),
        waitMs,
      };
    },
  };
}

/** B2: nothing in the answer depends on whether the account exists. */
function answerStatus(verdict: Refused, status: ChallengeStatus): 400 | 401 | 407 | 503 {
  switch (verdict.reason) {
    case "malformed":
    case "otherUri":
      // RFC 7616 §3.4.6: 400 for a digest-uri that is not the request's.
      return 400;
    case "blocked":
      // RFC 3261 §21.5.4: it may be tried again; 403 would tell the phone to give up (§21.4.4).
      return 503;
    default:
      return status;
  }
}

/** What a registered contact proved when it registered. */
export function claimOfBinding({ extension, source, callId, params, userAgent }: Binding): Claim {
  return {
    account: extension,
    address: source.host,
    flow: `${source.transport}:${hostPort(source.host, source.port)}`,
    callId,
    instance: params.get("+sip.instance"),
    userAgent,
  };
}

function retryAfter(inMs: number): string {
  return String(Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(inMs / 1_000))));
}

type Refused = Exclude<DigestVerdict, { readonly kind: "ok" }>;

const INSTANCE = /\+sip\.instance="?(<[^>]{1,200}>)/i;

function claimOf(request: SipRequest, flow: Flow, account: string): Claim {
  const { transport, remote } = flow;
  const registers = request.method === "REGISTER";
  const contact = registers ? request.headers.get("contact") : undefined;
  return {
    account,
    address: remote.host,
    flow: `${transport}:${hostPort(remote.host, remote.port)}`,
    callId: registers ? request.callId : undefined,
    instance: contact === undefined ? undefined : INSTANCE.exec(contact)?.[1],
    userAgent: request.headers.get("user-agent"),
  };
}

const MISSING = sipSaid("login.missing", {});
const MALFORMED = sipSaid("login.malformed", {});

function whyRefused(verdict: Refused, address: string): Said {
  const name = verdict.username?.slice(0, MAX_NAME) ?? "";
  switch (verdict.reason) {
    case "missing":
      return MISSING;
    case "staleNonce":
      return sipSaid("login.staleNonce", { name });
    case "malformed":
      return MALFORMED;
    case "otherUri":
      return sipSaid("login.otherUri", { name });
    case "blocked":
      return sipSaid("login.blocked", { name, address });
    case "wrongCredentials":
      return verdict.kind === "refused" && verdict.accountKnown === true
        ? sipSaid("login.wrongPassword", { name })
        : sipSaid("login.noPhone", { name });
  }
}
