import { err, ok, type Result } from "../../lib/result.ts";
import { decimal, isBlank, isToken, SEMICOLON, skipBlanks, skipToken } from "./chars.ts";
import { noParams, type Params, parseParams } from "./params.ts";
import { unquote } from "./quoted-string.ts";

const MAX_UINT32 = 4_294_967_295;

/** CSeq: the order of requests in a dialog (RFC 3261 §20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** RAck: which reliable provisional response a PRACK confirms (RFC 3262 §7.2). */
export interface RAck {
  readonly rseq: number;
  readonly cseq: number;
  readonly method: string;
}

/** Session-Expires in seconds, and who refreshes (RFC 4028 §4). */
export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: "uac" | "uas" | undefined;
}

/** One Reason value (RFC 3326). */
export interface Reason {
  /** Lower case, such as `sip` or `q.850`. */
  readonly protocol: string;
  readonly cause: number | undefined;
  readonly text: string | undefined;
}

/** Replaces: the dialog that a new one takes over (RFC 3891 §6.1). */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
}

/** Content-Type or another media type; type and subtype in lower case. */
export interface MediaType {
  /** `application/sdp` */
  readonly type: string;
  readonly params: Params;
}

/** A token with parameters, such as a value of Event, Content-Disposition or Privacy. */
export interface TokenWithParams {
  /** Lower case. */
  readonly token: string;
  readonly params: Params;
}

/** The end of `number LWS`, or -1; what `CSeq` and `RAck` consist of. */
function endOfNumber(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39) at++;
  return at > from && isBlank(text.charCodeAt(at)) ? at : -1;
}

/**
 * CSeq (RFC 3261 §20.16). Numbers up to 2^32-1 pass although §8.1.1.5 keeps senders below 2^31: some peers
 * start anywhere in the 32 bits, and RFC 4475 §3.1.2.4 draws the line there.
 */
export function parseCSeq(text: string): Result<CSeq, string> {
  const end = endOfNumber(text, 0);
  if (end < 0) return err("it is not a number and a method");
  const number = decimal(text.slice(0, end), MAX_UINT32);
  if (number === undefined) return err("its number exceeds 2^32-1");
  const method = text.slice(skipBlanks(text, end));
  if (!isToken(method)) return err("its method is no token");
  return ok({ number, method });
}

/** RAck (RFC 3262 §7.2). */
export function parseRAck(text: string): Result<RAck, string> {
  const rseqEnd = endOfNumber(text, 0);
  if (rseqEnd < 0) return err("it is not two numbers and a method");
  const rseq = decimal(text.slice(0, rseqEnd), MAX_UINT32);
  const cseq = parseCSeq(text.slice(skipBlanks(text, rseqEnd)));
  if (rseq === undefined) return err("its first number exceeds 2^32-1");
  return cseq.ok ? ok({ rseq, cseq: cseq.value.number, method: cseq.value.method }) : cseq;
}

/** RSeq (RFC 3262 §7.1): 1 to 2^32-1. */
export function parseRSeq(text: string): Result<number, string> {
  const value = decimal(text, MAX_UINT32);
  return value === undefined || value === 0 ? err("it is not a number from 1 to 2^32-1") : ok(value);
}

/** Max-Forwards (RFC 3261 §20.22): 0 to 255. */
export function parseMaxForwards(text: string): Result<number, string> {
  const value = decimal(text, 255);
  return value === undefined ? err("it is not a number from 0 to 255") : ok(value);
}

/** Content-Length in octets (RFC 3261 §20.14); anything that is no plain number is an error, never a count. */
export function parseContentLength(text: string): Result<number, string> {
  const value = decimal(text, MAX_UINT32);
  return value === undefined ? err("it is not a number of octets") : ok(value);
}

/**
 * Delta-seconds as in Expires, Min-Expires and the expires parameter. A number beyond 2^32-1 is taken as that
 * (RFC 3261 §20.19 has it as the most); what is no number is an error, for which §10.3 advises the default.
 * DEVIATION(RFC 3261 §25.1): registrars and phones write `expires="60"`; quoted or not, it is a number.
 */
function deltaSeconds(text: string): Result<number, string> {
  const value = decimal(unquote(text).trim(), Number.POSITIVE_INFINITY);
  return value === undefined ? err("it is not a number of seconds") : ok(Math.min(value, MAX_UINT32));
}

/** Expires, or the expires parameter of a Contact, in seconds (RFC 3261 §20.19). */
export function parseExpires(text: string): Result<number, string> {
  return deltaSeconds(text);
}

/** Min-Expires in seconds (RFC 3261 §20.23). */
export function parseMinExpires(text: string): Result<number, string> {
  return deltaSeconds(text);
}

/** A q parameter, 0 to 1 with at most three decimals (RFC 3261 §25.1). */
export function parseQ(text: string): Result<number, string> {
  if (!/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text)) return err("it is not a number from 0 to 1");
  return ok(Number(text));
}

/** Seconds, then parameters. */
function secondsWithParams(text: string): Result<{ seconds: number; params: Params }, string> {
  let end = 0;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  const seconds = deltaSeconds(text.slice(0, end));
  if (!seconds.ok) return seconds;
  const params = parseParams(text, end);
  return params.ok ? ok({ seconds: seconds.value, params: params.value }) : params;
}

/** Session-Expires (RFC 4028 §4). An unknown refresher is an error. */
export function parseSessionExpires(text: string): Result<SessionExpires, string> {
  const read = secondsWithParams(text);
  if (!read.ok) return read;
  const refresher = read.value.params.get("refresher")?.toLowerCase();
  if (refresher !== undefined && refresher !== "uac" && refresher !== "uas")
    return err("its refresher is neither uac nor uas");
  return ok({ seconds: read.value.seconds, refresher });
}

/** Min-SE in seconds (RFC 4028 §5). */
export function parseMinSe(text: string): Result<number, string> {
  const read = secondsWithParams(text);
  return read.ok ? ok(read.value.seconds) : read;
}

/** Retry-After in seconds; a comment and parameters are allowed and ignored (RFC 3261 §20.33). */
export function parseRetryAfter(text: string): Result<number, string> {
  let end = 0;
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return deltaSeconds(text.slice(0, end));
}

/** One value of Reason (RFC 3326 §2). */
export function parseReason(text: string): Result<Reason, string> {
  const end = skipToken(text, 0);
  if (end === 0) return err("its protocol is missing");
  const params = parseParams(text, end);
  if (!params.ok) return params;
  const cause = params.value.get("cause");
  const phrase = params.value.get("text");
  return ok({
    protocol: text.slice(0, end).toLowerCase(),
    cause: cause === undefined ? undefined : decimal(cause, 65_535),
    text: phrase === undefined ? undefined : unquote(phrase),
  });
}

/** Replaces (RFC 3891 §6.1): a Call-ID and both tags, each exactly as needed. */
export function parseReplaces(text: string): Result<Replaces, string> {
  const semicolon = text.indexOf(";");
  if (semicolon < 0) return err("its tags are missing");
  const callId = text.slice(0, semicolon).trim();
  if (!isCallId(callId)) return err("its Call-ID is malformed");
  const params = parseParams(text, semicolon);
  if (!params.ok) return params;
  const toTag = params.value.get("to-tag");
  const fromTag = params.value.get("from-tag");
  if (toTag === undefined || fromTag === undefined) return err("it lacks to-tag or from-tag");
  return ok({ callId, toTag, fromTag, earlyOnly: params.value.has("early-only") });
}

/** Content-Type (RFC 3261 §20.15): `type/subtype` with parameters. */
export function parseMediaType(text: string): Result<MediaType, string> {
  const typeEnd = skipToken(text, 0);
  const slash = skipBlanks(text, typeEnd);
  if (typeEnd === 0 || text[slash] !== "/") return err("it is not type/subtype");
  const subAt = skipBlanks(text, slash + 1);
  const subEnd = skipToken(text, subAt);
  if (subEnd === subAt) return err("it is not type/subtype");
  const params = parseParams(text, subEnd);
  if (!params.ok) return params;
  const type = `${text.slice(0, typeEnd)}/${text.slice(subAt, subEnd)}`.toLowerCase();
  return ok({ type, params: params.value });
}

/** A token with parameters: Event, Content-Disposition, one Privacy value and the like. */
export function parseTokenWithParams(text: string): Result<TokenWithParams, string> {
  const end = skipToken(text, 0);
  if (end === 0) return err("its first token is missing");
  const rest = skipBlanks(text, end);
  if (rest < text.length && text.charCodeAt(rest) !== SEMICOLON)
    return err("more than a token and parameters follows");
  const token = text.slice(0, end).toLowerCase();
  if (rest >= text.length) return ok({ token, params: noParams });
  const params = parseParams(text, rest);
  return params.ok ? ok({ token, params: params.value }) : params;
}

/** Whether the text can be a Call-ID: not empty, without white space and controls (RFC 3261 §20.8; its other rules buy nothing). */
export function isCallId(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) return false;
  }
  return text.length > 0;
}
