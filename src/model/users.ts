import type { AuditEntry } from "./audit.ts";
import { isOfIssuer, type OpenIdSettings } from "./open-id.ts";
import type { Role } from "./role.ts";

/** A person who may sign in. */
export interface User {
  readonly id: string;
  /** As typed when signing in; no two differ only in case. */
  readonly name: string;
  readonly role: Role;
  /** Of argon2id, in the PHC string format; undefined: signs in by a link or another server only. */
  readonly passwordHash: string | undefined;
  readonly totp: Totp | undefined;
  /** Who this is at the OpenID server (`openIdKey`); undefined: nobody there. */
  readonly openId: string | undefined;
  readonly revision: number;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

/**
 * Whether somebody can sign in again and again, a one-time link aside. `issuer`: of the OpenID server that is set, undefined:
 * none is. A link outlives the settings of the server that it is to, and opens nothing without them.
 */
export function hasWayIn(
  { passwordHash, openId }: Pick<User, "passwordHash" | "openId">,
  issuer: string | undefined,
): boolean {
  if (passwordHash !== undefined) return true;
  return issuer !== undefined && openId !== undefined && isOfIssuer(openId, issuer);
}

/** The administrators among them who can sign in so. */
export function administratorsWithWayIn(users: Iterable<User>, issuer: string | undefined): readonly User[] {
  return [...users].filter((user) => user.role === "administrator" && hasWayIn(user, issuer));
}

/** The second factor of a user (RFC 6238). */
export interface Totp {
  /** Base32. */
  readonly secret: string;
  /** False: it was shown and no code has proven yet that the person has it. */
  readonly isConfirmed: boolean;
  /** The last time step of which a code was taken: none is taken twice (RFC 6238 §5.2). */
  readonly lastStep: number;
}

/** Somebody who has signed in, on one browser. */
export interface Session {
  /** Names it in lists; it opens nothing. */
  readonly id: string;
  /** SHA-256 of what the cookie holds. */
  readonly hash: string;
  readonly userId: string;
  readonly createdAt: number;
  /** Exact to a minute. */
  readonly lastSeenAt: number;
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string;
  /** Began by a one-time link: whoever forgot a password may set a new one. */
  readonly byLink: boolean;
}

/** A token by which a program uses the API. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token. */
  readonly hash: string;
  /** Its first characters, to tell it from others. */
  readonly begins: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Exact to a minute. */
  readonly lastUsedAt: number | undefined;
  readonly expiresAt: number | undefined;
}

/** A link that is good once. */
export interface OneTimeLink {
  /** SHA-256 of the secret behind its `#`. */
  readonly hash: string;
  /** Whom it signs in; undefined: it makes an administrator. */
  readonly userId: string | undefined;
  readonly expiresAt: number;
}

export type AccountChange =
  | { readonly type: "user"; readonly user: User }
  | { readonly type: "session"; readonly session: Session }
  | { readonly type: "token"; readonly token: ApiToken }
  | { readonly type: "link"; readonly link: OneTimeLink }
  /** With all of its sessions and links. */
  | { readonly type: "dropUser"; readonly id: string }
  | { readonly type: "dropSession"; readonly hash: string }
  | { readonly type: "dropToken"; readonly id: string }
  | { readonly type: "dropLink"; readonly hash: string }
  | { readonly type: "openId"; readonly settings: OpenIdSettings }
  | { readonly type: "dropOpenId" };

/** Everybody who may come in, and by what. */
export interface StoredAccounts {
  readonly users: readonly User[];
  readonly sessions: readonly Session[];
  readonly tokens: readonly ApiToken[];
  readonly links: readonly OneTimeLink[];
  /** The server that people may sign in by; undefined: there is none. */
  readonly openId: OpenIdSettings | undefined;
}

export interface AccountRepository {
  load(): Promise<StoredAccounts>;
  /** Applies the changes in order, with what the audit log says of them, all or none; they are on disk when the promise resolves. */
  apply(changes: readonly AccountChange[], entries: readonly AuditEntry[]): Promise<void>;
}
