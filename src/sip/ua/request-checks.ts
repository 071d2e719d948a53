import type { SessionTimerPolicy } from "../dialog/session-timer.ts";
import { negotiateAsServer } from "../dialog/session-timer.ts";
import { ACCEPTED, bodyFault } from "../message/description.ts";
import type { SipRequest } from "../message/message.ts";
import { parseUri } from "../message/uri.ts";
import { ALLOW, METHODS, REGISTERED_METHODS, SUPPORTED } from "./capabilities.ts";

/** An answer that a request gets before anybody looks at what it wants. */
export interface RequestRefusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

const SERVED: ReadonlySet<string> = new Set(METHODS);
const UNDERSTOOD: ReadonlySet<string> = new Set(SUPPORTED);

/**
 * The checks that RFC 3261 §8.2 asks of every server, in its order: method, Request-URI scheme, extensions, content.
 * Undefined: the request may be processed.
 */
export function checkRequest(request: SipRequest, timer: SessionTimerPolicy): RequestRefusal | undefined {
  return (
    checkMethod(request) ??
    checkUri(request) ??
    checkExtensions(request) ??
    checkHops(request) ??
    checkContent(request) ??
    checkTimer(request, timer)
  );
}

/** The same inside a dialog, where method, Request-URI and hops have been settled. */
export function checkInDialog(request: SipRequest): RequestRefusal | undefined {
  return checkExtensions(request) ?? checkContent(request);
}

function checkMethod({ method }: SipRequest): RequestRefusal | undefined {
  if (SERVED.has(method)) return undefined;
  // §8.2.1; §21.5.2: 501 for a method that nobody knows.
  return { status: REGISTERED_METHODS.has(method) ? 405 : 501, headers: [["Allow", ALLOW]] };
}

function checkUri(request: SipRequest): RequestRefusal | undefined {
  const uri = parseUri(request.uri);
  if (!uri.ok) return { status: 400, reason: "Bad Request-URI" };
  // §8.2.2.1: other schemes are not routed here.
  return ["sip", "sips", "tel"].includes(uri.value.scheme) ? undefined : { status: 416 };
}

function checkExtensions(request: SipRequest): RequestRefusal | undefined {
  // §8.2.2.3; Proxy-Require as well: towards the caller this element stands where a proxy would (§16.3 item 5).
  const asked = [...request.headers.list("require"), ...request.headers.list("proxy-require")];
  const understood = (tag: string): boolean =>
    // RFC 5626 §11.1: outbound is about registrations.
    // RFC 3323 §4.3: the Privacy header is obeyed (call/privacy.ts).
    UNDERSTOOD.has(tag) || tag === "privacy" || (tag === "outbound" && request.method === "REGISTER");
  const unknown = asked.filter((tag) => tag !== "" && !understood(tag.toLowerCase()));
  return unknown.length > 0 ? { status: 420, headers: [["Unsupported", unknown.join(", ")]] } : undefined;
}

function checkHops(request: SipRequest): RequestRefusal | undefined {
  // RFC 7332: a B2BUA carries Max-Forwards over, so an INVITE that may not go on ends here.
  if (request.method !== "INVITE" || request.to.tag !== undefined) return undefined;
  const hops = request.headers.get("max-forwards");
  return hops !== undefined && Number(hops) === 0 ? { status: 483 } : undefined;
}

function checkContent(request: SipRequest): RequestRefusal | undefined {
  if (request.method !== "INVITE" && request.method !== "UPDATE") return undefined;
  const { headers } = request;
  const unreadable = checkBody(request);
  if (unreadable !== undefined) return unreadable;
  // §21.4.7: a caller that takes no SDP cannot be answered.
  const accepts = headers.list("accept").map(mediaType);
  const takesSdp = ["application/sdp", "application/*", "*/*"].some((type) => accepts.includes(type));
  if (headers.has("accept") && !takesSdp) {
    return { status: 406, headers: [["Warning", '399 switchhook "Only application/sdp can be sent"']] };
  }
  return undefined;
}

/** §8.2.3: 415 for a body that cannot be read and may not be ignored. */
export function checkBody(request: SipRequest): RequestRefusal | undefined {
  const fault = bodyFault(request);
  if (fault === undefined) return undefined;
  const accept =
    fault === "type" ? (["Accept", ACCEPTED] as const) : (["Accept-Encoding", "identity"] as const);
  return { status: 415, headers: [accept] };
}

function checkTimer(request: SipRequest, timer: SessionTimerPolicy): RequestRefusal | undefined {
  if (request.method !== "INVITE" || request.to.tag !== undefined) return undefined;
  const negotiated = negotiateAsServer(request, timer);
  if (negotiated.kind !== "tooShort") return undefined;
  return { status: 422, headers: [["Min-SE", String(negotiated.minSeconds)]] };
}

function mediaType(value: string | undefined): string {
  return (value ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
