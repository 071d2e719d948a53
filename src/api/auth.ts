import { createHash, timingSafeEqual } from "node:crypto";
import type { AccountPorts } from "./account-ports.ts";
import { sessionSecret } from "./cookie.ts";
import type { Authenticate } from "./ports.ts";

const BEARER = /^Bearer +([0-9a-zA-Z_]{1,256})$/i;

/** Tells whether this is the token of the data folder. */
function tokenCheck(token: string): (given: string) => boolean {
  const wanted = digest(token);
  // Hashes have one length and are compared in constant time.
  return (given) => timingSafeEqual(digest(given), wanted);
}

/**
 * Knows who asks: by the token of the data folder (whoever reads that folder may do everything anyway), by a token that an
 * administrator made (RFC 6750 §2.1), or by the cookie of a session, which does not count where a token is shown.
 */
export function authenticator(
  token: string,
  accounts: Pick<AccountPorts, "session" | "token">,
  mayBePlain: boolean,
): Authenticate {
  const isRight = tokenCheck(token);
  return ({ headers: { authorization, cookie } }, isUse = true) => {
    if (givesToken(authorization)) {
      const given = BEARER.exec(authorization ?? "")?.[1];
      if (given === undefined) return undefined;
      if (isRight(given)) return { name: "api-token", role: "administrator", via: "token" };
      const known = accounts.token(given);
      return known && { name: `token ${known.name}`, role: known.role, via: "token" };
    }
    const secret = sessionSecret(cookie, mayBePlain);
    const user = secret === undefined ? undefined : accounts.session(secret, isUse)?.user;
    return user && { name: user.name, role: user.role, via: "session" };
  };
}

/** Whether a header shows any token at all. */
export function givesToken(header: string | undefined): boolean {
  return header !== undefined && header.trim() !== "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
