import { err, ok, type Result } from "../../lib/result.ts";
import type { OpenIdSettings } from "../../model/open-id.ts";
import { openIdKey } from "../../model/open-id.ts";
import { ROLES, type Role } from "../../model/role.ts";
import { userName } from "./names.ts";

/** What a server says of somebody: the claims of the ID token, and of the userinfo endpoint. */
export type Claims = Readonly<Record<string, unknown>>;

/** Somebody whom the server has signed in and who may come in here. */
export interface OpenIdPerson {
  /** `openIdKey`. */
  readonly key: string;
  /** What a user that is made is called. */
  readonly name: string;
  /** Verified, and of a domain that an administrator has named: a user of this name is the same person. */
  readonly ownAddress: string | undefined;
  /** The role that the claims give; undefined: no claim decides, the user's own stays. */
  readonly role: Role | undefined;
  /** Of a user that is made. */
  readonly firstRole: Role;
}

const MAX_SUBJECT = 255;

/**
 * Who somebody is and may be, by the rule of docs/adr/0077; the error says in words why somebody may not come in.
 * `claims` are those of a token whose signature, audience and nonce were checked.
 */
export function personOf(claims: Claims, settings: OpenIdSettings): Result<OpenIdPerson, string> {
  const subject = textOf(claims, "sub");
  if (subject === undefined || subject.length > MAX_SUBJECT)
    return err("The sign-in server did not say who you are (there is no claim sub).");
  const address = verifiedAddress(claims);
  const domain = address?.slice(address.lastIndexOf("@") + 1);
  const isOurs = domain !== undefined && settings.allowedDomains.includes(domain);
  if (settings.allowedDomains.length > 0 && !isOurs)
    return err(
      address === undefined
        ? "The sign-in server does not vouch for your e-mail address, so it is not known whether you belong here."
        : "Your e-mail address is of a domain that may not sign in here.",
    );
  const role = roleOf(claims, settings);
  if (role === undefined) return err("The sign-in server gives you no role here; ask an administrator.");
  const called = [address, textOf(claims, "preferred_username"), textOf(claims, "name")];
  const name = userName(called.find((one) => one !== undefined && userName(one) !== "") ?? subject);
  return ok({
    key: openIdKey(settings.issuer, subject),
    name: name === "" ? "OpenID user" : name,
    ownAddress: isOurs ? address : undefined,
    role: settings.roles.claim === "" ? undefined : role,
    firstRole: role,
  });
}

/** An address counts only where the server says that it has verified it (OpenID Connect Core 1.0 §5.7). */
function verifiedAddress(claims: Claims): string | undefined {
  const address = textOf(claims, "email")?.toLowerCase();
  const isVerified = Object.hasOwn(claims, "email_verified") && claims["email_verified"] === true;
  return isVerified && address !== undefined && /^[^\s@]+@[^\s@]+$/.test(address) ? address : undefined;
}

function roleOf(claims: Claims, { roles }: OpenIdSettings): Role | undefined {
  if (roles.claim === "") return roles.otherwise;
  const said = valuesOf(claims, roles.claim);
  const given = roles.values.filter(({ value }) => said.includes(value)).map(({ role }) => role);
  // The highest of several.
  return ROLES.findLast((role) => given.includes(role)) ?? roles.otherwise;
}

/** `groups`, or a place inside one as in Keycloak's `realm_access.roles`. */
function valuesOf(claims: Claims, path: string): readonly unknown[] {
  const names = Object.hasOwn(claims, path) ? [path] : path.split(".");
  let value: unknown = claims;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return [];
    value = (value as Claims)[name];
  }
  return Array.isArray(value) ? value : [value];
}

function textOf(claims: Claims, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}
