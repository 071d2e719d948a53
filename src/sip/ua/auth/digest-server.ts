import type { Clock } from "../../../runtime/clock.ts";
import type { Ids } from "../../../runtime/ids.ts";
import type { SipRequest } from "../../message/message.ts";
import { isSipUri, parseUri } from "../../message/uri.ts";
import {
  computeResponse,
  type DigestAlgorithm,
  type DigestCredentials,
  equalsConstantTime,
  parseAuthorization,
  quoteDigestValue,
} from "./digest.ts";
import { type NonceState, Nonces } from "./nonce.ts";

/** 401 asks for Authorization (we are the UAS or registrar), 407 for Proxy-Authorization (RFC 3261 §22.2, §22.3). */
export type ChallengeStatus = 401 | 407;

/**
 * The HA1 for a user name as it was claimed (`216`, or `216@realm`, which is hashed as it stands) and an algorithm,
 * lower-case hex; undefined when there is no such account.
 */
export type LookupHa1 = (username: string, algorithm: DigestAlgorithm) => string | undefined;

/** Why credentials were not accepted (docs/adr/0015). */
export type DigestRefusal =
  /** None for our realm and our algorithms, or one that only names the user. */
  | "missing"
  /** Not a nonce of ours for this source, or too old, or used before. */
  | "staleNonce"
  | "malformed"
  /** The digest is about another URI than the request. */
  | "otherUri"
  /** The guard does not let these credentials be looked at. */
  | "blocked"
  | "wrongCredentials";

/** The outcome of a check. `username` is what the client claims; it need not exist. */
export type DigestVerdict =
  | { readonly kind: "ok"; readonly username: string }
  | {
      readonly kind: "challenge";
      readonly stale: boolean;
      readonly reason: DigestRefusal;
      readonly username: string | undefined;
    }
  | {
      readonly kind: "refused";
      readonly reason: DigestRefusal;
      readonly username: string | undefined;
      /** For the record only, never for the wire: whether the account exists. Known once a password was evaluated. */
      readonly accountKnown?: boolean;
    };

export interface DigestCheck {
  readonly status: ChallengeStatus;
  /** IP literal the request came from. */
  readonly address: string;
  readonly lookupHa1: LookupHa1;
  /** Asked with the claimed name before the password is looked at; false: `blocked`. */
  readonly mayEvaluate?: (username: string) => boolean;
}

export interface DigestServerOptions {
  readonly realm: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Key of the nonces; by default made anew, so that nonces of an earlier process are stale. */
  readonly secret?: string;
  /** How long a nonce is taken (B5: 60 s). */
  readonly nonceLifetimeMs?: number;
  /** Used nonces remembered at once. */
  readonly nonceTableSize?: number;
  /** User-Agent beginnings, any case, of clients that give up when they see an algorithm they do not know; besides our own. */
  readonly md5UserAgents?: readonly string[];
}

/**
 * Clients that break off at a SHA-256 challenge instead of passing it over (measured: libre before 3.0 answers
 * ENOSYS, SIPp 3.6 stops when it is the first).
 * DEVIATION(RFC 8760 §2.4): they are offered MD5 alone; all others get SHA-256 first.
 */
const MD5_USER_AGENTS: readonly string[] = ["baresip v0", "baresip v1", "baresip v2", "sipp"];

export interface DigestServer {
  readonly realm: string;
  /** The challenge header fields for a 401 or 407, a new nonce in them. */
  challenge(
    status: ChallengeStatus,
    request: SipRequest,
    options: { readonly address: string; readonly stale: boolean },
  ): readonly (readonly [name: string, value: string])[];
  /**
   * Checks a request's credentials (RFC 3261 §22.4). `refused` with `wrongCredentials` means that a password was
   * evaluated, and then the sender has proved his return path by answering a nonce given to that address.
   */
  check(request: SipRequest, options: DigestCheck): DigestVerdict;
  /** The user name of the credentials that `check` would look at; undefined where it finds none. */
  claimed(request: SipRequest, status: ChallengeStatus): string | undefined;
  /** Used nonces remembered, for leak checks. */
  readonly remembered: number;
}

const NONCE_LIFETIME_MS = 60_000;
const NONCE_TABLE_SIZE = 100_000;
/** Credentials of several realms may stand in a request, one a line; more than this are not looked at. */
const MAX_CREDENTIALS = 8;
const SECRET_BITS = 256;

/** Builds a digest server for one realm (RFC 7616, RFC 8760). */
export function createDigestServer(options: DigestServerOptions): DigestServer {
  const { realm, clock, ids } = options;
  const nonces = new Nonces({
    clock,
    ids,
    secret: options.secret ?? ids.hex(SECRET_BITS),
    lifetimeMs: options.nonceLifetimeMs ?? NONCE_LIFETIME_MS,
    tableSize: options.nonceTableSize ?? NONCE_TABLE_SIZE,
  });
  // Compared against when there is no such account, so that known and unknown names cost the same.
  const dummyHa1 = { MD5: ids.hex(128), "SHA-256": ids.hex(256) };
  const md5Only = [...MD5_USER_AGENTS, ...(options.md5UserAgents ?? [])]
    .filter((name) => name !== "")
    .map((name) => name.toLowerCase());
  const quotedRealm = quoteDigestValue(realm);
  return {
    realm,
    challenge(status, request, { address, stale }) {
      const name = status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
      const common = `Digest realm=${quotedRealm}, nonce="${nonces.issue(address)}", qop="auth"${stale ? ", stale=TRUE" : ""}`;
      const md5 = [name, `${common}, algorithm=MD5`] as const;
      if (startsWithAny(request.headers.get("user-agent"), md5Only)) return [md5];
      // RFC 8760 §2.4: the preferred algorithm first, a line each, all with the same realm.
      return [[name, `${common}, algorithm=SHA-256`], md5];
    },
    check(request, { status, address, lookupHa1, mayEvaluate }) {
      const found = findCredentials(request, status, realm);
      if (typeof found === "string") return withoutCredentials(found);
      const { nonce, qop, algorithm } = found;
      const username = accountOf(found.username, realm);
      const nonceState: NonceState = nonces.state(nonce, address, qop?.nc);
      if (nonceState !== "fresh") return { kind: "challenge", stale: true, reason: "staleNonce", username };
      if (!sameTarget(found.uri, request.uri)) return { kind: "refused", reason: "otherUri", username };
      if (mayEvaluate !== undefined && !mayEvaluate(username))
        return { kind: "refused", reason: "blocked", username };
      const ha1 = lookupHa1(found.username, algorithm);
      const expected = computeResponse(ha1 ?? dummyHa1[algorithm], request.method, found);
      const right = equalsConstantTime(expected, found.response);
      if (!right || ha1 === undefined) {
        return { kind: "refused", reason: "wrongCredentials", username, accountKnown: ha1 !== undefined };
      }
      nonces.use(nonce, qop?.nc);
      return { kind: "ok", username };
    },
    claimed(request, status) {
      const found = findCredentials(request, status, realm);
      return typeof found === "string" ? undefined : accountOf(found.username, realm);
    },
    get remembered() {
      return nonces.size;
    },
  };
}

function withoutCredentials(reason: "missing" | "malformed"): DigestVerdict {
  return reason === "missing"
    ? { kind: "challenge", stale: false, reason, username: undefined }
    : { kind: "refused", reason, username: undefined };
}

/** The first credentials for our realm that we can check; other realms, schemes and algorithms are passed over. */
function findCredentials(
  request: SipRequest,
  status: ChallengeStatus,
  realm: string,
): DigestCredentials | "missing" | "malformed" {
  const values = request.headers.all(status === 401 ? "authorization" : "proxy-authorization");
  let none: "missing" | "malformed" = "missing";
  for (let i = 0; i < values.length && i < MAX_CREDENTIALS; i += 1) {
    const read = parseAuthorization(values[i] as string);
    if (read.ok && read.value.realm === realm) return read.value;
    if (!read.ok && read.error.kind === "malformed") none = "malformed";
  }
  return none;
}

/** `216@realm` claims the account 216: some phones put the domain into the user name. Other domains are not ours. */
function accountOf(username: string, realm: string): string {
  return username.endsWith(`@${realm}`) ? username.slice(0, -realm.length - 1) : username;
}

/**
 * Whether digest-uri and Request-URI name the same target. RFC 3261 §22.4 lets a proxy on the way change the
 * Request-URI's parameters, and some phones leave out the port in one of the two; scheme, user and host must agree
 * (RFC 7616 §3.4.6), and the ports where both are there.
 */
function sameTarget(digestUri: string, requestUri: string): boolean {
  if (digestUri === requestUri) return true;
  const a = parseUri(digestUri);
  const b = parseUri(requestUri);
  if (!a.ok || !b.ok || !isSipUri(a.value) || !isSipUri(b.value)) return false;
  return (
    a.value.scheme === b.value.scheme &&
    a.value.user === b.value.user &&
    a.value.host === b.value.host &&
    (a.value.port === b.value.port || a.value.port === undefined || b.value.port === undefined)
  );
}

function startsWithAny(value: string | undefined, lowerCaseBeginnings: readonly string[]): boolean {
  if (value === undefined) return false;
  const lower = value.slice(0, 64).toLowerCase();
  return lowerCaseBeginnings.some((beginning) => lower.startsWith(beginning));
}
