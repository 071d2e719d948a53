import type { Result } from "../lib/result.ts";
import type { ApiToken, Session, User } from "../model/users.ts";
import type { ApiProblemCode, Refused } from "./contract/problems.ts";
import type { Role } from "./contract/role.ts";

/** From where somebody signs in. */
export interface Place {
  readonly address: string;
  readonly agent: string;
}

/** A session that began, and what its cookie holds. */
export interface Begun {
  readonly session: Session;
  readonly secret: string;
  readonly user: User;
}

/** How a use case of users ended. What the store could not save is a refusal too. */
export type Done<T, Code extends ApiProblemCode> = Promise<Result<T, Refused<Code | "notSaved">>>;

type Waiting = "tooManyRequests" | "busy";

/** What the API needs of who may come in (admin/users). Never rejects. */
export interface AccountPorts {
  /** When sessions end by themselves. */
  readonly limits: { readonly idleMs: number; readonly absoluteMs: number };
  /** Nobody can sign in yet. */
  needsSetup(): boolean;
  users(): readonly User[];
  sessions(): readonly Session[];
  tokens(): readonly ApiToken[];
  /** Whose session a cookie's secret opens; at once, and it counts as used. */
  session(secret: string): { readonly session: Session; readonly user: User } | undefined;
  /** The token that a secret is. */
  token(secret: string): ApiToken | undefined;

  signIn(
    given: { readonly name: string; readonly password: string; readonly code?: string | undefined },
    place: Place,
  ): Done<Begun, "wrongSignIn" | "codeNeeded" | Waiting>;
  signInByLink(secret: string, place: Place): Done<Begun, "linkIsOver" | Waiting>;
  setUp(
    given: { readonly secret: string; readonly name: string; readonly password: string },
    place: Place,
  ): Done<Begun, "linkIsOver" | "badPassword" | "nameTaken" | Waiting>;
  /** Ends a session of somebody, or of this user only. */
  endSession(id: string, userId: string | undefined): Done<undefined, "notFound">;
  setOwnPassword(
    session: Session,
    given: { readonly current?: string | undefined; readonly password: string },
  ): Done<undefined, "notFound" | "wrongPassword" | "badPassword" | Waiting>;
  enrol(
    session: Session,
  ): Done<{ readonly secret: string; readonly address: string }, "notFound" | "wrongCode">;
  confirmTotp(session: Session, code: string): Done<undefined, "notFound" | "wrongCode" | Waiting>;
  removeOwnTotp(session: Session, code: string): Done<undefined, "notFound" | "wrongCode" | Waiting>;

  addUser(
    given: { readonly name: string; readonly role: Role; readonly password?: string | undefined },
    by: string,
  ): Done<User, "nameTaken" | "badPassword" | "tooMany" | Waiting>;
  /** `seen` undefined: any revision. */
  changeUser(
    which: { readonly id: string; readonly seen: number | undefined },
    to: { readonly name?: string | undefined; readonly role?: Role | undefined },
    by: string,
  ): Done<User, "notFound" | "stale" | "nameTaken" | "lastAdministrator">;
  removeUser(
    which: { readonly id: string; readonly seen: number | undefined },
    by: string,
  ): Done<undefined, "notFound" | "stale" | "lastAdministrator">;
  setPassword(
    id: string,
    password: string,
    by: string,
  ): Done<undefined, "notFound" | "badPassword" | Waiting>;
  removeTotp(id: string, by: string): Done<undefined, "notFound">;
  /** A one-time link; `userId` undefined: it makes an administrator. The value is its secret. */
  makeLink(
    userId: string | undefined,
    by: string,
  ): Done<{ readonly secret: string; readonly expiresAt: number }, "notFound">;
  addToken(
    given: { readonly name: string; readonly role: Role; readonly days?: number | undefined },
    by: string,
  ): Done<{ readonly token: ApiToken; readonly secret: string }, "tooMany">;
  revokeToken(id: string, by: string): Done<undefined, "notFound">;
}
