import type { SipRequest } from "../message/message.ts";
import type { Flow } from "../transport/transport.ts";
import type { CredentialsGuard } from "./credentials-guard.ts";
import type {
  ChallengeStatus,
  DigestRefusal,
  DigestServer,
  DigestVerdict,
  LookupHa1,
} from "./digest-server.ts";

/** Who a request is from, or the answer to give it. */
export type Authentication =
  | { readonly kind: "ok"; readonly username: string }
  | {
      readonly kind: "refused";
      /** 401 or 407 with a challenge, 400 for credentials that cannot be read, 403 while the guard refuses. */
      readonly status: 400 | 401 | 403 | 407;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly cause: DigestRefusal;
      /** The name that was claimed; it need not exist. */
      readonly username: string | undefined;
      /** What a person may read in the record: the reason and what would fix it. Never for the wire. */
      readonly sentence: string;
    };

export interface AuthenticatorPorts {
  readonly digest: DigestServer;
  readonly guard: CredentialsGuard;
  readonly lookupHa1: LookupHa1;
  /** The source of this flow has answered a nonce that only it was given. */
  readonly onProvedReturnPath?: (address: string) => void;
}

/** Digest and guard together: the one way in which a phone proves who it is. */
export interface Authenticator {
  /** Never for ACK or CANCEL, which cannot be challenged (RFC 3261 §22.1). */
  authenticate(request: SipRequest, flow: Flow, status: ChallengeStatus): Authentication;
  /** Who the Authorization for our realm claims to be, unproved; undefined where there is none that we can check. */
  claimed(request: SipRequest): string | undefined;
}

/** Reasons at which the nonce was found to be ours, fresh and given to this source. */
const PROVED: ReadonlySet<DigestRefusal> = new Set(["otherUri", "blocked", "wrongCredentials"]);

export function createAuthenticator(ports: AuthenticatorPorts): Authenticator {
  const { digest, guard } = ports;
  return {
    claimed: (request) => digest.claimed(request, 401),
    authenticate(request, flow, status) {
      const address = flow.remote.host;
      const verdict = digest.check(request, {
        status,
        address,
        lookupHa1: ports.lookupHa1,
        mayEvaluate: (username) => guard.allows(address, username),
      });
      if (verdict.kind === "ok") {
        guard.succeeded(address, verdict.username);
        ports.onProvedReturnPath?.(address);
        return verdict;
      }
      if (PROVED.has(verdict.reason)) ports.onProvedReturnPath?.(address);
      if (verdict.reason === "wrongCredentials") guard.failed(address, verdict.username ?? "");
      const answer = answerStatus(verdict, status);
      const stale = verdict.kind === "challenge" && verdict.stale;
      return {
        kind: "refused",
        status: answer,
        headers: answer === status ? digest.challenge(status, request, { address, stale }) : [],
        cause: verdict.reason,
        username: verdict.username,
        sentence: sentenceFor(verdict, address),
      };
    },
  };
}

type Refused = Exclude<DigestVerdict, { readonly kind: "ok" }>;

/** B2: nothing in the answer depends on whether the account exists. */
function answerStatus(verdict: Refused, status: ChallengeStatus): 400 | 401 | 403 | 407 {
  switch (verdict.reason) {
    case "malformed":
    case "otherUri":
      // RFC 7616 §3.4.6: 400 for a digest-uri that is not the request's.
      return 400;
    case "blocked":
      return 403;
    default:
      return status;
  }
}

function sentenceFor(verdict: Refused, address: string): string {
  const name = verdict.username === undefined ? "the account" : `"${verdict.username.slice(0, 64)}"`;
  switch (verdict.reason) {
    case "missing":
      return "No password was sent for this installation; the sender is asked for one.";
    case "staleNonce":
      return `The proof of the password for ${name} was too old, made for another address, or used before; the phone is asked for a new one.`;
    case "malformed":
      return "The Authorization header cannot be read.";
    case "otherUri":
      return `The proof of the password for ${name} was made for another address than the request is sent to.`;
    case "blocked":
      return `Too many wrong passwords from ${address} or for ${name}; for the time being none is looked at. Correct the password in the phone and wait, or register from another address.`;
    case "wrongCredentials":
      return verdict.kind === "refused" && verdict.accountKnown === true
        ? `The password for ${name} is wrong. Enter the phone's password from the configuration.`
        : `There is no phone ${name}. Add it to the configuration or correct the user name in the phone.`;
  }
}
