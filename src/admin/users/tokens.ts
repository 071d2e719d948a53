import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Refused, refused } from "../../api/contract/problems.ts";
import type { Result } from "../../lib/result.ts";
import { err, ok } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { Role } from "../../model/role.ts";
import type { ApiToken } from "../../model/users.ts";
import type { Accounts } from "./accounts.ts";
import { differing, entryOf } from "./deed.ts";
import { userName } from "./names.ts";
import type { AccountParts } from "./parts.ts";
import { hashOf } from "./secrets.ts";

/** How every token begins, so that scanners of published code find one (as GitHub's `ghp_`). */
const PREFIX = "swh_";
const BYTES = 24;
const SHOWN = 8;
const MAX_TOKENS = 500;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** A token that was made now: the only time that it is shown. */
export interface NewToken {
  readonly token: ApiToken;
  readonly secret: string;
}

/** Makes a token of a role. Rejects when the store fails. */
export async function addToken(
  parts: AccountParts,
  given: { readonly name: string; readonly role: Role; readonly days?: number | undefined },
  by: Doer,
): Promise<Result<NewToken, Refused<"tooMany">>> {
  const { accounts } = parts;
  const secret = newTokenText();
  return await accounts.change(() => {
    if (accounts.tokens.size >= MAX_TOKENS)
      return err(refused("tooMany", `There are ${MAX_TOKENS} tokens already; revoke some.`));
    const at = parts.wall();
    const token: ApiToken = {
      id: parts.newId(),
      name: userName(given.name),
      role: given.role,
      hash: hashOf(secret),
      begins: secret.slice(0, SHOWN),
      createdAt: at,
      createdBy: by.name,
      lastUsedAt: undefined,
      expiresAt: given.days === undefined ? undefined : at + given.days * DAY_MS,
    };
    const details = differing(undefined, { role: token.role });
    const entry = entryOf(parts, by, { what: "tokenMade", about: token.name, details });
    return ok({ changes: [{ type: "token", token }], entry, value: { token, secret } });
  });
}

/** Revokes a token at once; false: there is none. Rejects when the store fails. */
export async function revokeToken(parts: AccountParts, id: string, by: Doer): Promise<boolean> {
  const { accounts } = parts;
  const revoked = await accounts.change(() => {
    const token = [...accounts.tokens.values()].find((one) => one.id === id);
    if (token === undefined) return ok({ changes: [], value: false });
    const entry = entryOf(parts, by, { what: "tokenRevoked", about: token.name });
    return ok({ changes: [{ type: "dropToken", id } as const], entry, value: true });
  });
  return revoked.ok && revoked.value;
}

/** `swh_`, 192 random bits, and their CRC-32, by which a scanner tells a token from what only looks like one. */
function newTokenText(): string {
  const random = randomBytes(BYTES).toString("hex");
  return `${PREFIX}${random}${crc32(random).toString(16).padStart(8, "0")}`;
}

/** The token that a secret is, if it is in force; it counts as used now. */
export function tokenOf(accounts: Accounts, secret: string, at: number): ApiToken | undefined {
  if (!secret.startsWith(PREFIX)) return undefined;
  const token = accounts.tokens.get(hashOf(secret));
  if (token === undefined || (token.expiresAt !== undefined && token.expiresAt <= at)) return undefined;
  if (token.lastUsedAt === undefined || at - token.lastUsedAt >= MINUTE_MS) accounts.seen(token, at);
  return token;
}
