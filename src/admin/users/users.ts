import { type Refused, refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { Role } from "../../model/role.ts";
import { type AccountChange, administratorsWithWayIn, type Session, type User } from "../../model/users.ts";
import type { Accounts } from "./accounts.ts";
import { differing, entryOf } from "./deed.ts";
import { checkPassword, userName } from "./names.ts";
import { type AccountParts, type Later, NO_SUCH_USER, TOO_MANY_WAITING, tooManyTries } from "./parts.ts";

export const MAX_USERS = 1000;

const LAST = refused(
  "lastAdministrator",
  "This is the only administrator who can sign in: without one nobody could change users any more. Make another one first.",
);
const WRONG_PASSWORD = refused("wrongPassword", "The present password is wrong.");
/** Who has nothing here but the word of another server cannot show anything again. */
export const NOTHING_TO_SHOW = refused(
  "openIdRefused",
  "You have no password here. Ask an administrator for a one-time link: when you have signed in by it, this can be done.",
);

/** Adds a user; without a password it signs in by a one-time link. Rejects when the store fails. */
export async function addUser(
  parts: AccountParts,
  given: { readonly name: string; readonly role: Role; readonly password?: string | undefined },
  by: Doer,
): Promise<Result<User, Refused<"nameTaken" | "badPassword" | "tooMany"> | Later>> {
  const { accounts } = parts;
  const name = userName(given.name);
  const passwordHash = await hashed(parts, given.password, name);
  if (!passwordHash.ok) return passwordHash;
  return await accounts.change(() => {
    const refusal = nameRefusal(accounts, name, undefined);
    if (refusal !== undefined) return err(refusal);
    if (accounts.users.size >= MAX_USERS)
      return err(refused("tooMany", `There are ${MAX_USERS} users already.`));
    const at = parts.wall();
    const user: User = {
      id: parts.newId(),
      name,
      role: given.role,
      passwordHash: passwordHash.value,
      totp: undefined,
      openId: undefined,
      revision: 1,
      createdAt: at,
      changedAt: at,
      changedBy: by.name,
    };
    const details = differing(undefined, shownOf(user));
    const entry = entryOf(parts, by, { what: "userAdded", about: name, details });
    return ok({ changes: [{ type: "user", user }], entry, value: user });
  });
}

/** Which user, and which revision of it somebody has seen; undefined: any. */
export interface Which {
  readonly id: string;
  readonly seen: number | undefined;
}

/** Changes name, role, or both. Rejects when the store fails. */
export async function changeUser(
  parts: AccountParts,
  which: Which,
  to: { readonly name?: string | undefined; readonly role?: Role | undefined },
  by: Doer,
): Promise<Result<User, Refused<"notFound" | "stale" | "nameTaken" | "lastAdministrator">>> {
  const { accounts } = parts;
  return await accounts.change<User, "notFound" | "stale" | "nameTaken" | "lastAdministrator">(() => {
    const found = findUser(accounts, which);
    if (!found.ok) return found;
    const before = found.value;
    const name = to.name === undefined ? before.name : userName(to.name);
    const role = to.role ?? before.role;
    const refusal = nameRefusal(accounts, name, before.id);
    if (refusal !== undefined) return err(refusal);
    if (leavesNobody(accounts, before, { ...before, role })) return err(LAST);
    if (name === before.name && role === before.role) return ok({ changes: [], value: before });
    const user = changed(parts, before, { name, role }, by.name);
    const details = differing(shownOf(before), shownOf(user));
    const entry = entryOf(parts, by, { what: "userChanged", about: name, details });
    return ok({ changes: [{ type: "user", user }], entry, value: user });
  });
}

/** Removes a user with all of its sessions. Rejects when the store fails. */
export async function removeUser(
  parts: AccountParts,
  which: Which,
  by: Doer,
): Promise<Result<User, Refused<"notFound" | "stale" | "lastAdministrator">>> {
  const { accounts } = parts;
  return await accounts.change<User, "notFound" | "stale" | "lastAdministrator">(() => {
    const found = findUser(accounts, which);
    if (!found.ok) return found;
    if (leavesNobody(accounts, found.value, undefined)) return err(LAST);
    const details = differing(shownOf(found.value), undefined);
    const entry = entryOf(parts, by, { what: "userRemoved", about: found.value.name, details });
    return ok({ changes: [{ type: "dropUser", id: which.id }], entry, value: found.value });
  });
}

/** Sets somebody's password, by an administrator; it ends all of that user's sessions. Rejects when the store fails. */
export async function setPassword(
  parts: AccountParts,
  id: string,
  password: string,
  by: Doer,
): Promise<Result<User, Refused<"notFound" | "badPassword"> | Later>> {
  return await replacePassword<never>(parts, {
    id,
    password,
    by,
    keep: undefined,
    refusal: () => undefined,
  });
}

/**
 * Sets one's own password. It wants the one before, unless the session began by a one-time link; all other sessions end.
 * Rejects when the store fails.
 */
export async function setOwnPassword(
  parts: AccountParts,
  session: Session,
  given: { readonly current?: string | undefined; readonly password: string },
): Promise<Result<User, Refused<"notFound" | "wrongPassword" | "openIdRefused" | "badPassword"> | Later>> {
  const own = await ownPassword(parts, session, given.current);
  if (!own.ok) return own;
  const user = own.value;
  return await replacePassword(parts, {
    id: user.id,
    password: given.password,
    by: { name: user.name, address: session.address },
    keep: session.hash,
    refusal: () => (isStill(parts.accounts, session, user) ? undefined : WRONG_PASSWORD),
  });
}

/** Whether the session goes on, and its user has the password that was shown: both may have ended while it was looked at. */
function isStill(accounts: Accounts, { hash }: Session, { id, passwordHash }: User): boolean {
  return accounts.sessions.has(hash) && accounts.users.get(id)?.passwordHash === passwordHash;
}

/**
 * The user of a session who has shown the present password again, for what an open browser alone must not do. It is not
 * wanted where the session began by a one-time link.
 */
export async function ownPassword(
  parts: AccountParts,
  session: Session,
  current: string | undefined,
): Promise<Result<User, Refused<"notFound" | "wrongPassword" | "openIdRefused"> | Later>> {
  const { accounts, hashes, guard } = parts;
  const user = accounts.users.get(session.userId);
  if (user === undefined) return err(NO_SUCH_USER);
  if (hasNothingToShow(user, session)) return err(NOTHING_TO_SHOW);
  if (user.passwordHash === undefined || session.byLink) return ok(user);
  const later = tooManyTries(parts, session.address, user.name);
  if (later !== undefined) return err(later);
  const isRight = await hashes.verify(current ?? "", user.passwordHash);
  if (isRight === undefined) return err(TOO_MANY_WAITING);
  if (!isRight || !isStill(accounts, session, user)) return err(WRONG_PASSWORD);
  guard.proved(session.address, user.name);
  return ok(user);
}

/**
 * Whoever has no password and is linked to an account at another server: whoever finds the open browser could take the user
 * over for good, and nothing would ask.
 */
export function hasNothingToShow({ passwordHash, openId }: User, { byLink }: Session): boolean {
  return passwordHash === undefined && openId !== undefined && !byLink;
}

async function replacePassword<Code extends "wrongPassword">(
  parts: AccountParts,
  given: {
    readonly id: string;
    readonly password: string;
    readonly by: Doer;
    /** The hash of the session that goes on. */
    readonly keep: string | undefined;
    /** Why it is not to be done any more when its turn has come. */
    readonly refusal: () => Refused<Code> | undefined;
  },
): Promise<Result<User, Refused<"notFound" | "badPassword" | Code> | Later>> {
  const { accounts } = parts;
  const name = accounts.users.get(given.id)?.name;
  if (name === undefined) return err(NO_SUCH_USER);
  const passwordHash = await hashed(parts, given.password, name);
  if (!passwordHash.ok) return passwordHash;
  return await accounts.change<User, "notFound" | Code>(() => {
    const before = accounts.users.get(given.id);
    if (before === undefined) return err(NO_SUCH_USER);
    const refusal = given.refusal();
    if (refusal !== undefined) return err(refusal);
    const user = changed(parts, before, { passwordHash: passwordHash.value }, given.by.name);
    const changes = [{ type: "user", user } as const, ...endOfSessions(accounts, user.id, given.keep)];
    const entry = entryOf(parts, given.by, { what: "passwordChanged", about: user.name });
    return ok({ changes, entry, value: user });
  });
}

/** All sessions of a user end, but the one of this hash. */
export function endOfSessions(
  accounts: Accounts,
  userId: string,
  keep: string | undefined,
): readonly AccountChange[] {
  return accounts
    .sessionsOf(userId)
    .filter(({ hash }) => hash !== keep)
    .map(({ hash }) => ({ type: "dropSession", hash }));
}

/** What the audit log shows of a user. */
function shownOf({ name, role }: User): { readonly name: string; readonly role: string } {
  return { name, role };
}

/** A user after a change. */
export function changed(parts: Pick<AccountParts, "wall">, user: User, to: Partial<User>, by: string): User {
  return { ...user, ...to, revision: user.revision + 1, changedAt: parts.wall(), changedBy: by };
}

function findUser(accounts: Accounts, { id, seen }: Which): Result<User, Refused<"notFound" | "stale">> {
  const user = accounts.users.get(id);
  if (user === undefined) return err(NO_SUCH_USER);
  if (seen === undefined || seen === user.revision) return ok(user);
  const { changedBy, changedAt } = user;
  return err(refused("stale", `${changedBy} changed this user meanwhile.`, { changedBy, changedAt }));
}

async function hashed(
  { hashes }: AccountParts,
  given: string | undefined,
  name: string,
): Promise<Result<string | undefined, Refused<"badPassword"> | Later>> {
  if (given === undefined) return ok(undefined);
  const password = checkPassword(given, name);
  if (!password.ok) return password;
  const hash = await hashes.make(password.value);
  return hash === undefined ? err(TOO_MANY_WAITING) : ok(hash);
}

function nameRefusal(
  accounts: Accounts,
  name: string,
  own: string | undefined,
): Refused<"nameTaken"> | undefined {
  if (name === "") return refused("nameTaken", "A user has a name of 1 to 64 characters.");
  const other = accounts.named(name);
  if (other === undefined || other.id === own) return undefined;
  return refused("nameTaken", `There is a user ${other.name} already.`);
}

/**
 * Whether no administrator who can sign in by himself would be left after this change of a user; `after` undefined: it goes.
 * To be asked within `change`, so that two requests at once do not leave nobody.
 */
export function leavesNobody(accounts: Accounts, before: User, after: User | undefined): boolean {
  if (before.role !== "administrator") return false;
  const all = [...accounts.users.values()];
  const left = all.flatMap((user) => (user.id === before.id ? (after ?? []) : user));
  if (!left.some(({ role }) => role === "administrator")) return true;
  const issuer = accounts.openId?.issuer;
  return canSignIn(all, issuer) && !canSignIn(left, issuer);
}

/**
 * Whether no administrator could sign in any more with an OpenID server of this issuer in place of the present one; undefined:
 * with none. To be asked within `change`.
 */
export function leavesNobodyWith(accounts: Accounts, issuer: string | undefined): boolean {
  const all = [...accounts.users.values()];
  return canSignIn(all, accounts.openId?.issuer) && !canSignIn(all, issuer);
}

function canSignIn(users: readonly User[], issuer: string | undefined): boolean {
  return administratorsWithWayIn(users, issuer).length > 0;
}
