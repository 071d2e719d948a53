import type { z } from "zod";
import type { Result } from "../lib/result.ts";
import type { Doer } from "../model/audit.ts";
import type { OpenIdSettings } from "../model/open-id.ts";
import type { ApiToken, Session, User } from "../model/users.ts";
import type { openIdRoutes } from "./contract/open-id.ts";
import type { ApiProblemCode } from "./contract/problem-kinds.ts";
import type { Refused } from "./contract/problems.ts";
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

/** One thing that was looked at of an OpenID server. */
export type OpenIdFinding = z.output<typeof openIdRoutes.check.answer>["items"][number];

/** What an administrator sets of an OpenID server. */
export type OpenIdGiven = Omit<OpenIdSettings, "revision" | "changedAt" | "changedBy">;

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
  /** Whose session a cookie's secret opens; at once, and it counts as used unless `isUse` is false. */
  session(secret: string, isUse?: boolean): { readonly session: Session; readonly user: User } | undefined;
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
  endSession(
    which: { readonly id: string; readonly userId: string | undefined },
    how: "signOut" | "sessionEnded",
    by: Doer,
  ): Done<undefined, "notFound">;
  setOwnPassword(
    session: Session,
    given: { readonly current?: string | undefined; readonly password: string },
  ): Done<undefined, "notFound" | "wrongPassword" | "openIdRefused" | "badPassword" | Waiting>;
  /** Whether who has this session knows the password too. */
  showPassword(
    session: Session,
    password: string | undefined,
  ): Done<undefined, "notFound" | "wrongPassword" | "openIdRefused" | Waiting>;
  enrol(
    session: Session,
    password: string | undefined,
  ): Done<
    { readonly secret: string; readonly address: string },
    "notFound" | "wrongCode" | "wrongPassword" | "openIdRefused" | Waiting
  >;
  confirmTotp(session: Session, code: string): Done<undefined, "notFound" | "wrongCode" | Waiting>;
  removeOwnTotp(session: Session, code: string): Done<undefined, "notFound" | "wrongCode" | Waiting>;

  addUser(
    given: { readonly name: string; readonly role: Role; readonly password?: string | undefined },
    by: Doer,
  ): Done<User, "nameTaken" | "badPassword" | "tooMany" | Waiting>;
  /** `seen` undefined: any revision. */
  changeUser(
    which: { readonly id: string; readonly seen: number | undefined },
    to: { readonly name?: string | undefined; readonly role?: Role | undefined },
    by: Doer,
  ): Done<User, "notFound" | "stale" | "nameTaken" | "lastAdministrator">;
  removeUser(
    which: { readonly id: string; readonly seen: number | undefined },
    by: Doer,
  ): Done<undefined, "notFound" | "stale" | "lastAdministrator">;
  setPassword(id: string, password: string, by: Doer): Done<undefined, "notFound" | "badPassword" | Waiting>;
  removeTotp(id: string, by: Doer): Done<undefined, "notFound">;
  /** A one-time link; `userId` undefined: it makes an administrator. The value is its secret. */
  makeLink(
    userId: string | undefined,
    by: Doer,
  ): Done<{ readonly secret: string; readonly expiresAt: number }, "notFound">;
  addToken(
    given: { readonly name: string; readonly role: Role; readonly days?: number | undefined },
    by: Doer,
  ): Done<{ readonly token: ApiToken; readonly secret: string }, "tooMany">;
  revokeToken(id: string, by: Doer): Done<undefined, "notFound">;

  /** The server that people may sign in by; undefined: there is none. */
  openId(): OpenIdSettings | undefined;
  /** Sets it; `seen` 0: there is none yet, undefined: any revision. A secret that is `***` stays. */
  setOpenId(
    seen: number | undefined,
    to: OpenIdGiven,
    by: Doer,
  ): Done<OpenIdSettings, "stale" | "notFound" | "invalidOpenId" | "lastAdministrator">;
  removeOpenId(
    seen: number | undefined,
    by: Doer,
  ): Done<undefined, "stale" | "notFound" | "lastAdministrator">;
  /** Where the browser goes to sign in, and the secret by which it is known when it comes back. */
  beginOpenId(
    origin: string,
    place: Place,
  ): Done<{ readonly href: string; readonly secret: string }, "openIdOff" | "openIdFailed" | Waiting>;
  /** `answer`: the query with which the server sent the browser back. */
  finishOpenId(
    given: { readonly answer: string; readonly secret: string },
    place: Place,
  ): Done<Begun, "openIdOff" | "openIdFailed" | "openIdRefused" | Waiting>;
  /** Tries settings, saved or not; `origin`: the address by which browsers know us, where it is known. */
  checkOpenId(
    to: OpenIdGiven,
    origin: string | undefined,
  ): Done<readonly OpenIdFinding[], "invalidOpenId" | Waiting>;
  /** As `beginOpenId`, for a user who wants to be linked to the account there. */
  beginOpenIdLink(
    session: Session,
    password: string | undefined,
    origin: string,
  ): Done<
    { readonly href: string; readonly secret: string },
    "notFound" | "wrongPassword" | "openIdOff" | "openIdFailed" | "openIdRefused" | Waiting
  >;
  finishOpenIdLink(
    session: Session,
    given: { readonly answer: string; readonly secret: string },
  ): Done<undefined, "notFound" | "openIdOff" | "openIdFailed" | "openIdRefused">;
  unlinkOpenId(
    session: Session,
    password: string | undefined,
  ): Done<undefined, "notFound" | "wrongPassword" | "openIdRefused" | Waiting>;
  /** Somebody's, by an administrator. */
  unlinkOpenIdOf(id: string, by: Doer): Done<undefined, "notFound" | "lastAdministrator">;
}
