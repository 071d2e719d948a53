import { type Refused, refused } from "../../api/contract/problems.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import { type OpenIdPerson, personOf } from "./open-id-person.ts";
import type { Challenge, OpenIdServer } from "./open-id-server.ts";
import type { AccountParts } from "./parts.ts";
import { hashOf, newSecret } from "./secrets.ts";

/** So long somebody may take at the other server. */
const PENDING_MS = 10 * 60_000;
/** Visits that have begun; with more, the oldest are forgotten. */
const MAX_PENDING = 4096;
/** Where the server sends the browser back to: a page of ours. */
export const BACK = "/login/openid";

/** What a browser is sent to the server for: signing in, or linking the account there to this user. */
export type VisitFor = "signIn" | { readonly userId: string };

/** Where the browser goes, and the secret of the cookie that it has to bring back. */
export interface Visit {
  readonly href: string;
  readonly secret: string;
}

/** What a browser brings back: the query, and the secret of its cookie. */
export interface BroughtBack {
  readonly answer: string;
  readonly secret: string;
}

interface Pending {
  readonly challenge: Challenge;
  /** Of the settings: with others it is another server. */
  readonly revision: number;
  readonly beganMs: number;
  readonly what: VisitFor;
}

export const OPEN_ID_OFF = refused("openIdOff", "Signing in by another server is not set up.");
const OVER = refused(
  "openIdFailed",
  "This sign-in took too long, or began in another browser. Begin again on the sign-in page.",
);

/** Browsers that are at the OpenID server: each is sent there for one thing, and what it brings back is good once and for that alone. */
export class OpenIdVisits {
  readonly #parts: Pick<AccountParts, "accounts" | "monotonicMs">;
  readonly #server: OpenIdServer;
  readonly #warn: (text: string) => void;
  /** By the hash of what the browser's cookie holds. */
  readonly #pending = new GenerationCache<string, Pending>(MAX_PENDING);

  constructor(
    parts: Pick<AccountParts, "accounts" | "monotonicMs">,
    server: OpenIdServer,
    warn: (text: string) => void,
  ) {
    this.#parts = parts;
    this.#server = server;
    this.#warn = warn;
  }

  /** Sends a browser there; `origin`: the address by which it knows us. Never rejects. */
  async begin(origin: string, what: VisitFor): Promise<Result<Visit, Refused<"openIdOff" | "openIdFailed">>> {
    const settings = this.#parts.accounts.openId;
    if (settings === undefined) return err(OPEN_ID_OFF);
    const began = await this.#server.begin(settings, `${origin}${BACK}`);
    if (!began.ok) return err(this.#failed(began.error));
    const secret = newSecret();
    const { href, challenge } = began.value;
    const { revision } = settings;
    this.#pending.set(hashOf(secret), { challenge, revision, beganMs: this.#parts.monotonicMs(), what });
    return ok({ href, secret });
  }

  /**
   * Who the server says came back. `isOver`: there was no such visit, and the server was not asked; of all other refusals the
   * person was there and did not get in. Never rejects.
   */
  async finish(
    { answer, secret }: BroughtBack,
    what: VisitFor,
  ): Promise<
    Result<
      OpenIdPerson,
      Refused<"openIdOff" | "openIdFailed" | "openIdRefused"> & { readonly isOver?: boolean }
    >
  > {
    const settings = this.#parts.accounts.openId;
    if (settings === undefined) return err({ ...OPEN_ID_OFF, isOver: true });
    const pending = this.#pending.get(hashOf(secret));
    this.#pending.delete(hashOf(secret));
    const isOver =
      pending === undefined ||
      pending.revision !== settings.revision ||
      !isSame(pending.what, what) ||
      this.#parts.monotonicMs() - pending.beganMs > PENDING_MS;
    if (isOver) return err({ ...OVER, isOver });
    const claims = await this.#server.finish(settings, pending.challenge, answer);
    if (!claims.ok) return err(this.#failed(claims.error));
    const person = personOf(claims.value, settings);
    return person.ok ? person : err(refused("openIdRefused", person.error));
  }

  #failed(sentence: string): Refused<"openIdFailed"> {
    this.#warn(`Signing in by the OpenID server failed: ${sentence}`);
    return refused("openIdFailed", sentence);
  }
}

function isSame(one: VisitFor, other: VisitFor): boolean {
  if (one === "signIn" || other === "signIn") return one === other;
  return one.userId === other.userId;
}
