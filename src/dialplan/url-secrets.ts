// Which parts of a URL template are secret (ADR 0038): what stands before the `@`, the fixed value of a parameter whose
// name says so, and a fixed value or path segment that looks like chance.

const SECRET_KEY =
  /^(?:.*[-_.])?(?:api[-_]?key|apikey|key|token|accesstoken|auth|authorization|secret|clientsecret|password|passwd|passphrase|pass|pwd|pin|sig|signature|hmac|credentials?)$/i;
/** `apiKey`, `accessToken`: the same in camel case. */
const CAMEL_KEY = /[a-z](?:Key|Token|Auth|Secret|Password|Pwd|Signature|Sig)$/;
const CHANCE = /^[\w~-]{20,}$/;

/** Whether a parameter's name says that its value is secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || CAMEL_KEY.test(key);
}

/** Whether a text looks like what a random generator made: 20 characters or more, letters and digits mixed throughout. */
export function looksRandom(text: string): boolean {
  if (!CHANCE.test(text)) return false;
  return (text.match(/[a-z](?=[0-9])|[0-9](?=[a-z])/gi) ?? []).length >= 4;
}

/** A fixed text in a URL template. */
export interface UrlLiteral {
  /** Where it stands, the same in two templates that differ in their values only. */
  readonly place: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly secret: boolean;
}

/** User and password, path segments and values of parameters of a template, as written, placeholders left out. */
export function urlLiterals(template: string): readonly UrlLiteral[] {
  const [, lead = "", userinfo = "", host = "", path = "", query = ""] =
    CUT_USERINFO.exec(template) ?? URL_SHAPE.exec(template) ?? [];
  const literals: UrlLiteral[] = [];
  const add = (place: string, start: number, text: string, isSecret: (text: string) => boolean): void => {
    let part = 0;
    for (const match of text.matchAll(/\{[^{}]*\}|[^{]+|\{/g)) {
      part += 1;
      const [written] = match;
      if (/^\{[^{}]*\}$/.test(written)) continue;
      const from = start + match.index;
      literals.push({
        place: `${place} ${part}`,
        start: from,
        end: from + written.length,
        text: written,
        secret: isSecret(written),
      });
    }
  };
  const [user = "", ...password] = userinfo.slice(0, -1).split(":");
  const secretPart = password.join(":");
  if (secretPart !== "") add("password", lead.length + user.length + 1, secretPart, () => true);
  else if (user !== "") add("user", lead.length, user, () => true);
  let at = lead.length + userinfo.length + host.length;
  for (const [index, segment] of path.split("/").entries()) {
    add(`path ${index}`, at, segment, looksRandom);
    at += segment.length + 1;
  }
  at = lead.length + userinfo.length + host.length + path.length + 1;
  const seen = new Map<string, number>();
  for (const pair of query.slice(1).split("&")) {
    const equals = pair.indexOf("=");
    const key = pair.slice(0, Math.max(0, equals));
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    const named = isSecretKey(key);
    if (equals >= 0)
      add(
        `query ${key} ${count}`,
        at + equals + 1,
        pair.slice(equals + 1),
        (text) => named || looksRandom(text),
      );
    at += pair.length + 1;
  }
  return literals;
}

/** Scheme, `user:password@`, host, path, query; greedy to the last `@` of the authority. */
const URL_SHAPE = /^(\s*[a-z][a-z0-9+.-]*:\/\/)([^/?#]*@)?([^/?#]*)([^?#]*)(\?[^#]*)?/is;

/**
 * `user:pa/ss@host`: by RFC 3986 §3.2 the host ends at the slash, and `pa` would be its port. As a port has digits only,
 * what is meant is a password that should have been encoded.
 */
const CUT_USERINFO =
  /^(\s*[a-z][a-z0-9+.-]*:\/\/)([^/?#@:[\]]*:(?!\d*[/?#])[^@/?#]*[/?#].*@)([^/?#]*)([^?#]*)(\?[^#]*)?/is;

/** Where a template leads: scheme, host and port as written, in lower case. */
export function urlTarget(template: string): string {
  const [, lead = "", , host = ""] = CUT_USERINFO.exec(template) ?? URL_SHAPE.exec(template) ?? [];
  return `${lead.trim()}${host}`.toLowerCase();
}

/** Whether the user or password before the `@` has a `/`, `?` or `#` in it, so that it would be cut there. */
export function cutsUserinfo(template: string): boolean {
  return CUT_USERINFO.test(template);
}

/** The secret values of a template: as written, and percent-decoded. */
export function urlSecrets(template: string): readonly string[] {
  const secrets = new Set<string>();
  for (const { text, secret } of urlLiterals(template)) {
    if (!secret) continue;
    secrets.add(text);
    secrets.add(decoded(text));
  }
  return [...secrets];
}

/** The template with each secret part replaced by `mask`. */
export function maskUrl(template: string, mask: string): string {
  return replaceLiterals(template, (literal) => (literal.secret ? mask : undefined));
}

/** The template with some of its fixed texts replaced. */
export function replaceLiterals(
  template: string,
  replace: (literal: UrlLiteral) => string | undefined,
): string {
  let replaced = "";
  let at = 0;
  for (const literal of urlLiterals(template)) {
    const text = replace(literal);
    if (text === undefined) continue;
    replaced += template.slice(at, literal.start) + text;
    at = literal.end;
  }
  return replaced + template.slice(at);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // the only way that decodeURIComponent tells; then it is used as written
  }
}
