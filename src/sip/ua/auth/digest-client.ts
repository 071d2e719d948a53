import { err, ok, type Result } from "../../../lib/result.ts";
import type { Said } from "../../../lib/said.ts";
import type { Ids } from "../../../runtime/ids.ts";
import type { SipResponse } from "../../message/message.ts";
import type { Flow } from "../../transport/transport.ts";
import { sipSaid } from "../../words.ts";
import {
  computeHa1,
  computeResponse,
  type DigestAlgorithm,
  type DigestChallenge,
  parseChallenges,
  quoteDigestValue,
} from "./digest.ts";

/** What a peer gave us to prove who we are. */
export interface ClientCredentials {
  readonly username: string;
  readonly password: string;
  /** The only realm that gets an answer; undefined: whichever the peer itself asks for. */
  readonly realm?: string | undefined;
}

/** A challenge and the request that met it. */
export interface ChallengedRequest {
  readonly method: string;
  /** The Request-URI as text. */
  readonly uri: string;
  /** 401 or 407. */
  readonly response: SipResponse;
  /**
   * Where the request went, which has to be an address that the peer's own host resolved to, and where the response
   * came from. Left out where the transaction that matched the response vouches for it.
   */
  readonly way?: { readonly sentTo: Flow; readonly cameFrom: Flow } | undefined;
}

type HeaderLines = readonly (readonly [name: string, value: string])[];

/**
 * Answers challenges with one peer's credentials, and only that peer's (B7). Nonces are kept, so that the next
 * request can carry an answer at once, with the count going on (RFC 7616 §3.4).
 */
export interface DigestClient {
  /** Header fields from nonces met earlier, for a new request; none at first. */
  prepare(method: string, uri: string): HeaderLines;
  /** Call once a request, before its first challenge: it counts them. */
  begin(): ChallengeRun;
}

/** The challenges that one request meets, its repetitions with credentials included. */
export interface ChallengeRun {
  /** Header fields for the next try, or why there must be none. */
  answer(challenged: ChallengedRequest): Result<HeaderLines, Said>;
}

/** A peer that changes its nonce for ever sees a request three times (B7). */
const MAX_CHALLENGES = 2;
const MAX_CHALLENGE_LINES = 8;
/** Realms whose nonces are kept: registrar and proxy, and room for a change. */
const MAX_REALMS = 4;

interface Slot {
  readonly header: "Authorization" | "Proxy-Authorization";
  readonly challenge: DigestChallenge;
  nc: number;
}

export function createDigestClient(credentials: ClientCredentials, ids: Ids): DigestClient {
  return new SlotKeeper(credentials, ids);
}

class SlotKeeper implements DigestClient {
  readonly #credentials: ClientCredentials;
  readonly #ids: Ids;
  readonly #slots = new Map<string, Slot>();

  constructor(credentials: ClientCredentials, ids: Ids) {
    this.#credentials = credentials;
    this.#ids = ids;
  }

  prepare(method: string, uri: string): HeaderLines {
    // The newest first: a registrar that reads one Authorization alone reads that of its own realm.
    return [...this.#slots.values()]
      .reverse()
      .map((slot) => [slot.header, this.#authorize(slot, method, uri)]);
  }

  begin(): ChallengeRun {
    let challenges = 0;
    const answered = new Set<string>();
    return {
      answer: (challenged) => {
        challenges += 1;
        if (challenges > MAX_CHALLENGES) return err(sipSaid("challenge.again", {}));
        const { way } = challenged;
        if (way !== undefined && way.cameFrom.remote.host !== way.sentTo.remote.host) {
          return err(sipSaid("challenge.otherAddress", {}));
        }
        const found = this.#usable(challenged.response);
        if (!found.ok) return found;
        for (const [key, slot] of found.value) {
          // RFC 7616 §3.3: without stale=true the nonce was good and the password was not.
          if (answered.has(key) && !slot.challenge.stale) return err(sipSaid("challenge.refused", {}));
          answered.add(key);
          this.#slots.delete(key);
          this.#slots.set(key, slot);
        }
        for (const key of this.#slots.keys()) {
          if (this.#slots.size <= MAX_REALMS) break;
          this.#slots.delete(key);
        }
        return ok(this.prepare(challenged.method, challenged.uri));
      },
    };
  }

  /** For each realm the topmost challenge that we can answer (RFC 8760 §2.4). */
  #usable(response: SipResponse): Result<ReadonlyMap<string, Slot>, Said> {
    if (response.status !== 401 && response.status !== 407) return err(sipSaid("challenge.none", {}));
    const proxy = response.status === 407;
    const lines = response.headers.all(proxy ? "proxy-authenticate" : "www-authenticate");
    const slots = new Map<string, Slot>();
    let reason = sipSaid("challenge.missing", {});
    for (const line of lines.slice(0, MAX_CHALLENGE_LINES)) {
      for (const read of parseChallenges(line)) {
        if (!read.ok) {
          reason = sipSaid("challenge.unreadable", { why: read.error.reason });
          continue;
        }
        const { realm } = read.value;
        if (this.#credentials.realm !== undefined && realm !== this.#credentials.realm) {
          reason = sipSaid("challenge.otherRealm", { realm: realm.slice(0, 64) });
          continue;
        }
        const header = proxy ? "Proxy-Authorization" : "Authorization";
        const key = `${header} ${realm}`;
        if (!slots.has(key) && slots.size < MAX_REALMS)
          slots.set(key, { header, challenge: read.value, nc: 0 });
      }
    }
    return slots.size > 0 ? ok(slots) : err(reason);
  }

  #authorize(slot: Slot, method: string, uri: string): string {
    const { realm, nonce, opaque, algorithm, algorithmNamed, qopAuth } = slot.challenge;
    slot.nc += 1;
    const ncText = slot.nc.toString(16).padStart(8, "0");
    const qop = qopAuth ? { cnonce: this.#ids.hex(64), nc: slot.nc, ncText } : undefined;
    const response = computeResponse(this.#ha1(algorithm, realm), method, { algorithm, nonce, uri, qop });
    const { username } = this.#credentials;
    const parts = [
      `Digest username=${quoteDigestValue(username)}`,
      `realm=${quoteDigestValue(realm)}`,
      `nonce=${quoteDigestValue(nonce)}`,
      `uri=${quoteDigestValue(uri)}`,
      `response="${response}"`,
    ];
    if (algorithmNamed) parts.push(`algorithm=${algorithm}`);
    if (opaque !== undefined) parts.push(`opaque=${quoteDigestValue(opaque)}`);
    if (qop !== undefined) parts.push("qop=auth", `nc=${ncText}`, `cnonce="${qop.cnonce}"`);
    return parts.join(", ");
  }

  #ha1(algorithm: DigestAlgorithm, realm: string): string {
    return computeHa1(algorithm, this.#credentials.username, realm, this.#credentials.password);
  }
}
