import { ok } from "../../lib/result.ts";
import type { Doer } from "../../model/audit.ts";
import type { OneTimeLink } from "../../model/users.ts";
import type { Accounts } from "./accounts.ts";
import { entryOf } from "./deed.ts";
import type { AccountParts } from "./parts.ts";
import { hashOf, newSecret } from "./secrets.ts";

/** A link is good for so long, and once. */
export const LINK_MS = 30 * 60_000;

/**
 * Makes a one-time link and gives its secret, which is kept nowhere. Those that were made before for the same are not good any
 * more. `userId` undefined: it makes an administrator. Rejects when the store fails.
 */
export async function makeLink(
  parts: Pick<AccountParts, "accounts" | "wall">,
  userId: string | undefined,
  by: Doer,
): Promise<string> {
  const { accounts } = parts;
  const secret = newSecret();
  await accounts.change(() => {
    const before = [...accounts.links.values()].filter((link) => link.userId === userId);
    const link: OneTimeLink = { hash: hashOf(secret), userId, expiresAt: parts.wall() + LINK_MS };
    const drops = before.map(({ hash }) => ({ type: "dropLink", hash }) as const);
    const about = userId === undefined ? undefined : accounts.users.get(userId)?.name;
    const entry = entryOf(parts, by, { what: "linkMade", about });
    return ok({ changes: [...drops, { type: "link", link }], entry, value: undefined });
  });
  return secret;
}

/** The link of a secret, if it is still good; it stays so until a change drops it. */
export function linkOf(accounts: Accounts, secret: string, at: number): OneTimeLink | undefined {
  const link = accounts.links.get(hashOf(secret));
  return link !== undefined && link.expiresAt > at ? link : undefined;
}
