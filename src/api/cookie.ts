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

interface Cookie {
  /** What it holds, as a request brings it. */
  readonly read: (header: string | undefined, mayBePlain: boolean) => string | undefined;
  /** `Set-Cookie` of one that begins. */
  readonly set: (secret: string, isPlain: boolean) => string;
  /** `Set-Cookie` of one that has ended. */
  readonly ended: (mayBePlain: boolean) => string[];
}

function cookie(suffix: string, lasts: string): Cookie {
  const [secureName, plainName] = [`${SECURE}${suffix}`, `${PLAIN}${suffix}`];
  const bySecure = new RegExp(`(?:^|; *)${secureName}${SECRET}`);
  const byPlain = new RegExp(`(?:^|; *)${plainName}${SECRET}`);
  const written = (name: string, secret: string) => `${name}=${secret}; ${ATTRIBUTES}`;
  return {
    read: (header, mayBePlain) => {
      if (header === undefined) return undefined;
      const secret = bySecure.exec(header)?.[1];
      return secret ?? (mayBePlain ? byPlain.exec(header)?.[1] : undefined);
    },
    set: (secret, isPlain) =>
      isPlain ? `${written(plainName, secret)}${lasts}` : `${written(secureName, secret)}; Secure${lasts}`,
    ended: (mayBePlain) => {
      const secure = `${written(secureName, "")}; Secure; Max-Age=0`;
      return mayBePlain ? [secure, `${written(plainName, "")}; Max-Age=0`] : [secure];
    },
  };
}

/** Of a session. It lasts as long as the browser; the server says when it is over. */
const session = cookie("", "");
/** Of a sign-in that another server is asked for: the browser that comes back is the one that went. */
const openId = cookie("-openid", "; Max-Age=600");

export const [sessionSecret, sessionCookie, endedCookies] = [session.read, session.set, session.ended];
export const [openIdSecret, openIdCookie, endedOpenIdCookies] = [openId.read, openId.set, openId.ended];
