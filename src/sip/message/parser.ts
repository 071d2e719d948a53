import type { Result } from "../../lib/result.ts";
import { CR, isAsciiText, isBlank, isToken, LF, sliceTrimmed } from "./chars.ts";
import { type CSeq, isCallId, parseContentLength, parseCSeq, parseMaxForwards } from "./header.ts";
import { HeaderLine } from "./header-line.ts";
import { type HeaderName, headerName, Slot, usualHeaderName } from "./header-names.ts";
import { Headers } from "./headers.ts";
import { defaultLimits, type MessageLimits } from "./limits.ts";
import type { SipMessage } from "./message.ts";
import { type NameAddr, parseContacts, parseNameAddr } from "./name-addr.ts";
import { faultFrom, type ParseFault, type ParseRefusal } from "./refusal.ts";
import { isStatusLine, methodOf, readStartLine, type StartLine } from "./start-line.ts";
import { endOfValue } from "./value-list.ts";
import { parseVia, type Via } from "./via.ts";

export { defaultLimits, type MessageLimits } from "./limits.ts";
export type { ParseFault } from "./refusal.ts";

export type Parsed =
  | { readonly ok: true; readonly message: SipMessage }
  | { readonly ok: false; readonly fault: ParseFault };

const HEAD_END = Buffer.from("\r\n\r\n");

/** Methods whose CSeq must name them; of an unknown method the user agent says 501 first (RFC 4475 §3.1.2.18). */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  "INVITE",
  "ACK",
  "BYE",
  "CANCEL",
  "OPTIONS",
  "REGISTER",
  "PRACK",
  "UPDATE",
  "INFO",
  "REFER",
  "SUBSCRIBE",
  "NOTIFY",
  "MESSAGE",
  "PUBLISH",
]);

/** The header lines, and the first line of each field that the parser itself needs. */
class HeaderSection {
  readonly lines: HeaderLine[] = [];
  /** By slot; written out because filling an array costs as much as reading three lines. */
  readonly first: (HeaderLine | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  vias = 0;
  routes = 0;
  contacts = 0;
}

/** The five fields that every message has. */
interface Mandatory {
  readonly via: Via;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly cseq: CSeq;
}

/**
 * Reads one message from a datagram, or from what `StreamFramer` cut out of a stream. Never throws; the cost is
 * linear in the octets. Octets after the body are dropped (RFC 3261 §18.3). The message's body is a view of `bytes`.
 */
export function parseMessage(bytes: Buffer, limits: MessageLimits = defaultLimits): Parsed {
  let start = 0;
  // RFC 3261 §7.5: empty lines before the start line are ignored.
  while (bytes[start] === CR && bytes[start + 1] === LF) start += 2;
  if (bytes.length > limits.maxBytes) {
    return refuse(
      bytes.toString("latin1", start, limits.maxBytes),
      { status: 513, reason: `The message is longer than ${limits.maxBytes} octets.` },
      limits,
    );
  }
  const headEnd = bytes.indexOf(HEAD_END, start);
  if (headEnd < 0) {
    return refuse(
      bytes.toString("latin1", start),
      { status: 400, reason: "No empty line follows the header fields." },
      limits,
    );
  }
  const head = bytes.toString("latin1", start, headEnd + 2);
  const startEnd = head.indexOf("\r\n");
  const startLine = readStartLine(head.slice(0, startEnd));
  if (!("kind" in startLine)) return refuse(head, startLine, limits);
  const section = readHeaderLines(head, startEnd + 2, limits);
  if (!(section instanceof HeaderSection)) return refuse(head, section, limits);
  const mostContacts = startLine.kind === "request" ? limits.maxContacts : limits.maxAnsweredContacts;
  if (section.contacts > mostContacts)
    return refuse(
      head,
      { status: 513, reason: `There are more than ${mostContacts} Contact values.` },
      limits,
    );
  const message = assemble(startLine, section, bytes, headEnd + 4, limits);
  return "kind" in message ? { ok: true, message } : refuse(head, message, limits);
}

/** The fault of a message that must be refused for a reason that lies outside it, such as its size. `head` is octets. */
export function refuse(
  head: string,
  refusal: ParseRefusal,
  limits: MessageLimits,
): { ok: false; fault: ParseFault } {
  const startEnd = head.indexOf("\r\n");
  const line = startEnd < 0 ? head : head.slice(0, startEnd);
  const method = isStatusLine(line) ? undefined : methodOf(line);
  // A response is never answered, nor is an ACK (RFC 3261 §17.1.1.3); and what names no method is no request.
  const answered = method !== undefined && method !== "ACK" && startEnd >= 0;
  const outcome = answered ? refusal : { status: undefined, reason: refusal.reason };
  return {
    ok: false,
    fault: faultFrom(outcome, method, startEnd < 0 ? "" : head.slice(startEnd + 2), limits),
  };
}

function bad(reason: string): ParseRefusal {
  return { status: 400, reason };
}

function readHeaderLines(head: string, from: number, limits: MessageLimits): HeaderSection | ParseRefusal {
  const section = new HeaderSection();
  const ascii = isAsciiText(head);
  let at = from;
  while (at < head.length) {
    let end = endOfLine(head, at);
    let folded = false;
    while (isFold(head, end)) {
      folded = true;
      end = endOfLine(head, end + 2);
    }
    if (end < 0) return bad("A header line holds a carriage return or a line feed of its own.");
    if (section.lines.length === limits.maxHeaderLines) {
      return { status: 513, reason: `There are more than ${limits.maxHeaderLines} header lines.` };
    }
    const raw = head.slice(at, end);
    const colon = head.indexOf(":", at) - at;
    if (colon <= 0 || colon >= raw.length) return bad("A header line has no name with a colon after it.");
    const name = readName(raw, colon);
    if (name === undefined) return bad("The name of a header field is no token.");
    const line = new HeaderLine(name.id, raw, colon, ascii && !folded);
    section.lines.push(line);
    if (name.slot !== Slot.other) {
      const refusal = count(section, name.slot, line, limits);
      if (refusal !== undefined) return refusal;
    }
    at = end + 2;
  }
  return section;
}

/** The position of the CRLF that ends the line from `at`; -1 if a CR or LF stands alone before it. */
function endOfLine(head: string, at: number): number {
  const end = head.indexOf("\r", at);
  return end >= 0 && head.indexOf("\n", at) === end + 1 ? end : -1;
}

/** Whether the line goes on after the CRLF at `end`. */
function isFold(head: string, end: number): boolean {
  return end >= 0 && end + 2 < head.length && isBlank(head.charCodeAt(end + 2));
}

function readName(raw: string, colon: number): HeaderName | undefined {
  const usual = usualHeaderName(raw, colon);
  if (usual !== undefined) return usual;
  // HCOLON allows white space before the colon, but not before the name, where it would be a fold.
  if (isBlank(raw.charCodeAt(0))) return undefined;
  const trimmed = sliceTrimmed(raw, 0, colon);
  return isToken(trimmed) ? headerName(trimmed) : undefined;
}

/** Remembers the line if the parser needs it, and refuses what there may not be so many of. */
function count(
  section: HeaderSection,
  slot: number,
  line: HeaderLine,
  limits: MessageLimits,
): ParseRefusal | undefined {
  const first = section.first[slot];
  if (first === undefined) section.first[slot] = line;
  switch (slot) {
    case Slot.via:
      section.vias += countValues(line.value);
      return section.vias > limits.maxVias
        ? { status: 513, reason: `There are more than ${limits.maxVias} Via values.` }
        : undefined;
    case Slot.route:
      section.routes += countValues(line.value);
      return section.routes > limits.maxRoutes
        ? { status: 513, reason: `There are more than ${limits.maxRoutes} Route values.` }
        : undefined;
    case Slot.contact:
      section.contacts += countValues(line.value);
      return undefined;
    default:
      return first === undefined ? undefined : bad(`The ${first.name} header field comes more than once.`);
  }
}

function countValues(text: string): number {
  let values = 1;
  if (!text.includes(",")) return values;
  for (let at = endOfValue(text, 0); at < text.length; at = endOfValue(text, at + 1)) values++;
  return values;
}

function assemble(
  start: StartLine,
  section: HeaderSection,
  bytes: Buffer,
  bodyAt: number,
  limits: MessageLimits,
): SipMessage | ParseRefusal {
  const fields = readMandatory(section);
  if (!("via" in fields)) return fields;
  if (start.kind === "request") {
    const refusal = checkRequest(start.method, fields.cseq, section);
    if (refusal !== undefined) return refusal;
  }
  const body = readBody(section, bytes, bodyAt, limits);
  if (!Buffer.isBuffer(body)) return body;
  const { via, from, to, callId, cseq } = fields;
  const headers = Headers.ofLines(section.lines);
  const startLine = start.wire;
  return start.kind === "request"
    ? {
        kind: "request",
        method: start.method,
        uri: start.uri,
        headers,
        body,
        via,
        from,
        to,
        callId,
        cseq,
        startLine,
      }
    : {
        kind: "response",
        status: start.status,
        reason: start.reason,
        headers,
        body,
        via,
        from,
        to,
        callId,
        cseq,
        startLine,
      };
}

function readMandatory({ first }: HeaderSection): Mandatory | ParseRefusal {
  const viaText = first[Slot.via]?.value;
  if (viaText === undefined) return bad("The Via header field is missing.");
  const via = parseVia(firstValue(viaText));
  if (!via.ok) return bad(`The Via header field is malformed: ${via.error}.`);
  const fromText = first[Slot.from]?.value;
  if (fromText === undefined) return bad("The From header field is missing.");
  const from = parseNameAddr(fromText);
  if (!from.ok) return bad(`The From header field is malformed: ${from.error}.`);
  const toText = first[Slot.to]?.value;
  if (toText === undefined) return bad("The To header field is missing.");
  const to = parseNameAddr(toText);
  if (!to.ok) return bad(`The To header field is malformed: ${to.error}.`);
  const callId = first[Slot.callId]?.value;
  if (callId === undefined) return bad("The Call-ID header field is missing.");
  if (!isCallId(callId))
    return bad("The Call-ID header field is empty or holds a space or a control character.");
  const cseqText = first[Slot.cseq]?.value;
  if (cseqText === undefined) return bad("The CSeq header field is missing.");
  const cseq = parseCSeq(cseqText);
  if (!cseq.ok) return bad(`The CSeq header field is malformed: ${cseq.error}.`);
  return { via: via.value, from: from.value, to: to.value, callId, cseq: cseq.value };
}

function firstValue(text: string): string {
  return text.includes(",") ? text.slice(0, endOfValue(text, 0)).trimEnd() : text;
}

function checkRequest(method: string, cseq: CSeq, section: HeaderSection): ParseRefusal | undefined {
  if (cseq.method !== method && KNOWN_METHODS.has(method)) {
    return bad("The CSeq header field names another method than the request line.");
  }
  const maxForwards = section.first[Slot.maxForwards];
  if (maxForwards !== undefined) {
    const read = parseMaxForwards(maxForwards.value);
    if (!read.ok) return bad(`The Max-Forwards header field is malformed: ${read.error}.`);
  }
  if (section.contacts === 0) return undefined;
  const contacts = checkContacts(section);
  return contacts.ok ? undefined : bad(`The Contact header field is malformed: ${contacts.error}.`);
}

function checkContacts({ contacts, first, lines }: HeaderSection): Result<unknown, string> {
  const only = contacts === 1 ? first[Slot.contact]?.value : undefined;
  // The usual case without the lists.
  if (only !== undefined && only !== "*") return parseNameAddr(only);
  return parseContacts(Headers.ofLines(lines).list("contact"));
}

function readBody(
  section: HeaderSection,
  bytes: Buffer,
  bodyAt: number,
  limits: MessageLimits,
): Buffer | ParseRefusal {
  const line = section.first[Slot.contentLength];
  const present = bytes.length - bodyAt;
  let length = present;
  if (line !== undefined) {
    const declared = parseContentLength(line.value);
    if (!declared.ok) return bad(`The Content-Length header field is malformed: ${declared.error}.`);
    length = declared.value;
  }
  if (length > limits.maxBodyBytes) {
    return { status: 413, reason: `The body is longer than ${limits.maxBodyBytes} octets.` };
  }
  if (length > present) return bad("The Content-Length header field says more octets than the message has.");
  return bytes.subarray(bodyAt, bodyAt + length);
}
