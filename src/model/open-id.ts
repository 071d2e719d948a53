import type { Role } from "./role.ts";

/** A server by which people may sign in (OpenID Connect Core 1.0), as an administrator has set it. */
export interface OpenIdSettings {
  /** What the button of the sign-in page says. */
  readonly label: string;
  /** `https://login.example/realms/office`: what the server calls itself. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  /** What is asked for: `openid email profile`. */
  readonly scope: string;
  /** Domains of which the server may sign people in, in lower case; empty: whoever it knows. */
  readonly allowedDomains: readonly string[];
  readonly roles: OpenIdRoles;
  /** CIDRs that are not public, in which the server may be. */
  readonly networks: readonly string[];
  readonly revision: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** Which role the server gives to whom. */
export interface OpenIdRoles {
  /** `groups`: the claim whose values decide; empty: none, everybody has `otherwise`. */
  readonly claim: string;
  readonly values: readonly { readonly value: string; readonly role: Role }[];
  /** Of those of whom the claim says nothing; undefined: they may not come in. */
  readonly otherwise: Role | undefined;
}

/** Who somebody is at a server: a subject is unique within its issuer only (OpenID Connect Core 1.0 §2). */
export function openIdKey(issuer: string, subject: string): string {
  return JSON.stringify([issuer, subject]);
}

/** Whether an `openIdKey` is of this server; a link to another one opens nothing. */
export function isOfIssuer(key: string, issuer: string): boolean {
  return key.startsWith(`[${JSON.stringify(issuer)},`);
}
