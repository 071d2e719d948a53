import { NeedleIndex, replaceFound, SHORTEST_NEEDLE } from "./secret-search.ts";

// Takes known secret values out of text that is kept or shown: each as it is, and in the forms that programs give it.

/** What stands in place of a secret. */
export const MASK = "***";

/** From here on a value is taken out wherever it stands; a shorter one (`test`) only as a word of its own. */
const LONG_SECRET = 8;
/** Shorter ones are in every text; they are no secrets to guard. */
export const SHORTEST_SECRET = 4;
/** Words that are part of every reply: whoever has one as password is not protected by making replies unreadable. */
const COMMON = new Set(["status", "destination", "callername", "callerid", "value", "true", "false", "null"]);
/** With more secrets only their plain forms are looked for: all forms of 10,000 take 3 s and 90 MB. */
export const MANY_SECRETS = 1_000;
/** A core of base64 that is shorter could be anything. */
const SHORTEST_CORE = 8;

/** Takes a set of secrets out of texts. */
export type Masker = (text: string) => string;

/** Nothing is secret. */
export const noMasker: Masker = (text) => text;

/**
 * Compiles a set of secret values, however many. A text that holds none costs one pass over a part of its characters, and
 * nothing is allocated. Forms: as it is, percent-encoded in either case and with `+` for a space, twice so, every
 * character percent-encoded, hexadecimal, JSON- and HTML-escaped, base64 and base64url at any place inside a longer text
 * that was encoded (as in `user:password`). Of more than `MANY_SECRETS` only the first and the last of these.
 */
export function createMasker(secrets: Iterable<string>): Masker {
  const known = new KnownSecrets();
  known.become(secrets);
  return known.isEmpty ? noMasker : known.mask;
}

/** Secrets that come and go, and the masker of those that are there: a change costs what it brings and takes. */
export class KnownSecrets {
  #secrets: ReadonlySet<string> = new Set();
  #index = new NeedleIndex();
  #plainOnly = false;
  /** The longest first: a form may be the beginning of another. */
  #short: readonly string[] = [];
  #words: readonly WordPattern[] = [];

  get isEmpty(): boolean {
    return this.#secrets.size === 0;
  }

  /** These are all there are. */
  become(secrets: Iterable<string>): void {
    const after = new Set([...secrets].filter(isSecret));
    const plainOnly = after.size > MANY_SECRETS;
    const isAnew = plainOnly !== this.#plainOnly;
    const before: ReadonlySet<string> = isAnew ? new Set() : this.#secrets;
    if (isAnew) this.#index = new NeedleIndex();
    this.#plainOnly = plainOnly;
    this.#secrets = after;
    for (const form of longForms(before, after, plainOnly)) this.#index.remove(form);
    for (const form of longForms(after, before, plainOnly)) this.#index.add(form);
    // Of these there are few, and they are looked for one after the other.
    const { short, words } = formsOf([...after].filter((secret) => secret.length < LONG_SECRET));
    this.#short = [...short].sort((one, other) => other.length - one.length);
    this.#words = [...words].map((word) => ({
      word,
      pattern: new RegExp(`(?<![A-Za-z0-9])${escapeForPattern(word)}(?![A-Za-z0-9])`, "g"),
    }));
  }

  readonly mask: Masker = (text) => {
    let masked = replaceFound(text, this.#index.search, () => MASK);
    for (const needle of this.#short) if (masked.includes(needle)) masked = masked.replaceAll(needle, MASK);
    for (const { word, pattern } of this.#words)
      if (masked.includes(word)) masked = masked.replace(pattern, MASK);
    return masked;
  };
}

interface WordPattern {
  readonly word: string;
  readonly pattern: RegExp;
}

/** The long forms of each secret that only the one set has. */
function* longForms(
  those: ReadonlySet<string>,
  without: ReadonlySet<string>,
  plainOnly: boolean,
): Generator<string> {
  for (const secret of those)
    if (!without.has(secret)) yield* plainOnly ? plainFormsOf([secret]) : formsOf([secret]).long;
}

function isSecret(text: string): boolean {
  return text.length >= SHORTEST_SECRET && !COMMON.has(text.toLowerCase());
}

/** The forms of secrets by how they are looked for. */
export interface SecretForms {
  /** Wherever they stand, by `createSearch`. */
  readonly long: ReadonlySet<string>;
  /** Wherever they stand; shorter than a needle of that. */
  readonly short: ReadonlySet<string>;
  /** As words of their own. */
  readonly words: ReadonlySet<string>;
}

/** All forms of some secrets. */
export function formsOf(secrets: Iterable<string>): SecretForms {
  const long = new Set<string>();
  const short = new Set<string>();
  const words = new Set<string>();
  const add = (form: string): void => void (form.length >= SHORTEST_NEEDLE ? long : short).add(form);
  for (const secret of new Set(secrets)) {
    if (!isSecret(secret)) continue;
    for (const form of writtenForms(secret)) {
      if (form === secret && secret.length < LONG_SECRET) words.add(form);
      else add(form);
    }
    for (const core of base64Cores(secret)) if (core.length >= SHORTEST_CORE) add(core);
  }
  return { long, short, words };
}

/** The forms that are cheap to reckon, for companies with thousands of secrets: as it is, and in base64. */
export function plainFormsOf(secrets: Iterable<string>): ReadonlySet<string> {
  const forms = new Set<string>();
  for (const secret of secrets)
    for (const form of [secret, ...base64Cores(secret)]) if (form.length >= SHORTEST_NEEDLE) forms.add(form);
  return forms;
}

/** What programs make of typed digits when they write them back encoded; not the digits themselves. */
export function digitForms(digits: string): readonly string[] {
  const forms = new Set([...writtenForms(digits), ...base64Cores(digits)]);
  return [...forms].filter((form) => form !== digits && form.length >= SHORTEST_SECRET);
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
  const octets = Array.from(new TextEncoder().encode(text), (octet) => octet.toString(16).padStart(2, "0"));
  const hex = octets.join("");
  const every = octets.map((octet) => `%${octet}`).join("");
  return new Set([
    secret,
    hex,
    hex.toUpperCase(),
    every,
    every.toUpperCase(),
    every.replaceAll("%", "%25"),
    every.replaceAll("%", "%25").toUpperCase(),
    unicode(text),
    Array.from(text, (character) => `&#${character.codePointAt(0)};`).join(""),
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
  let binary = "";
  for (const octet of octets) binary += String.fromCharCode(octet);
  return [0, 1, 2].flatMap((shift) => {
    const [start, end] = [Math.ceil((shift * 8) / 6), Math.floor(((shift + octets.length) * 8) / 6)];
    const core = btoa("\0".repeat(shift) + binary).slice(start, end);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_"), encodeURIComponent(core)];
  });
}
