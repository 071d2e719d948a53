// Takes known secret values out of text that is kept or shown: each as it is, and in the forms that programs give it.

/** What stands in place of a secret. */
export const MASK = "***";

/** From here on a value is taken out wherever it stands; a shorter one (`test`) only as a word of its own. */
const LONG_SECRET = 8;
/** Shorter ones are in every text; they are no secrets to guard. */
export const SHORTEST_SECRET = 4;
/** Words that are part of every reply: whoever has one as password is not protected by making replies unreadable. */
const COMMON = new Set(["status", "destination", "callername", "callerid", "value", "true", "false", "null"]);
/** A core of base64 that is shorter could be anything. */
const SHORTEST_CORE = 8;

/** Takes a set of secrets out of texts. */
export type Masker = (text: string) => string;

/** Nothing is secret. */
export const noMasker: Masker = (text) => text;

/**
 * Compiles a set of secret values. Looking for them costs one search a form and text, and nothing is allocated for a
 * text that holds none. Forms: as it is, percent-encoded in either case and with `+` for a space, twice so, JSON- and
 * HTML-escaped, base64 and base64url at any place inside a longer text that was encoded (as in `user:password`).
 */
export function createMasker(secrets: Iterable<string>): Masker {
  const forms = new Set<string>();
  const words = new Set<string>();
  for (const secret of new Set(secrets)) {
    if (secret.length < SHORTEST_SECRET || COMMON.has(secret.toLowerCase())) continue;
    const long = secret.length >= LONG_SECRET;
    for (const form of writtenForms(secret)) (long || form !== secret ? forms : words).add(form);
    for (const core of base64Cores(secret)) forms.add(core);
  }
  if (forms.size === 0 && words.size === 0) return noMasker;
  // The longest first: a form may be the beginning of another.
  const needles = [...forms].sort((one, other) => other.length - one.length);
  const short = [...words].map((word) => ({
    word,
    pattern: new RegExp(`(?<![A-Za-z0-9])${escapeForPattern(word)}(?![A-Za-z0-9])`, "g"),
  }));
  return (text) => {
    let masked = text;
    for (const needle of needles) if (masked.includes(needle)) masked = masked.replaceAll(needle, MASK);
    for (const { word, pattern } of short) if (masked.includes(word)) masked = masked.replace(pattern, MASK);
    return masked;
  };
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** A secret as programs write it into a URL, a form, JSON and HTML. */
function writtenForms(secret: string): Set<string> {
  const text = secret.toWellFormed();
  const encoded = encodeURIComponent(text);
  const strict = encoded.replace(/[!'()*]/g, percent);
  // Every character that is no letter or digit, as some languages do it.
  const eager = encoded.replace(/[!'()*._~-]/g, percent);
  const escaped = JSON.stringify(text).slice(1, -1);
  const ascii = escaped.replace(/[^ -~]/gu, (character) => unicode(character));
  const upper = [encoded, strict, eager].flatMap((one) => [
    one,
    one.replaceAll("%20", "+"),
    encodeURIComponent(one),
  ]);
  const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quoted = html.replaceAll('"', "&quot;");
  return new Set([
    secret,
    ...upper,
    ...upper.map((one) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    escaped,
    escaped.replaceAll("/", "\\/"),
    ascii,
    ascii.replaceAll("/", "\\/"),
    escaped.replace(/[^ -~]|[&<>'=]/gu, (character) => unicode(character)),
    html,
    quoted,
    quoted.replaceAll("'", "&#39;"),
    quoted.replaceAll("'", "&#x27;"),
  ]);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function unicode(character: string): string {
  let escaped = "";
  for (let at = 0; at < character.length; at += 1) {
    escaped += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

/**
 * What base64 makes of a secret that begins at octet 0, 1 or 2 of a group of three, without the characters at the ends
 * that depend on what stands beside it.
 */
function base64Cores(secret: string): string[] {
  const octets = new TextEncoder().encode(secret.toWellFormed());
  const cores: string[] = [];
  for (const shift of [0, 1, 2]) {
    let bits = "";
    for (const octet of octets) bits += octet.toString(2).padStart(8, "0");
    // Bits of the secret before the first character that is all its own.
    const skipped = (6 - ((shift * 8) % 6)) % 6;
    let core = "";
    for (let at = skipped; at + 6 <= bits.length; at += 6)
      core += ALPHABET[Number.parseInt(bits.slice(at, at + 6), 2)];
    if (core.length >= SHORTEST_CORE)
      cores.push(core, core.replaceAll("+", "-").replaceAll("/", "_"), encodeURIComponent(core));
  }
  return cores;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
