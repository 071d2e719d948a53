import { err, ok, type Result } from "../lib/result.ts";
import type { WebhookValues } from "./command.ts";
import {
  cut,
  holdsCode,
  isPlaceholder,
  type Piece,
  PLACEHOLDERS,
  type Placeholder,
  pathPieces,
  queryPieces,
} from "./template-pieces.ts";
import { meantBy, otherBraces, slipsIn, type TemplateSlip } from "./template-slips.ts";
import { cutsUserinfo, isSecretKey } from "./url-secrets.ts";

/** Longest template, in UTF-16 units. */
export const MAX_TEMPLATE = 2048;

/** A checked URL template: plain data, ready to be expanded. */
export interface UrlTemplate {
  /** `https://crm.example:8443`, canonical: host in lower case and punycode, default port left out. */
  readonly origin: string;
  readonly secure: boolean;
  /** From `user:password@` in the URL, decoded; never part of an expanded URL. */
  readonly credentials: { readonly username: string; readonly password: string } | undefined;
  /** Path and query, in order. */
  readonly pieces: readonly Piece[];
  /** Sentences: allowed, but worth a thought. */
  readonly warnings: readonly string[];
  /** What looks like a placeholder of another program; it is sent as it stands. */
  readonly slips: readonly TemplateSlip[];
}

export type TemplatePart = "scheme" | "userinfo" | "host" | "port" | "path" | "query" | "fragment" | "url";

/** Why a template is refused: the part that is wrong, its very text, and a sentence. */
export interface TemplateProblem {
  readonly part: TemplatePart;
  readonly offending: string;
  readonly message: string;
}

export interface ExpandedUrl {
  /** The whole URL, without credentials. */
  readonly url: string;
  readonly origin: string;
  /** Path and query: what goes on the request line. */
  readonly target: string;
  /** The URL as logs and traces may show it: `{code}` and what is secret in the template (url-secrets.ts) are `***`. */
  readonly masked: string;
}

/**
 * Reads and checks a URL template (webhook.md, Placeholders). Placeholders stand in path and query only;
 * the URL is http or https. Never throws; all problems found are returned, each naming the offending part.
 */
export function parseTemplate(text: string): Result<UrlTemplate, readonly TemplateProblem[]> {
  const url = text.trim();
  const coarse = checkText(url);
  if (coarse !== undefined) return err([coarse]);
  if (cutsUserinfo(url)) return err([problem("userinfo", "user:password", CUT_USERINFO)]);
  const parts = splitUrl(url);
  if (parts === undefined) {
    return err([problem("scheme", url.slice(0, 40), "The URL must begin with http:// or https://.")]);
  }
  const problems = [...checkPlaceholders(parts), ...checkParts(parts)];
  if (problems.length > 0) return err(problems);
  const parsed = parseOrigin(parts);
  if (!parsed.ok) return err([parsed.error]);
  const pieces = [...pathPieces(parts.path), ...queryPieces(parts.query)];
  const warnings = holdsCode(pieces)
    ? [
        "{code} travels in the URL: the digits end up in the receiver's access log. `method: POST` sends them in the body.",
      ]
    : [];
  return ok({
    origin: parsed.value.origin,
    secure: parsed.value.secure,
    credentials: parsed.value.credentials,
    pieces,
    warnings,
    slips: slipsIn(parts.query === undefined ? parts.path : `${parts.path}?${parts.query}`, PLACEHOLDERS),
  });
}

/**
 * Fills in the values, each percent-encoded (RFC 3986 §2.1: all but unreserved characters), in path and query
 * alike, so that a decoder gets the very value and nothing else of the URL changes. One exception: a path segment
 * that would become `.` or `..` cannot exist in a URL, encoded or not (RFC 3986 §5.2.4, WHATWG URL: `%2E%2E` is
 * `..` too), so there the values are taken as not available, the empty string. Lone surrogates become U+FFFD.
 */
export function expandTemplate(template: UrlTemplate, values: WebhookValues): ExpandedUrl {
  let target = "";
  let masked = "";
  for (const piece of template.pieces) {
    if (piece.kind === "text") {
      target += piece.text;
      masked += piece.masked;
    } else if (piece.kind === "value") {
      const encoded = encodeValue(values[piece.name]);
      target += encoded;
      masked += mask(piece.name, encoded);
    } else {
      const segment = piece.names.map((name) => encodeValue(values[name]));
      if (isDotSegment(segment.join(""))) continue;
      target += segment.join("");
      masked += piece.names.map((name, index) => mask(name, segment[index] ?? "")).join("");
    }
  }
  return {
    url: template.origin + target,
    origin: template.origin,
    target,
    masked: template.origin + masked,
  };
}

/** Whether the digits that a caller types are part of the URL. */
export function usesCode(template: UrlTemplate): boolean {
  return holdsCode(template.pieces);
}

/** Nothing that RFC 3986 §2.3 would encode: digits, letters, `-._~`. */
const UNRESERVED = /^[\w.~-]*$/;

/** Percent-encodes a value: everything but unreserved characters, as UTF-8. */
export function encodeValue(value: string): string {
  if (UNRESERVED.test(value)) return value;
  const encoded = encodeURIComponent(value.toWellFormed());
  // encodeURIComponent leaves these five alone; RFC 3986 counts them as reserved.
  return /[!'()*]/.test(encoded)
    ? encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    : encoded;
}

function mask(name: Placeholder, encoded: string): string {
  return name === "code" && encoded !== "" ? "***" : encoded;
}

const CUT_USERINFO =
  "In the user name and password before the @, / is written %2F, ? is written %3F and # is written %23.";

interface UrlParts {
  readonly scheme: string;
  readonly userinfo: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

function checkText(url: string): TemplateProblem | undefined {
  if (url === "") return problem("url", "", "The URL is empty.");
  if (url.length > MAX_TEMPLATE) {
    return problem("url", `${url.slice(0, 40)}…`, `The URL is longer than ${MAX_TEMPLATE} characters.`);
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const bad = /[\s\u0000-\u001f\u007f-\u009f\\"<>^`|]/.exec(url)?.[0];
  if (bad === undefined) return undefined;
  const slip = cutsUserinfo(url) ? undefined : otherBraces(url.slice(url.lastIndexOf("@") + 1), PLACEHOLDERS);
  if (slip !== undefined && slip.written.includes(bad)) return otherBracesProblem("url", slip);
  return bad < "!" || bad > "~"
    ? problem(
        "url",
        `U+${bad.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
        "White space and control characters do not belong in a URL; a space is written %20.",
      )
    : problem("url", bad, `The character ${bad} does not belong in a URL.`);
}

function otherBracesProblem(part: TemplatePart, { written, right }: TemplateSlip): TemplateProblem {
  return problem(part, written, `${written} is not a placeholder; it is written ${right}.`);
}

/** RFC 3986 §3, on the raw text, so that a placeholder is found in whatever part it stands. */
function splitUrl(url: string): UrlParts | undefined {
  const schemeEnd = url.indexOf("://");
  if (schemeEnd < 0) return undefined;
  const scheme = url.slice(0, schemeEnd);
  // With anything else in it, it is not quoted to anybody: a password may stand there.
  if (!/^[a-z][a-z0-9+.-]*$|[{}]/i.test(scheme) || /[/?#@]/.test(scheme)) return undefined;
  const rest = url.slice(schemeEnd + 3);
  const authorityEnd = rest.search(/[/?#]/);
  const authority = authorityEnd < 0 ? rest : rest.slice(0, authorityEnd);
  const tail = authorityEnd < 0 ? "" : rest.slice(authorityEnd);
  const [beforeFragment, fragment] = cut(tail, "#");
  const [path, query] = cut(beforeFragment, "?");
  const at = authority.lastIndexOf("@");
  const hostPort = authority.slice(at + 1);
  const colon = portColon(hostPort);
  return {
    scheme,
    userinfo: at < 0 ? undefined : authority.slice(0, at),
    host: colon < 0 ? hostPort : hostPort.slice(0, colon),
    port: colon < 0 ? undefined : hostPort.slice(colon + 1),
    path: path === "" ? "/" : path,
    query,
    fragment,
  };
}

/** Where the port's colon is, colons inside an IPv6 literal not counted; -1: nowhere. */
function portColon(hostPort: string): number {
  if (!hostPort.startsWith("[")) return hostPort.indexOf(":");
  const close = hostPort.indexOf("]");
  return close < 0 ? -1 : hostPort.indexOf(":", close);
}

const PARTS = ["scheme", "userinfo", "host", "port", "path", "query", "fragment"] as const;

function checkPlaceholders(parts: UrlParts): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const part of PARTS) {
    const text = parts[part];
    if (text === undefined) continue;
    for (const match of text.matchAll(/\{\{[^{}]*\}\}|\{[^{}]*\}|[{}]/g)) {
      const found = isInSecret(part, text, match.index)
        ? secretBraces(part, match[0])
        : placeholderProblem(part, match[0]);
      if (found !== undefined) problems.push(found);
    }
  }
  return problems;
}

/** User and password, and the value of a parameter whose name says that it is secret. */
function isInSecret(part: (typeof PARTS)[number], text: string, at: number): boolean {
  if (part !== "query") return part === "userinfo";
  const [key = ""] = text.slice(text.lastIndexOf("&", at) + 1).split("=");
  return isSecretKey(key);
}

/** The same, without a word of what may be a secret. */
function secretBraces(part: TemplatePart, written: string): TemplateProblem | undefined {
  if (written.length === 1 || isPlaceholder(written.slice(1, -1))) return placeholderProblem(part, written);
  const message = `Braces stand in a secret of the ${part} and make no placeholder; a { that is meant is written %7B, a } %7D.`;
  return problem(part, "{…}", message);
}

function placeholderProblem(part: TemplatePart, written: string): TemplateProblem | undefined {
  if (written.length === 1) {
    const encoded = written === "{" ? "%7B" : "%7D";
    return problem(
      part,
      written,
      `There is a single ${written} in the ${part}; a brace that is not part of a placeholder is written ${encoded}.`,
    );
  }
  const name = written.slice(1, -1);
  if (!isPlaceholder(name)) {
    const meant = meantBy(name, PLACEHOLDERS);
    if (meant !== undefined) return otherBracesProblem(part, { written, right: `{${meant}}` });
    const known = PLACEHOLDERS.map((one) => `{${one}}`).join(", ");
    return problem(part, written, `${written} in the ${part} is not a placeholder; there are ${known}.`);
  }
  if (part === "path" || part === "query") return undefined;
  return problem(
    part,
    written,
    `${written} stands in the ${part} of the URL; placeholders may stand only in the path and in the query.`,
  );
}

function checkParts(parts: UrlParts): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  if (!/^https?$/i.test(parts.scheme) && !/[{}]/.test(parts.scheme)) {
    problems.push(
      problem("scheme", parts.scheme, `The URL must begin with http:// or https://, not ${parts.scheme}://.`),
    );
  }
  const bare = bareIpv6(parts);
  if (bare !== undefined) {
    const message = `An IPv6 address is written in brackets, [${bare}]; a port follows behind them.`;
    problems.push(problem("host", bare, message));
  } else if (parts.host === "") problems.push(problem("host", "", "The URL names no host."));
  if (parts.fragment !== undefined) {
    problems.push(
      problem(
        "fragment",
        `#${parts.fragment}`,
        "The part after # never reaches the receiver; leave it out, or write %23 where a # is meant.",
      ),
    );
  }
  for (const part of ["path", "query"] as const) {
    const stray = /%(?![0-9A-Fa-f]{2})/.exec(parts[part] ?? "");
    if (stray === null) continue;
    const slip = otherBraces(parts[part] ?? "", PLACEHOLDERS);
    if (slip?.written.startsWith("%") === true) {
      problems.push(otherBracesProblem(part, slip));
      continue;
    }
    const offending = (parts[part] ?? "").slice(stray.index, stray.index + 3);
    problems.push(
      problem(
        part,
        offending,
        `The % in the ${part} is not followed by two hex digits; a percent sign is written %25.`,
      ),
    );
  }
  for (const segment of parts.path.split("/")) {
    if (isDotSegment(segment.replace(/\{[^{}]*\}/g, ""))) {
      problems.push(
        problem(
          "path",
          segment,
          `The path segment ${segment} is or may become . or .., which changes the path.`,
        ),
      );
    }
  }
  return problems;
}

/** An IPv6 address without its brackets: all of it is cut at its first colon otherwise. */
function bareIpv6({ host, port }: UrlParts): string | undefined {
  const whole = `${host}:${port ?? ""}`;
  if (host.startsWith("[") || !/^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(whole)) return undefined;
  return URL.canParse(`http://[${whole}]/`) ? whole : undefined;
}

/** `.`, `..` and their percent-encoded forms, which URL parsers treat alike. */
function isDotSegment(segment: string): boolean {
  return segment.length <= 6 && /^(?:\.|%2e){1,2}$/i.test(segment);
}

interface Origin {
  readonly origin: string;
  readonly secure: boolean;
  readonly credentials: UrlTemplate["credentials"];
}

/** The part that does not vary, read by the platform's own URL parser so that both agree on the host. */
function parseOrigin(parts: UrlParts): Result<Origin, TemplateProblem> {
  const port = parts.port ?? "";
  if (parts.port !== undefined && (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)) {
    return err(
      problem("port", port, `The port ${port === "" ? "is empty" : `${port} is not from 1 to 65535`}.`),
    );
  }
  const text = `${parts.scheme}://${parts.host}${port === "" ? "" : `:${port}`}/`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "") {
    return err(problem("host", parts.host, `${parts.host} is not a host name or an address.`));
  }
  const credentials = parts.userinfo === undefined ? undefined : readUserinfo(parts.userinfo);
  if (credentials === "broken") {
    return err(
      problem(
        "userinfo",
        "user:password",
        "The user name or password before the @ is not percent-encoded well.",
      ),
    );
  }
  return ok({ origin: url.origin, secure: url.protocol === "https:", credentials });
}

function readUserinfo(userinfo: string): UrlTemplate["credentials"] | "broken" {
  const [username, password] = cut(userinfo, ":");
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password ?? "") };
  } catch {
    return "broken"; // the only way that decodeURIComponent tells
  }
}

function problem(part: TemplatePart, offending: string, message: string): TemplateProblem {
  return { part, offending, message };
}
