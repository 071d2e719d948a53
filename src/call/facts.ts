import type { Caller } from "../dialplan/call-facts.ts";
import { understandNumber } from "../dialplan/number.ts";
import { cleanDisplayName } from "../lib/display-name.ts";
import { flat } from "../lib/flat.ts";
import type { Phone, Snapshot, Trunk } from "../model/snapshot.ts";
import { parseNameAddr, type SipRequest } from "../sip/index.ts";
import { userOf } from "./peers.ts";

/** Where a call comes from. */
export type Origin =
  /** `toContact`: the request was sent to the Contact that we registered, so its URI does not say who was called. */
  | { readonly kind: "trunk"; readonly trunk: Trunk; readonly toContact: boolean }
  | { readonly kind: "phone"; readonly phone: Phone };

/** Who calls, as far as this origin may say so. */
export interface CallerFacts {
  readonly caller: Caller;
  readonly name: string;
}

/**
 * Reads the caller. Of a phone only its login counts. Of a trunk From counts, or the first P-Asserted-Identity where
 * the trunk is trusted (RFC 3325 §9.1); a caller who asks for privacy is anonymous (RFC 3323).
 */
export function readCaller(request: SipRequest, origin: Origin, snapshot: Snapshot): CallerFacts {
  if (origin.kind === "phone") {
    const { extension, name } = origin.phone;
    return { caller: { kind: "internal", extension }, name };
  }
  const asserted = origin.trunk.trusted ? request.headers.list("p-asserted-identity")[0] : undefined;
  const identity = asserted === undefined ? undefined : parseNameAddr(asserted);
  const from = identity?.ok ? identity.value : request.from;
  const privacy = request.headers.get("privacy")?.toLowerCase() ?? "";
  const wantsPrivacy = /\b(?:id|user|header)\b/.test(privacy);
  const number = understandNumber(userOf(from.uri), snapshot.home.country, origin.trunk.numberFormat);
  if (wantsPrivacy || !number.ok) return { caller: { kind: "anonymous" }, name: "" };
  return {
    caller: { kind: "external", number: flat(number.value) },
    name: cleanDisplayName(from.displayName ?? ""),
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
