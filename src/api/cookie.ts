/**
 * `__Host-`: the browser takes it over HTTPS or from this machine only, for this host alone, and no page of another host can
 * put one in its place (RFC 6265bis §4.1.3.2).
 */
const SECURE = "__Host-switchhook";
/** Where `--http-plain allow` is given: over plain HTTP no browser keeps the other. */
const PLAIN = "switchhook";

const ATTRIBUTES = "Path=/; HttpOnly; SameSite=Strict";
/** 256 bits in base64url. */
const SECRET = "=([\\w-]{43})(?:;|$)";
const BY_NAME = {
  [SECURE]: new RegExp(`(?:^|; *)${SECURE}${SECRET}`),
  [PLAIN]: new RegExp(`(?:^|; *)${PLAIN}${SECRET}`),
} as const;

/** What the cookie of a session holds, as a request brings it. */
export function sessionSecret(header: string | undefined, mayBePlain: boolean): string | undefined {
  if (header === undefined) return undefined;
  const names = mayBePlain ? ([SECURE, PLAIN] as const) : ([SECURE] as const);
  for (const name of names) {
    const secret = BY_NAME[name].exec(header)?.[1];
    if (secret !== undefined) return secret;
  }
  return undefined;
}

/** `Set-Cookie` of a session that begins. It lasts as long as the browser; the server says when it is over. */
export function sessionCookie(secret: string, isPlain: boolean): string {
  return isPlain ? `${PLAIN}=${secret}; ${ATTRIBUTES}` : `${SECURE}=${secret}; ${ATTRIBUTES}; Secure`;
}

/** `Set-Cookie` of a session that has ended. */
export function endedCookies(mayBePlain: boolean): string[] {
  const secure = `${sessionCookie("", false)}; Max-Age=0`;
  return mayBePlain ? [secure, `${sessionCookie("", true)}; Max-Age=0`] : [secure];
}
