import type { Phone, Snapshot, Trunk } from "../model/snapshot.ts";
import type { SipRequest } from "../sip/index.ts";
import { type OutsideCaller, readOutsideCaller } from "./outside-caller.ts";
import { asksForPrivacy, isAnonymous } from "./privacy.ts";

/** Where a call comes from. */
export type Origin =
  /** `toContact`: the request was sent to the Contact that we registered, so its URI does not say who was called. */
  | { readonly kind: "trunk"; readonly trunk: Trunk; readonly toContact: boolean }
  | { readonly kind: "phone"; readonly phone: Phone };

/** Who calls, as far as this origin may say so. */
export interface CallerFacts extends OutsideCaller {
  /** A phone that asks not to be named: nobody but the company's own record is told who it is. */
  readonly hidden: boolean;
}

/** Reads the caller. Of a phone only its login counts, and whether it asks not to be named. */
export function readCaller(request: SipRequest, origin: Origin, snapshot: Snapshot): CallerFacts {
  if (origin.kind === "trunk") {
    const { caller, name } = readOutsideCaller(request, origin.trunk, snapshot.home.country);
    return { caller, name, hidden: false };
  }
  const { extension, name } = origin.phone;
  const hidden = asksForPrivacy(request) || isAnonymous(request.from.uri);
  return { caller: { kind: "internal", extension }, name, hidden };
}

/** How an origin is named in records. */
export function originText(origin: Origin): string {
  return origin.kind === "trunk" ? `trunk "${origin.trunk.name}"` : `phone ${origin.phone.extension}`;
}
