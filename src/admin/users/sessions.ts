import { ok } from "../../lib/result.ts";
import type { AccountChange, Session, User } from "../../model/users.ts";
import type { Accounts } from "./accounts.ts";
import { hashOf, newSecret } from "./secrets.ts";

const MINUTE_MS = 60_000;
/** Of one user; with one more, the one that was not used longest ends. */
export const MAX_SESSIONS = 20;
const MAX_AGENT = 200;

/** When a session ends by itself. */
export interface SessionLimits {
  /** After the last request. */
  readonly idleMs: number;
  /** After signing in, whatever happens. */
  readonly absoluteMs: number;
}

/** From where somebody signs in. */
export interface SignInPlace {
  readonly address: string;
  readonly agent: string;
}

/** A session that began; its secret is in the cookie and nowhere else. */
export interface NewSession {
  readonly session: Session;
  readonly secret: string;
}

/** A session that begins, and the changes that make it; `id` names it. */
export function newSession(
  accounts: Accounts,
  user: User,
  place: SignInPlace,
  made: { readonly id: string; readonly at: number; readonly byLink: boolean },
): { readonly changes: readonly AccountChange[]; readonly value: NewSession } {
  const secret = newSecret();
  const session: Session = {
    id: made.id,
    hash: hashOf(secret),
    userId: user.id,
    createdAt: made.at,
    lastSeenAt: made.at,
    address: place.address,
    agent: place.agent.slice(0, MAX_AGENT),
    byLink: made.byLink,
  };
  const oldest = accounts
    .sessionsOf(user.id)
    .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
    .slice(MAX_SESSIONS - 1);
  const drops = oldest.map(({ hash }) => ({ type: "dropSession", hash }) as const);
  return { changes: [...drops, { type: "session", session }], value: { session, secret } };
}

/** Whose session a cookie's secret opens, if it is not over; it counts as used now, unless somebody only looks. */
export function sessionOf(
  accounts: Accounts,
  secret: string,
  at: number,
  limits: SessionLimits,
  isUse = true,
): { readonly session: Session; readonly user: User } | undefined {
  const session = accounts.sessions.get(hashOf(secret));
  const user = session === undefined ? undefined : accounts.users.get(session.userId);
  if (session === undefined || user === undefined || isOver(session, at, limits)) return undefined;
  // A clock that went back makes no session younger.
  if (isUse && at - session.lastSeenAt >= MINUTE_MS) accounts.seen(session, at);
  return { session, user };
}

export function isOver(
  { createdAt, lastSeenAt }: Session,
  at: number,
  { idleMs, absoluteMs }: SessionLimits,
): boolean {
  return at - lastSeenAt >= idleMs || at - createdAt >= absoluteMs;
}

/** Forgets what is over: sessions, links, tokens. Rejects when the store fails. */
export async function forgetWhatIsOver(accounts: Accounts, at: number, limits: SessionLimits): Promise<void> {
  await accounts.change(() => {
    const sessions = [...accounts.sessions.values()].filter((session) => isOver(session, at, limits));
    const links = [...accounts.links.values()].filter(({ expiresAt }) => expiresAt <= at);
    const tokens = [...accounts.tokens.values()].filter(
      ({ expiresAt }) => expiresAt !== undefined && expiresAt <= at,
    );
    const changes: readonly AccountChange[] = [
      ...sessions.map(({ hash }) => ({ type: "dropSession", hash }) as const),
      ...links.map(({ hash }) => ({ type: "dropLink", hash }) as const),
      ...tokens.map(({ id }) => ({ type: "dropToken", id }) as const),
    ];
    return ok({ changes, value: undefined });
  });
}
