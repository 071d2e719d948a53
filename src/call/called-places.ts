import type { Trunk } from "../model/snapshot.ts";
import { parseNameAddr, parseUri, type SipRequest, type Uri, userOf } from "../sip/index.ts";

/** An INVITE, and its Request-URI as it is read once. */
export interface Asked {
  readonly request: SipRequest;
  /** Undefined: it cannot be read. */
  readonly target: Uri | undefined;
}

/** Reads the Request-URI. */
export function askedBy(request: SipRequest): Asked {
  const uri = parseUri(request.uri);
  return { request, target: uri.ok ? uri.value : undefined };
}

/** Whom the Request-URI names, see `userOf`; empty where it names nobody. */
export function dialled({ target }: Pick<Asked, "target">): string {
  return target === undefined ? "" : userOf(target);
}

/** A place of an INVITE that may say who was called. */
export interface CalledPlace {
  /** In words, for a sentence: `the Request-URI`, `the header field X-Called`. */
  readonly name: string;
  /** What stands there; none: the INVITE has no such place, or it cannot be read. */
  readonly uris: readonly Uri[];
}

/** More values of one header field are not read. */
const MAX_READ = 8;
/** A bare number in a header field of the provider's own. */
const BARE = /^\+?[\d().\s/-]{1,40}$/;

/**
 * The places of an INVITE that a trunk means by "called", in their order, each looked at when it is asked for. A provider
 * that calls the Contact which we registered (`toContact`) has written that into the Request-URI (RFC 3261 §16.5).
 */
export function* calledPlaces(asked: Asked, trunk: Trunk, toContact: boolean): Iterable<CalledPlace> {
  const from = trunk.calledNumberFrom ?? "auto";
  if (from !== "auto") {
    yield place(asked, from);
    return;
  }
  for (const name of AUTO) if (name !== "requestUri" || !toContact) yield place(asked, name);
}

const AUTO = ["requestUri", "to", "pCalledPartyId", "diversion"];

function place({ request, target }: Asked, from: string): CalledPlace {
  switch (from) {
    case "requestUri":
      return { name: "the Request-URI", uris: target === undefined ? [] : [target] };
    case "to":
      return { name: "the header field To", uris: [request.to.uri] };
    case "pCalledPartyId":
      // RFC 7315 §4.2: whom the call was for before the registrar put our Contact into the Request-URI.
      return header(request, "P-Called-Party-ID");
    case "diversion":
      return header(request, "Diversion");
    default:
      return header(request, from.slice("header ".length));
  }
}

function header(request: SipRequest, name: string): CalledPlace {
  const uris: Uri[] = [];
  for (const value of request.headers.list(name).slice(0, MAX_READ)) {
    const uri = BARE.test(value) ? numberUri(value) : uriOf(value);
    if (uri !== undefined) uris.push(uri);
  }
  return { name: `the header field ${name}`, uris };
}

function numberUri(text: string): Uri | undefined {
  const read = parseUri(`tel:${text.replace(/[\s/]/g, "")}`);
  return read.ok ? read.value : undefined;
}

function uriOf(value: string): Uri | undefined {
  const read = parseNameAddr(value);
  return read.ok ? read.value.uri : undefined;
}
