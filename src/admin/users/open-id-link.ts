import { type Refused, refused } from "../../api/contract/problems.ts";
import { err, ok, type Result } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { Session, User } from "../../model/users.ts";
import { entryOf } from "./deed.ts";
import { HAS_SECOND_FACTOR } from "./open-id-sign-in.ts";
import type { BroughtBack, OpenIdVisits, Visit } from "./open-id-visits.ts";
import { type AccountParts, type Later, NO_SUCH_USER } from "./parts.ts";
import {
  changed,
  endOfSessions,
  hasNothingToShow,
  leavesNobody,
  NOTHING_TO_SHOW,
  ownPassword,
} from "./users.ts";

const NO_PASSWORD = refused(
  "openIdRefused",
  "Set a password first: without one you could not sign in any more.",
);
const NO_WAY_IN = refused(
  "lastAdministrator",
  "No other administrator can sign in, and this one has no password: nobody could change users any more. Set a password first.",
);

/**
 * A user links itself to its account at the OpenID server, from within a session and with its password, so that an open
 * browser that somebody finds is no way in for ever: who has none and is linked already does not (docs/adr/0115).
 */
export class OpenIdLink {
  readonly #parts: AccountParts;
  readonly #visits: OpenIdVisits;

  constructor(parts: AccountParts, visits: OpenIdVisits) {
    this.#parts = parts;
    this.#visits = visits;
  }

  /** Sends the browser there. Never rejects. */
  async begin(
    session: Session,
    password: string | undefined,
    origin: string,
  ): Promise<
    Result<
      Visit,
      Refused<"notFound" | "wrongPassword" | "openIdOff" | "openIdFailed" | "openIdRefused"> | Later
    >
  > {
    const user = await ownPassword(this.#parts, session, password);
    if (!user.ok) return user;
    if (user.value.totp?.isConfirmed === true) return err(HAS_SECOND_FACTOR);
    return await this.#visits.begin(origin, { userId: session.userId });
  }

  /**
   * Links whoever came back to the user of the session; what was linked before is not any more, and all other sessions end
   * then. Rejects when the store fails.
   */
  async finish(
    session: Session,
    brought: BroughtBack,
  ): Promise<Result<User, Refused<"notFound" | "openIdOff" | "openIdFailed" | "openIdRefused">>> {
    const { accounts } = this.#parts;
    const { userId, address } = session;
    const person = await this.#visits.finish(brought, { userId });
    if (!person.ok) return person;
    const { key } = person.value;
    return await accounts.change<User, "notFound" | "openIdRefused">(() => {
      const before = accounts.users.get(userId);
      if (before === undefined) return err(NO_SUCH_USER);
      // Since the visit began.
      if (before.totp?.isConfirmed === true) return err(HAS_SECOND_FACTOR);
      if (hasNothingToShow(before, session)) return err(NOTHING_TO_SHOW);
      const other = [...accounts.users.values()].find(({ openId }) => openId === key);
      if (other?.id === userId) return ok({ changes: [], value: before });
      // Not whose: that is for administrators.
      if (other !== undefined)
        return err(refused("openIdRefused", "That account is linked to another user here."));
      const user = changed(this.#parts, before, { openId: key }, before.name);
      const by = { name: user.name, address };
      const entry = entryOf(this.#parts, by, { what: "openIdLinked", about: user.name });
      const over = before.openId === undefined ? [] : endOfSessions(accounts, userId, session.hash);
      return ok({ changes: [{ type: "user", user }, ...over], entry, value: user });
    });
  }
}

/** Undoes one's own link, with the password; all other sessions end. Rejects when the store fails. */
export async function unlinkOwn(
  parts: AccountParts,
  session: Session,
  password: string | undefined,
): Promise<Result<User, Refused<"notFound" | "wrongPassword" | "openIdRefused"> | Later>> {
  const own = await ownPassword(parts, session, password);
  if (!own.ok) return own;
  const by = { name: own.value.name, address: session.address };
  return await unlink(parts, session.userId, by, {
    keep: session.hash,
    refusal: ({ passwordHash }) => (passwordHash === undefined ? NO_PASSWORD : undefined),
  });
}

/** Undoes somebody's link, by an administrator; all sessions of that user end. Rejects when the store fails. */
export async function unlinkOf(
  parts: AccountParts,
  userId: string,
  by: Doer,
): Promise<Result<User, Refused<"notFound" | "lastAdministrator">>> {
  return await unlink(parts, userId, by, {
    keep: undefined,
    refusal: (before, after) => (leavesNobody(parts.accounts, before, after) ? NO_WAY_IN : undefined),
  });
}

function unlink<Code extends "openIdRefused" | "lastAdministrator">(
  parts: AccountParts,
  userId: string,
  by: Doer,
  how: {
    /** The hash of the session that goes on. */
    readonly keep: string | undefined;
    /** Asked when the turn of this change has come. */
    readonly refusal: (before: User, after: User) => Refused<Code> | undefined;
  },
): Promise<Result<User, Refused<"notFound" | Code>>> {
  const { accounts } = parts;
  return accounts.change<User, "notFound" | Code>(() => {
    const before = accounts.users.get(userId);
    if (before === undefined) return err(NO_SUCH_USER);
    if (before.openId === undefined) return ok({ changes: [], value: before });
    const user = changed(parts, before, { openId: undefined }, by.name);
    const refusal = how.refusal(before, user);
    if (refusal !== undefined) return err(refusal);
    const entry = entryOf(parts, by, { what: "openIdUnlinked", about: user.name });
    const changes = [{ type: "user", user } as const, ...endOfSessions(accounts, userId, how.keep)];
    return ok({ changes, entry, value: user });
  });
}
