import { hash, timingSafeEqual } from "node:crypto";
import { err, ok, type Result } from "../../../lib/result.ts";

/** The two algorithms that we speak (RFC 7616 §3.2, RFC 8760 §2.1). */
export type DigestAlgorithm = "MD5" | "SHA-256";

/** What a client says in Authorization or Proxy-Authorization (RFC 7616 §3.4). */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  /** digest-uri as sent: it is part of what was hashed. */
  readonly uri: string;
  /** Lower-case hex. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  /** Undefined: the client speaks RFC 2069, without a count or a nonce of its own. */
  readonly qop: QopValues | undefined;
}

/** The values that come with qop=auth. `ncText` is what was hashed, `nc` its number. */
export interface QopValues {
  readonly cnonce: string;
  readonly nc: number;
  readonly ncText: string;
}

/** What a server says in WWW-Authenticate or Proxy-Authenticate (RFC 7616 §3.3), if we can answer it. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly stale: boolean;
  readonly algorithm: DigestAlgorithm;
  /** False: the server named no algorithm, and then the answer names none either. */
  readonly algorithmNamed: boolean;
  /** False: an RFC 2069 server. */
  readonly qopAuth: boolean;
}

/** Why a header value is of no use: another scheme or algorithm, or not well formed. */
export interface DigestFault {
  /** `unproved`: it names the user, and proves nothing yet. */
  readonly kind: "otherScheme" | "unsupported" | "unproved" | "malformed";
  /** A sentence for logs; it never holds a value of the header. */
  readonly reason: string;
}

const MAX_VALUE_LENGTH = 4_096;
const MAX_PARAMS = 32;

interface AuthScheme {
  readonly scheme: string;
  readonly params: ReadonlyMap<string, string>;
}

function isTokenCode(code: number): boolean {
  // RFC 3261 §25.1: alphanum / - . ! % * _ + ` ' ~
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x21 ||
    code === 0x25 ||
    code === 0x2a ||
    code === 0x5f ||
    code === 0x2b ||
    code === 0x60 ||
    code === 0x27 ||
    code === 0x7e
  );
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** One pass over a header value; every method moves forward only, so the cost is linear. */
class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  code(): number {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  skipBlanks(): void {
    while (isBlank(this.code())) this.at += 1;
  }

  skipBlanksAndCommas(): void {
    while (isBlank(this.code()) || this.code() === 0x2c) this.at += 1;
  }

  token(): string {
    const from = this.at;
    while (isTokenCode(this.code())) this.at += 1;
    return this.text.slice(from, this.at);
  }

  /** A quoted-string with its escapes undone; undefined when it has no end or holds control characters. */
  quoted(): string | undefined {
    let value = "";
    let from = this.at + 1;
    for (let i = from; i < this.text.length; i += 1) {
      const code = this.text.charCodeAt(i);
      if (code === 0x22) {
        value += this.text.slice(from, i);
        this.at = i + 1;
        return value;
      }
      if (code === 0x5c) {
        value += this.text.slice(from, i);
        from = i + 1;
        i += 1;
        if (i >= this.text.length) return undefined;
      }
      const plain = this.text.charCodeAt(i);
      if (plain < 0x20 || plain === 0x7f) return undefined;
    }
    return undefined;
  }

  /** What stands after `=` without quotes: up to a comma or blank. Liberal: phones leave the quotes off a URI. */
  bare(): string | undefined {
    const from = this.at;
    for (let code = this.code(); code !== -1 && code !== 0x2c && !isBlank(code); code = this.code()) {
      if (code < 0x20 || code === 0x7f || code === 0x22) return undefined;
      this.at += 1;
    }
    return this.at > from ? this.text.slice(from, this.at) : undefined;
  }

  /** Passes over an item of a scheme that we do not speak, up to the comma that ends it. */
  skipItem(): void {
    let quoted = false;
    for (let code = this.code(); code !== -1; code = this.code()) {
      if (quoted && code === 0x5c) this.at += 1;
      else if (code === 0x22) quoted = !quoted;
      else if (code === 0x2c && !quoted) return;
      this.at += 1;
    }
  }
}

/** Reads the `name=value` list of one Digest scheme; stops before the name of the next scheme. */
function readParams(cursor: Cursor): Result<Map<string, string>, string> {
  const params = new Map<string, string>();
  for (;;) {
    cursor.skipBlanksAndCommas();
    if (cursor.done) return ok(params);
    const start = cursor.at;
    const name = cursor.token().toLowerCase();
    if (name === "") return err("a parameter has no name");
    cursor.skipBlanks();
    if (cursor.code() !== 0x3d) {
      if (params.size === 0) return err("a parameter has no value");
      cursor.at = start;
      return ok(params);
    }
    cursor.at += 1;
    cursor.skipBlanks();
    const value = cursor.code() === 0x22 ? cursor.quoted() : cursor.bare();
    if (value === undefined)
      return err("a value is empty, lacks its closing quote or holds control characters");
    // Some servers write one twice (S12); with two values nobody knows which is meant.
    if (params.has(name) && params.get(name) !== value) return err("a parameter occurs twice");
    if (params.size >= MAX_PARAMS) return err("there are too many parameters");
    params.set(name, value);
    cursor.skipBlanks();
    if (!cursor.done && cursor.code() !== 0x2c) return err("a comma is missing between two parameters");
  }
}

/** The schemes in one header value; RFC 7235 §4.1 lets several stand in one, separated by commas. */
function readSchemes(text: string): Result<readonly AuthScheme[], string> {
  if (text.length > MAX_VALUE_LENGTH) return err("the value is too long");
  const cursor = new Cursor(text);
  const schemes: AuthScheme[] = [];
  for (;;) {
    cursor.skipBlanksAndCommas();
    if (cursor.done) return ok(schemes);
    const scheme = cursor.token().toLowerCase();
    if (scheme === "") return err("the scheme is missing");
    if (scheme === "digest") {
      const params = readParams(cursor);
      if (!params.ok) return params;
      schemes.push({ scheme, params: params.value });
    } else {
      schemes.push({ scheme, params: new Map() });
      skipOtherScheme(cursor);
    }
  }
}

/** Moves to where the next scheme's name stands: a token that is not followed by `=`. */
function skipOtherScheme(cursor: Cursor): void {
  cursor.skipItem();
  for (;;) {
    cursor.skipBlanksAndCommas();
    if (cursor.done) return;
    const start = cursor.at;
    const name = cursor.token();
    cursor.skipBlanks();
    if (name !== "" && cursor.code() !== 0x3d) {
      cursor.at = start;
      return;
    }
    cursor.skipItem();
  }
}

function fault(
  kind: DigestFault["kind"],
  reason: string,
): { readonly ok: false; readonly error: DigestFault } {
  return err({ kind, reason });
}

function algorithmOf(value: string | undefined): DigestAlgorithm | undefined {
  if (value === undefined) return "MD5";
  const upper = value.toUpperCase();
  // RFC 7616 §3.4.2: the -sess variants bind a session key that SIP has no use for; nobody offers them alone.
  return upper === "MD5" || upper === "SHA-256" ? upper : undefined;
}

const RESPONSE_LENGTH: Readonly<Record<DigestAlgorithm, number>> = { MD5: 32, "SHA-256": 64 };

function isHex(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i) | 0x20;
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false;
  }
  return text.length > 0;
}

function readQop(params: ReadonlyMap<string, string>): Result<QopValues | undefined, DigestFault> {
  const qop = params.get("qop");
  if (qop === undefined) return ok(undefined);
  if (qop.toLowerCase() !== "auth") return fault("unsupported", "qop is not auth");
  const cnonce = params.get("cnonce");
  const ncText = params.get("nc");
  if (cnonce === undefined || ncText === undefined) return fault("malformed", "qop without cnonce or nc");
  if (ncText.length > 8 || !isHex(ncText)) return fault("malformed", "nc is not up to 8 hexadecimal digits");
  const nc = Number.parseInt(ncText, 16);
  if (nc === 0) return fault("malformed", "nc is zero");
  return ok({ cnonce, nc, ncText });
}

/**
 * Reads one Authorization or Proxy-Authorization value (RFC 7616 §3.4). `userhash` is ignored: we never offer
 * it, so a hashed name is the name of an unknown user.
 */
export function parseAuthorization(value: string): Result<DigestCredentials, DigestFault> {
  const schemes = readSchemes(value);
  if (!schemes.ok) return fault("malformed", `Authorization: ${schemes.error}`);
  const [first, second] = schemes.value;
  if (first === undefined || second !== undefined)
    return fault("malformed", "Authorization holds no or several schemes");
  if (first.scheme !== "digest") return fault("otherScheme", "the scheme is not Digest");
  const { params } = first;
  const algorithm = algorithmOf(params.get("algorithm"));
  if (algorithm === undefined) return fault("unsupported", "the algorithm is neither MD5 nor SHA-256");
  const username = params.get("username");
  const realm = params.get("realm");
  const nonce = params.get("nonce");
  const uri = params.get("uri");
  const response = params.get("response");
  if (
    username === undefined ||
    realm === undefined ||
    nonce === undefined ||
    uri === undefined ||
    response === undefined
  ) {
    return fault("malformed", "Authorization lacks username, realm, nonce, uri or response");
  }
  // 3GPP TS 24.229 §5.1.1.2.2: of a first REGISTER, which tells who it is from.
  if (response === "") return fault("unproved", "response is empty");
  if (response.length !== RESPONSE_LENGTH[algorithm] || !isHex(response)) {
    return fault("malformed", "response is not the algorithm's number of hexadecimal digits");
  }
  const qop = readQop(params);
  if (!qop.ok) return qop;
  return ok({ username, realm, nonce, uri, response: response.toLowerCase(), algorithm, qop: qop.value });
}

function toChallenge({ scheme, params }: AuthScheme): Result<DigestChallenge, DigestFault> {
  if (scheme !== "digest") return fault("otherScheme", "the scheme is not Digest");
  const algorithm = algorithmOf(params.get("algorithm"));
  if (algorithm === undefined) return fault("unsupported", "the algorithm is neither MD5 nor SHA-256");
  const realm = params.get("realm");
  const nonce = params.get("nonce");
  if (realm === undefined || nonce === undefined)
    return fault("malformed", "the challenge lacks realm or nonce");
  const qop = params.get("qop");
  const offersAuth = qop?.split(",").some((item) => item.trim().toLowerCase() === "auth") ?? false;
  if (qop !== undefined && !offersAuth) return fault("unsupported", "qop does not offer auth");
  return ok({
    realm,
    nonce,
    opaque: params.get("opaque"),
    stale: params.get("stale")?.toLowerCase() === "true",
    algorithm,
    algorithmNamed: params.has("algorithm"),
    qopAuth: offersAuth,
  });
}

/** Reads one WWW-Authenticate or Proxy-Authenticate line: each challenge in it, or why it is of no use. */
export function parseChallenges(value: string): readonly Result<DigestChallenge, DigestFault>[] {
  const schemes = readSchemes(value);
  if (!schemes.ok) return [fault("malformed", `the challenge: ${schemes.error}`)];
  return schemes.value.map(toChallenge);
}

const HASH_NAME: Readonly<Record<DigestAlgorithm, string>> = { MD5: "md5", "SHA-256": "sha256" };

/** `H(text)` of RFC 7616 §3.3, lower-case hex. */
function digestHash(algorithm: DigestAlgorithm, text: string): string {
  return hash(HASH_NAME[algorithm], text, "hex");
}

/** `H(username:realm:password)`, what an account stores instead of its password (RFC 7616 §3.4.2). */
export function computeHa1(
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return digestHash(algorithm, `${username}:${realm}:${password}`);
}

/** The response for a request (RFC 7616 §3.4.1; without qop RFC 2069 §2.1.2). Lower-case hex. */
export function computeResponse(
  ha1: string,
  method: string,
  answer: Pick<DigestCredentials, "algorithm" | "nonce" | "uri" | "qop">,
): string {
  const ha2 = digestHash(answer.algorithm, `${method}:${answer.uri}`);
  const middle = answer.qop === undefined ? "" : `${answer.qop.ncText}:${answer.qop.cnonce}:auth:`;
  return digestHash(answer.algorithm, `${ha1}:${answer.nonce}:${middle}${ha2}`);
}

/** Compares in a time that depends on the length only. */
export function equalsConstantTime(a: string, b: string): boolean {
  const left = Buffer.from(a, "utf8");
  const right = Buffer.from(b, "utf8");
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A quoted-string for a Digest parameter; control characters, which no parameter may hold, are left out. */
export function quoteDigestValue(value: string): string {
  let out = '"';
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) continue;
    if (code === 0x22 || code === 0x5c) out += "\\";
    out += value[i];
  }
  return `${out}"`;
}
