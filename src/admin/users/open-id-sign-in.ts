import { type Refused, refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { AuditedDetail } from "../../model/audit.ts";
import type { User } from "../../model/users.ts";
import { differing } from "./deed.ts";
import type { OpenIdPerson } from "./open-id-person.ts";
import { type BroughtBack, OPEN_ID_OFF, type OpenIdVisits, type Visit } from "./open-id-visits.ts";
import { type AccountParts, type Later, tooManyTries } from "./parts.ts";
import type { SignInPlace } from "./sessions.ts";
import { begun, type SignedInNow } from "./sign-in.ts";
import { changed, leavesNobody, MAX_USERS } from "./users.ts";

export const HAS_SECOND_FACTOR = refused(
  "openIdRefused",
  "You have a second factor here: sign in with name, password and code.",
);

/** Signing in by an OpenID server (docs/adr/0077). */
export class OpenIdSignIn {
  readonly #parts: AccountParts;
  readonly #visits: OpenIdVisits;

  constructor(parts: AccountParts, visits: OpenIdVisits) {
    this.#parts = parts;
    this.#visits = visits;
  }

  /** Sends the browser there. Never rejects. */
  async begin(
    origin: string,
    place: SignInPlace,
  ): Promise<Result<Visit, Refused<"openIdOff" | "openIdFailed"> | Later>> {
    if (this.#parts.accounts.openId === undefined) return err(OPEN_ID_OFF);
    const later = tooManyTries(this.#parts, place.address, nameAt(place));
    return later === undefined ? await this.#visits.begin(origin, "signIn") : err(later);
  }

  /** Signs in whom the server has let in; a sign-in that began is good for one answer. Rejects when the store fails. */
  async finish(
    brought: BroughtBack,
    place: SignInPlace,
  ): Promise<Result<SignedInNow, Refused<"openIdOff" | "openIdFailed" | "openIdRefused"> | Later>> {
    const person = await this.#visits.finish(brought, "signIn");
    if (!person.ok && person.error.isOver === true) return person;
    const entered = person.ok ? await this.#enter(person.value, place) : person;
    if (entered.ok) this.#parts.guard.proved(place.address, nameAt(place));
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
      const given = person.role ?? same.role;
      const linkedNow = { ...same, openId: person.key, role: given };
      const role = leavesNobody(accounts, same, linkedNow) ? same.role : given;
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
