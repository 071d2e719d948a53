import type { SipMessage } from "./message.ts";
import { type BodyPart, bodyParts, readDisposition } from "./multipart.ts";

/** Types that a description may come in, for Accept (RFC 5621 §3.1). */
export const ACCEPTED = "application/sdp, multipart/mixed";

const SDP = "application/sdp";
const NOTHING = Buffer.alloc(0);

/** What cannot be read: the type of the body or of a part that must be understood, or its encoding. */
export type BodyFault = "type" | "encoding";

/**
 * The session description that a message carries, whatever lies around it (docs/adr/0043); empty where it carries none (RFC 3261 §8.2.3,
 * RFC 5621). A body of another kind is no description, whoever labels it how; one without a Content-Type is one if it
 * begins like one. `bodyFault` tells requests that have to be refused.
 */
export function descriptionOf(message: SipMessage): Buffer {
  if (message.body.length === 0) return NOTHING;
  return isPlain(message) ? message.body : readBody(message).sdp;
}

/**
 * Why a request with this body is 415 (RFC 3261 §8.2.3): nothing in it can be read and not all of it may be ignored, or
 * a part says `handling=required` and is of a kind unknown here. Undefined: it is fine, or has no body.
 */
export function bodyFault(message: SipMessage): BodyFault | undefined {
  return message.body.length === 0 || isPlain(message) ? undefined : readBody(message).fault;
}

interface Reading {
  readonly sdp: Buffer;
  readonly fault: BodyFault | undefined;
}

const IGNORED: Reading = { sdp: NOTHING, fault: undefined };

/** Nearly all bodies: nothing to be looked up or allocated. */
function isPlain({ headers }: SipMessage): boolean {
  return (
    headers.get("content-type") === SDP &&
    !headers.has("content-disposition") &&
    !headers.has("content-encoding")
  );
}

function readBody({ headers, body }: SipMessage): Reading {
  const { disposition, handling } = readDisposition(headers.get("content-disposition") ?? "");
  const refused = (fault: BodyFault): Reading =>
    handling === "optional" ? IGNORED : { sdp: NOTHING, fault };
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding !== "" && encoding !== "identity") return refused("encoding");
  const contentType = headers.get("content-type");
  const type = contentType === undefined ? looksLike(body) : mediaType(contentType);
  if (type === SDP) return isSession(disposition) ? { sdp: body, fault: undefined } : refused("type");
  if (contentType === undefined || !type.startsWith("multipart/")) return refused("type");
  const parts = bodyParts(contentType, body);
  return parts.ok ? readParts(parts.value, refused) : refused("type");
}

function readParts(parts: readonly BodyPart[], refused: (fault: BodyFault) => Reading): Reading {
  const found = parts.find((part) => part.mediaType.type === SDP && isSession(part.disposition));
  const fault = parts.some((part) => part !== found && part.handling === "required" && !isKnown(part))
    ? "type"
    : undefined;
  if (found !== undefined) return { sdp: found.content, fault };
  return parts.every((part) => part.handling === "optional") ? IGNORED : refused("type");
}

/** A second description in one body says the same in another way, or is not for us to choose. */
function isKnown(part: BodyPart): boolean {
  return part.mediaType.type === SDP && isSession(part.disposition);
}

/**
 * Whether SDP describes the session itself. `early-session` (RFC 3959) does not; `render` and others are what peers write
 * who mean it all the same.
 */
function isSession(disposition: string | undefined): boolean {
  return disposition !== "early-session";
}

/** DEVIATION(RFC 3261 §20.15): a body needs a Content-Type; SDP without one is SDP. */
function looksLike(body: Buffer): string {
  return body.length > 3 && body.toString("latin1", 0, 3) === "v=0" ? SDP : "";
}

function mediaType(value: string): string {
  return value.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
