import { isToken } from "./chars.ts";
import { isCallId, parseCSeq } from "./header.ts";
import { type HeaderLine, headerLine } from "./header-line.ts";
import { Headers } from "./headers.ts";
import type { SipRequest, SipResponse } from "./message.ts";
import { type NameAddr, parseNameAddr } from "./name-addr.ts";
import { noParams } from "./params.ts";
import { reasonPhrase } from "./reason-phrases.ts";
import { endOfValue } from "./value-list.ts";
import { formatVia, parseVia, type Via } from "./via.ts";

/** What a request of our own consists of. */
export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  /** From, To, Call-ID and CSeq among them; Content-Length is added, Via comes with `withTopVia`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Buffer | string;
}

/** What a response of our own adds to what it takes from its request. */
export interface ResponseOptions {
  /** Put in To if the request had no tag there. */
  readonly toTag?: string | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly body?: Buffer | string | undefined;
}

const EMPTY = Buffer.alloc(0);

/** The Via of a request that has none yet. */
const NO_VIA: Via = {
  transport: "UDP",
  host: "",
  port: undefined,
  branch: undefined,
  received: undefined,
  rport: undefined,
  params: noParams,
};

/**
 * A request of our own. A CR, LF or NUL in a header value becomes a space, white space in the URI is escaped.
 * Throws on what only a bug can bring: a method that is no token, a missing or malformed From, To, Call-ID or CSeq.
 */
export function buildRequest(parts: RequestParts): SipRequest {
  const { method } = parts;
  if (!isToken(method)) throw new Error("buildRequest: the method is no token");
  const lines = linesOf(parts.headers);
  const body = bodyOf(parts.body);
  pushLength(lines, body);
  const headers = Headers.ofLines(lines);
  const callId = headers.get("call-id");
  const cseq = parseCSeq(headers.get("cseq") ?? "");
  if (callId === undefined || !isCallId(callId))
    throw new Error("buildRequest: the Call-ID is missing or malformed");
  if (!cseq.ok) throw new Error(`buildRequest: CSeq: ${cseq.error}`);
  if (!headers.has("from") || !headers.has("to")) throw new Error("buildRequest: From or To is missing");
  return new OwnRequest({ method, uri: safeUri(parts.uri), headers, body, callId, cseq: cseq.value });
}

// Counted through, here and below: taking pairs apart in a `for … of` costs an iterator and its results for each message.
function linesOf(headers: RequestParts["headers"], lines: HeaderLine[] = []): HeaderLine[] {
  for (let at = 0; at < headers.length; at++) {
    const header = headers[at];
    if (header !== undefined) lines.push(headerLine(header[0], header[1]));
  }
  return lines;
}

type OwnParts = Pick<SipRequest, "method" | "uri" | "headers" | "body" | "callId" | "cseq">;

/**
 * A request of our own. Its Via, From and To were written by us and are rarely read again, so they are parsed only
 * when somebody asks; a malformed one throws then, as only a bug can bring it.
 */
class OwnRequest implements SipRequest {
  readonly kind = "request";
  readonly method: string;
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly callId: string;
  readonly cseq: SipRequest["cseq"];
  readonly startLine = undefined;
  #via: Via | undefined;
  #from: NameAddr | undefined;
  #to: NameAddr | undefined;

  constructor(parts: OwnParts) {
    this.method = parts.method;
    this.uri = parts.uri;
    this.headers = parts.headers;
    this.body = parts.body;
    this.callId = parts.callId;
    this.cseq = parts.cseq;
  }

  get via(): Via {
    const text = this.headers.get("via");
    this.#via ??= text === undefined ? NO_VIA : viaOf(text);
    return this.#via;
  }

  get from(): NameAddr {
    this.#from ??= nameAddrOf(this.headers, "from");
    return this.#from;
  }

  get to(): NameAddr {
    this.#to ??= nameAddrOf(this.headers, "to");
    return this.#to;
  }
}

/** The request with other header fields. */
export function withHeaders(request: SipRequest, headers: Headers): SipRequest {
  if (request instanceof OwnRequest) return new OwnRequest({ ...ownParts(request), headers });
  return { ...request, headers };
}

function ownParts({ method, uri, headers, body, callId, cseq }: OwnRequest): OwnParts {
  return { method, uri, headers, body, callId, cseq };
}

function nameAddrOf(headers: Headers, name: string): NameAddr {
  const read = parseNameAddr(headers.get(name) ?? "");
  if (!read.ok) throw new Error(`buildRequest: ${name}: ${read.error}`);
  return read.value;
}

function viaOf(text: string): Via {
  const read = parseVia(text.slice(0, endOfValue(text, 0)).trimEnd());
  if (!read.ok) throw new Error(`a Via of our own is malformed: ${read.error}`);
  return read.value;
}

function bodyOf(body: Buffer | string | undefined): Buffer {
  if (body === undefined) return EMPTY;
  return typeof body === "string" ? Buffer.from(body, "utf8") : body;
}

function pushLength(lines: HeaderLine[], body: Buffer): void {
  for (let at = lines.length - 1; at >= 0; at--) if (lines[at]?.id === "content-length") lines.splice(at, 1);
  lines.push(headerLine("Content-Length", `${body.length}`));
}

function safeUri(uri: string): string {
  return /[\0-\x20\x7f]/.test(uri)
    ? uri.replace(
        /[\0-\x20\x7f]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
      )
    : uri;
}

/** A response to a request: Via, From, To, Call-ID and CSeq are the request's (RFC 3261 §8.2.6.2), the To tag ours. */
export function buildResponse(
  request: SipRequest,
  status: number,
  reason: string = reasonPhrase(status),
  options: ResponseOptions = {},
): SipResponse {
  const lines: HeaderLine[] = [];
  const toTag = request.to.tag === undefined ? options.toTag : undefined;
  // RFC 3261 §12.1.1: Record-Route goes into responses that can make a dialog; §8.2.6.1: Timestamp into a 100.
  const makesDialog = status > 100 && status < 300;
  for (const line of request.headers.lines) {
    switch (line.id) {
      case "via":
      case "from":
      case "call-id":
      case "cseq":
        lines.push(line);
        break;
      case "to":
        lines.push(toTag === undefined ? line : headerLine("To", `${line.value};tag=${toTag}`));
        break;
      case "record-route":
        if (makesDialog) lines.push(line);
        break;
      case "timestamp":
        if (status === 100) lines.push(line);
        break;
      default:
    }
  }
  if (options.headers !== undefined) linesOf(options.headers, lines);
  const body = bodyOf(options.body);
  pushLength(lines, body);
  const { via, from, callId, cseq } = request;
  return {
    kind: "response",
    status,
    reason: /[\r\n\0]/.test(reason) ? reason.replace(/[\r\n\0]/g, " ") : reason,
    headers: Headers.ofLines(lines),
    body,
    via,
    from,
    to: toTag === undefined ? request.to : withTag(request.to, toTag),
    callId,
    cseq,
    startLine: undefined,
  };
}

function withTag(to: NameAddr, tag: string): NameAddr {
  return { displayName: to.displayName, uri: to.uri, params: to.params.with(["tag", tag]), tag };
}

/** The request with one more Via on top. The original stays as it is. */
export function withTopVia(request: SipRequest, viaText: string): SipRequest {
  const headers = Headers.ofLines([headerLine("Via", viaText), ...request.headers.lines]);
  if (request instanceof OwnRequest) return withHeaders(request, headers);
  return { ...request, headers, via: viaOf(viaText) };
}

/**
 * The request as its receiver must remember it: `received` in the top Via when the source differs from sent-by
 * (RFC 3261 §18.2.1) or rport was asked for, and then the source port in `rport` (RFC 3581 §4). `host` is an
 * address without brackets.
 */
export function withReceived(request: SipRequest, host: string, port: number): SipRequest {
  const { via } = request;
  const asked = via.rport !== undefined;
  if (!asked && via.host === host && via.received === undefined) return request;
  const params = asked
    ? via.params.with(["received", host], ["rport", `${port}`])
    : via.params.with(["received", host]);
  // Written out, here and below: spreading costs more than all the rest, and this is done for every request.
  const marked: Via = {
    transport: via.transport,
    host: via.host,
    port: via.port,
    branch: via.branch,
    received: host,
    rport: asked ? port : undefined,
    params,
  };
  const lines = request.headers.lines.slice();
  const at = lines.findIndex((line) => line.id === "via");
  const old = lines[at]?.value ?? "";
  const rest = old.includes(",") ? old.slice(endOfValue(old, 0)) : "";
  lines[at] = headerLine("Via", formatVia(marked) + rest);
  return {
    kind: "request",
    method: request.method,
    uri: request.uri,
    headers: Headers.ofLines(lines),
    body: request.body,
    via: marked,
    from: request.from,
    to: request.to,
    callId: request.callId,
    cseq: request.cseq,
    startLine: request.startLine,
  };
}
