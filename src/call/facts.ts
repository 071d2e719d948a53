import type { Caller } from "../dialplan/call-facts.ts";
import { understandNumber } from "../dialplan/number.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import { flat } from "../lib/flat.ts";
import type { Phone, Snapshot, Trunk } from "../model/snapshot.ts";
import { parseNameAddr, type SipRequest } from "../sip/index.ts";
import { userOf } from "./peers.ts";
import { asksForPrivacy, isAnonymous } from "./privacy.ts";

/** Where a call comes from. */
export type Origin =
  /** `toContact`: the request was sent to the Contact that we registered, so its URI does not say who was called. */
  | { readonly kind: "trunk"; readonly trunk: Trunk; readonly toContact: boolean }
  | { readonly kind: "phone"; readonly phone: Phone };

/** Who calls, as far as this origin may say so. */
export interface CallerFacts {
  readonly caller: Caller;
  readonly name: string;
  /** A phone that asks not to be named: nobody but the company's own record is told who it is. */
  readonly hidden: boolean;
}

/**
 * Reads the caller. Of a phone only its login counts, and whether it asks not to be named. Of a trunk From counts, or the first P-Asserted-Identity where
 * the trunk is trusted (RFC 3325 §9.1); a caller who asks for privacy is anonymous (RFC 3323).
 */
export function readCaller(request: SipRequest, origin: Origin, snapshot: Snapshot): CallerFacts {
  if (origin.kind === "phone") {
    const { extension, name } = origin.phone;
    const hidden = asksForPrivacy(request) || isAnonymous(request.from.uri);
    return { caller: { kind: "internal", extension }, name, hidden };
  }
  const asserted = origin.trunk.trusted ? request.headers.list("p-asserted-identity")[0] : undefined;
  const identity = asserted === undefined ? undefined : parseNameAddr(asserted);
  const from = identity?.ok ? identity.value : request.from;
  const number = understandNumber(userOf(from.uri), snapshot.home.country, origin.trunk.numberFormat);
  if (asksForPrivacy(request) || !number.ok) {
    return { caller: { kind: "anonymous" }, name: "", hidden: false };
  }
  return {
    caller: { kind: "external", number: flat(number.value) },
    name: cleanDisplayName(from.displayName ?? ""),
    hidden: false,
  };
}

/** `+E.164`, an extension, or empty: how records and webhooks write a caller. */
export function callerText(caller: Caller): string {
  if (caller.kind === "anonymous") return "";
  return caller.kind === "external" ? caller.number : caller.extension;
}

/** How an origin is named in records. */
export function originText(origin: Origin): string {
  return origin.kind === "trunk" ? `trunk "${origin.trunk.name}"` : `phone ${origin.phone.extension}`;
}
