import { err, ok, type Result } from "../../lib/result.ts";
import { isAsciiText, sliceTrimmed } from "./chars.ts";
import { type MediaType, parseMediaType } from "./header.ts";
import { textOf } from "./header-line.ts";
import { headerName } from "./header-names.ts";
import { defaultLimits, type MessageLimits } from "./limits.ts";
import { unquote } from "./quoted-string.ts";

export type Handling = "required" | "optional" | undefined;

/** A part of a multipart body that is no multipart itself. */
export interface BodyPart {
  readonly mediaType: MediaType;
  /** Lower case, the token before its parameters: `session`, `render` …; undefined when not given. */
  readonly disposition: string | undefined;
  /** Whether the part may be ignored, where its sender says so (RFC 3261 §20.11); its own word, or that of what it lies in. */
  readonly handling: Handling;
  readonly content: Buffer;
}

const MAX_PARTS = 64;
const PLAIN_TEXT = parseMediaType("text/plain");

/**
 * Takes a multipart body apart, nested ones too, into its leaves in order (RFC 2046 §5.1, RFC 5621). `contentType` is
 * the message's. The error is a sentence. Never throws; linear in the octets for each level of nesting, of which
 * there are at most `maxMultipartDepth`.
 */
export function bodyParts(
  contentType: string,
  body: Buffer,
  limits: MessageLimits = defaultLimits,
): Result<readonly BodyPart[], string> {
  const mediaType = parseMediaType(contentType);
  if (!mediaType.ok) return err(`The Content-Type header field is malformed: ${mediaType.error}.`);
  const parts: BodyPart[] = [];
  const whole = { mediaType: mediaType.value, disposition: undefined, handling: undefined, content: body };
  const fault = addParts(whole, 1, parts, limits);
  return fault === undefined ? ok(parts) : err(fault);
}

function addParts(
  part: BodyPart,
  depth: number,
  parts: BodyPart[],
  limits: MessageLimits,
): string | undefined {
  if (!part.mediaType.type.startsWith("multipart/")) {
    if (parts.length === MAX_PARTS) return `The body has more than ${MAX_PARTS} parts.`;
    parts.push(part);
    return undefined;
  }
  if (depth > limits.maxMultipartDepth)
    return `The body nests more than ${limits.maxMultipartDepth} multiparts.`;
  const boundary = unquote(part.mediaType.params.get("boundary") ?? "");
  // RFC 2046 §5.1.1: 1 to 70 characters, not ending with a space.
  if (boundary.length === 0 || boundary.length > 70 || boundary.endsWith(" ") || !isAsciiText(boundary)) {
    return "A multipart body has no usable boundary.";
  }
  for (const content of cut(part.content, `--${boundary}`)) {
    const inner = readPart(content);
    if (typeof inner === "string") return inner;
    const handled = inner.handling === undefined ? { ...inner, handling: part.handling } : inner;
    const fault = addParts(handled, depth + 1, parts, limits);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What stands between the delimiter lines. A missing last delimiter is forgiven: the body ends there anyway. */
function* cut(body: Buffer, delimiter: string): Generator<Buffer> {
  const needle = Buffer.from(delimiter, "latin1");
  let from = -1;
  let at = body.indexOf(needle);
  while (at >= 0) {
    const after = at + needle.length;
    const startsLine = at === 0 || body[at - 1] === 0x0a;
    const next = delimiterEnd(body, after);
    if (startsLine && next !== undefined) {
      if (from >= 0) yield body.subarray(from, Math.max(from, at - (body[at - 2] === 0x0d ? 2 : 1)));
      if (next === "last") return;
      from = next;
    }
    at = body.indexOf(needle, after);
  }
  if (from >= 0) yield body.subarray(from);
}

/** Where the line of a delimiter ends, `last` for the closing one, undefined if this is none. */
function delimiterEnd(body: Buffer, after: number): number | "last" | undefined {
  if (body[after] === 0x2d && body[after + 1] === 0x2d) return "last";
  let at = after;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  if (body[at] === 0x0d && body[at + 1] === 0x0a) return at + 2;
  return undefined;
}

function readPart(part: Buffer): BodyPart | string {
  const emptyFirst = part[0] === 0x0d && part[1] === 0x0a;
  const headEnd = emptyFirst ? 0 : part.indexOf("\r\n\r\n");
  if (headEnd < 0) return "A part of the multipart body has no empty line after its header fields.";
  const fields = partFields(part.toString("latin1", 0, headEnd));
  const mediaType = fields.contentType === undefined ? PLAIN_TEXT : parseMediaType(fields.contentType);
  if (!mediaType.ok) return `A part of the multipart body has a malformed Content-Type: ${mediaType.error}.`;
  return {
    mediaType: mediaType.value,
    ...readDisposition(fields.disposition ?? ""),
    content: part.subarray(emptyFirst ? 2 : headEnd + 4),
  };
}

/** Content-Disposition (RFC 3261 §20.11), which nobody has to write well. */
export function readDisposition(text: string): Pick<BodyPart, "disposition" | "handling"> {
  const [disposition] = text.split(";", 1);
  const handling = /;\s*handling\s*=\s*"?(required|optional)\b/i.exec(text)?.[1]?.toLowerCase();
  return {
    disposition: disposition?.trim().toLowerCase() || undefined,
    handling: handling === "required" || handling === "optional" ? handling : undefined,
  };
}

function partFields(head: string): { contentType?: string; disposition?: string } {
  const fields: { contentType?: string; disposition?: string } = {};
  for (const line of head.replace(/\r\n[ \t]/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const { id } = headerName(sliceTrimmed(line, 0, colon));
    const value = textOf(sliceTrimmed(line, colon + 1, line.length));
    if (id === "content-type") fields.contentType ??= value;
    else if (id === "content-disposition") fields.disposition ??= value;
  }
  return fields;
}
