import { type Refused, refused } from "../../api/contract/problems.ts";
import { GenerationCache } from "../../lib/generation-cache.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { AuditedDetail } from "../../model/audit.ts";
import type { User } from "../../model/users.ts";
import { differing } from "./deed.ts";
import { type OpenIdPerson, personOf } from "./open-id-person.ts";
import type { Challenge, OpenIdServer } from "./open-id-server.ts";
import { type AccountParts, type Later, tooManyTries } from "./parts.ts";
import { hashOf, newSecret } from "./secrets.ts";
import type { SignInPlace } from "./sessions.ts";
import { begun, type SignedInNow } from "./sign-in.ts";
import { changed, isLastAdministrator, MAX_USERS } from "./users.ts";

/** So long somebody may take at the other server. */
const PENDING_MS = 10 * 60_000;
/** Sign-ins that have begun; with more, the oldest are forgotten. */
const MAX_PENDING = 4096;
/** Where the server sends the browser back to: a page of ours. */
const BACK = "/login/openid";

interface Pending {
  readonly challenge: Challenge;
  /** Of the settings: with others it is another server. */
  readonly revision: number;
  readonly beganMs: number;
}

const OFF = refused("openIdOff", "Signing in by another server is not set up.");
const OVER = refused(
  "openIdFailed",
  "This sign-in took too long, or began in another browser. Begin again on the sign-in page.",
);
const HAS_SECOND_FACTOR = refused(
  "openIdRefused",
  "You have a second factor here: sign in with name, password and code.",
);

/** Signing in by an OpenID server (docs/adr/0077). */
export class OpenIdSignIn {
  readonly #parts: AccountParts;
  readonly #server: OpenIdServer;
  readonly #warn: (text: string) => void;
  /** By the hash of what the browser's cookie holds. */
  readonly #pending = new GenerationCache<string, Pending>(MAX_PENDING);

  constructor(parts: AccountParts, server: OpenIdServer, warn: (text: string) => void) {
    this.#parts = parts;
    this.#server = server;
    this.#warn = warn;
  }

  /** Where the browser goes, and the secret of the cookie that it has to bring back. */
  async begin(
    origin: string,
    place: SignInPlace,
  ): Promise<
    Result<{ readonly href: string; readonly secret: string }, Refused<"openIdOff" | "openIdFailed"> | Later>
  > {
    const settings = this.#parts.accounts.openId;
    if (settings === undefined) return err(OFF);
    const later = tooManyTries(this.#parts, place.address, nameAt(place));
    if (later !== undefined) return err(later);
    const began = await this.#server.begin(settings, `${origin}${BACK}`);
    if (!began.ok) return err(this.#failed(began.error));
    const secret = newSecret();
    const { href, challenge } = began.value;
    const { revision } = settings;
    this.#pending.set(hashOf(secret), { challenge, revision, beganMs: this.#parts.monotonicMs() });
    return ok({ href, secret });
  }

  /** Signs in whom the server has let in; a sign-in that began is good for one answer. Rejects when the store fails. */
  async finish(
    { answer, secret }: { readonly answer: string; readonly secret: string },
    place: SignInPlace,
  ): Promise<Result<SignedInNow, Refused<"openIdOff" | "openIdFailed" | "openIdRefused"> | Later>> {
    const { accounts, guard } = this.#parts;
    const settings = accounts.openId;
    if (settings === undefined) return err(OFF);
    const pending = this.#pending.get(hashOf(secret));
    this.#pending.delete(hashOf(secret));
    const isOver =
      pending === undefined ||
      pending.revision !== settings.revision ||
      this.#parts.monotonicMs() - pending.beganMs > PENDING_MS;
    if (isOver) return err(OVER);
    const claims = await this.#server.finish(settings, pending.challenge, answer);
    if (!claims.ok) {
      this.#parts.failed({ user: undefined, address: place.address, way: "openId" });
      return err(this.#failed(claims.error));
    }
    const person = personOf(claims.value, settings);
    const entered = person.ok
      ? await this.#enter(person.value, place)
      : err(refused("openIdRefused", person.error));
    if (entered.ok) guard.proved(place.address, nameAt(place));
    else this.#parts.failed({ user: undefined, address: place.address, way: "openId" });
    return entered;
  }

  #enter(person: OpenIdPerson, place: SignInPlace): Promise<Result<SignedInNow, Refused<"openIdRefused">>> {
    const { accounts } = this.#parts;
    return accounts.change<SignedInNow, "openIdRefused">(() => {
      const known = [...accounts.users.values()].find(({ openId }) => openId === person.key);
      const same = known ?? userToLink(this.#parts, person);
      if (same === undefined) return this.#added(person, place);
      if (same.totp?.isConfirmed === true) return err(HAS_SECOND_FACTOR);
      const role = isLastAdministrator(accounts, same) ? same.role : (person.role ?? same.role);
      const isSame = known !== undefined && role === known.role;
      const user = isSame ? known : changed(this.#parts, same, { openId: person.key, role }, "OpenID server");
      const linked: readonly AuditedDetail[] =
        known === undefined ? [{ name: "openId", after: "linked" }] : [];
      const details = [...linked, ...differing({ role: same.role }, { role: user.role })];
      return ok(begun(this.#parts, user, { place, way: "openId", details }));
    });
  }

  #added(person: OpenIdPerson, place: SignInPlace) {
    const { accounts } = this.#parts;
    const { name } = person;
    if (accounts.named(name) !== undefined)
      return err(
        refused(
          "openIdRefused",
          `There is a user ${name} here who is not you to this server. An administrator can give that user another name.`,
        ),
      );
    if (accounts.users.size >= MAX_USERS)
      return err(refused("openIdRefused", `There are ${MAX_USERS} users already.`));
    const at = this.#parts.wall();
    const user: User = {
      id: this.#parts.newId(),
      name,
      role: person.firstRole,
      passwordHash: undefined,
      totp: undefined,
      openId: person.key,
      revision: 1,
      createdAt: at,
      changedAt: at,
      changedBy: "OpenID server",
    };
    const details = [{ name: "user", after: "added" }, ...differing(undefined, { role: user.role })];
    return ok(begun(this.#parts, user, { place, way: "openId", details }));
  }

  #failed(sentence: string): Refused<"openIdFailed"> {
    this.#warn(`Signing in by the OpenID server failed: ${sentence}`);
    return refused("openIdFailed", sentence);
  }
}

/** Whose name is the address that the server vouches for, and who is nobody there yet. */
function userToLink({ accounts }: AccountParts, { ownAddress }: OpenIdPerson): User | undefined {
  const user = ownAddress === undefined ? undefined : accounts.named(ownAddress);
  return user?.openId === undefined ? user : undefined;
}

/** Counted by the address: who it is, is known only afterwards. */
function nameAt({ address }: SignInPlace): string {
  return `openid ${address}`;
}
