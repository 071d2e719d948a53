import { type Refused, refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { AuditedDetail, Doer } from "../../model/audit.ts";
import type { AccountChange, Session, User } from "../../model/users.ts";
import type { AccountWork } from "./accounts.ts";
import { entryOf } from "./deed.ts";
import type { SignInWay } from "./failed-sign-ins.ts";
import { linkOf } from "./links.ts";
import { checkPassword, userName } from "./names.ts";
import { type AccountParts, type Later, TOO_MANY_WAITING, tooManyTries } from "./parts.ts";
import { type NewSession, newSession, type SignInPlace } from "./sessions.ts";
import { takeTotp } from "./totp.ts";

/** What a person types. */
export interface Credentials {
  readonly name: string;
  readonly password: string;
  /** Of the second factor. */
  readonly code?: string | undefined;
}

/** Somebody who signed in just now. */
export interface SignedInNow extends NewSession {
  readonly user: User;
}

const WRONG = refused("wrongSignIn", "The name or the password is wrong.");
const WRONG_CODE = refused("wrongSignIn", "The code is wrong, or was used before; take the next one.");
const CODE_NEEDED = refused("codeNeeded", "Give the six digits that your authenticator shows.");
const LINK_IS_OVER = refused(
  "linkIsOver",
  "This link was used, or is older than 30 minutes. `switchhook user link` makes a new one.",
);

/** Signs in by name and password, and by a code where the user has a second factor. Rejects when the store fails. */
export async function signIn(
  parts: AccountParts,
  { name, password, code }: Credentials,
  place: SignInPlace,
): Promise<Result<SignedInNow, Refused<"wrongSignIn" | "codeNeeded"> | Later>> {
  const { accounts, hashes, guard } = parts;
  const failed = () =>
    parts.failed({ user: accounts.named(name)?.name, address: place.address, way: "password" });
  const later = tooManyTries(parts, place.address, name);
  if (later !== undefined) {
    failed();
    return err(later);
  }
  const hash = accounts.named(name)?.passwordHash;
  const isRight = await hashes.verify(password, hash);
  if (isRight === undefined) return err(TOO_MANY_WAITING);
  const signedIn = await accounts.change(() => {
    // Anew: it may have been changed meanwhile, and its password too.
    const user = accounts.named(name);
    if (!isRight || user === undefined || user.passwordHash !== hash) return err(WRONG);
    if (user.totp?.isConfirmed !== true) return ok(begun(parts, user, { place, way: "password" }));
    if (code === undefined || code === "") return err(CODE_NEEDED);
    const totp = takeTotp(user.totp, code, parts.wall());
    if (totp === undefined) return err(WRONG_CODE);
    return ok(begun(parts, { ...user, totp }, { place, way: "password" }));
  });
  if (signedIn.ok) guard.proved(place.address, name);
  // Whoever has the password and is asked for the code has not failed yet.
  else if (signedIn.error.code === "wrongSignIn") failed();
  return signedIn;
}

/** Signs in the user of a one-time link. Rejects when the store fails. */
export async function signInByLink(
  parts: AccountParts,
  secret: string,
  place: SignInPlace,
): Promise<Result<SignedInNow, Refused<"linkIsOver"> | Later>> {
  const { accounts } = parts;
  const later = tooManyTries(parts, place.address, linkAt(place));
  if (later !== undefined) return err(later);
  const entered = await accounts.change(() => {
    const link = linkOf(accounts, secret, parts.wall());
    const user = link?.userId === undefined ? undefined : accounts.users.get(link.userId);
    if (link === undefined || user === undefined) return err(LINK_IS_OVER);
    return ok(begun(parts, user, { place, way: "link", changes: [{ type: "dropLink", hash: link.hash }] }));
  });
  if (entered.ok) parts.guard.proved(place.address, linkAt(place));
  else parts.failed({ user: undefined, address: place.address, way: "link" });
  return entered;
}

/** Makes an administrator by the link that a first start prints, and signs in. Rejects when the store fails. */
export async function setUp(
  parts: AccountParts,
  given: { readonly secret: string; readonly name: string; readonly password: string },
  place: SignInPlace,
): Promise<Result<SignedInNow, Refused<"linkIsOver" | "badPassword" | "nameTaken"> | Later>> {
  const { accounts, hashes } = parts;
  const later = tooManyTries(parts, place.address, linkAt(place));
  if (later !== undefined) return err(later);
  const isGood = (): boolean => {
    const link = linkOf(accounts, given.secret, parts.wall());
    return link !== undefined && link.userId === undefined;
  };
  if (!isGood()) {
    parts.failed({ user: undefined, address: place.address, way: "link" });
    return err(LINK_IS_OVER);
  }
  const name = userName(given.name);
  const password = checkPassword(given.password, name);
  if (!password.ok) return password;
  const passwordHash = await hashes.make(password.value);
  if (passwordHash === undefined) return err(TOO_MANY_WAITING);
  return await accounts.change(() => {
    const link = linkOf(accounts, given.secret, parts.wall());
    if (link === undefined || link.userId !== undefined) return err(LINK_IS_OVER);
    if (accounts.named(name) !== undefined)
      return err(refused("nameTaken", `There is a user ${name} already.`));
    const at = parts.wall();
    const user: User = {
      id: parts.newId(),
      name,
      role: "administrator",
      passwordHash,
      totp: undefined,
      openId: undefined,
      revision: 1,
      createdAt: at,
      changedAt: at,
      changedBy: "one-time link",
    };
    return ok(begun(parts, user, { place, way: "setUp", changes: [{ type: "dropLink", hash: link.hash }] }));
  });
}

/** Whose link it is, is known only afterwards: tries are counted by the address, so that nobody shuts others out. */
function linkAt({ address }: SignInPlace): string {
  return `link ${address}`;
}

/** Ends a session of a list by its id; false: there is none. Rejects when the store fails. */
export async function endSession(
  parts: AccountParts,
  mayEnd: (session: Session) => boolean,
  id: string,
  by: Doer & { readonly what: "signOut" | "sessionEnded" },
): Promise<boolean> {
  const { accounts } = parts;
  const ended = await accounts.change(() => {
    const session = [...accounts.sessions.values()].find((one) => one.id === id && mayEnd(one));
    if (session === undefined) return ok({ changes: [], value: false });
    const about = accounts.users.get(session.userId)?.name;
    const entry = entryOf(parts, by, { what: by.what, about });
    return ok({ changes: [{ type: "dropSession", hash: session.hash } as const], entry, value: true });
  });
  return ended.ok && ended.value;
}

/** A session that begins; `changes` are made with it. */
export function begun(
  parts: AccountParts,
  user: User,
  how: {
    readonly place: SignInPlace;
    readonly way: SignInWay | "setUp";
    readonly changes?: readonly AccountChange[];
    readonly details?: readonly AuditedDetail[];
  },
): AccountWork<SignedInNow> {
  const { place, way, changes = [], details = [] } = how;
  const byLink = way === "link" || way === "setUp";
  const session = newSession(parts.accounts, user, place, { id: parts.newId(), at: parts.wall(), byLink });
  const isChanged = parts.accounts.users.get(user.id) !== user;
  const saved: readonly AccountChange[] = isChanged ? [{ type: "user", user }] : [];
  const by = { name: user.name, address: place.address };
  const entry = entryOf(
    parts,
    by,
    way === "setUp"
      ? { what: "setUp" }
      : { what: "signIn", details: [{ name: "way", after: way }, ...details] },
  );
  return {
    changes: [...saved, ...changes, ...session.changes],
    entry,
    value: { ...session.value, user },
  };
}
