import { type Refused, refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { Session, Totp, User } from "../../model/users.ts";
import { entryOf } from "./deed.ts";
import { type AccountParts, type Later, NO_SUCH_USER, tooManyTries } from "./parts.ts";
import { newTotp, takeTotp, totpAddress } from "./totp.ts";
import { changed, ownPassword } from "./users.ts";

/** What an authenticator needs. It is shown once, and counts when a code has confirmed it. */
export interface Enrolment {
  /** Base32, to be typed. */
  readonly secret: string;
  /** `otpauth://…`, to be shown as a QR code. */
  readonly address: string;
}

/**
 * Begins a second factor, with the present password: an open browser that somebody finds must not keep its owner out. One
 * that is in force has to be removed first. Rejects when the store fails.
 */
export async function enrol(
  parts: AccountParts,
  session: Session,
  password: string | undefined,
): Promise<Result<Enrolment, Refused<"notFound" | "wrongCode" | "wrongPassword" | "openIdRefused"> | Later>> {
  const { accounts } = parts;
  const free = withoutFactor(parts, session.userId);
  if (!free.ok) return free;
  const own = await ownPassword(parts, session, password);
  if (!own.ok) return own;
  return await accounts.change<Enrolment, "notFound" | "wrongCode">(() => {
    const user = withoutFactor(parts, session.userId);
    if (!user.ok) return user;
    const totp = newTotp();
    const enrolment = { secret: totp.secret, address: totpAddress(totp, user.value.name) };
    return ok({ changes: [{ type: "user", user: { ...user.value, totp } }], value: enrolment });
  });
}

/** The user, who has no second factor in force and may have one. */
function withoutFactor(
  { accounts }: AccountParts,
  userId: string,
): Result<User, Refused<"notFound" | "wrongCode">> {
  const user = accounts.users.get(userId);
  if (user === undefined) return err(NO_SUCH_USER);
  if (user.totp?.isConfirmed === true)
    return err(refused("wrongCode", "There is a second factor already; remove it first, with a code of it."));
  // Who comes in by another server alone is not let in by it past a second factor (docs/adr/0077).
  if (user.openId !== undefined && user.passwordHash === undefined)
    return err(
      refused("wrongCode", "Set a password first: with a second factor you sign in here, with both."),
    );
  return ok(user);
}

/** Puts it in force with a first code. Rejects when the store fails. */
export async function confirm(
  parts: AccountParts,
  session: Session,
  code: string,
): Promise<Result<User, Refused<"notFound" | "wrongCode"> | Later>> {
  return await withCode(parts, session, code, { what: "secondFactorOn", totp: (now) => now });
}

/** Removes one's own second factor, with a code of it. Rejects when the store fails. */
export async function removeOwn(
  parts: AccountParts,
  session: Session,
  code: string,
): Promise<Result<User, Refused<"notFound" | "wrongCode"> | Later>> {
  return await withCode(parts, session, code, { what: "secondFactorOff", totp: () => undefined });
}

/** Removes somebody's second factor, by an administrator: their telephone is lost. Rejects when the store fails. */
export async function removeOf(
  parts: AccountParts,
  userId: string,
  by: Doer,
): Promise<Result<User, Refused<"notFound">>> {
  const { accounts } = parts;
  return await accounts.change(() => {
    const before = accounts.users.get(userId);
    if (before === undefined) return err(NO_SUCH_USER);
    if (before.totp === undefined) return ok({ changes: [], value: before });
    const user = changed(parts, before, { totp: undefined }, by.name);
    const entry = entryOf(parts, by, { what: "secondFactorOff", about: user.name });
    return ok({ changes: [{ type: "user", user }], entry, value: user });
  });
}

async function withCode(
  parts: AccountParts,
  { userId, address }: Session,
  code: string,
  then: {
    readonly what: "secondFactorOn" | "secondFactorOff";
    /** What it is after this code. */
    readonly totp: (now: Totp) => Totp | undefined;
  },
): Promise<Result<User, Refused<"notFound" | "wrongCode"> | Later>> {
  const { accounts } = parts;
  const name = accounts.users.get(userId)?.name ?? "";
  // A name of its own: six digits are guessed by whoever found an open browser.
  const whose = `code ${name}`;
  const later = tooManyTries(parts, address, whose);
  if (later !== undefined) return err(later);
  const done = await accounts.change<User, "notFound" | "wrongCode">(() => {
    const before = accounts.users.get(userId);
    if (before === undefined) return err(NO_SUCH_USER);
    if (before.totp === undefined) return err(refused("notFound", "There is no second factor."));
    const totp = takeTotp(before.totp, code, parts.wall());
    if (totp === undefined)
      return err(refused("wrongCode", "The code is wrong, or was used before; take the next one."));
    const user = changed(parts, before, { totp: then.totp(totp) }, before.name);
    const entry = entryOf(parts, { name: user.name, address }, { what: then.what, about: user.name });
    return ok({ changes: [{ type: "user", user }], entry, value: user });
  });
  if (done.ok) parts.guard.proved(address, whose);
  return done;
}
